// Connection: the bus for programs. `connect("stormglass://HOST:PORT,...")` talks to a server,
// `connect("file:DIR")` runs the whole bus inside this process; both behave the same.
//
//     auto bus = stormglass::bus::connect("stormglass://127.0.0.1:7400", {.data = "bus-data"});
//     if (!bus.ok()) { ... bus.error().text ... }
//     bus::Event order{.topic = "orders", .type = "shop.order-placed.v1", .payload = "..."};
//     bus::Published done = (*bus)->publish(order).get();
//
// Every call may be made from any thread. Handlers run on the connection's own thread, one at a
// time; they must not block, and may call the connection. For coroutines: awaitable.hpp.
#pragma once

#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bus/client.hpp"
#include "runtime/asio/observer.hpp"

namespace stormglass::bus {

/// One event to publish, with texts of its own. `type` is "name.vN" with dots in the name.
struct Event {
    std::string topic = {};
    std::string type = {};
    std::string payload = {};
    std::string partition_key = "-";  // order is kept per key
    std::string correlation_id = {};  // empty: this event begins a conversation
    std::string causation_id = {};    // the id of the event that caused it, if any
    std::string trace_parent = {};    // W3C; empty: a new trace
    std::string subject = {};
    Duration delay = {};     // > 0: visible only after this long
    Duration lifetime = {};  // > 0: expires
};

/// What became of a batch.
struct Published {
    enum class Status : std::uint8_t {
        accepted,     // stored as durably as asked; `positions` says where
        refused,      // certainly not done; `code` and `text` say why
        overloaded,   // certainly not done; try again after `retry_after`
        unreachable,  // certainly not done: it never left this process
        unknown       // it may take effect yet: the bus was lost before it answered
    };

    Status status = Status::unknown;
    std::string code;
    std::string text;
    Duration retry_after;
    bool duplicate = false;           // an earlier try had been accepted
    std::vector<Position> positions;  // one per event; delayed ones: kDelayed

    bool ok() const { return status == Status::accepted; }
};

std::string_view name_of(Published::Status status);

/// One batch: conditions, settlements and events take effect together or not at all.
struct EventBatch {
    std::vector<Condition> conditions;    // their texts must live until the call returns
    std::vector<Settlement> settlements;  // as above
    std::vector<Event> events;
};

/// A handler's answer to a delivery.
struct Answer {
    Verdict verdict = Verdict::ack;
    bool later = false;         // the answer comes through `settle`
    Duration delay;             // nack: not before
    std::string detail;         // nack, reject: for people
    std::vector<Event> events;  // published in one step with the acknowledgement

    static Answer ack() { return {}; }

    /// Acknowledges and publishes: both or neither. Events without a trace or a conversation of
    /// their own go on in those of the delivery.
    static Answer publish(std::vector<Event> events);

    /// To be delivered again, after `delay` at the earliest.
    static Answer nack(Duration delay = {}, std::string detail = {});

    /// Never again: it becomes a dead letter.
    static Answer reject(std::string detail);

    /// Keep `Delivery::receipt`, position and group, and call `settle`.
    static Answer wait();
};

using DeliveryHandler = std::function<Answer(const Delivery&)>;
using PublishHandler = std::function<void(const Published&)>;

/// A record that was read, with bytes of its own.
struct ReadEvent {
    Position position = 0;
    std::string id, source, type, time, partition_key, correlation_id, trace_parent;
    std::string payload;
};

ReadEvent copy_of(const Record& record);

/// Who drives the connection.
enum class Driving : std::uint8_t {
    own_thread,
    caller  // nothing happens but within `run_until` and the calls that wait; one thread only
};

struct ConnectOptions {
    /// Who publishes and consumes: an absolute URI, or a name that becomes
    /// "urn:stormglass:local:NAME". Empty: a fresh name. Two connections of one name at one time
    /// push each other out.
    std::string source = {};
    std::string data = {};      // a server's data directory, where the local key lies
    std::string key_file = {};  // a signing key of one's own instead (key_files.hpp)
    std::string bus_id = {};    // empty: whatever bus is there; of "file:": "main"
    Driving driving = Driving::own_thread;
    Duration connect_timeout = seconds(5);
    Duration publish_timeout = seconds(30);  // then `unknown`, or `unreachable`
    std::size_t outstanding_max = 1'024;     // batches without outcome; then `overloaded`
    Durability durability = Durability::synced;
    std::uint64_t segment_bytes = 64 << 20;  // of "file:"
    asio::Observer* observer = nullptr;      // of notes; must outlive the connection
};

class Connection;
using ConnectionPtr = std::unique_ptr<Connection>;

/// Waits until the bus has let this source in. Fails with `bus.url`, `bus.unreachable` (nobody
/// answers in time), `bus.refused` (somebody does, and will not have us), `key.*` or `data.*`.
Result<ConnectionPtr> connect(std::string_view url, ConnectOptions options = {});

class Connection {
  public:
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Publishes one event or a batch; batches take effect in the order of these calls. The handler
    /// is called once. It is retried under the same identity until an outcome is known, so that it
    /// takes effect once however often connections break.
    void publish(EventBatch batch, PublishHandler handler);
    std::future<Published> publish(EventBatch batch);
    std::future<Published> publish(Event event);

    /// As `publish`, and waits. With `Driving::caller` the way to publish.
    Published publish_and_wait(EventBatch batch);

    /// Fire and forget: never waits, may be lost. False when the queue to the bus is full.
    bool emit(Event event);

    /// Events lost by `emit` before they reached the bus, as far as known here.
    std::uint64_t emits_dropped() const;

    /// Consumes a topic as a member of a group, from its oldest unsettled event on. Kept up when
    /// the connection is lost and comes back. The texts of `as` are copied.
    void subscribe(const Subscription& as, DeliveryHandler handler);

    /// Answers a delivery whose handler returned `Answer::wait()`.
    void settle(const Settlement& settlement, PublishHandler handler = {});

    /// Reads a topic from a position to its head of this moment, without a group. `on_end` is
    /// called once, after all of `on_record`.
    void read(std::string topic,
              Position from,
              std::function<void(const Record&)> on_record,
              std::function<void(const Result<void>&)> on_end);
    std::future<Result<std::vector<ReadEvent>>> read(std::string topic, Position from = 0);

    /// What the bus says of itself, as JSON: "status", "topics" (server.hpp).
    std::future<Result<std::string>> ask(std::string question);

    /// Runs until `done` holds or the time is over; says whether it holds. Requires
    /// `Driving::caller`.
    bool run_until(const std::function<bool()>& done, Duration at_most);

    /// The source that events of this connection carry.
    const std::string& source() const;

    /// Waits for outcomes that are under way (a few seconds at most), then closes. The destructor
    /// does the same.
    void close();

    struct Impl;

  private:
    friend Result<ConnectionPtr> connect(std::string_view url, ConnectOptions options);
    explicit Connection(std::unique_ptr<Impl> impl);

    std::unique_ptr<Impl> impl_;
};

}  // namespace stormglass::bus
