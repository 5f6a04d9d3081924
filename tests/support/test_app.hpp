// The application of a client in tests of the bus: it records what it was told and does what a test
// asks; by default it acknowledges what it gets.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "bus/client.hpp"

namespace stormglass::tests {

struct SeenOutcome {
    bus::BatchId id;
    bool accepted = false;
    bool duplicate = false;
    std::string code;
    std::vector<bus::Position> positions;
};

struct SeenDelivery {
    std::string group;
    std::string topic;
    std::string key;
    std::string payload;
    bus::Position position = 0;
    std::uint32_t receipt = 0;
    bus::Generation generation = 0;
    MonotonicTime at;
    std::string trace_parent;  // of this attempt

    bus::Settlement answer(bus::Verdict verdict) const {
        bus::Settlement settlement;
        settlement.group = group;
        settlement.topic = topic;
        settlement.position = position;
        settlement.receipt = receipt;
        settlement.verdict = verdict;
        return settlement;
    }
};

/// A client's application. By default it acknowledges what it gets.
class TestApp final : public bus::Listener {
  public:
    using Handler =
        std::function<void(TestApp& app, const SeenDelivery& delivery, Moment now, Effects& out)>;

    bus::Client* client = nullptr;
    Handler handler = [](TestApp& app, const SeenDelivery& delivery, Moment now, Effects& out) {
        app.settle(delivery, bus::Verdict::ack, now, out);
    };

    std::uint32_t epoch = 0;
    std::vector<SeenOutcome> outcomes;
    std::vector<SeenDelivery> deliveries;
    std::vector<std::pair<bus::Position, std::string>> records;
    bool read_done = false;
    std::vector<std::pair<std::string, bus::Generation>> assigned;
    std::vector<std::pair<std::string, bus::Generation>> revoked;

    void settle(const SeenDelivery& delivery, bus::Verdict verdict, Moment now, Effects& out) {
        bus::Batch batch;
        batch.settlements.push_back(delivery.answer(verdict));
        static_cast<void>(client->publish(batch, bus::Durability::synced, now, out).ok());
    }

    const SeenOutcome* outcome_of(bus::BatchId id) const {
        for (const SeenOutcome& outcome : outcomes) {
            if (outcome.id == id) {
                return &outcome;
            }
        }
        return nullptr;
    }

    void on_ready(std::uint32_t granted, Moment, Effects&) override { epoch = granted; }

    void on_outcome(const bus::BatchOutcome& outcome, Moment, Effects&) override {
        outcomes.push_back({outcome.id,
                            outcome.accepted,
                            outcome.duplicate,
                            std::string(outcome.code),
                            {outcome.positions.begin(), outcome.positions.end()}});
    }

    void on_delivery(const bus::Delivery& delivery, Moment now, Effects& out) override {
        deliveries.push_back({std::string(delivery.group),
                              std::string(delivery.topic()),
                              std::string(delivery.event.partition_key),
                              std::string(as_text(delivery.event.payload)),
                              delivery.position,
                              delivery.receipt,
                              delivery.generation,
                              now.monotonic,
                              std::string(delivery.trace_parent)});
        const SeenDelivery seen = deliveries.back();
        handler(*this, seen, now, out);
    }

    void on_records(
        bus::ReadId, std::span<const bus::Record> pieces, bool last, Moment, Effects&) override {
        for (const bus::Record& record : pieces) {
            records.emplace_back(record.position, std::string(as_text(record.event.payload)));
        }
        read_done = read_done || last;
    }

    void on_assigned(std::string_view group,
                     bus::Generation generation,
                     Moment,
                     Effects&) override {
        assigned.emplace_back(group, generation);
    }

    void on_revoked(std::string_view group, bus::Generation generation, Moment, Effects&) override {
        revoked.emplace_back(group, generation);
    }
};

}  // namespace stormglass::tests
