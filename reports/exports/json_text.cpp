#include "reports/exports/detail/json_text.hpp"

#include "reports/text.hpp"

namespace stormglass::reports::detail {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

void append_hex(std::uint64_t value, int digits, std::string& to) {
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
        to.push_back(kDigits[(value >> shift) & 15]);
    }
}

}  // namespace

JsonText& JsonText::text(std::string_view value) {
    separate();
    to_.push_back('"');
    for (const char c : valid_utf8(value)) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            to_.push_back('\\');
            to_.push_back(c);
        } else if (byte < 0x20 || byte == 0x7f) {
            to_.append("\\u");
            append_hex(byte, 4, to_);
        } else {
            to_.push_back(c);
        }
    }
    to_.push_back('"');
    return *this;
}

JsonText& JsonText::hex(std::uint64_t value) {
    separate();
    to_.push_back('"');
    append_hex(value, 16, to_);
    to_.push_back('"');
    return *this;
}

JsonText& JsonText::hex(std::uint64_t high, std::uint64_t low) {
    separate();
    to_.push_back('"');
    append_hex(high, 16, to_);
    append_hex(low, 16, to_);
    to_.push_back('"');
    return *this;
}

JsonText& JsonText::micros(std::uint64_t ns) {
    std::string text = std::to_string(ns / 1'000);
    const std::string rest = std::to_string(ns % 1'000 + 1'000);
    text.append(".").append(rest, 1);
    return raw(text);
}

}  // namespace stormglass::reports::detail
