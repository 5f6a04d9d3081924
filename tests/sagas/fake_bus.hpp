// A bus in one object, for tests: topics, exclusive groups, fences, delayed events, dead letters,
// by the contract of bus/client.hpp. It delivers nothing by itself: the test picks what happens
// next, in any order that the contract allows, crashes and owners that do not know they were
// replaced included.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bus/client.hpp"
#include "tests/sagas/owned_batch.hpp"

namespace stormglass::sagas::tests {

class FakeBus;

class FakeClient final : public bus::Client {
  public:
    FakeClient(FakeBus& bus, std::string name) : bus_(bus), name_(std::move(name)) {}

    ~FakeClient() override;

    Result<bus::BatchId> publish(const bus::Batch& batch,
                                 bus::Durability durability,
                                 Moment now,
                                 Effects& out) override;

    bool emit(const bus::Publication&, Moment, Effects&) override { return false; }

    void subscribe(const bus::Subscription& subscription, Moment now, Effects& out) override;
    bus::ReadId read(std::string_view topic, bus::Position from, Moment now, Effects&) override;

    const std::string& name() const { return name_; }

    bus::Listener* listener = nullptr;

  private:
    FakeBus& bus_;
    std::string name_;
};

class FakeBus {
  public:
    struct Stored {
        OwnedEvent event;
        bus::Position position = 0;
    };

    /// What a broker says to a client; waits until the test hands it over.
    struct Frame {
        enum class Kind : std::uint8_t { ready, outcome, delivery, records, assigned, revoked };
        Kind kind = Kind::ready;
        FakeClient* to = nullptr;
        bus::BatchId batch;
        bool accepted = false;
        std::string code;
        std::vector<bus::Position> positions;
        std::string group;
        std::string topic;
        bus::Position position = 0;
        std::uint32_t receipt = 0;
        bus::Generation generation = 0;
        bus::ReadId read;
        bus::Position end = 0;  // records: up to here
    };

    struct Request {
        FakeClient* from = nullptr;  // null: its sender has died since
        std::string sender;
        OwnedBatch batch;
    };

    struct Item {
        bus::Position position = 0;
        std::uint32_t attempts = 0;
        bool out = false;
        bool done = false;
        bool dead = false;
        std::string detail;
        std::int64_t not_before = 0;
    };

    struct Group {
        std::string topic;
        FakeClient* owner = nullptr;
        std::vector<FakeClient*> members;
        bus::Generation generation = 0;
        std::map<bus::Position, Item> items;
        bus::Position seen = 0;
    };

    struct Delayed {
        std::int64_t due = 0;
        OwnedEvent event;
    };

    // What a test may let happen.
    void process_request(std::size_t index);          // of `requests`
    void hand_over(std::size_t index, Effects& out);  // of `frames`
    /// Delivers an item that waits, or delivers one again that is out; false: nothing to deliver.
    bool deliver(Group& group, Item& item);
    void appoint(Group& group, FakeClient* owner);
    bool release_next_delayed();  // moves time to it
    void release_due();
    /// The client is gone; what it asked for may still arrive, what it was told does not.
    void forget(FakeClient& client);
    bus::Position append(OwnedEvent event);
    void send_ready(FakeClient& client);

    Moment now() const { return {{static_cast<std::uint64_t>(time)}, {time}}; }

    std::map<std::string, std::vector<Stored>> topics;
    std::map<std::string, Group> groups;
    std::map<std::string, std::uint64_t> fences;
    std::vector<Delayed> delayed;
    std::vector<Request> requests;
    std::vector<Frame> frames;
    std::int64_t time = 1;
    std::uint32_t attempts_max = 1000;
    std::uint64_t refused_as_fenced = 0;

  private:
    friend class FakeClient;

    std::string judge(const OwnedBatch& batch);
    void settle(const OwnedSettlement& settlement);
    void refresh(Group& group);
    void tell_records(const Frame& frame, Effects& out);
    void tell_delivery(const Frame& frame, Effects& out);

    std::uint64_t last_id_ = 0;
};

}  // namespace stormglass::sagas::tests
