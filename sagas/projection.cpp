#include "sagas/projection.hpp"

#include <algorithm>

#include "runtime/check.hpp"
#include "sagas/detail/projection_timers.hpp"
#include "sagas/messages.hpp"
#include "sagas/projection_notes.hpp"

namespace stormglass::sagas {

void ProjectionObserver::on_read(const ReadAnswer&, Moment, Effects&) {}

void ProjectionObserver::on_live_event(const bus::Record&, Moment, Effects&) {}

void ProjectionObserver::on_lag(const Lag&, bool, Moment, Effects&) {}

void ProjectionObserver::on_rebuilt(bus::Position, Moment, Effects&) {}

Projection::Projection(bus::Client& client,
                       ProjectionStore& store,
                       const Fold& fold,
                       ProjectionConfig config,
                       ProjectionObserver* observer)
    : client_(client),
      store_(store),
      fold_(fold),
      config_(std::move(config)),
      observer_(observer),
      identity_(identity_of(fold)),
      tables_(empty_tables(fold)) {
    CHECK(is_name(config_.topic));
    CHECK(config_.poll.ns > 0);
    CHECK(config_.batch_events_max > 0);
    CHECK(config_.staleness_max.ns > 0);
    CHECK(config_.store_retry.ns > 0);
}

void Projection::start(const Recovered&, Moment now, Effects& out) {
    store_.listen(*this);
    fresh_at_ = now.monotonic;
    out.set_timer(kProjectionWatch, fresh_at_ + config_.staleness_max);
    load(now, out);
}

void Projection::load(Moment now, Effects& out) {
    CHECK(steps_.empty());
    stage_ = Stage::loading;
    tables_ = empty_tables(fold_);
    batch_ = 0;
    reading_.reset();
    store_.load(identity_, tables_, now, out);
}

void Projection::on_loaded(const Result<Loaded>& loaded, Moment now, Effects& out) {
    const auto scope = enter(out);
    CHECK(stage_ == Stage::loading);
    if (!loaded) {
        store_failed(loaded.error(), now, out);
        return;
    }
    const bool found = loaded->kind == Loaded::Kind::found;
    next_ = found ? loaded->position : 0;
    committed_ = next_;
    head_ = std::max(head_, next_);
    replaying_ = !found;
    replaces_ = loaded->kind == Loaded::Kind::foreign;
    stored_digests_.clear();
    for (std::size_t table = 0; table < tables_.shapes().size(); ++table) {
        stored_digests_.push_back(tables_.digest(table));
    }
    out.note(notes::kProjectionLoaded,
             {{"projection", fold_.name()}, {"position", next_}, {"digest", tables_.digest()}});
    if (replaces_) {
        COVER(out, "projection.other-version-found");
    }
    stage_ = Stage::following;
    follow(now, out);
    pump(now, out);
}

void Projection::on_ready(std::uint32_t, Moment now, Effects& out) {
    const auto scope = enter(out);
    ready_ = true;
    follow(now, out);
}

void Projection::follow(Moment now, Effects& out) {
    if (stage_ != Stage::following || !ready_ || reading_.has_value()) {
        return;
    }
    asked_at_ = now.monotonic;
    reading_ = client_.read(config_.topic, next_, now, out);
}

void Projection::on_timer(TimerId timer, Moment now, Effects& out) {
    if (timer == kProjectionPoll) {
        follow(now, out);
    } else if (timer == kProjectionBatch) {
        pump(now, out);
    } else if (timer == kProjectionWatch) {
        watch(now, out);
    } else if (timer == kProjectionReads) {
        expire_reads(now, out);
    } else {
        CHECK(timer == kProjectionStore);
        load(now, out);
    }
}

void Projection::on_records(
    bus::ReadId read, std::span<const bus::Record> records, bool last, Moment now, Effects& out) {
    const auto scope = enter(out);
    if (rebuild_ && rebuild_->read == read) {
        take_rebuild_piece(records, last, now, out);
        return;
    }
    if (reading_ != read) {
        return;  // overtaken by a rebuild, or by a store that failed
    }
    take_piece(records, now, out);
    if (stage_ == Stage::following && last) {
        reach_head(now, out);
    }
    pump(now, out);
}

void Projection::take_piece(std::span<const bus::Record> records, Moment now, Effects& out) {
    CHECK(stage_ == Stage::following);
    for (const bus::Record& record : records) {
        if (record.position < next_) {
            continue;
        }
        if (record.position > next_) {
            // The client handed on none of these: their bytes are not what their source wrote.
            fold_gap(next_, record.position, tables_);
            out.note(notes::kProjectionSkipped,
                     {{"projection", fold_.name()},
                      {"position", next_},
                      {"count", record.position - next_},
                      {"code", "PR_MISSING"}});
        }
        take_event(record, now, out);
        if (stage_ == Stage::stopped) {
            return;
        }
    }
    head_ = std::max(head_, next_);
}

void Projection::take_event(const bus::Record& record, Moment now, Effects& out) {
    const std::string_view unread = fold_event(fold_, record, tables_);
    if (!unread.empty()) {
        out.note(notes::kProjectionSkipped,
                 {{"projection", fold_.name()},
                  {"position", record.position},
                  {"count", 1},
                  {"code", unread}});
        COVER(out, "projection.event-skipped");
        if (!rules_->unreadable_is_skipped()) {
            stop(out);
            return;
        }
    }
    if (batch_ == 0) {
        batch_since_ = now.monotonic;
    }
    ++batch_;
    next_ = record.position + 1;
    if (unread.empty() && !replaying_ && observer_ != nullptr) {
        observer_->on_live_event(record, now, out);
    }
    out.note(notes::kProjectionApplied,
             {{"projection", fold_.name()}, {"position", record.position}});
}

void Projection::reach_head(Moment now, Effects& out) {
    CHECK(reading_.has_value());
    reading_.reset();
    reached_ = next_;
    reached_as_of_ = asked_at_;
    replaying_ = false;
    out.set_timer(kProjectionPoll, now.monotonic + config_.poll);
}

void Projection::stop(Effects& out) {
    stage_ = Stage::stopped;
    reading_.reset();
    rebuild_.reset();
    out.cancel_timer(kProjectionPoll);
}

Lag Projection::lag(Moment now) const {
    Lag lag;
    lag.events = head_ - committed_;
    lag.time = now.monotonic - fresh_at_;
    return lag;
}

}  // namespace stormglass::sagas
