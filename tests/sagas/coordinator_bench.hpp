// A coordinator on the bench, with words for what happens to it.
#pragma once

#include <memory>

#include "sagas/coordinator.hpp"
#include "tests/sagas/bench.hpp"
#include "tests/sagas/sample_sagas.hpp"

namespace stormglass::sagas::tests {

struct SeenEnds final : CoordinatorObserver {
    void on_start(std::string_view saga,
                  StartOutcome outcome,
                  std::string_view code,
                  Moment,
                  Effects&) override {
        const std::string word = outcome == StartOutcome::started           ? "started"
                                 : outcome == StartOutcome::already_started ? "already"
                                                                            : "refused";
        starts.push_back(std::string(saga) + " " + word + (code.empty() ? "" : " ") +
                         std::string(code));
    }

    void on_finished(const Instance& instance, Moment, Effects&) override {
        ends.push_back(instance.id + " " + std::string(name_of(instance.state)));
    }

    std::vector<std::string> starts;
    std::vector<std::string> ends;
};

class CoordinatorBench : public Bench<Coordinator> {
  public:
    static constexpr std::string_view kGroup = "saga-coordinators";

    explicit CoordinatorBench(std::vector<Definition> definitions = {checkout()},
                              CoordinatorConfig config = {})
        : coordinator(client, std::move(definitions), std::move(config), &seen) {
        attach(coordinator);
    }

    /// Ready, assigned, claimed, and the journal read.
    void take_charge(bus::Generation generation = 1, const std::vector<OwnedEvent>& history = {}) {
        ready();
        assigned(kGroup, generation);
        accept(client.take());
        records(history);
    }

    Result<void> start(std::string_view saga, std::string_view definition = "checkout") {
        StartRequest request;
        request.saga = saga;
        request.definition = definition;
        request.payload = as_bytes("cart");
        auto asked = coordinator.start_saga(request, now, out);
        out.clear();
        return asked;
    }

    /// Started, and the batch accepted; what it published is kept as the journal.
    void run(std::string_view saga, std::string_view definition = "checkout") {
        CHECK(start(saga, definition).ok());
        accept_and_keep();
    }

    OwnedBatch accept_and_keep() {
        OwnedBatch batch = client.take();
        for (const OwnedEvent* event : batch.to("saga.journal")) {
            journal.push_back(*event);
        }
        accept(batch);
        return batch;
    }

    void reply(std::string_view saga,
               std::string_view step,
               Outcome outcome,
               Direction direction = Direction::forward,
               std::uint32_t attempt = 1) {
        Reply said{saga, step, direction, attempt, outcome, {}};
        deliver_input(saga, bytes_of(said));
    }

    void timeout(std::string_view saga,
                 std::string_view step,
                 std::uint32_t attempt,
                 Direction direction = Direction::forward) {
        deliver_input(saga, bytes_of(Timer{Timer::Kind::attempt, saga, step, direction, attempt}));
    }

    void deliver_input(std::string_view key, ByteBuffer payload, std::uint32_t receipt = 1) {
        OwnedEvent event;
        event.id = "input-" + std::to_string(input_);
        event.topic = "saga.replies";
        event.key = key;
        event.payload = std::move(payload);
        deliver(kGroup, event, input_++, coordinator.generation(), receipt);
    }

    /// The facts that a batch writes, in words: "command reserve do 1".
    static std::vector<std::string> facts_of(const OwnedBatch& batch) {
        std::vector<std::string> words;
        for (const OwnedEvent* event : batch.to("saga.journal")) {
            const auto fact = decode_journal_event(event->payload);
            CHECK(fact.ok());
            words.push_back(std::string(name_of(fact->kind)));
        }
        return words;
    }

    SeenEnds seen;
    Coordinator coordinator;
    std::vector<OwnedEvent> journal;

  private:
    bus::Position input_ = 0;
};

}  // namespace stormglass::sagas::tests
