#include "sagas/codec.hpp"

#include "runtime/check.hpp"

namespace stormglass::sagas::codec {

Writer::Writer(ByteBuffer& out, MessageKind kind) : out_(out) {
    integer(kFormat, 1);
    choice(kind);
}

void Writer::integer(std::uint64_t value, std::size_t width) {
    CHECK(width == 8 || value >> (8 * width) == 0);
    for (std::size_t i = 0; i < width; ++i) {
        out_.push_back(static_cast<std::byte>(value >> (8 * i) & 0xff));
    }
}

void Writer::name(std::string_view text) {
    CHECK(is_name(text));
    optional_name(text);
}

void Writer::optional_name(std::string_view text) {
    CHECK(text.empty() || is_name(text));
    integer(text.size(), 2);
    const Bytes bytes = as_bytes(text);
    out_.insert(out_.end(), bytes.begin(), bytes.end());
}

void Writer::body(Bytes bytes) {
    CHECK(bytes.size() <= kBodyBytesMax);
    integer(bytes.size(), 4);
    out_.insert(out_.end(), bytes.begin(), bytes.end());
}

Reader::Reader(Bytes bytes, MessageKind kind) : bytes_(bytes) {
    require(number8() == kFormat, "SM_FORMAT");
    require(number8() == static_cast<std::uint8_t>(kind), "SM_KIND");
}

void Reader::require(bool holds, std::string_view code) {
    CHECK(!code.empty());
    if (!holds && code_.empty()) {
        code_ = code;
        code_at_ = at_;
    }
}

Bytes Reader::take(std::size_t size) {
    CHECK(at_ <= bytes_.size());
    require(size <= bytes_.size() - at_, "SM_TRUNCATED");
    if (!code_.empty()) {
        return {};
    }
    const Bytes taken = bytes_.subspan(at_, size);
    at_ += size;
    return taken;
}

std::uint64_t Reader::integer(std::size_t width) {
    CHECK(width <= 8);
    std::uint64_t value = 0;
    const Bytes taken = take(width);
    for (std::size_t i = 0; i < taken.size(); ++i) {
        value |= std::to_integer<std::uint64_t>(taken[i]) << (8 * i);
    }
    return value;
}

std::uint32_t Reader::attempt() {
    const std::uint32_t value = number32();
    require(value >= 1, "SM_VALUE");
    return value;
}

bool Reader::flag() {
    const std::uint8_t value = number8();
    require(value <= 1, "SM_VALUE");
    return value == 1;
}

std::string_view Reader::name() {
    const std::string_view text = optional_name();
    require(!text.empty(), "SM_TEXT");
    return text;
}

std::string_view Reader::optional_name() {
    const std::size_t size = integer(2);
    require(size <= kTextBytesMax, "SM_TEXT");
    const std::string_view text = as_text(take(size));
    require(text.empty() || is_name(text), "SM_TEXT");
    return text;
}

Bytes Reader::body() {
    const std::size_t size = integer(4);
    require(size <= kBodyBytesMax, "SM_BODY");
    return take(size);
}

Result<void> Reader::finish() {
    require(at_ == bytes_.size(), "SM_TRAILING");
    if (code_.empty()) {
        return {};
    }
    return Error{code_,
                 std::string(code_) + " at byte " + std::to_string(code_at_) + " of " +
                     std::to_string(bytes_.size())};
}

}  // namespace stormglass::sagas::codec
