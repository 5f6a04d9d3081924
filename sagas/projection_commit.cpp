// How a projection stores what it has applied, and how it measures how far behind it is.
#include <algorithm>

#include "runtime/check.hpp"
#include "sagas/detail/projection_timers.hpp"
#include "sagas/projection.hpp"
#include "sagas/projection_notes.hpp"

namespace stormglass::sagas {

/// Whatever can go on now does: a batch, the end of a rebuild, reads.
void Projection::pump(Moment now, Effects& out) {
    if (steps_.empty() && batch_ > 0) {
        const BatchSoFar batch{
            batch_, config_.batch_events_max, now.monotonic - batch_since_, config_.batch_delay};
        if (rules_->batch_is_due(batch)) {
            commit_batch(now, out);
        } else if (batch.waited < batch.delay) {
            out.set_timer(kProjectionBatch, batch_since_ + config_.batch_delay);
        }
    }
    if (steps_.empty() && batch_ == 0 && stage_ == Stage::following) {
        freshen(now, out);
    }
    if (steps_.empty() && rebuild_ && rebuild_->complete && stage_ == Stage::following) {
        replace_rows(now, out);
    }
    answer_reads(now, out);
}

void Projection::commit_batch(Moment now, Effects& out) {
    CHECK(steps_.empty());
    const Commitment how = rules_->commitment();
    Step all;
    all.kind = replaces_ ? Commit::Kind::replace : Commit::Kind::advance;
    all.position = how == Commitment::state_first ? committed_ : next_;
    for (const RowChange& change : tables_.changes()) {
        if (change.row != nullptr) {
            all.changes.push_back({change.table, std::string(change.key), *change.row});
        } else if (rules_->deletion_is_stored()) {
            all.changes.push_back({change.table, std::string(change.key), std::nullopt});
        }
    }
    const auto stored = [this] {
        std::uint64_t sum = 0;
        for (const std::uint64_t digest : stored_digests_) {
            sum += digest;
        }
        return sum;
    };
    if (how == Commitment::table_by_table) {
        for (std::size_t table = 0; table < tables_.shapes().size(); ++table) {
            Step one;
            one.position = committed_;
            std::copy_if(all.changes.begin(),
                         all.changes.end(),
                         std::back_inserter(one.changes),
                         [table](const KeptChange& change) { return change.table == table; });
            stored_digests_[table] = tables_.digest(table);
            one.digest = stored();
            if (!one.changes.empty()) {
                steps_.push_back(std::move(one));
            }
        }
        all.changes.clear();
        all.position = next_;
    }
    for (std::size_t table = 0; table < tables_.shapes().size(); ++table) {
        stored_digests_[table] = tables_.digest(table);
    }
    all.digest = stored();
    steps_.push_back(std::move(all));
    if (how == Commitment::state_first) {
        steps_.push_back({Commit::Kind::advance, next_, {}, stored()});
    }
    tables_.settle();
    batch_ = 0;
    replaces_ = false;
    send_step(now, out);
}

void Projection::send_step(Moment now, Effects& out) {
    CHECK(!steps_.empty());
    const Step& step = steps_.front();
    std::vector<RowChange> changes;
    changes.reserve(step.changes.size());
    for (const KeptChange& change : step.changes) {
        changes.push_back({change.table, change.key, change.row ? &*change.row : nullptr});
    }
    Commit commit;
    commit.kind = step.kind;
    commit.identity = identity_;
    commit.position = step.position;
    commit.changes = changes;
    commit.tables = &tables_;
    store_.commit(commit, now, out);
}

void Projection::on_committed(const Result<void>& done, Moment now, Effects& out) {
    const auto scope = enter(out);
    CHECK(!steps_.empty());
    if (!done) {
        store_failed(done.error(), now, out);
        return;
    }
    out.note(notes::kProjectionStored,
             {{"projection", fold_.name()},
              {"position", steps_.front().position},
              {"digest", steps_.front().digest}});
    if (steps_.size() > 1) {
        steps_.pop_front();
        send_step(now, out);
        return;
    }
    step_stored(now, out);
}

void Projection::step_stored(Moment now, Effects& out) {
    CHECK(steps_.size() == 1);
    CHECK(steps_.front().position >= committed_);
    committed_ = steps_.front().position;
    const std::uint64_t digest = steps_.front().digest;
    steps_.clear();
    out.note(notes::kProjectionCommitted,
             {{"projection", fold_.name()}, {"position", committed_}, {"digest", digest}});
    if (rebuilt_from_) {
        out.note(notes::kProjectionRebuilt,
                 {{"projection", fold_.name()},
                  {"position", committed_},
                  {"digest", digest},
                  {"from", *rebuilt_from_}});
        finish_rebuild(now, out);
    }
    pump(now, out);
}

/// What of the batch is stored nobody knows: the store itself is asked again. Nothing is lost, the
/// log has it all.
void Projection::store_failed(const Error& error, Moment now, Effects& out) {
    out.note(notes::kProjectionStoreFailed,
             {{"projection", fold_.name()}, {"code", error.code}, {"text", error.text}});
    COVER(out, "projection.store-failed");
    steps_.clear();
    rebuilt_from_.reset();
    rebuild_.reset();
    reading_.reset();
    batch_ = 0;
    stage_ = Stage::loading;
    out.set_timer(kProjectionStore, now.monotonic + config_.store_retry);
}

/// The rows hold everything that was in the topic when its head was last asked for.
void Projection::freshen(Moment now, Effects& out) {
    CHECK(committed_ == next_);
    if (reached_ > committed_ || reached_as_of_ <= fresh_at_) {
        return;
    }
    fresh_at_ = reached_as_of_;
    out.set_timer(kProjectionWatch, fresh_at_ + config_.staleness_max);
    watch(now, out);
}

void Projection::watch(Moment now, Effects& out) {
    const Lag behind = lag(now);
    const bool exceeded = behind.time >= config_.staleness_max;
    if (exceeded == lagging_) {
        return;
    }
    lagging_ = exceeded;
    out.note(exceeded ? notes::kProjectionLagging : notes::kProjectionCaughtUp,
             {{"projection", fold_.name()},
              {"events", behind.events},
              {"ns", behind.time.ns},
              {"bound", config_.staleness_max.ns}});
    if (exceeded) {
        COVER(out, "projection.lag-noticed");
    }
    if (observer_ != nullptr) {
        observer_->on_lag(behind, exceeded, now, out);
    }
}

}  // namespace stormglass::sagas
