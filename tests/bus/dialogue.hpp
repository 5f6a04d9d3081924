// A session under test with a text transcript: each step returns what the session sent, armed,
// noted and told its owner, one line each, in order. Tests compare whole transcripts.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bus/notes.hpp"
#include "bus/session.hpp"
#include "tests/bus/samples.hpp"
#include "tests/support/chance.hpp"

namespace stormglass::bus::tests {

using stormglass::tests::TestChance;

constexpr NodeId kBroker{1};
constexpr NodeId kStranger{9};

inline std::string text_of(Duration duration) {
    return std::to_string(duration.ns / 1'000'000) + "ms";
}

/// "7:3": the third batch under epoch 7.
inline std::string batch_name(std::uint64_t batch) {
    return std::to_string(batch >> 32) + ":" + std::to_string(batch & 0xffffffff);
}

inline std::string event_name(Bytes bytes) {
    const auto event = decode_event(bytes);
    if (!event.ok()) {
        return "broken";
    }
    return std::string(event->topic()) + "#" + std::to_string(event->sequence);
}

struct FrameText {
    std::string operator()(const wire::Attach& frame) const {
        return "attach " + std::string(frame.source);
    }

    std::string operator()(const wire::PublishBatch& frame) const {
        std::string text = "publish " + batch_name(frame.batch);
        if (frame.follows != 0) {
            text += " follows " + std::to_string(frame.follows);
        }
        for (const Condition& condition : frame.conditions) {
            text += " if " + std::string(condition.name) + "=" + std::to_string(condition.value);
        }
        for (const Settlement& settlement : frame.settlements) {
            constexpr const char* kVerdicts[] = {"ack", "nack", "working", "reject"};
            text += std::string(" ") + kVerdicts[static_cast<int>(settlement.verdict)] + " " +
                    std::string(settlement.group) + "/" + std::string(settlement.topic) + "@" +
                    std::to_string(settlement.position) + "." + std::to_string(settlement.receipt);
            text += settlement.detail.empty() ? "" : " (" + std::string(settlement.detail) + ")";
        }
        for (const wire::WireEvent& event : frame.events) {
            text += " " + event_name(event.event);
            text += event.delay.ns > 0 ? "+" + text_of(event.delay) : "";
        }
        return text;
    }

    std::string operator()(const wire::Emit& frame) const {
        return "emit " + event_name(frame.event);
    }

    std::string operator()(const wire::Subscribe& frame) const {
        return "subscribe " + std::string(frame.subscription.group) + "/" +
               std::string(frame.subscription.topic);
    }

    std::string operator()(const wire::Heartbeat& frame) const {
        return "heartbeat " + std::to_string(frame.attachment);
    }

    std::string operator()(const wire::Read& frame) const {
        return "read " + batch_name(frame.read) + " " + std::string(frame.topic) + " from " +
               std::to_string(frame.from);
    }

    template <class Other>
    std::string operator()(const Other&) const {
        return "something a session never says";
    }
};

/// Writes what it is told into the transcript, as notes of the step.
class TranscriptListener : public Listener {
  public:
    void on_ready(std::uint32_t epoch, Moment, Effects& out) override {
        say("ready " + std::to_string(epoch), out);
    }

    void on_outcome(const BatchOutcome& outcome, Moment now, Effects& out) override {
        std::string text = "outcome " + batch_name(outcome.id.value);
        text += outcome.accepted ? " accepted" : " refused " + std::string(outcome.code);
        text += outcome.duplicate ? " before" : "";
        for (const Position position : outcome.positions) {
            text += " @" + std::to_string(position);
        }
        say(text, out);
        if (then) {
            then(now, out);
        }
    }

    void on_delivery(const Delivery& delivery, Moment, Effects& out) override {
        say("delivery " + std::string(delivery.group) + "/" + std::string(delivery.topic()) + "@" +
                std::to_string(delivery.position) + "." + std::to_string(delivery.receipt) + " " +
                std::string(as_text(delivery.event.payload)),
            out);
    }

    void on_records(
        ReadId read, std::span<const Record> records, bool last, Moment, Effects& out) override {
        std::string text = "records of " + std::to_string(read.value);
        for (const Record& record : records) {
            text += " @" + std::to_string(record.position) + "=" +
                    std::string(as_text(record.event.payload));
        }
        say(text + (last ? " last" : ""), out);
    }

    void on_assigned(std::string_view group, Generation generation, Moment, Effects& out) override {
        say("assigned " + std::string(group) + " " + std::to_string(generation), out);
    }

    void on_revoked(std::string_view group, Generation generation, Moment, Effects& out) override {
        say("revoked " + std::string(group) + " " + std::to_string(generation), out);
    }

    std::function<void(Moment, Effects&)> then;  // what the owner does upon an outcome

