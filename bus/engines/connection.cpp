#include "bus/engines/connection.hpp"

#include <algorithm>
#include <array>
#include <future>

#include "bus/engines/detail/connection_impl.hpp"
#include "runtime/check.hpp"

#include <sys/random.h>

namespace stormglass::bus {
namespace {

constexpr std::string_view kServerScheme = "stormglass://";
constexpr std::string_view kFileScheme = "file:";
constexpr Duration kEmbeddedDrain = seconds(5);

std::string fresh_name() {
    std::array<unsigned char, 6> bytes{};
    CHECK(::getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string name = "client-";
    for (const unsigned char byte : bytes) {
        name.push_back(kDigits[byte >> 4]);
        name.push_back(kDigits[byte & 15]);
    }
    return name;
}

std::vector<std::string> split(std::string_view list) {
    std::vector<std::string> parts;
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        if (comma > 0) {
            parts.emplace_back(list.substr(0, comma));
        }
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return parts;
}

/// The client's side of the handshake.
class ClientAuth final : public asio::LinkAuth {
  public:
    ClientAuth(crypto::KeyRing& keys, std::string bus_id, std::string source, std::string key_id)
        : keys_(&keys),
          bus_id_(std::move(bus_id)),
          source_(std::move(source)),
          key_id_(std::move(key_id)) {}

    std::string realm() const override { return bus_id_; }

    std::string name() const override { return source_; }

    std::string key_id() const override { return key_id_; }

    Signature prove(Bytes transcript) override { return keys_->sign(key_id_, transcript); }

    Result<NodeId> admit(const asio::LinkClaim&) override {
        return Error{"link.role", "this is a client"};
    }

    /// Who shares a secret with the server can tell whether it is the one.
    Result<void> confirm(const asio::LinkClaim& peer) override {
        if (keys_->holds_local() && (peer.key_id != crypto::local_key_id(kServerSource) ||
                                     !keys_->verify(peer.key_id, peer.transcript, peer.proof))) {
            return Error{"link.impostor", "the server does not hold the local key that we hold"};
        }
        bus_id_ = peer.realm;  // from now on this bus and no other
        return {};
    }

  private:
    crypto::KeyRing* keys_;
    std::string bus_id_;
    std::string source_;
    std::string key_id_;
};

}  // namespace

// ---- opening ----

Result<void> Connection::Impl::load_keys() {
    if (auto prepared = crypto::initialise(); !prepared) {
        return prepared;
    }
    if (!options.data.empty()) {
        auto secret = load_local_key(options.data);
        if (secret.ok()) {
            keys.hold_local(secret.value());
        } else if (options.key_file.empty() || secret.error().code != "key.missing") {
            return std::move(secret).error();
        }
        const auto known = list_keys(options.data);
        if (!known) {
            return known.error();
        }
        for (const KeyFile& key : known.value()) {
            // Revoked ones too: the server admits nothing new under them, and what is old stays.
            if (auto trusted = keys.pairs().trust(key.id, key.public_key); !trusted) {
                return trusted;
            }
        }
    }
    if (!options.key_file.empty()) {
        auto key = load_signing_key(options.key_file);
        if (!key) {
            return std::move(key).error();
        }
        keys.pairs().hold(key->key.id, key->pair);
        source = key->key.source;
        key_id = key->key.id;
        return {};
    }
    if (!keys.holds_local()) {
        return Error{"key.missing",
                     "no key: name the server's data directory (its local key) or a key file"};
    }
    key_id = crypto::local_key_id(source);
    return {};
}

Result<void> Connection::Impl::open_embedded(const std::string& directory) {
    ServerOptions with;
    with.data = directory;
    with.bus_id = options.bus_id.empty() ? "main" : options.bus_id;
    with.durability = options.durability;
    with.segment_bytes = options.segment_bytes;
    with.host.storage = asio::StorageMode::on_loop;
    with.host.observer = options.observer;
    with.host.drain = kEmbeddedDrain;
    auto opened_server = Server::open(std::move(with));
    if (!opened_server) {
        return std::move(opened_server).error();
    }
    server = std::move(opened_server).value();
    host = &server->host();
    key_id = crypto::local_key_id(source);
    return start_session(server->options().bus_id);
}

void Connection::Impl::open_remote(std::vector<std::string> addresses) {
    asio::HostOptions with;
    with.storage = asio::StorageMode::on_loop;  // it has no files
    with.observer = options.observer;
    with.drain = kEmbeddedDrain;
    own_host = std::make_unique<asio::Host>(with);
    host = own_host.get();
    asio::DialOptions dial;
    dial.node = kClientNode;
    dial.peer = kBrokerNode;
    dial.addresses = std::move(addresses);
    dial.auth = std::make_shared<ClientAuth>(keys, options.bus_id, source, key_id);
    dial.on_attempt = [this](const Result<std::string>& realm) {
        if (!realm.ok()) {
            last_failure = realm.error();
        } else if (!has_session) {
            const auto started = start_session(realm.value());
            CHECK(started.ok());  // a remote session needs nothing that could fail
        }
    };
    host->dial(std::move(dial));
}

Result<void> Connection::Impl::start_session(const std::string& bus_id) {
    NodeId self = kClientNode;
    crypto::KeyRing* ring = &keys;
    if (server != nullptr) {
        ring = &server->keys();
        auto admitted = server->admit(source, key_id);
        if (!admitted) {
            return std::move(admitted).error();
        }
        self = admitted.value();
    }
    SessionOptions with;
    with.source = source;
    with.key_id = key_id;
    with.broker = kBrokerNode;
    with.bus_id = bus_id;
    with.outstanding_max = options.outstanding_max;
    with.event_notes = options.observer == nullptr ? EventNotes::left_out : EventNotes::kept;
    core = std::make_unique<detail::ClientCore>(*host, self, options);
    auto& session = node.add(std::make_unique<Session>(with, *ring));
    core->set_session(session);
    session.listen(*core);
    has_session = true;
    asio::NodeOptions as;
    as.quiet = [this] { return core->quiet(); };
    return host->add(self, node, std::move(as));
}

Result<void> Connection::Impl::wait_until_ready() {
    const auto is_ready = [this] { return core != nullptr && core->ready(); };
    // Driven from here until it is ready; its own thread takes over then.
    loop = std::this_thread::get_id();
    if (!host->run_until(is_ready, options.connect_timeout)) {
        const bool refused = last_failure.has_value() && last_failure->code == "link.refused";
        std::string text = refused ? "the bus refuses this source" : "no bus answers in time";
        if (last_failure.has_value()) {
            text += ": " + last_failure->text;
        }
        return Error{refused ? "bus.refused" : "bus.unreachable", std::move(text)};
    }
    if (options.driving == Driving::own_thread) {
        std::promise<void> started;
        auto is_started = started.get_future();
        thread = std::thread([this, &started] {
            loop = std::this_thread::get_id();
            started.set_value();
            host->run();
        });
        is_started.wait();
    }
    return {};
}

Result<ConnectionPtr> connect(std::string_view url, ConnectOptions options) {
    auto impl = std::make_unique<Connection::Impl>(std::move(options));
    const std::string& named = impl->options.source;
    if (named.find(':') != std::string::npos) {
        impl->source = named;
    } else {
        impl->source = "urn:stormglass:local:" + (named.empty() ? fresh_name() : named);
    }
    if (url.starts_with(kFileScheme) && url.size() > kFileScheme.size()) {
        if (auto opened = impl->open_embedded(std::string(url.substr(kFileScheme.size())));
            !opened) {
            return std::move(opened).error();
        }
    } else if (url.starts_with(kServerScheme)) {
        auto addresses = split(url.substr(kServerScheme.size()));
        if (addresses.empty()) {
            return Error{"bus.url", "'" + std::string(url) + "' names no HOST:PORT"};
        }
        if (auto loaded = impl->load_keys(); !loaded) {
            return std::move(loaded).error();
        }
        impl->open_remote(std::move(addresses));
    } else {
        return Error{"bus.url",
                     "'" + std::string(url) + "' is neither file:DIR nor stormglass://HOST:PORT"};
    }
    if (auto ready = impl->wait_until_ready(); !ready) {
        return std::move(ready).error();
    }
    return ConnectionPtr(new Connection(std::move(impl)));
}

// ---- closing ----

Connection::Connection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Connection::~Connection() {
    close();
}

void Connection::close() {
    if (impl_->closed) {
        return;
    }
    impl_->closed = true;
    asio::Host& host = *impl_->host;
    host.stop();
    if (impl_->thread.joinable()) {
        CHECK(!impl_->here());  // not from a handler: it would wait for itself
        impl_->thread.join();
    } else {
        host.run_until([] { return false; }, kEmbeddedDrain + seconds(1));
    }
    impl_->core->give_up();
}

}  // namespace stormglass::bus
