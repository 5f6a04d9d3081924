// Handshake: the four frames that open a link, as values and bytes. Dialler and acceptor exchange
// names and nonces, then prove who they are over a transcript of both. No sockets in here.
//
//   dialler  -> hello      realm it wants (or empty), its name, its key id, nonce
//   acceptor -> challenge  its realm, its key id, nonce
//   dialler  -> proof      signature over the transcript, or nothing
//   acceptor -> welcome    signature over the transcript, or nothing; or `refuse`: code, text
#pragma once

#include <array>
#include <string>

#include "runtime/asio/framing.hpp"
#include "runtime/signing.hpp"

namespace stormglass::asio {

constexpr std::size_t kHandshakeBytesMax = 2'048;  // of one frame
constexpr std::size_t kHandshakeTextMax = 256;     // of each field

using LinkNonce = std::array<std::byte, 32>;

struct Hello {
    std::string realm;
    std::string name;
    std::string key_id;
    LinkNonce nonce{};
};

/// Also what an acceptor says of itself: `name` stays empty then.
using Challenge = Hello;

struct Proof {
    bool given = false;
    Signature signature{};
};

struct LinkRefusal {
    std::string code;
    std::string text;
};

void append_hello(ByteBuffer& out, FrameKind kind, const Hello& hello);
void append_proof(ByteBuffer& out, FrameKind kind, const Proof& proof);
void append_refusal(ByteBuffer& out, const LinkRefusal& refusal);

// Each fails with `link.handshake`.
Result<Hello> decode_hello(Bytes body);
Result<Proof> decode_proof(Bytes body);
Result<LinkRefusal> decode_refusal(Bytes body);

enum class LinkRole : std::uint8_t { dialler, acceptor };

/// What `by` signs. Every text is preceded by its length, so that no two conversations share it.
ByteBuffer transcript(const Hello& hello, const Challenge& challenge, LinkRole by);

}  // namespace stormglass::asio
