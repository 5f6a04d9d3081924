// A participant on the bench, with a shelf as its business and words for what comes of commands.
#pragma once

#include <string>
#include <vector>

#include "sagas/participant.hpp"
#include "tests/sagas/bench.hpp"

namespace stormglass::sagas::tests {

/// A shelf with a stock: each do takes one piece of what the body names, each undo puts it back.
class Shelf final : public Business {
  public:
    Decision decide(const Command& command) override {
        ++asked;
        Decision decision;
        decision.resource = std::string(as_text(command.body));
        decision.text = "decided";
        if (poison) {
            decision.kind = Decision::Kind::cannot;
            decision.text = "the shelf is on fire";
        } else if (empty) {
            decision.kind = Decision::Kind::failed;
            decision.text = "sold out";
        } else {
            decision.amount = command.direction == Direction::forward ? -1 : 1;
        }
        return decision;
    }

    void apply(const EffectRecord& effect) override {
        stock += effect.amount;
        ++applied;
    }

    void reset() override {
        stock = 0;
        applied = 0;
    }

    bool empty = false;
    bool poison = false;
    std::int64_t stock = 0;
    int applied = 0;
    int asked = 0;
};

struct NoResource final : Business {
    Decision decide(const Command&) override { return {}; }

    void apply(const EffectRecord&) override {}

    void reset() override {}
};

inline ParticipantConfig stock_config() {
    ParticipantConfig config;
    config.command_topic = "stock.commands";
    config.group = "stock";
    config.effects_topic = "stock.effects";
    return config;
}

class ParticipantBench : public Bench<Participant> {
  public:
    explicit ParticipantBench(const Rules& rules = sound_rules())
        : participant(client, shelf, stock_config(), rules) {
        attach(participant);
    }

    void take_charge(bus::Generation generation = 1, const std::vector<OwnedEvent>& history = {}) {
        ready();
        assigned("stock", generation);
        accept(client.take());
        records(history);
    }

    struct Sent {
        std::string_view saga = "s1";
        std::string_view step = "reserve";
        Direction direction = Direction::forward;
        StepKind kind = StepKind::compensatable;
        std::uint32_t attempt = 1;
        Epoch epoch = 1;
        std::string_view body = "book";
    };

    void command(const Sent& sent, std::uint32_t receipt = 1) {
        const OwnedEvent event = event_of(sent);
        deliver("stock", event, next_command_++, participant.generation(), receipt);
    }

    OwnedEvent event_of(const Sent& sent) const {
        Command command;
        command.saga = sent.saga;
        command.definition = "checkout";
        command.step = sent.step;
        command.direction = sent.direction;
        command.kind = sent.kind;
        command.attempt = sent.attempt;
        command.epoch = sent.epoch;
        command.body = as_bytes(sent.body);
        OwnedEvent event;
        event.id = "command-" + std::to_string(next_command_);
        event.topic = "stock.commands";
        event.key = sent.saga;
        event.trace = "trace";
        event.payload = bytes_of(command);
        return event;
    }

    OwnedBatch accept_and_keep() {
        OwnedBatch batch = client.take();
        for (const OwnedEvent* event : batch.to("stock.effects")) {
            past.push_back(*event);
        }
        accept(batch);
        return batch;
    }

    /// Sends, accepts, and says what came of it: "applied, ok".
    std::string outcome_of(const Sent& sent) {
        command(sent);
        const OwnedBatch batch = accept_and_keep();
        const auto effect = decode_effect_record(batch.to("stock.effects")[0]->payload);
        CHECK(effect.ok());
        std::string words(name_of(effect->effect));
        for (const OwnedEvent* event : batch.to("saga.replies")) {
            words += ", " + std::string(name_of(decode_reply(event->payload)->outcome));
        }
        return words;
    }

    Shelf shelf;
    Participant participant;
    std::vector<OwnedEvent> past;

  private:
    bus::Position next_command_ = 0;
};

}  // namespace stormglass::sagas::tests
