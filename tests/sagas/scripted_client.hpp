// A Client without a bus: keeps what is asked of it, and the test plays the broker by hand.
#pragma once

#include <deque>

#include "bus/client.hpp"
#include "tests/sagas/owned_batch.hpp"

namespace stormglass::sagas::tests {

class ScriptedClient final : public bus::Client {
  public:
    struct ReadCall {
        bus::ReadId id;
        std::string topic;
        bus::Position from;
    };

    Result<bus::BatchId> publish(const bus::Batch& batch,
                                 bus::Durability,
                                 Moment,
                                 Effects&) override {
        if (full) {
            return Error{"overloaded", "full"};
        }
        const bus::BatchId id{++last_id_};
        batches.push_back(copy_of(batch, id));
        return id;
    }

    bool emit(const bus::Publication&, Moment, Effects&) override { return false; }

    void subscribe(const bus::Subscription& subscription, Moment, Effects&) override {
        subscriptions.push_back(subscription);
    }

    bus::ReadId read(std::string_view topic, bus::Position from, Moment, Effects&) override {
        reads.push_back({{++last_id_}, std::string(topic), from});
        return reads.back().id;
    }

    /// The oldest batch not taken yet.
    OwnedBatch take() {
        CHECK(!batches.empty());
        OwnedBatch batch = std::move(batches.front());
        batches.pop_front();
        return batch;
    }

    std::deque<OwnedBatch> batches;
    std::vector<bus::Subscription> subscriptions;
    std::vector<ReadCall> reads;
    bool full = false;

  private:
    std::uint64_t last_id_ = 0;
};

}  // namespace stormglass::sagas::tests
