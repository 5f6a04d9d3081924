// Opening a link: what each end says and checks, in the order of handshake.hpp.
#include <cstring>

#include "runtime/asio/detail/net.hpp"
#include "runtime/check.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/random.h>
#include <sys/socket.h>

namespace stormglass::asio::detail {
namespace {

// Bounds on a peer whose machine or cable is gone: the system probes when nothing is sent, and
// gives up on what is not confirmed.
void tune(int fd) {
    const int on = 1;
    const int idle_s = 10;
    const int every_s = 3;
    const int probes = 3;
    const int unconfirmed_ms = 20'000;
    // Each is an improvement, none a condition: a socket that refuses one works without it.
    static_cast<void>(::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)));
    static_cast<void>(::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on)));
    static_cast<void>(::setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof(idle_s)));
    static_cast<void>(::setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &every_s, sizeof(every_s)));
    static_cast<void>(::setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof(probes)));
    static_cast<void>(
        ::setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unconfirmed_ms, sizeof(unconfirmed_ms)));
}

LinkNonce fresh_nonce() {
    LinkNonce nonce;
    CHECK(::getrandom(nonce.data(), nonce.size(), 0) == static_cast<ssize_t>(nonce.size()));
    return nonce;
}

LinkClaim claim_of(const Hello& theirs, const Proof& proof, Bytes transcript) {
    LinkClaim claim;
    claim.realm = theirs.realm;
    claim.name = theirs.name;
    claim.key_id = proof.given ? std::string_view(theirs.key_id) : std::string_view();
    claim.transcript = transcript;
    claim.proof = proof.signature;
    return claim;
}

}  // namespace

void Link::begin() {
    boost::system::error_code ignored;
    socket.non_blocking(true, ignored);
    tune(socket.native_handle());
    state = State::greeting;
    append_preamble(pending_);
    mine_.realm = auth->realm();
    mine_.key_id = auth->key_id();
    mine_.nonce = fresh_nonce();
    if (role == LinkRole::dialler) {
        mine_.name = auth->name();
        append_hello(pending_, FrameKind::hello, mine_);
        awaited_ = FrameKind::challenge;
    } else {
        awaited_ = FrameKind::hello;
    }
    net_->want_flush(*this);
    wait_readable();
}

Result<void> Link::greet(const LinkFrame& frame) {
    if (frame.kind != awaited_) {
        return Error{"link.handshake", "frames of the handshake out of order"};
    }
    switch (frame.kind) {
        case FrameKind::hello:
            return on_hello(frame.body);
        case FrameKind::challenge:
            return on_challenge(frame.body);
        case FrameKind::proof:
            return on_proof(frame.body);
        default:
            CHECK(frame.kind == FrameKind::welcome);
            return on_welcome(frame.body);
    }
}

Result<void> Link::on_hello(Bytes body) {
    auto hello = decode_hello(body);
    if (!hello) {
        return hello.error();
    }
    theirs_ = std::move(hello).value();
    if (!theirs_.realm.empty() && theirs_.realm != mine_.realm) {
        return Error{"link.realm",
                     "it looks for '" + theirs_.realm + "', this is '" + mine_.realm + "'"};
    }
    append_hello(pending_, FrameKind::challenge, mine_);
    net_->want_flush(*this);
    awaited_ = FrameKind::proof;
    return {};
}

Result<void> Link::on_challenge(Bytes body) {
    auto challenge = decode_hello(body);
    if (!challenge) {
        return challenge.error();
    }
    theirs_ = std::move(challenge).value();
    if (!mine_.realm.empty() && theirs_.realm != mine_.realm) {
        return Error{"link.realm",
                     "'" + mine_.realm + "' was meant, '" + theirs_.realm + "' is there"};
    }
    append_proof_of_mine(FrameKind::proof);
    awaited_ = FrameKind::welcome;
    return {};
}

void Link::append_proof_of_mine(FrameKind kind) {
    Proof proof;
    if (!mine_.key_id.empty()) {
        const bool dials = role == LinkRole::dialler;
        proof.given = true;
        proof.signature =
            auth->prove(transcript(dials ? mine_ : theirs_, dials ? theirs_ : mine_, role));
    }
    append_proof(pending_, kind, proof);
    net_->want_flush(*this);
}

Result<void> Link::on_proof(Bytes body) {
    const auto proof = decode_proof(body);
    if (!proof) {
        return proof.error();
    }
    const ByteBuffer signs = transcript(theirs_, mine_, LinkRole::dialler);
    LinkClaim claim = claim_of(theirs_, proof.value(), signs);
    claim.address = address;
    const auto admitted = auth->admit(claim);
    if (!admitted) {
        return admitted.error();
    }
    append_proof_of_mine(FrameKind::welcome);
    state = State::up;
    reader_.set_body_bytes_max(net_->limits_.frame_bytes_max + 9);  // and the head of a reply
    net_->link_up(*this, admitted.value());
    return {};
}

Result<void> Link::on_welcome(Bytes body) {
    const auto proof = decode_proof(body);
    if (!proof) {
        return proof.error();
    }
    const ByteBuffer signs = transcript(mine_, theirs_, LinkRole::acceptor);
    LinkClaim claim = claim_of(theirs_, proof.value(), signs);
    claim.address = address;
    if (auto confirmed = auth->confirm(claim); !confirmed) {
        return confirmed.error();
    }
    state = State::up;
    reader_.set_body_bytes_max(net_->limits_.frame_bytes_max + 9);
    net_->link_up(*this, dialler->options.peer);
    return {};
}

}  // namespace stormglass::asio::detail
