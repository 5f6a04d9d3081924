// The coordinator: drives all sagas of a group over a bus. Event-sourced: its journal is a topic;
// every decision is one atomic, fenced batch (the input's settlement, the facts, the commands, the
// timers), and memory follows only when the bus has accepted it. One that dies is replaced by any
// other: docs/sagas.md.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bus/client.hpp"
#include "sagas/batch_builder.hpp"
#include "sagas/instance.hpp"
#include "sagas/tenant.hpp"

namespace stormglass::sagas {

struct CoordinatorConfig {
    std::string group = "saga-coordinators";
    std::string journal_topic = "saga.journal";
    std::string replies_topic = "saga.replies";  // replies and timers
    std::uint32_t in_flight_max = 256;
    std::size_t starts_max = 1024;     // asked for while not in charge
    std::size_t waiting_max = 64;      // inputs of one saga behind its batch in flight
    std::size_t finished_max = 65536;  // remembered for answers; older ones are forgotten
    bus::Durability durability = bus::Durability::synced;
};

struct StartRequest {
    std::string_view saga;          // the id; starting the same twice is harmless
    std::string_view definition;    // the newest version of this name
    Bytes payload;                  // goes to every participant
    std::string_view trace_parent;  // what asked: the saga goes on in its trace; empty: a new one
    std::string_view cause;         // id of the event that asked; empty: none
};

enum class StartOutcome : std::uint8_t { started, already_started, refused };

/// What a coordinator tells whoever asked for sagas. All optional.
class CoordinatorObserver {
  public:
    virtual ~CoordinatorObserver() = default;
    /// `code` is the bus's, for refused.
    virtual void on_start(std::string_view saga,
                          StartOutcome outcome,
                          std::string_view code,
                          Moment now,
                          Effects& out);
    /// A new saga's first fact stands in the journal at `position`, told before `on_start`: with it
    /// a reader of a projection can ask to see that saga.
    virtual void on_recorded(std::string_view saga,
                             bus::Position position,
                             Moment now,
                             Effects& out);
    virtual void on_finished(const Instance& instance, Moment now, Effects& out);
};

class Coordinator final : public Tenant {
  public:
    /// Client, rules and observer must outlive the coordinator. Requires: definitions from
    /// `build()`, no two of them with the same name and version. Older versions stay listed as
    /// long as sagas of theirs run.
    Coordinator(bus::Client& client,
                std::vector<Definition> definitions,
                CoordinatorConfig config = {},
                CoordinatorObserver* observer = nullptr,
                const Rules& rules = sound_rules());

    /// Asks for a saga. Accepted requests end in `on_start`, unless this life ends before: ask
    /// again then. Fails with SG_UNKNOWN_DEFINITION, SG_NAME, SG_PAYLOAD or SG_BUSY (too many
    /// wait).
    Result<void> start_saga(const StartRequest& request, Moment now, Effects& out);

    /// The instance while it runs, and after its end as long as it is remembered. Null: unknown.
    const Instance* find(std::string_view saga) const;
    const Definition* definition_of(const Instance& instance) const;

    std::size_t live() const { return live_; }

    void on_timer(TimerId timer, Moment now, Effects& out) override;

    void on_ready(std::uint32_t epoch, Moment now, Effects& out) override;
    void on_delivery(const bus::Delivery& delivery, Moment now, Effects& out) override;

  private:
    /// A reply or a timer, copied out of its delivery; or the wish of a new tenure to arm anew.
    struct Input {
        enum class Kind : std::uint8_t { reply, timer, rearm };
        Kind kind = Kind::rearm;
        Timer::Kind timer = Timer::Kind::attempt;
        bus::Position position = 0;
        std::uint32_t receipt = 0;
        std::string cause;
        std::string step;
        Direction direction = Direction::forward;
        std::uint32_t attempt = 0;
        Outcome outcome = Outcome::ok;
    };

    struct SagaInput {
        std::string saga;
        Input input;
    };

