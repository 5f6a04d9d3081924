// Byte-level judgement, before any parser runs.
#include "scenarios/files/utf8.hpp"

#include <cstdint>
#include <string>

namespace stormglass::scenarios {

namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

struct Shape {
    std::size_t length;
    std::uint32_t lowest;  // a smaller value in this length is overlong
    std::uint32_t bits;    // of the first byte
};

Shape shape_of(unsigned char first) {
    if (first < 0x80) {
        return {1, 0, first};
    }
    if ((first & 0xe0U) == 0xc0U) {
        return {2, 0x80, first & 0x1fU};
    }
    if ((first & 0xf0U) == 0xe0U) {
        return {3, 0x800, first & 0x0fU};
    }
    if ((first & 0xf8U) == 0xf0U) {
        return {4, 0x10000, first & 0x07U};
    }
    return {0, 0, 0};
}

/// The length of the character at `at`, or 0 when the bytes there are none.
std::size_t character_length(std::string_view text, std::size_t at) {
    const Shape shape = shape_of(static_cast<unsigned char>(text[at]));
    if (shape.length == 0 || text.size() - at < shape.length) {
        return 0;
    }
    std::uint32_t value = shape.bits;
    for (std::size_t i = 1; i < shape.length; ++i) {
        if (starts_character(text[at + i])) {
            return 0;
        }
        value = (value << 6U) | (static_cast<unsigned char>(text[at + i]) & 0x3fU);
    }
    const bool surrogate = value >= 0xd800 && value <= 0xdfff;
    return value < shape.lowest || surrogate || value > 0x10ffff ? 0 : shape.length;
}

Place place_of(std::string_view text, std::size_t at) {
    Place place;
    for (const char c : text.substr(0, at)) {
        if (c == '\n') {
            ++place.line;
            place.column = 1;
        } else if (starts_character(c)) {
            ++place.column;
        }
    }
    return place;
}

bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7f;
}

void check_indentation(std::string_view text, Problems& problems) {
    int line = 0;
    while (!text.empty()) {
        ++line;
        const std::size_t end = text.find('\n');
        const std::string_view row = text.substr(0, end);
        const std::size_t content = row.find_first_not_of(" \t\r");
        const std::size_t tab = row.find('\t');
        if (tab != std::string_view::npos && content != std::string_view::npos && tab < content) {
            problems.add({line, static_cast<int>(tab) + 1},
                         "a tab is used for indentation; YAML wants spaces");
        }
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
}

}  // namespace

std::size_t first_not_utf8(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t length = character_length(text, at);
        if (length == 0) {
            return at;
        }
        at += length;
    }
    return std::string_view::npos;
}

std::string_view without_byte_order_mark(std::string_view text) {
    return text.starts_with(kByteOrderMark) ? text.substr(kByteOrderMark.size()) : text;
}

void check_bytes(std::string_view text, std::size_t bytes_max, Problems& problems) {
    if (text.size() > bytes_max) {
        problems.add({},
                     "the file is larger than " + std::to_string(bytes_max / 1024) + " KiB (" +
                         std::to_string(text.size()) + " bytes)");
        return;
    }
    const std::size_t wrong = first_not_utf8(text);
    if (wrong != std::string_view::npos) {
        problems.add(place_of(text, wrong), "not UTF-8: save the file in that encoding");
        return;
    }
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (is_control(text[at])) {
            problems.add(place_of(text, at), "a control character stands here");
            return;
        }
    }
    check_indentation(text, problems);
}

}  // namespace stormglass::scenarios
