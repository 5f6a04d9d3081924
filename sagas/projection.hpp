// A projection: rows that follow a topic, `state' = apply(state, event)`, stored together with the
// position up to which they tell the story. It can be built anew while it is in use, says how far
// behind it is, and lets a reader wait for what the reader has written itself.
// For users: docs/projections.md. Rows: read_model.hpp. Folds: fold.hpp. Stores:
// projection_store.hpp.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "bus/client.hpp"
#include "sagas/fold.hpp"
#include "sagas/projection_rules.hpp"
#include "sagas/projection_store.hpp"

namespace stormglass::sagas {

struct ProjectionConfig {
    std::string topic;
    Duration poll = milliseconds(100);    // from one look at the head of the topic to the next
    std::size_t batch_events_max = 512;   // of one commit, but for those that come meanwhile
    Duration batch_delay;                 // how long an event may wait for others to be stored with
    Duration staleness_max = seconds(5);  // declared bound: beyond it an alarm is raised
    Duration read_patience = seconds(1);  // how long a read waits before it is refused
    std::size_t reads_max = 1024;         // that wait at once
    Duration store_retry = milliseconds(500);
};

/// Where an event stands that the reader knows of: mostly one that it has written.
struct ReadRequest {
    std::uint64_t id = 0;  // handed back with the answer
    std::optional<bus::Position> written;
    enum class Behind : std::uint8_t { wait, refuse } behind = Behind::wait;
};

struct ReadAnswer {
    std::uint64_t id = 0;
    std::string_view code;           // empty: answered. PR_BEHIND, PR_BUSY, PR_STOPPED
    bus::Position position = 0;      // of the next event: also the token of a later read
    const Tables* tables = nullptr;  // until the callback returns; null when refused
};

/// How far behind the topic the stored rows are.
struct Lag {
    std::uint64_t events = 0;  // known of and not stored; there may be more
    Duration time;             // since the rows were known to hold everything
};

/// What a projection tells its owner. All optional.
class ProjectionObserver {
  public:
    virtual ~ProjectionObserver() = default;
    virtual void on_read(const ReadAnswer& answer, Moment now, Effects& out);
    /// An event that happened just now, the place for effects outside: mails, calls, alarms. Never
    /// called for an event that is folded once more in a rebuild, nor for what was in the topic
    /// before this read model existed. After a crash an event may come again: use its id.
    virtual void on_live_event(const bus::Record& record, Moment now, Effects& out);
    /// The declared bound was passed, or is kept again.
    virtual void on_lag(const Lag& lag, bool exceeded, Moment now, Effects& out);
    virtual void on_rebuilt(bus::Position position, Moment now, Effects& out);
};

class Projection final : public Component, public bus::Listener, private StoreListener {
  public:
    /// All of them must outlive the projection.
    Projection(bus::Client& client,
               ProjectionStore& store,
               const Fold& fold,
               ProjectionConfig config,
               ProjectionObserver* observer = nullptr);

    /// For tests of the checks: other rules. Before `start`.
    void judge_by(const ProjectionRules& rules) { rules_ = &rules; }

    /// Answered through the observer, from within this call or later: from rows that are stored,
    /// so that no restart goes back behind what a reader has seen.
    void read(const ReadRequest& request, Moment now, Effects& out);

    /// All stored rows, for `rebuild` here or elsewhere. PR_BUSY while a batch is being stored.
    Result<ByteBuffer> snapshot(Effects& out);

    /// Folds the topic once more, from a snapshot or from its beginning, while reads go on from
    /// the rows there are; then replaces them in one commit. A crash before leaves the old ones.
    /// PR_BUSY: not loaded yet, or one is under way. PR_SNAPSHOT: damaged, of another fold, or
    /// ahead of these rows.
    Result<void> rebuild(std::optional<Bytes> snapshot, Moment now, Effects& out);

    Lag lag(Moment now) const;

    /// Rows as they are now; `position` says up to which event they are stored.
    const Tables& tables() const { return tables_; }

    bus::Position position() const { return committed_; }

    bool rebuilding() const { return rebuild_.has_value(); }

    void start(const Recovered& disk, Moment now, Effects& out) override;
    void on_timer(TimerId timer, Moment now, Effects& out) override;

