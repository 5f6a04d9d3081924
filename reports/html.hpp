// Writes HTML that is well-formed by construction: every element closes, every value is escaped,
// ids are unique, and only the tags and attributes listed in html.cpp exist (no script, style or
// event among them).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace stormglass::reports {

struct HtmlAttribute {
    std::string_view name;
    std::string value;
};

using HtmlAttributes = std::initializer_list<HtmlAttribute>;

class Html {
  public:
    /// Opens an element; `close` ends the innermost open one, which must be `tag`.
    Html& open(std::string_view tag, HtmlAttributes attributes = {});
    Html& close(std::string_view tag);

    /// An element without content: br, meta, wbr.
    Html& empty(std::string_view tag, HtmlAttributes attributes = {});

    /// Escaped text.
    Html& text(std::string_view bytes);

    /// Escaped text that may break after the points and slashes of a long name.
    Html& name(std::string_view bytes);

    /// An element with nothing but text in it.
    Html& element(std::string_view tag, std::string_view bytes, HtmlAttributes attributes = {});

    /// A line break in the source, for people who read it.
    Html& line();

    /// Our own bytes as they are: the doctype and the style sheet, never data.
    Html& raw(std::string_view ours);

    /// The document; every element must be closed.
    [[nodiscard]] std::string take();

  private:
    void write_tag(std::string_view tag, HtmlAttributes attributes);

    std::string out_;
    std::vector<std::string_view> open_;
    std::set<std::string, std::less<>> ids_;
};

/// One column of a table; numbers stand at the right.
struct Column {
    std::string_view title;
    enum class Kind { words, number } kind = Kind::words;
    std::string_view css = {};
};

/// A table in a named scroll region that the keyboard can reach. On a narrow screen each row is a
/// card whose cells carry the titles of their columns; roles say what the layout then hides.
class HtmlTable {
  public:
    /// `css` may be empty; "fixed" takes the columns' widths from their classes.
    HtmlTable(Html& html,
              std::string_view name,
              std::vector<Column> columns,
              std::string_view css = {});
    ~HtmlTable() = default;
    HtmlTable(const HtmlTable&) = delete;
    HtmlTable& operator=(const HtmlTable&) = delete;

    /// A row over all columns that names those below it.
    void group(std::string_view title);

    /// Begins a row with its header cell; `id` and `css` may be empty.
    void row(std::string_view header, std::string_view id = {}, std::string_view css = {});

    /// The next cell of the row. Every column but the first gets exactly one. One that is empty or
    /// a dash says nothing, and no card shows it.
    void cell(std::string_view text);

    /// The next cell with content written between the two calls.
    void open_cell(std::string_view css = {});

    /// The same over several columns at once: where a row has nothing to say in the others, its
    /// words take their room. `close_cell` ends it too.
    void open_wide_cell(std::size_t columns);
    void close_cell();

    /// Ends the table; nothing may follow.
    void end();

  private:
    void open_body();
    void end_body();
    void end_row();

    Html& html_;
    std::vector<Column> columns_;
    std::size_t next_ = 0;   ///< column of the next cell; 0 between rows
    std::size_t width_ = 1;  ///< columns of the open cell
    bool in_body_ = false;
};

}  // namespace stormglass::reports