  private:
    static void say(std::string_view text, Effects& out) {
        out.note("test.told", {{"text", text}});
    }
};

inline SessionOptions sample_options() {
    SessionOptions options;
    options.source = "urn:agent:orders";
    options.key_id = "orders-key-1";
    options.broker = kBroker;
    options.bus_id = "bus-a";
    return options;
}

class Dialogue {
  public:
    explicit Dialogue(SessionOptions options = sample_options())
        : signing(stand_in()),
          session(std::move(options), signing) {
        session.listen(listener);
    }

    /// Runs one step and returns its transcript.
    std::string step(const std::function<void(Effects&)>& action) {
        effects_.clear();
        action(effects_);
        std::string text;
        frames.clear();
        for (const Effect& effect : effects_.sealed()) {
            text += line_of(effect);
        }
        return text;
    }

    std::string start() {
        return step([&](Effects& out) { session.start({}, now, out); });
    }

    std::string hear(const wire::Frame& frame, NodeId from = kBroker) {
        ByteBuffer bytes;
        wire::encode(frame, bytes);
        return step([&](Effects& out) { session.on_message(from, bytes, now, out); });
    }

    std::string timer(std::uint64_t id) {
        return step([&](Effects& out) { session.on_timer({id}, now, out); });
    }

    void pass(Duration duration) {
        now.monotonic = now.monotonic + duration;
        now.wall = now.wall + duration;
    }

    /// Started and attached under epoch 7.
    static constexpr std::uint32_t kEpoch = 7;
    static constexpr std::uint64_t kAttachment = 70;

    void begin() {
        start();
        hear(wire::Attached{nonce, kEpoch, kAttachment});
    }

    /// Publishes these payloads on "orders" as one batch.
    std::string publish(const std::vector<std::string>& payloads) {
        Batch batch;
        for (const std::string& payload : payloads) {
            batch.publications.push_back(publication(payload));
        }
        return publish(batch);
    }

    std::string publish(const Batch& batch) {
        return step([&](Effects& out) {
            const auto id = session.publish(batch, Durability::synced, now, out);
            refusal = id.ok() ? "" : id.error().code;
        });
    }

    static Publication publication(std::string_view payload) {
        Publication made;
        made.topic = "orders";
        made.type = "orders.order-placed.v2";
        made.partition_key = "order-1001";
        made.payload = as_bytes(payload);
        return made;
    }

    Moment now{{1'000'000'000}, {1'893'553'445'000'000'000}};
    std::uint64_t nonce = 0;         // of the last Attach
    std::string refusal;             // code of the last publish, empty when it was taken
    std::vector<ByteBuffer> frames;  // sent by the last step
    std::size_t published_notes = 0;
    TranscriptListener listener;
    StandInSigning signing;
    Session session;

  private:
    std::string line_of(const Effect& effect) {
        static const std::map<std::uint64_t, std::string> kTimers = {
            {1, "attach"}, {2, "heartbeat"}, {3, "retry"}};
        switch (effect.kind) {
            case EffectKind::send: {
                const Bytes bytes = effects_.bytes_of(effect);
                frames.emplace_back(bytes.begin(), bytes.end());
                const auto frame = wire::decode(frames.back());
                if (const auto* attach = std::get_if<wire::Attach>(&frame.value())) {
                    nonce = attach->nonce;
                }
                EXPECT_EQ(effect.to, kBroker);
                EXPECT_EQ(effect.about, wire::about(frame.value(), "urn:agent:orders"));
                return "-> " + std::visit(FrameText{}, frame.value()) + "\n";
            }
            case EffectKind::set_timer:
                return "timer " + kTimers.at(effect.timer.value) + " +" +
                       text_of(effect.at - now.monotonic) + "\n";
            case EffectKind::cancel_timer:
                return "cancel " + kTimers.at(effect.timer.value) + "\n";
            case EffectKind::note:
                return note_line(effects_.note_of(effect));
            default:  // of the host's verbs, a session uses no others; covers are not told
                return "";
        }
    }

    std::string note_line(const Note& note) {
        if (note.kind == notes::kPublished) {
            ++published_notes;
            return "";  // one a publication, beside "bus.publish": for the ledger alone
        }
        if (note.kind == Site("test.told")) {
            return "told: " + std::string(note.text("text")) + "\n";
        }
        std::string text = "note " + std::string(note.kind.name);
        for (const NoteField& field : note.fields) {
            if (field.name == "source" || field.name == "batch" || field.name == "member" ||
                field.name == "created" || field.name == "trace") {
                continue;  // the same in all, or told by the frame
            }
            text += " " + std::string(field.name) + "=";
            text += field.is_text ? std::string(field.text) : std::to_string(field.number);
        }
        return text + "\n";
    }

    TestChance chance_;
    Effects effects_{chance_};
};

}  // namespace stormglass::bus::tests
