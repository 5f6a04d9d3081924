// Server: a broker on the real machine. It owns the host, the broker's files and its keys, admits
// who can prove to be a source, and starts a new life of the broker when a disk that was full has
// room again. Without an address to listen at it is the embedded bus of one process.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bus/broker.hpp"
#include "bus/engines/key_files.hpp"
#include "runtime/asio/host.hpp"
#include "runtime/crypto/key_ring.hpp"

namespace stormglass::bus {

constexpr NodeId kBrokerNode{1};  // in every host that has one, and what sessions know it by
constexpr NodeId kClientNode{2};  // the session of an embedded bus

/// Who proves the local secret as a server signs with this source's key.
constexpr std::string_view kServerSource = "urn:stormglass:server";

struct ServerOptions {
    std::string data;                 // a directory; made when there is none
    std::vector<std::string> listen;  // "HOST:PORT"; no host: loopback; port 0: a free one
    std::string bus_id = "main";
    std::vector<std::string> topics;  // others are opened by use
    UnknownTopic unknown_topic = UnknownTopic::opened;
    Durability durability = Durability::synced;
    std::uint64_t segment_bytes = 64 << 20;
    BrokerLimits limits;
    BrokerTimeouts timeouts;
    std::size_t sources_max = 100'000;  // known at once; more are refused
    asio::HostOptions host;
    const Rules* rules = &sound_rules();  // others in tests of the tests; must outlive the server
};

class Server {
  public:
    /// Locks the data directory, loads or makes its keys, starts the broker and listens. The broker
    /// serves once `run` has let it recover.
    static Result<std::unique_ptr<Server>> open(ServerOptions options);

    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// The addresses listened at, as peers may dial them.
    const std::vector<std::string>& addresses() const { return addresses_; }

    /// Runs until stopped: `host().stop()` from any thread, or a signal.
    void run() { host_.run(); }

    asio::Host& host() { return host_; }

    crypto::KeyRing& keys() { return keys_; }

    const ServerOptions& options() const { return options_; }

    /// The broker of this moment. On the loop's thread, between steps; not kept.
    const Broker& broker() const { return *broker_; }

    /// Lets a source in, known by the local key unless another is named; returns its node. On the
    /// loop's thread, or before `run`. Fails with `source.*`.
    Result<NodeId> admit(const std::string& source, std::string key_id = {});

    /// What a question of a peer is answered with; on the loop's thread.
    using Answer = std::function<Result<std::string>(const Broker& broker, std::string_view about)>;
    /// "VERB" or "VERB ABOUT". `status` and `topics` are there from the start (JSON).
    void answer(std::string verb, Answer with);

    /// Answers one, as if a peer had asked. On the loop's thread.
    Result<ByteBuffer> answer_question(Bytes body) const;

    /// Lives of the broker in this process.
    std::uint32_t lives() const { return lives_; }

  private:
    class Auth;

    explicit Server(ServerOptions options);
    Result<void> load_keys();
    Result<void> start_broker();
    void watch();
    void restart_when_there_is_room();

    ServerOptions options_;
    crypto::KeyRing keys_;
    std::unique_ptr<Broker> broker_;
    std::map<std::string, SourceOptions, std::less<>> sources_;  // admitted, by name
    std::uint32_t next_node_;
    std::map<std::string, Answer, std::less<>> answers_;
    std::vector<std::string> addresses_;
    std::uint32_t lives_ = 0;
    bool unstarted_ = false;  // the last life ended and its files could not be opened again
    asio::Host host_;         // last: it steps the broker until it is gone
};

}  // namespace stormglass::bus