    void on_ready(std::uint32_t epoch, Moment now, Effects& out) override;
    void on_records(bus::ReadId read,
                    std::span<const bus::Record> records,
                    bool last,
                    Moment now,
                    Effects& out) override;

    void on_outcome(const bus::BatchOutcome&, Moment, Effects&) override {}

    void on_delivery(const bus::Delivery&, Moment, Effects&) override {}

    void on_assigned(std::string_view, bus::Generation, Moment, Effects&) override {}

    void on_revoked(std::string_view, bus::Generation, Moment, Effects&) override {}

  private:
    /// What it waits for; `stopped` waits for a person.
    enum class Stage : std::uint8_t { loading, following, stopped };

    struct KeptChange {
        std::size_t table = 0;
        std::string key;
        std::optional<Row> row;
    };

    /// One commit on its way to the store.
    struct Step {
        Commit::Kind kind = Commit::Kind::advance;
        bus::Position position = 0;
        std::vector<KeptChange> changes;
        std::uint64_t digest = 0;  // of what is stored then
    };

    struct Rebuild {
        Tables tables;
        bus::Position from = 0;
        bus::Position next = 0;
        bus::ReadId read;
        bool complete = false;
    };

    struct Waiting {
        ReadRequest request;
        MonotonicTime until;
    };

    // projection.cpp: loading, following, applying
    void load(Moment now, Effects& out);
    void on_loaded(const Result<Loaded>& loaded, Moment now, Effects& out) override;
    void follow(Moment now, Effects& out);
    void take_piece(std::span<const bus::Record> records, Moment now, Effects& out);
    void take_event(const bus::Record& record, Moment now, Effects& out);
    void reach_head(Moment now, Effects& out);
    void stop(Effects& out);

    // projection_commit.cpp: storing, lag
    void pump(Moment now, Effects& out);
    void commit_batch(Moment now, Effects& out);
    void send_step(Moment now, Effects& out);
    void on_committed(const Result<void>& done, Moment now, Effects& out) override;
    void step_stored(Moment now, Effects& out);
    void store_failed(const Error& error, Moment now, Effects& out);
    void freshen(Moment now, Effects& out);
    void watch(Moment now, Effects& out);

    // projection_read.cpp: reads, snapshots, rebuilds
    bool can_answer(const ReadRequest& request) const;
    void answer(const ReadRequest& request, Moment now, Effects& out);
    void refuse(const ReadRequest& request, std::string_view code, Moment now, Effects& out);
    void answer_reads(Moment now, Effects& out);
    void expire_reads(Moment now, Effects& out);
    Result<Rebuild> begin_from(std::optional<Bytes> snapshot) const;
    void take_rebuild_piece(std::span<const bus::Record> records,
                            bool last,
                            Moment now,
                            Effects& out);
    void replace_rows(Moment now, Effects& out);
    void finish_rebuild(Moment now, Effects& out);

    bus::Client& client_;
    ProjectionStore& store_;
    const Fold& fold_;
    ProjectionConfig config_;
    ProjectionObserver* observer_;
    const ProjectionRules* rules_ = &sound_projection_rules();
    std::uint64_t identity_;

    Stage stage_ = Stage::loading;
    bool ready_ = false;      // the bus answers
    bool replaying_ = false;  // what comes was there before these rows: no effects outside
    bool replaces_ = false;   // the next commit replaces what the store holds
    Tables tables_;
    bus::Position next_ = 0;       // of the next event to apply
    bus::Position committed_ = 0;  // stored up to here
    bus::Position head_ = 0;       // as far as is known
    std::optional<bus::ReadId> reading_;
    MonotonicTime asked_at_;  // when that read was asked

    std::size_t batch_ = 0;  // events applied and not on their way to the store
    MonotonicTime batch_since_;
    std::deque<Step> steps_;                     // the first one is at the store
    std::vector<std::uint64_t> stored_digests_;  // by table

    bus::Position reached_ = 0;    // the head, when last seen ...
    MonotonicTime reached_as_of_;  // ... and when that was asked
    MonotonicTime fresh_at_;       // the rows held everything that was there then
    bool lagging_ = false;

    std::deque<Waiting> reads_;
    std::optional<Rebuild> rebuild_;
    std::optional<bus::Position> rebuilt_from_;  // of the commit that ends a rebuild
};

}  // namespace stormglass::sagas
