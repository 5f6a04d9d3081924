// Who is at the other end of a link: asked once, when it opens, before any frame reaches a node.
// Both ends sign a transcript that holds fresh nonces of both, so nothing can be replayed. After
// that the link is as safe as its TCP connection: on loopback and private networks nobody can put
// bytes into it; elsewhere it needs TLS around it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/bytes.hpp"
#include "runtime/ids.hpp"
#include "runtime/result.hpp"
#include "runtime/signing.hpp"

namespace stormglass::asio {

/// What an end says of itself, and its proof. Views live until the call returns.
struct LinkClaim {
    std::string_view realm;    // the service: "stormglass/main"
    std::string_view name;     // who dials; of an acceptor: empty
    std::string_view key_id;   // empty: no proof
    std::string_view address;  // for people
    Bytes transcript;          // what `proof` signs
    Signature proof{};
};

/// One end's side of that question. All calls come on the loop's thread.
class LinkAuth {
  public:
    virtual ~LinkAuth() = default;

    // Of oneself; each at most 256 bytes.
    virtual std::string realm() const = 0;  // a dialler's may be empty: whatever is there
    virtual std::string name() const = 0;
    virtual std::string key_id() const = 0;  // empty: does not prove anything
    virtual Signature prove(Bytes transcript) = 0;

    /// Acceptor: which node this is; NodeId{0}: nobody in particular, give it a fresh id. The error
    /// is told to the peer and cuts the link.
    virtual Result<NodeId> admit(const LinkClaim& peer) = 0;

    /// Dialler: whether this is who was meant.
    virtual Result<void> confirm(const LinkClaim& peer) = 0;
};

/// Asks nothing and proves nothing: whoever can connect may. `from` then means "the connection".
class OpenAuth final : public LinkAuth {
  public:
    explicit OpenAuth(std::string name = {}, std::string realm = {})
        : name_(std::move(name)),
          realm_(std::move(realm)) {}

    std::string realm() const override { return realm_; }

    std::string name() const override { return name_; }

    std::string key_id() const override { return {}; }

    Signature prove(Bytes) override { return {}; }

    Result<NodeId> admit(const LinkClaim&) override { return NodeId{0}; }

    Result<void> confirm(const LinkClaim&) override { return {}; }

  private:
    std::string name_;
    std::string realm_;
};

}  // namespace stormglass::asio
