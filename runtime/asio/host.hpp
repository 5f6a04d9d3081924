// Host: runs nodes on the real machine. One thread, one loop: inputs go through a node one step at
// a time, then its effects are carried out in order. Links are TCP, files lie in a directory of the
// node's own, time is the machine's. The same nodes run unchanged in `sim/`.
//
// `NodeId` here: the nodes of this host and the peers that it dials have the ids that they are
// given; who connects from outside has the id that `LinkAuth::admit` says, or a fresh one that
// stands for nothing but that connection.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/asio/link_auth.hpp"
#include "runtime/asio/observer.hpp"
#include "runtime/asio/storage.hpp"
#include "runtime/node.hpp"
#include "runtime/result.hpp"

namespace stormglass::asio {

/// Bounds of links. Each protects the others from one.
struct LinkLimits {
    std::size_t frame_bytes_max = (4 << 20) + 64;
    std::size_t send_queue_bytes_max = 16 << 20;  // of one link; then frames are dropped
    std::size_t read_bytes_per_turn = 256 << 10;  // then others get their turn
    std::size_t connections_max = 1'024;
    std::size_t connections_per_address_max = 512;
    std::size_t requests_per_link_max = 64;
    Duration handshake = seconds(5);  // from connecting to welcome
    Duration stall = seconds(15);     // a peer that takes nothing of a waiting queue is cut off
    Duration retry_base = milliseconds(20);  // of dialling again: doubles with each failure,
    Duration retry_max = seconds(2);         // up to here; half of it is drawn
};

struct HostOptions {
    StorageMode storage = StorageMode::on_thread;
    LinkLimits links;
    Observer* observer = nullptr;  // must outlive the host
    Duration drain = seconds(5);   // how long an orderly end may take
};

struct NodeOptions {
    std::string data;             // its directory; empty: it has no files
    std::function<bool()> quiet;  // for an orderly end: nothing of its own is under way
};

/// A peer that is dialled, and dialled again whenever the link is lost.
struct DialOptions {
    NodeId node;                         // of this host
    NodeId peer;                         // what the node knows it by
    std::vector<std::string> addresses;  // "HOST:PORT", tried in turn
    std::shared_ptr<LinkAuth> auth;
    /// The link opened (with the peer's realm), or an attempt failed. On the loop's thread.
    std::function<void(const Result<std::string>& realm)> on_attempt;
};

struct LinkCounts {
    std::uint64_t accepted = 0;
    std::uint64_t refused = 0;  // garbage, other versions, failed handshakes, over a limit
    std::uint64_t frames_in = 0;
    std::uint64_t frames_out = 0;
    std::uint64_t frames_dropped = 0;  // no link, or over the bound of its queue
    std::uint64_t open = 0;
};

class Host {
  public:
    explicit Host(HostOptions options = {});
    ~Host();  // as `stop_now`; must not be called from within the loop
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;

    // ---- from any thread ----

    /// Runs `what` on the loop, between steps; in order of the calls. What was posted to a host
    /// that has ended is dropped when it is destroyed.
    void post(std::function<void()> what);

    /// Orderly end: accepts nothing new, lets what is under way be answered (at most
    /// `HostOptions::drain`), syncs, closes; then `run` returns. May be called again.
    void stop();

    /// Ends at once: `run` returns after the handler under way.
    void stop_now();

    // ---- from the loop's thread, or before it runs ----

    /// Begins a life of the node, which must outlive it. Fails when the directory cannot be used.
    Result<void> add(NodeId id, Node& node, NodeOptions options = {});

    /// Ends the life of the node; another may be added under the same id.
    void remove(NodeId id);

    /// Accepts connections for the node at "HOST:PORT"; no host means loopback, port 0 a free one.
    /// Returns the address as peers may dial it.
    Result<std::string> listen(std::string_view address,
                               NodeId node,
                               std::shared_ptr<LinkAuth> auth);

    void dial(DialOptions options);

    /// A step of the application beside a node (a call of a component, say). No step may be under
    /// way.
    void step(NodeId node, const std::function<void(Moment, Effects&)>& what);

    /// `Node::on_request`; the handler is called once, or never if the node never replies.
    void request(NodeId node, Bytes body, std::function<void(Bytes)> on_reply);

    /// Asks the application of a peer's host. The handler is called once: `link.down` when the link
    /// is not there or breaks, `link.overloaded`, or what the peer said.
    using AnswerHandler = std::function<void(const Result<ByteBuffer>&)>;
    void ask(NodeId peer, Bytes body, AnswerHandler on_answer);

    /// Who answers what peers `ask`. `answer` may be called later, on the loop's thread.
    using Question = std::function<void(NodeId from, Bytes body, AnswerHandler answer)>;
    void serve_questions(Question question);

    /// Stops orderly at the first SIGINT or SIGTERM, at once (status 128 + signal) at the second. A
    /// file over the process's size limit (SIGXFSZ) is a full disk from now on, not the end.
    void stop_on_signals();

    /// Runs until stopped.
    void run();

    /// Runs until `done` holds, the host was stopped or the time is over; says whether `done`
    /// holds. For callers who drive the host themselves: between calls nothing happens.
    bool run_until(const std::function<bool()>& done, Duration at_most);

    /// Once, between steps.
    void call_after(Duration wait, std::function<void()> what);

    Moment now() const;
    bool stopping() const;
    LinkCounts link_counts() const;

    /// How often each COVER mark was reached.
    const std::map<std::string_view, std::uint64_t>& covered() const;

    /// Of the node's directory; 0 without one.
    std::uint64_t bytes_free(NodeId node) const;

    struct Impl;

  private:
    std::unique_ptr<Impl> impl_;
};

}  // namespace stormglass::asio
