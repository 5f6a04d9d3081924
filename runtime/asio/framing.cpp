#include "runtime/asio/framing.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include "runtime/check.hpp"

namespace stormglass::asio {
namespace {

constexpr std::size_t kRoomBytes = 64 << 10;
constexpr std::size_t kKeepBytesMax = 1 << 20;  // a buffer that one large frame made is given back

std::uint32_t read_u32(const std::byte* at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        value |= std::to_integer<std::uint32_t>(at[i]) << (8 * i);
    }
    return value;
}

void append_u32(ByteBuffer& out, std::uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8) {
        out.push_back(static_cast<std::byte>(value >> shift));
    }
}

}  // namespace

void append_preamble(ByteBuffer& out, std::uint32_t version) {
    const Bytes magic = as_bytes(kLinkMagic);
    out.insert(out.end(), magic.begin(), magic.end());
    append_u32(out, version);
}

void append_frame_header(ByteBuffer& out, FrameKind kind, std::size_t body_bytes) {
    CHECK(body_bytes < std::uint32_t{0xffff'ffff});
    append_u32(out, static_cast<std::uint32_t>(body_bytes + 1));
    out.push_back(static_cast<std::byte>(kind));
}

std::span<std::byte> FrameReader::room() {
    if (begin_ == end_) {
        begin_ = 0;
        end_ = 0;
        if (buffer_.size() > kKeepBytesMax && wanted_ <= kRoomBytes) {
            buffer_.resize(kRoomBytes);
            buffer_.shrink_to_fit();
        }
    }
    const std::size_t unread = end_ - begin_;
    const std::size_t needed = std::max(kRoomBytes, wanted_);  // for the whole frame
    if (buffer_.size() - begin_ < needed || buffer_.size() == end_) {
        if (begin_ > 0) {
            std::memmove(buffer_.data(), buffer_.data() + begin_, unread);
            begin_ = 0;
            end_ = unread;
        }
        if (buffer_.size() < needed || buffer_.size() == end_) {
            buffer_.resize(std::max(needed, end_ + 1));
        }
    }
    CHECK(end_ < buffer_.size());
    return std::span(buffer_).subspan(end_);
}

void FrameReader::filled(std::size_t bytes) {
    CHECK(bytes <= buffer_.size() - end_);
    end_ += bytes;
}

Result<bool> FrameReader::take_preamble() {
    const Bytes seen = Bytes(buffer_).subspan(begin_, end_ - begin_);
    const std::size_t known = std::min(seen.size(), kLinkMagic.size());
    if (as_text(seen.first(known)) != kLinkMagic.substr(0, known)) {
        return Error{"link.garbage", "what it sends is not this protocol"};
    }
    if (seen.size() < kPreambleBytes) {
        return false;
    }
    const std::uint32_t version = read_u32(seen.data() + kLinkMagic.size());
    if (version != kLinkVersion) {
        std::string text = "it speaks version ";
        text += std::to_string(version);
        text += " of the link protocol, this program version ";
        text += std::to_string(kLinkVersion);
        return Error{"link.version", std::move(text)};
    }
    begin_ += kPreambleBytes;
    greeted_ = true;
    return true;
}

Result<std::optional<LinkFrame>> FrameReader::next() {
    if (!greeted_) {
        const auto taken = take_preamble();
        if (!taken) {
            return taken.error();
        }
        if (!taken.value()) {
            return std::optional<LinkFrame>{};
        }
    }
    wanted_ = 0;
    if (end_ - begin_ < kFrameHeaderBytes) {
        return std::optional<LinkFrame>{};
    }
    const std::byte* const at = buffer_.data() + begin_;
    const std::uint32_t length = read_u32(at);
    if (length == 0 || length - 1 > body_bytes_max_) {
        std::string text = "a frame of ";
        text += std::to_string(length);
        text += " bytes, where at most ";
        text += std::to_string(body_bytes_max_ + 1);
        text += " are allowed";
        return Error{"link.oversize", std::move(text)};
    }
    const auto kind = std::to_integer<std::uint8_t>(at[4]);
    if (kind > static_cast<std::uint8_t>(FrameKind::refuse)) {
        return Error{"link.kind", "a frame of unknown kind " + std::to_string(kind)};
    }
    const std::size_t whole = std::size_t{length} + 4;
    if (end_ - begin_ < whole) {
        wanted_ = whole;
        return std::optional<LinkFrame>{};
    }
    LinkFrame frame;
    frame.kind = static_cast<FrameKind>(kind);
    frame.body = Bytes(buffer_).subspan(begin_ + kFrameHeaderBytes, length - 1);
    begin_ += whole;
    return std::optional(frame);
}

}  // namespace stormglass::asio
