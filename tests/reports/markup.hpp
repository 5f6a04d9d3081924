// A small strict parser for what the writers write: HTML with void elements, or XML 1.0. It refuses
// whatever a browser would repair, and decodes references, so that tests see what a reader sees.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/result.hpp"

namespace stormglass::reports {

struct Markup {
    std::string tag;  ///< empty for the root and for text
    std::map<std::string, std::string> attributes;
    std::string text;  ///< of a text node, references decoded
    std::vector<Markup> children;

    /// The text of the whole subtree.
    [[nodiscard]] std::string all_text() const;

    /// Every element below with that tag, in document order.
    [[nodiscard]] std::vector<const Markup*> all(std::string_view wanted) const;

    /// The first element below whose attribute has that value, or null.
    [[nodiscard]] const Markup* with(const std::string& name, const std::string& value) const;

    [[nodiscard]] std::string attribute(const std::string& name) const;
};

enum class Dialect { html, xml };

[[nodiscard]] Result<Markup> parse_markup(std::string_view text, Dialect dialect);

/// Rows of a table as texts of its cells; rows of one cell (groups) too.
[[nodiscard]] std::vector<std::vector<std::string>> table_rows(const Markup& table);

}  // namespace stormglass::reports
