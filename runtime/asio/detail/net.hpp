// Net: the links of one host. A Link is one TCP connection from its handshake to its end; the Net
// knows them by peer, dials again what was lost, and holds each to its bounds. Bodies: net.cpp
// (listening, dialling, routing), link.cpp (reading, writing), link_handshake.cpp.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "runtime/asio/detail/core.hpp"
#include "runtime/asio/handshake.hpp"
#include "runtime/asio/host.hpp"

namespace stormglass::asio::detail {

namespace net = boost::asio;
using tcp = net::ip::tcp;

class Net;

struct Dialler {
    DialOptions options;
    std::size_t next = 0;     // of its addresses
    std::uint32_t tries = 0;  // in a row without success
    bool ended = false;
};

/// Owned by the Net's list and by the handler that waits for its socket.
class Link final : public std::enable_shared_from_this<Link> {
  public:
    enum class State : std::uint8_t { connecting, greeting, up, closed };

    Link(Net& of, tcp::socket socket, LinkRole role, std::shared_ptr<LinkAuth> auth);

    void begin();  // connected: the handshake starts
    void enqueue(FrameKind kind, Bytes head, Bytes body);
    void flush();
    void close(const Error& why);
    void refuse(const Error& why);  // tells the peer, then closes

    void stop_reading() { reading_ = false; }

    std::size_t queued() const { return pending_.size() + writing_.size() - written_; }

    bool all_sent() const { return queued() == 0; }

    /// Deadlines of handshake and stall.
    void check(MonotonicTime now);

    State state = State::connecting;
    LinkRole role;
    NodeId node;
    NodeId peer;
    std::string address;
    std::shared_ptr<Dialler> dialler;
    std::shared_ptr<LinkAuth> auth;
    MonotonicTime opened;
    std::size_t questions = 0;  // of the peer's, unanswered
    tcp::socket socket;

  private:
    friend class Net;

    void wait_readable();
    void on_readable();
    bool read_some(std::size_t& budget);
    bool take_frames();
    bool on_frame(const LinkFrame& frame);
    void on_question(Bytes body);
    void on_answer(Bytes body);
    void write();
    void wait_writable();
    Result<void> greet(const LinkFrame& frame);
    Result<void> on_hello(Bytes body);
    Result<void> on_challenge(Bytes body);
    Result<void> on_proof(Bytes body);
    Result<void> on_welcome(Bytes body);
    void append_proof_of_mine(FrameKind kind);

    Net* net_;
    FrameReader reader_;
    ByteBuffer pending_;  // frames of the turn under way
    ByteBuffer writing_;  // what the socket did not take at once
    std::size_t written_ = 0;
    bool waits_writable_ = false;
    bool waits_readable_ = false;
    bool reading_ = true;
    bool full_ = false;      // over its bound; the node was told
    bool flushing_ = false;  // in the Net's list of links to flush
    MonotonicTime progress_;
    Hello mine_;  // hello of a dialler, challenge of an acceptor
    Hello theirs_;
    FrameKind awaited_ = FrameKind::hello;
};

class Net final {
  public:
    Net(net::io_context& io,
        Core& core,
        const LinkLimits& limits,
        std::function<void()> after_handler);
    ~Net();

    Result<std::string> listen(std::string_view address,
                               NodeId node,
                               std::shared_ptr<LinkAuth> auth);
    void dial(DialOptions options);
    void transmit(NodeId from, NodeId to, Bytes frame);
    void ask(NodeId peer, Bytes body, Host::AnswerHandler on_answer);

    void set_question(Host::Question question) { question_ = std::move(question); }

    /// Tells nodes of links that went up, down or have room again. No step may be under way.
    void deliver_events();

    bool has_events() const { return !events_.empty(); }

    void flush();

    // The orderly end, in this order.
    void stop_accepting();
    bool all_sent() const;
    void close_all();

    LinkCounts counts() const;

  private:
    friend class Link;

    struct Acceptor {
        explicit Acceptor(net::io_context& io) : socket(io) {}

        tcp::acceptor socket;
        NodeId node;
        std::shared_ptr<LinkAuth> auth;
    };

    struct LinkEvent {
        NodeId node;
        NodeId peer;
        LinkState state = LinkState::down;
    };

    struct Asked {
        NodeId peer;
        Host::AnswerHandler handler;
    };

    void accept(const std::shared_ptr<Acceptor>& at);
    void on_accepted(const std::shared_ptr<Acceptor>& at, tcp::socket socket);
    void start_attempt(const std::shared_ptr<Dialler>& dialler);
    void connect(const std::shared_ptr<Dialler>& dialler, tcp::endpoint to);
    void attempt_failed(const std::shared_ptr<Dialler>& dialler, const Error& why);
    void dial_again(const std::shared_ptr<Dialler>& dialler);
    void link_up(Link& link, NodeId peer);
    void link_closed(Link& link, const Error& why);
    void want_flush(Link& link);
    void watch();
    Link* link_to(NodeId peer) const;
    void fail_questions(NodeId peer);

    net::io_context& io_;
    Core& core_;
    LinkLimits limits_;
    std::function<void()> after_handler_;
    tcp::resolver resolver_;
    std::vector<std::shared_ptr<Acceptor>> acceptors_;
    std::vector<std::shared_ptr<Dialler>> diallers_;
    std::vector<std::shared_ptr<Link>> links_;
    std::unordered_map<std::uint32_t, Link*> up_;  // by peer
    std::vector<std::weak_ptr<Link>> to_flush_;
    std::deque<LinkEvent> events_;
    std::unordered_map<std::uint64_t, Asked> asked_;
    std::uint64_t next_question_ = 1;
    Host::Question question_;
    std::uint32_t next_fresh_;
    bool watching_ = false;
    bool ending_ = false;
    LinkCounts counts_;
};

}  // namespace stormglass::asio::detail
