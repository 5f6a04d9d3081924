// Framing: how frames stand on a TCP connection. Each end first sends a preamble (magic, version),
// then frames: u32 length, u8 kind, body; little-endian. A reader takes bytes as they come, in any
// pieces, and believes no length before it has checked it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "runtime/bytes.hpp"
#include "runtime/result.hpp"

namespace stormglass::asio {

constexpr std::string_view kLinkMagic = "STRMGLSS";
constexpr std::uint32_t kLinkVersion = 1;
constexpr std::size_t kPreambleBytes = 12;
constexpr std::size_t kFrameHeaderBytes = 5;

enum class FrameKind : std::uint8_t {
    message = 0,  // for the node
    request = 1,  // u64 id, body: for the host's application
    reply = 2,    // u64 id, u8 failed, body
    hello = 3,    // the handshake: handshake.hpp
    challenge = 4,
    proof = 5,
    welcome = 6,
    refuse = 7,  // code, text: why the connection ends
};

struct LinkFrame {
    FrameKind kind = FrameKind::message;
    Bytes body;  // lives until the reader is given room again
};

void append_preamble(ByteBuffer& out, std::uint32_t version = kLinkVersion);
void append_frame_header(ByteBuffer& out, FrameKind kind, std::size_t body_bytes);

inline void append_frame(ByteBuffer& out, FrameKind kind, Bytes body) {
    append_frame_header(out, kind, body.size());
    out.insert(out.end(), body.begin(), body.end());
}

class FrameReader {
  public:
    /// Bound of a frame's body, in bytes.
    explicit FrameReader(std::size_t body_bytes_max) : body_bytes_max_(body_bytes_max) {}

    void set_body_bytes_max(std::size_t bytes) { body_bytes_max_ = bytes; }

    /// Where to put bytes that arrived; never empty. Ends the life of all frames handed out.
    std::span<std::byte> room();
    void filled(std::size_t bytes);

    /// The next whole frame; nothing when more bytes are needed. Fails for good with
    /// `link.garbage`, `link.version`, `link.oversize` or `link.kind`.
    Result<std::optional<LinkFrame>> next();

    /// Bytes that wait to be taken.
    std::size_t unread() const { return end_ - begin_; }

    std::size_t capacity() const { return buffer_.size(); }

  private:
    Result<bool> take_preamble();

    std::size_t body_bytes_max_;
    bool greeted_ = false;
    ByteBuffer buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t wanted_ = 0;  // of the frame that is not whole yet
};

}  // namespace stormglass::asio
