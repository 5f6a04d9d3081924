// Escaping, in one place. Names, payloads and headers come from runs under attack: whatever they
// hold is shown as text. Every function takes any bytes and gives valid UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace stormglass::reports {

/// Valid UTF-8: every ill-formed sequence becomes U+FFFD. Valid text is unchanged.
[[nodiscard]] std::string valid_utf8(std::string_view bytes);

/// Valid UTF-8 in which nothing hides: control characters (but tab and newline), marks that turn
/// the reading direction, line separators, and code points that XML refuses become `\u{1b}`.
[[nodiscard]] std::string visible(std::string_view bytes);

/// Visible, on one line: tabs and newlines become spaces.
[[nodiscard]] std::string one_line(std::string_view bytes);

/// For HTML text and double-quoted attributes.
[[nodiscard]] std::string html(std::string_view bytes);

/// For XML text.
[[nodiscard]] std::string xml(std::string_view bytes);

/// For double-quoted XML attributes: tabs and newlines survive normalisation.
[[nodiscard]] std::string xml_attribute(std::string_view bytes);

/// For running text and table cells of GitHub's Markdown: one line, nothing is markup.
[[nodiscard]] std::string markdown(std::string_view bytes);

/// A code span: one line. In a table, text with a pipe becomes running text.
enum class Span { in_table, in_text };
[[nodiscard]] std::string markdown_code(std::string_view bytes, Span where);

/// A fenced block that its content cannot end.
[[nodiscard]] std::string markdown_block(std::string_view bytes);

/// A name that can stand in an id and after '#': letters, digits, '-', '_' and '.'.
[[nodiscard]] std::string anchor(std::string_view bytes);

/// At most `most` bytes, cut between characters, with " ..." in place of the rest.
[[nodiscard]] std::string shortened(std::string_view bytes, std::size_t most);

/// Columns that a terminal needs for the text: one per character, two per wide one.
[[nodiscard]] std::size_t columns(std::string_view visible_text);

/// Lines of at most `width` columns, broken at spaces; a longer word keeps its own line.
[[nodiscard]] std::string wrapped(std::string_view text,
                                  std::size_t width,
                                  std::string_view indent);

}  // namespace stormglass::reports