    struct Start {
        std::string saga;
        const Definition* definition = nullptr;
        ByteBuffer payload;
        std::string trace_parent;
        std::string cause;
    };

    /// One saga in memory, and what waits for it.
    struct Entry {
        Instance instance;
        const Definition* definition = nullptr;
        ByteBuffer payload;
        WallTime started_at;  // decides when its steps get traces of their own
        bool on_bus = false;  // its first fact was accepted
        bool busy = false;    // a batch of its is in flight
        std::deque<Input> waiting;
    };

    /// A batch in flight and what becomes true with it. Views point into the entry.
    struct Pending {
        enum class Kind : std::uint8_t { start, decision, settlement };
        Kind kind = Kind::settlement;
        std::string saga;
        std::vector<JournalEvent> facts;
        Start start;
        bool rearms = false;
    };

    using Entries = std::map<std::string, Entry, std::less<>>;

    const Definition* newest(std::string_view name) const;
    const Definition* by_hash(std::uint64_t hash) const;

    // Tenure (coordinator_replay.cpp).
    void forget() override;
    void fenced(Effects& out) override;
    void replay(const bus::Record& record, Moment now, Effects& out) override;
    Result<void> replay_fact(const JournalEvent& fact, std::string_view key);
    void remember_start(std::string_view saga, std::string_view time, Moment now);
    void take_charge(Moment now, Effects& out) override;

    // Inputs (coordinator.cpp).
    void batch_done(const bus::BatchOutcome& outcome, Moment now, Effects& out) override;
    Result<SagaInput> decode_input(const bus::Delivery& delivery) const;
    void accept(SagaInput arrived, Moment now, Effects& out);
    void keep(std::deque<Input>& waiting, Input input) const;
    void pump_starts(Moment now, Effects& out);
    void pump(Entry& entry, Moment now, Effects& out);
    void accepted(const Pending& done, Moment now, Effects& out);
    void refused(Pending& done, std::string_view code, Moment now, Effects& out);
    void retry_later(Moment now, Effects& out);
    void finish(Entry& entry, Moment now, Effects& out);
    void remember_end(const Entry& entry);

    // Batches (coordinator_batch.cpp).
    enum class Sent : std::uint8_t { no, yes };
    Sent send_start(Start& start, Moment now, Effects& out);
    Sent decide(Entry& entry, const Input& input, Moment now, Effects& out);
    std::optional<JournalEvent> fact_of_input(const Entry& entry, const Input& input) const;
    void settle_only(std::string_view saga,
                     const Input& input,
                     std::string_view cause,
                     Moment now,
                     Effects& out);
    void reject(const bus::Delivery& delivery, const Error& error, Moment now, Effects& out);
    void open_batch();
    void settle(const Input& input, bus::Verdict verdict);
    Thread thread_of(const Entry& entry, std::string_view cause);
    Thread thread_of(
        const Entry& entry, StepId step, Direction direction, std::string_view cause, Moment now);
    void write_fact(const Entry& entry,
                    const JournalEvent& fact,
                    std::string_view cause,
                    Moment now,
                    Effects& out);
    void write_command(const Entry& entry, const JournalEvent& fact, const Thread&, Effects& out);
    void write_timers_again(const Entry& entry, Moment now);
    /// Null: the client took nothing.
    Pending* send(Entry& entry, Pending pending, Moment now, Effects& out);
    void note_fact(const Entry& entry, const JournalEvent& fact, Effects& out) const;

    bus::Client& client_;
    std::vector<Definition> definitions_;
    CoordinatorConfig config_;
    CoordinatorObserver* observer_;
    const Rules& rules_;

    Entries entries_;
    std::size_t live_ = 0;
    std::deque<std::string> finished_;  // oldest first
    std::deque<Start> starts_;
    std::deque<SagaInput> held_;  // came while the journal was being read
    std::map<bus::BatchId, Pending> pending_;

    // Reused from decision to decision.
    BatchBuilder builder_;
    Instance scratch_;
    std::vector<JournalEvent> due_;
    std::string detail_;
};

}  // namespace stormglass::sagas
