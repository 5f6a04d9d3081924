// One decoder of UTF-8; every escape walks over its code points.
#include "reports/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "runtime/check.hpp"

namespace stormglass::reports {

namespace {

constexpr char32_t kReplacement = 0xFFFD;

struct Decoded {
    char32_t point = kReplacement;
    std::size_t size = 1;  ///< bytes taken; 1 for each byte that starts nothing valid
};

/// Decodes the first code point of a non-empty text; surrogates, overlong forms and what lies
/// beyond U+10FFFF are ill-formed.
Decoded decode(std::string_view bytes) {
    CHECK(!bytes.empty());
    const auto lead = static_cast<unsigned char>(bytes[0]);
    if (lead < 0x80) {
        return {lead, 1};
    }
    std::size_t size = 0;
    char32_t point = 0;
    char32_t least = 0;
    if ((lead & 0xE0) == 0xC0) {
        size = 2, point = lead & 0x1F, least = 0x80;
    } else if ((lead & 0xF0) == 0xE0) {
        size = 3, point = lead & 0x0F, least = 0x800;
    } else if ((lead & 0xF8) == 0xF0) {
        size = 4, point = lead & 0x07, least = 0x10000;
    }
    if (size == 0 || bytes.size() < size) {
        return {};
    }
    for (std::size_t at = 1; at < size; ++at) {
        const auto next = static_cast<unsigned char>(bytes[at]);
        if ((next & 0xC0) != 0x80) {
            return {};
        }
        point = (point << 6) | (next & 0x3F);
    }
    const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
    if (point < least || point > 0x10FFFF || surrogate) {
        return {};
    }
    return {point, size};
}

void append(std::string& out, char32_t point) {
    const auto byte = [&](char32_t value) { out += static_cast<char>(value); };
    if (point < 0x80) {
        byte(point);
    } else if (point < 0x800) {
        byte(0xC0 | (point >> 6)), byte(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
        byte(0xE0 | (point >> 12)), byte(0x80 | ((point >> 6) & 0x3F)), byte(0x80 | (point & 0x3F));
    } else {
        byte(0xF0 | (point >> 18)), byte(0x80 | ((point >> 12) & 0x3F));
        byte(0x80 | ((point >> 6) & 0x3F)), byte(0x80 | (point & 0x3F));
    }
}

/// Calls `each(point)` for every code point, U+FFFD for every ill-formed byte.
template <class Each>
void walk(std::string_view bytes, Each each) {
    while (!bytes.empty()) {
        const Decoded next = decode(bytes);
        each(next.point);
        bytes.remove_prefix(next.size);
    }
}

struct PointRange {
    char32_t first;
    char32_t last;
};

bool hides(char32_t point) {
    constexpr std::array<PointRange, 10> kHiding{{
        {0x00, 0x08},       // C0 without tab and newline
        {0x0B, 0x1F},       //
        {0x7F, 0x9F},       // DEL and C1
        {0x061C, 0x061C},   // Arabic letter mark
        {0x200B, 0x200F},   // zero width, direction marks
        {0x2028, 0x202E},   // separators, embeddings and overrides
        {0x2060, 0x206F},   // joiners, isolates, deprecated controls
        {0xFDD0, 0xFDEF},   // never characters
        {0xFEFF, 0xFEFF},   // byte order mark
        {0xE0000, 0xE0FFF}  // tags: invisible text
    }};
    const bool in_range = std::ranges::any_of(
        kHiding, [&](PointRange range) { return point >= range.first && point <= range.last; });
    return in_range || (point & 0xFFFE) == 0xFFFE;  // the last two of each plane
}

void append_escape(std::string& out, char32_t point) {
    std::array<char, 8> digits{};
    const auto [end, failure] = std::to_chars(
        digits.data(), digits.data() + digits.size(), static_cast<std::uint32_t>(point), 16);
    CHECK(failure == std::errc{});
    out += "\\u{";
    out.append(digits.data(), end);
    out += '}';
}

/// Visible text in which `map(character)` may give a replacement; an empty one keeps it.
template <class Map>
std::string mapped(std::string_view bytes, Map map) {
    std::string out;
    out.reserve(bytes.size() + bytes.size() / 8);
    walk(bytes, [&](char32_t point) {
        if (hides(point)) {
            append_escape(out, point);
            return;
        }
        const std::string_view other = point < 0x80 ? map(static_cast<char>(point)) : "";
        if (other.empty()) {
            append(out, point);
        } else {
            out += other;
        }
    });
    return out;
}

std::string_view markup(char character) {
    switch (character) {
        case '&':
            return "&amp;";
        case '<':
            return "&lt;";
        case '>':
            return "&gt;";
        case '"':
            return "&quot;";
        case '\'':
            return "&#39;";
        default:
            return {};
    }
}

std::string_view space(char character) {
    return character == '\n' || character == '\t' ? " " : std::string_view{};
}

/// The longest run of backticks in the text.
std::size_t backticks(std::string_view text) {
    std::size_t longest = 0;
    std::size_t run = 0;
    for (const char character : text) {
        run = character == '`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return longest;
}

bool wide(char32_t point) {
    return (point >= 0x1100 && point <= 0x115F) || (point >= 0x2E80 && point <= 0xA4CF) ||
           (point >= 0xAC00 && point <= 0xD7A3) || (point >= 0xF900 && point <= 0xFAFF) ||
           (point >= 0xFE30 && point <= 0xFE6F) || (point >= 0xFF00 && point <= 0xFF60) ||
           (point >= 0x1F300 && point <= 0x1FAFF) || (point >= 0x20000 && point <= 0x3FFFD);
}

}  // namespace

std::string valid_utf8(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    walk(bytes, [&](char32_t point) { append(out, point); });
    return out;
}

std::string visible(std::string_view bytes) {
    return mapped(bytes, [](char) { return std::string_view{}; });
}

std::string one_line(std::string_view bytes) {
    return mapped(bytes, space);
}

std::string html(std::string_view bytes) {
    return mapped(bytes, markup);
}

std::string xml(std::string_view bytes) {
    return mapped(bytes, markup);
}

std::string xml_attribute(std::string_view bytes) {
    return mapped(bytes, [](char character) -> std::string_view {
        switch (character) {
            case '\n':
                return "&#10;";
            case '\t':
                return "&#9;";
            default:
                return markup(character);
        }
    });
}

std::string markdown(std::string_view bytes) {
    std::string out = mapped(bytes, [](char character) -> std::string_view {
        switch (character) {
            case '\\':
                return "\\\\";
            case '`':
                return "\\`";
            case '*':
                return "\\*";
            case '_':
                return "\\_";
            case '[':
                return "\\[";
            case ']':
                return "\\]";
            case '|':
                return "&#124;";  // never a border of a table
            case '~':
                return "\\~";
            case '$':
                return "\\$";
            case '#':
                return "&#35;";  // neither a heading nor a link to an issue
            case '@':
                return "&#64;";  // nobody is called
            case '&':
                return "&amp;";
            case '<':
                return "&lt;";
            case '>':
                return "&gt;";
            default:
                return space(character);
        }
    });
    // A list, a rule or a heading can only begin a line, perhaps after a number.
    const std::size_t first = out.find_first_not_of(" 0123456789");
    if (first != std::string::npos &&
        std::string_view("-+=.)").find(out[first]) != std::string_view::npos) {
        out.insert(first, "\\");
    }
    return out;
}

std::string markdown_code(std::string_view bytes, Span where) {
    const std::string text = one_line(bytes);
    if (text.find_first_not_of(' ') == std::string::npos) {
        return {};
    }
    if (where == Span::in_table && text.find('|') != std::string::npos) {
        return markdown(bytes);  // dialects disagree about pipes in code, none about entities
    }
    const std::string fence(backticks(text) + 1, '`');
    const bool touches = text.front() == '`' || text.back() == '`';
    return touches ? fence + " " + text + " " + fence : fence + text + fence;
}

std::string markdown_block(std::string_view bytes) {
    const std::string text = visible(bytes);
    const std::string fence(std::max<std::size_t>(backticks(text) + 1, 3), '`');
    return fence + "text\n" + text + (text.ends_with('\n') ? "" : "\n") + fence + "\n";
}

std::string anchor(std::string_view bytes) {
    std::string out;
    walk(bytes, [&](char32_t point) {
        const bool plain = (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z') ||
                           (point >= '0' && point <= '9') || point == '_' || point == '.';
        out += plain ? static_cast<char>(point) : '-';
    });
    return out.empty() ? "-" : out;
}

std::string shortened(std::string_view bytes, std::size_t most) {
    constexpr std::string_view kMore = " ...";
    CHECK(most >= kMore.size());
    std::string text = valid_utf8(bytes);
    if (text.size() <= most) {
        return text;
    }
    std::size_t end = most - kMore.size();
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
        --end;
    }
    text.resize(end);
    return text + std::string(kMore);
}

std::size_t columns(std::string_view visible_text) {
    std::size_t total = 0;
    walk(visible_text, [&](char32_t point) { total += wide(point) ? 2 : 1; });
    return total;
}

std::string wrapped(std::string_view text, std::size_t width, std::string_view indent) {
    std::string out;
    std::size_t used = 0;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (word.empty()) {
            continue;
        }
        const std::size_t needs = columns(word);
        if (used > 0 && used + 1 + needs > width) {
            out += '\n';
            used = 0;
        }
        if (used == 0) {
            out += indent;
            used = columns(indent);
        } else {
            out += ' ';
            ++used;
        }
        out += word;
        used += needs;
    }
    return out;
}

}  // namespace stormglass::reports
