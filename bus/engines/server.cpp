#include "bus/engines/server.hpp"

#include "bus/attributes.hpp"
#include "bus/engines/introspection.hpp"
#include "runtime/check.hpp"

namespace stormglass::bus {
namespace {

constexpr std::uint32_t kSourceNodesFrom = 0x1000;  // below: nodes of this process
constexpr Duration kWatch = milliseconds(200);

}  // namespace

// Admits who proves to hold the key of the source that it names.
class Server::Auth final : public asio::LinkAuth {
  public:
    explicit Auth(Server& server) : server_(&server) {}

    std::string realm() const override { return server_->options_.bus_id; }

    std::string name() const override { return {}; }

    std::string key_id() const override { return crypto::local_key_id(kServerSource); }

    Signature prove(Bytes transcript) override { return server_->keys_.sign(key_id(), transcript); }

    Result<NodeId> admit(const asio::LinkClaim& peer) override {
        if (peer.key_id.empty()) {
            return Error{"link.no-key", "this bus wants to see a key"};
        }
        const std::string source(peer.name);
        const bool local = peer.key_id.starts_with(crypto::kLocalKeyPrefix);
        if (local && peer.key_id != crypto::local_key_id(source)) {
            return Error{"link.key-source", "that key belongs to another source"};
        }
        const auto declared = server_->sources_.find(source);
        if (!local &&
            (declared == server_->sources_.end() || declared->second.key_id != peer.key_id)) {
            return Error{"link.key-source", "that key is not this source's here, or was revoked"};
        }
        if (!server_->keys_.verify(peer.key_id, peer.transcript, peer.proof)) {
            return Error{"link.bad-proof", "its key is not known here, or its proof does not hold"};
        }
        return server_->admit(source, std::string(peer.key_id));
    }

    Result<void> confirm(const asio::LinkClaim&) override { return {}; }

  private:
    Server* server_;
};

Server::Server(ServerOptions options)
    : options_(std::move(options)),
      next_node_(kSourceNodesFrom),
      host_(options_.host) {}

Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::open(ServerOptions options) {
    if (options.data.empty()) {
        return Error{"data.unusable", "a bus needs a data directory"};
    }
    auto server = std::unique_ptr<Server>(new Server(std::move(options)));
    if (auto loaded = server->load_keys(); !loaded) {
        return std::move(loaded).error();
    }
    if (auto started = server->start_broker(); !started) {
        return std::move(started).error();
    }
    server->answer("status", [raw = server.get()](const Broker& broker, std::string_view) {
        return Result<std::string>(
            describe_status(broker, raw->options_.bus_id, raw->host_.link_counts()));
    });
    server->answer("topics", [](const Broker& broker, std::string_view) {
        return Result<std::string>(describe_topics(broker.machine()));
    });
    server->host_.serve_questions(
        [raw = server.get()](NodeId, Bytes body, const asio::Host::AnswerHandler& answer) {
            answer(raw->answer_question(body));
        });
    const auto auth = std::make_shared<Auth>(*server);
    for (const std::string& address : server->options_.listen) {
        auto listening = server->host_.listen(address, kBrokerNode, auth);
        if (!listening) {
            return std::move(listening).error();
        }
        server->addresses_.push_back(std::move(listening).value());
    }
    server->watch();
    return server;
}

Result<void> Server::load_keys() {
    const auto local = make_local_key(options_.data);
    if (!local) {
        return local.error();
    }
    keys_.hold_local(local.value());
    const auto keys = list_keys(options_.data);
    if (!keys) {
        return keys.error();
    }
    for (const KeyFile& key : keys.value()) {
        // A revoked key lets nobody in any more; what was stored under it can still be verified.
        if (auto trusted = keys_.pairs().trust(key.id, key.public_key); !trusted) {
            return trusted;
        }
        if (key.revoked) {
            continue;
        }
        if (sources_.contains(key.source)) {
            return Error{"key.conflict",
                         "two keys for " + key.source + " in " + key_directory(options_.data) +
                             ": revoke one, of which " + key.id + " is the later by name"};
        }
        sources_[key.source] = {key.source, key.id, {next_node_++}};
    }
    return {};
}

Result<void> Server::start_broker() {
    BrokerOptions broker;
    broker.bus_id = options_.bus_id;
    broker.topics = options_.topics;
    broker.unknown_topic = options_.unknown_topic;
    broker.durability = options_.durability;
    broker.segment_bytes = options_.segment_bytes;
    broker.limits = options_.limits;
    broker.timeouts = options_.timeouts;
    for (const auto& [name, source] : sources_) {
        broker.sources.push_back(source);
    }
    broker_ = std::make_unique<Broker>(std::move(broker), keys_, *options_.rules);
    ++lives_;
    asio::NodeOptions node;
    node.data = options_.data;
    node.quiet = [this] { return broker_->quiet() || broker_->state() == Broker::State::halted; };
    return host_.add(kBrokerNode, *broker_, std::move(node));
}

Result<NodeId> Server::admit(const std::string& source, std::string key_id) {
    if (key_id.empty()) {
        key_id = crypto::local_key_id(source);
    }
    const auto known = sources_.find(source);
    if (known != sources_.end()) {
        if (known->second.key_id != key_id) {
            return Error{"source.conflict", "that source has a key of its own"};
        }
        return known->second.node;
    }
    if (Violation violation = check_absolute_uri(source, "source.name")) {
        return Error{violation.code,
                     "'" + source + "' is no source: " + std::string(violation.why)};
    }
    if (source.size() > kSourceBytesMax || source == kServerSource) {
        return Error{"source.name", "that name is too long, or the server's own"};
    }
    if (sources_.size() >= options_.sources_max) {
        return Error{"source.too-many", "this bus knows as many sources as it may"};
    }
    const SourceOptions declared{source, std::move(key_id), {next_node_++}};
    if (auto taken = broker_->declare(declared); !taken) {
        return std::move(taken).error();
    }
    sources_[source] = declared;
    return declared.node;
}

// ---- a broker that halted ----

void Server::watch() {
    host_.call_after(kWatch, [this] {
        if (unstarted_ || broker_->state() == Broker::State::halted) {
            restart_when_there_is_room();
        }
        watch();
    });
}

// A full disk is the one failure that time repairs. Whatever else halts a broker (damage, an error
// of the device) needs a person, and the note that it took says so.
void Server::restart_when_there_is_room() {
    if (!unstarted_) {
        const std::string& why = broker_->failure().text;
        const bool full = why.find(name_of(StorageStatus::out_of_space)) != std::string::npos;
        if (!full || host_.bytes_free(kBrokerNode) < 2 * options_.segment_bytes) {
            return;
        }
        host_.remove(kBrokerNode);
    }
    // The directory was ours a moment ago; if it cannot be had, the next look tries again.
    unstarted_ = !start_broker().ok();
}

// ---- questions ----

void Server::answer(std::string verb, Answer with) {
    answers_[std::move(verb)] = std::move(with);
}

Result<ByteBuffer> Server::answer_question(Bytes body) const {
    const std::string_view text = as_text(body);
    const std::size_t space = std::min(text.find(' '), text.size());
    const auto known = answers_.find(text.substr(0, space));
    if (known == answers_.end()) {
        return Error{"question.unknown", "a question that this server cannot answer"};
    }
    const auto answered = known->second(*broker_, text.substr(std::min(space + 1, text.size())));
    if (!answered) {
        return answered.error();
    }
    const Bytes bytes = as_bytes(answered.value());
    return ByteBuffer(bytes.begin(), bytes.end());
}

}  // namespace stormglass::bus
