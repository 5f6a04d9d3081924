// A participant: turns a business function into a step of sagas. It answers a repeated command
// with the first answer, refuses a do that comes after its undo, and writes effect, reply and
// settlement in one fenced batch. Its memory is a fold over its own effects topic.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "bus/client.hpp"
#include "sagas/batch_builder.hpp"
#include "sagas/inbox.hpp"
#include "sagas/messages.hpp"
#include "sagas/rules.hpp"
#include "sagas/tenant.hpp"

namespace stormglass::sagas {

/// What a business function makes of a command.
struct Decision {
    enum class Kind : std::uint8_t {
        ok,      // apply it: `amount` of `resource`
        failed,  // a business failure: nothing is applied, `text` says why
        cannot   // not now, or not by us: the bus tries again and gives up in the end
    };
    Kind kind = Kind::ok;
    std::int64_t amount = 0;
    std::string resource;  // decisions about one resource are taken one after the other
    std::string text;      // of the reply, or the reason
};

/// The business behind a step. `decide` changes nothing; `apply` is called when the effect has
/// become a fact, also while the past is read again after `reset`. An undo is decided like a do:
/// what its do did was applied before, under the same saga and step.
class Business {
  public:
    virtual ~Business() = default;
    virtual Decision decide(const Command& command) = 0;
    virtual void apply(const EffectRecord& effect) = 0;
    virtual void reset() = 0;
};

struct ParticipantConfig {
    std::string command_topic;  // "stock.commands"
    std::string group;          // "stock"
    std::string effects_topic;  // "stock.effects"
    std::string replies_topic = "saga.replies";
    std::uint32_t in_flight_max = 64;
    Duration poison_delay = milliseconds(500);  // before a command that cannot be handled returns
    bus::Durability durability = bus::Durability::synced;
};

class Participant final : public Tenant {
  public:
    /// Client, business and rules must outlive the participant.
    Participant(bus::Client& client,
                Business& business,
                ParticipantConfig config,
                const Rules& rules = sound_rules());

    const Inbox& inbox() const { return inbox_; }

    void on_timer(TimerId timer, Moment now, Effects& out) override;

    void on_ready(std::uint32_t epoch, Moment now, Effects& out) override;
    void on_delivery(const bus::Delivery& delivery, Moment now, Effects& out) override;

  private:
    /// A command, copied out of its delivery.
    struct Work {
        bus::Position position = 0;
        std::uint32_t receipt = 0;
        std::string cause;
        std::string trace_parent;
        ByteBuffer bytes;  // encoded; `command` looks into it
        Command command;
    };

    /// A batch in flight and what becomes true with it.
    struct Pending {
        std::string saga;      // empty: only a settlement
        std::string resource;  // held until the outcome; may be empty
        ByteBuffer effect;     // the encoded record
    };

    /// no: the client is full; later: its saga or resource is busy.
    enum class Sent : std::uint8_t { no, later, yes };

    // Tenure (participant_replay.cpp).
    void forget() override;
    void fenced(Effects& out) override;
    void replay(const bus::Record& record, Moment now, Effects& out) override;
    void take_charge(Moment now, Effects& out) override;
    void batch_done(const bus::BatchOutcome& outcome, Moment now, Effects& out) override;

    void keep(const bus::Delivery& delivery);
    void reject(const bus::Delivery& delivery, const Error& error, Moment now, Effects& out);
    void pump(Moment now, Effects& out);
    Sent handle(const Work& work, Moment now, Effects& out);
    Sent ask_business(const Work& work, Moment now, Effects& out);
    Sent put_off(const Work& work, std::string_view reason, Moment now, Effects& out);
    Sent conclude(const Work& work,
                  const EffectRecord& effect,
                  Treatment treatment,
                  Moment now,
                  Effects& out);
    EffectRecord record_of(const Work& work) const;
    void open_batch();
    void settle(const Work& work, bus::Verdict verdict, Duration delay, std::string_view detail);
    void take_effect(const Pending& done, bus::Position position, Effects& out);
    void note_effect(Site kind,
                     const EffectRecord& effect,
                     bus::Position position,
                     Effects& out) const;

    bus::Client& client_;
    Business& business_;
    ParticipantConfig config_;
    const Rules& rules_;

    Inbox inbox_;
    std::deque<Work> waiting_;
    std::map<bus::BatchId, Pending> pending_;
    std::set<std::string, std::less<>> busy_sagas_;
    std::set<std::string, std::less<>> busy_resources_;
    BatchBuilder builder_;
};

}  // namespace stormglass::sagas
