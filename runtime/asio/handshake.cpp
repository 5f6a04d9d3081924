#include "runtime/asio/handshake.hpp"

#include <algorithm>

#include "runtime/check.hpp"

namespace stormglass::asio {
namespace {

void append_text(ByteBuffer& out, std::string_view text) {
    CHECK(text.size() <= kHandshakeTextMax);
    out.push_back(static_cast<std::byte>(text.size() & 0xff));
    out.push_back(static_cast<std::byte>(text.size() >> 8));
    const Bytes bytes = as_bytes(text);
    out.insert(out.end(), bytes.begin(), bytes.end());
}

/// Takes fields off the front; once one is missing, all that follow are.
class Fields {
  public:
    explicit Fields(Bytes body) : body_(body) {}

    std::string text() {
        const Bytes size = take(2);
        if (!ok_) {
            return {};
        }
        const std::size_t length =
            std::to_integer<std::size_t>(size[0]) | std::to_integer<std::size_t>(size[1]) << 8;
        ok_ = ok_ && length <= kHandshakeTextMax;
        const Bytes bytes = take(length);
        return ok_ ? std::string(as_text(bytes)) : std::string();
    }

    template <std::size_t N>
    void array(std::array<std::byte, N>& to) {
        const Bytes bytes = take(N);
        if (ok_) {
            std::copy(bytes.begin(), bytes.end(), to.begin());
        }
    }

    Bytes take(std::size_t bytes) {
        ok_ = ok_ && bytes <= body_.size();
        if (!ok_) {
            return {};
        }
        const Bytes taken = body_.first(bytes);
        body_ = body_.subspan(bytes);
        return taken;
    }

    bool complete() const { return ok_ && body_.empty(); }

  private:
    Bytes body_;
    bool ok_ = true;
};

Error broken(std::string_view what) {
    std::string text = "a broken ";
    text += what;
    text += " in the handshake";
    return {"link.handshake", std::move(text)};
}

}  // namespace

void append_hello(ByteBuffer& out, FrameKind kind, const Hello& hello) {
    ByteBuffer body;
    append_text(body, hello.realm);
    append_text(body, hello.name);
    append_text(body, hello.key_id);
    body.insert(body.end(), hello.nonce.begin(), hello.nonce.end());
    append_frame(out, kind, body);
}

void append_proof(ByteBuffer& out, FrameKind kind, const Proof& proof) {
    append_frame(out, kind, proof.given ? Bytes(proof.signature) : Bytes());
}

void append_refusal(ByteBuffer& out, const LinkRefusal& refusal) {
    ByteBuffer body;
    append_text(body, std::string_view(refusal.code).substr(0, kHandshakeTextMax));
    append_text(body, std::string_view(refusal.text).substr(0, kHandshakeTextMax));
    append_frame(out, FrameKind::refuse, body);
}

Result<Hello> decode_hello(Bytes body) {
    Fields fields(body);
    Hello hello;
    hello.realm = fields.text();
    hello.name = fields.text();
    hello.key_id = fields.text();
    fields.array(hello.nonce);
    if (!fields.complete()) {
        return broken("greeting");
    }
    return hello;
}

Result<Proof> decode_proof(Bytes body) {
    Proof proof;
    if (body.empty()) {
        return proof;
    }
    Fields fields(body);
    fields.array(proof.signature);
    if (!fields.complete()) {
        return broken("proof");
    }
    proof.given = true;
    return proof;
}

Result<LinkRefusal> decode_refusal(Bytes body) {
    Fields fields(body);
    LinkRefusal refusal;
    refusal.code = fields.text();
    refusal.text = fields.text();
    if (!fields.complete()) {
        return broken("refusal");
    }
    return refusal;
}

ByteBuffer transcript(const Hello& hello, const Challenge& challenge, LinkRole by) {
    ByteBuffer out;
    append_text(out, "stormglass link 1");
    out.push_back(static_cast<std::byte>(by));
    for (const Hello* part : {&hello, &challenge}) {
        append_text(out, part->realm);
        append_text(out, part->name);
        append_text(out, part->key_id);
        out.insert(out.end(), part->nonce.begin(), part->nonce.end());
    }
    return out;
}

}  // namespace stormglass::asio
