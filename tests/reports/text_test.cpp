// Escaping: whatever goes in, what comes out is valid, visible and no markup.
#include "reports/text.hpp"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/reports/breaking_strings.hpp"

namespace stormglass::reports {
namespace {

/// A breaking string, a piece of one, random bytes, or several of these in a row.
rc::Gen<std::string> hostile() {
    const auto piece =
        rc::gen::oneOf(rc::gen::elementOf(breaking_strings()),
                       rc::gen::arbitrary<std::string>(),
                       rc::gen::map(rc::gen::elementOf(breaking_strings()),
                                    [](std::string text) { return text.substr(text.size() / 2); }));
    return rc::gen::map(rc::gen::resize(4, rc::gen::container<std::vector<std::string>>(piece)),
                        [](const std::vector<std::string>& pieces) {
                            std::string all;
                            for (const std::string& part : pieces) {
                                all += part;
                            }
                            return all;
                        });
}

bool holds_control(std::string_view text) {
    return std::ranges::any_of(text, [](char character) {
        const auto byte = static_cast<unsigned char>(character);
        return (byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F;
    });
}

RC_GTEST_PROP(Text, is_valid_and_visible_after_every_escape, ()) {
    const std::string raw = *hostile();
    for (const std::string& text : {visible(raw),
                                    one_line(raw),
                                    html(raw),
                                    xml(raw),
                                    xml_attribute(raw),
                                    markdown(raw),
                                    markdown_code(raw, Span::in_table),
                                    markdown_code(raw, Span::in_text),
                                    markdown_block(raw),
                                    shortened(raw, 40)}) {
        RC_ASSERT(valid_utf8(text) == text);
    }
    RC_ASSERT(!holds_control(visible(raw)));
    RC_ASSERT(!holds_control(html(raw)));
    RC_ASSERT(!holds_control(markdown(raw)));
    RC_ASSERT(visible(visible(raw)) == visible(raw));
    RC_ASSERT(valid_utf8(valid_utf8(raw)) == valid_utf8(raw));
    // What was read back from a JSON file (always valid UTF-8) is written like the original.
    RC_ASSERT(html(valid_utf8(raw)) == html(raw));
}

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
    for (std::size_t at = text.find(from); at != std::string::npos;
         at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
    return text;
}

RC_GTEST_PROP(Text, as_html_has_no_markup_and_reads_back, ()) {
    const std::string raw = *hostile();
    std::string text = html(raw);
    RC_ASSERT(text.find_first_of("<>\"'") == std::string::npos);
    text = replace_all(std::move(text), "&lt;", "<");
    text = replace_all(std::move(text), "&gt;", ">");
    text = replace_all(std::move(text), "&quot;", "\"");
    text = replace_all(std::move(text), "&#39;", "'");
    RC_ASSERT(replace_all(std::move(text), "&amp;", "&") == visible(raw));
}

RC_GTEST_PROP(Text, as_markdown_stays_one_line_without_markup, ()) {
    const std::string raw = *hostile();
    const std::string text = markdown(raw);
    RC_ASSERT(text.find_first_of("\n|<>#@") == std::string::npos ||
              replace_all(replace_all(replace_all(text, "&#124;", ""), "&#35;", ""), "&#64;", "")
                      .find_first_of("\n|<>#@") == std::string::npos);
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\\') {
            ++at;  // whatever it escapes
        } else {
            RC_ASSERT(std::string_view("`*_[]~$").find(text[at]) == std::string_view::npos);
        }
    }
    RC_ASSERT(markdown_code(raw, Span::in_table).find('\n') == std::string::npos);
    RC_ASSERT(markdown_code(raw, Span::in_table).find('|') == std::string::npos);
}

RC_GTEST_PROP(Text, cannot_end_its_markdown_block, ()) {
    const std::string block = markdown_block(*hostile());
    const std::string fence = block.substr(0, block.find('t'));
    RC_ASSERT(fence.size() >= 3U);
    RC_ASSERT(block.find(fence, fence.size()) == block.size() - fence.size() - 1);
}

RC_GTEST_PROP(Text, shortened_keeps_its_limit, ()) {
    const std::string raw = *hostile();
    const auto most = *rc::gen::inRange<std::size_t>(4, 200);
    const std::string text = shortened(raw, most);
    RC_ASSERT(text.size() <= most);
    RC_ASSERT(text == valid_utf8(raw) || text.ends_with(" ..."));
}

RC_GTEST_PROP(Text, wrapped_loses_no_word_and_keeps_the_width, ()) {
    const auto words = *rc::gen::container<std::vector<std::string>>(
        rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange<char>('a', 'z'))));
    std::string text;
    for (const std::string& word : words) {
        text += text.empty() ? word : " " + word;
    }
    const std::string lines = wrapped(text, 30, "  ");
    RC_ASSERT(replace_all(replace_all(lines, "\n", " "), " ", "") == replace_all(text, " ", ""));
    std::size_t start = 0;
    while (start < lines.size()) {
        const std::size_t end = std::min(lines.find('\n', start), lines.size());
        const std::string line = lines.substr(start, end - start);
        RC_ASSERT(columns(line) <= 30U || line.find(' ', 2) == std::string::npos);
        start = end + 1;
    }
}

TEST(Text, shows_what_hides) {
    EXPECT_EQ(visible("\x1b[31m"), "\\u{1b}[31m");
    EXPECT_EQ(visible("\xe2\x80\xae"), "\\u{202e}");
    EXPECT_EQ(visible("\xef\xbf\xbf"), "\\u{ffff}");
    EXPECT_EQ(visible("a\tb\n\r"), "a\tb\n\\u{d}");
    EXPECT_EQ(visible("\xc2\x9b"), "\\u{9b}");
    EXPECT_EQ(visible("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f");
}

TEST(Text, replaces_every_byte_that_starts_nothing) {
    const std::string mark = "\xef\xbf\xbd";
    EXPECT_EQ(valid_utf8("\xc0\xaf"), mark + mark);
    EXPECT_EQ(valid_utf8("\xed\xa0\x80"), mark + mark + mark);
    EXPECT_EQ(valid_utf8("\xe2\x82"), mark + mark);
    EXPECT_EQ(valid_utf8("x\xff"
                         "y"),
              "x" + mark + "y");
}

TEST(Text, escapes_what_begins_a_markdown_line) {
    EXPECT_EQ(markdown("- x"), "\\- x");
    EXPECT_EQ(markdown("12. x"), "12\\. x");
    EXPECT_EQ(markdown("exactly-once"), "exactly-once");
    EXPECT_EQ(markdown_code("a|b", Span::in_table), "a&#124;b");
    EXPECT_EQ(markdown_code("a|b", Span::in_text), "`a|b`");
    EXPECT_EQ(markdown_code("a`b", Span::in_text), "``a`b``");
    EXPECT_EQ(markdown_code("", Span::in_text), "");
}

TEST(Text, makes_anchors_of_plain_characters) {
    EXPECT_EQ(anchor("A6.up-to-date"), "A6.up-to-date");
    EXPECT_EQ(anchor("a b\"<"), "a-b--");
    EXPECT_EQ(anchor(""), "-");
}

TEST(Text, counts_columns) {
    EXPECT_EQ(columns("abc"), 3U);
    EXPECT_EQ(columns("gr\xc3\xbc\xc3\x9f"), 4U);
    EXPECT_EQ(columns("\xe4\xb8\xad"), 2U);
}

}  // namespace
}  // namespace stormglass::reports
