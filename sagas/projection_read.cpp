// What others ask of a projection: rows, snapshots of all of them, and to be built anew.
#include <algorithm>

#include "runtime/check.hpp"
#include "sagas/detail/projection_timers.hpp"
#include "sagas/projection.hpp"
#include "sagas/projection_notes.hpp"
#include "sagas/read_model_codec.hpp"

namespace stormglass::sagas {

void Projection::read(const ReadRequest& request, Moment now, Effects& out) {
    const auto scope = enter(out);
    if (can_answer(request)) {
        answer(request, now, out);
    } else if (stage_ == Stage::stopped) {
        refuse(request, "PR_STOPPED", now, out);
    } else if (request.behind == ReadRequest::Behind::refuse) {
        refuse(request, "PR_BEHIND", now, out);
    } else if (reads_.size() >= config_.reads_max) {
        refuse(request, "PR_BUSY", now, out);
    } else {
        COVER(out, "projection.read-waits");
        reads_.push_back({request, now.monotonic + config_.read_patience});
        if (reads_.size() == 1) {
            out.set_timer(kProjectionReads, reads_.front().until);
        }
    }
}

/// From stored rows only, and not while what is stored and what is in memory differ.
bool Projection::can_answer(const ReadRequest& request) const {
    return stage_ == Stage::following && !replaying_ && batch_ == 0 && steps_.empty() &&
           (!request.written || rules_->token_is_reached(*request.written, committed_));
}

void Projection::answer(const ReadRequest& request, Moment now, Effects& out) {
    CHECK(committed_ == next_);
    if (request.written) {
        out.note(notes::kProjectionRead,
                 {{"projection", fold_.name()},
                  {"position", committed_},
                  {"digest", tables_.digest()},
                  {"written", *request.written}});
    } else {
        out.note(
            notes::kProjectionRead,
            {{"projection", fold_.name()}, {"position", committed_}, {"digest", tables_.digest()}});
    }
    if (observer_ != nullptr) {
        observer_->on_read({request.id, {}, committed_, &tables_}, now, out);
    }
}

void Projection::refuse(const ReadRequest& request,
                        std::string_view code,
                        Moment now,
                        Effects& out) {
    out.note(notes::kProjectionReadRefused, {{"projection", fold_.name()}, {"code", code}});
    if (observer_ != nullptr) {
        observer_->on_read({request.id, code, committed_, nullptr}, now, out);
    }
}

// Taken out of the list before they are answered: who is answered may ask again at once.
void Projection::answer_reads(Moment now, Effects& out) {
    std::vector<ReadRequest> due;
    std::erase_if(reads_, [&](const Waiting& waiting) {
        const bool ripe = can_answer(waiting.request);
        if (ripe) {
            due.push_back(waiting.request);
        }
        return ripe;
    });
    for (const ReadRequest& request : due) {
        answer(request, now, out);
    }
}

void Projection::expire_reads(Moment now, Effects& out) {
    std::vector<ReadRequest> late;
    while (!reads_.empty() && reads_.front().until <= now.monotonic) {
        late.push_back(reads_.front().request);
        reads_.pop_front();
    }
    if (!reads_.empty()) {
        out.set_timer(kProjectionReads, reads_.front().until);
    }
    for (const ReadRequest& request : late) {
        refuse(request, stage_ == Stage::stopped ? "PR_STOPPED" : "PR_BEHIND", now, out);
    }
}

Result<ByteBuffer> Projection::snapshot(Effects& out) {
    const auto scope = enter(out);
    if (stage_ != Stage::following || batch_ > 0 || !steps_.empty()) {
        return Error{"PR_BUSY", "a batch is on its way to the store; ask again"};
    }
    CHECK(committed_ == next_);
    Tables kept(tables_.shapes());
    for (std::size_t table = 0; table < tables_.shapes().size(); ++table) {
        if (!rules_->table_is_in_snapshot(table)) {
            continue;
        }
        for (const auto& [key, row] : tables_.rows(table)) {
            kept.put(table, key, row);
        }
    }
    ByteBuffer bytes;
    encode_snapshot({identity_, committed_}, kept, bytes);
    out.note(notes::kProjectionSnapshot,
             {{"projection", fold_.name()},
              {"position", committed_},
              {"digest", kept.digest()},
              {"bytes", bytes.size()}});
    return bytes;
}

Result<Projection::Rebuild> Projection::begin_from(std::optional<Bytes> snapshot) const {
    Rebuild rebuild{empty_tables(fold_), 0, 0, {}, false};
    if (!snapshot) {
        return rebuild;
    }
    const auto record = next_record(*snapshot);
    if (!record || record->kind != StateRecord::snapshot || record->size != snapshot->size()) {
        return Error{"PR_SNAPSHOT", "the snapshot is damaged"};
    }
    if (record->head.identity != identity_ || !read_rows(record.value(), rebuild.tables)) {
        return Error{"PR_SNAPSHOT", "the snapshot is of another fold, or of another version"};
    }
    if (record->head.position > next_) {
        return Error{"PR_SNAPSHOT", "the snapshot is ahead of the rows that it would replace"};
    }
    rebuild.from = record->head.position;
    rebuild.next = rebuild.from;
    return rebuild;
}

Result<void> Projection::rebuild(std::optional<Bytes> snapshot, Moment now, Effects& out) {
    const auto scope = enter(out);
    if (stage_ != Stage::following || rebuild_) {
        return Error{"PR_BUSY", "not loaded yet, or a rebuild is under way"};
    }
    auto begun = begin_from(snapshot);
    if (!begun) {
        return begun.error();
    }
    rebuild_ = std::move(begun).value();
    out.note(notes::kProjectionRebuilding,
             {{"projection", fold_.name()}, {"from", rebuild_->from}});
    rebuild_->read = client_.read(config_.topic, rebuild_->next, now, out);
    return {};
}

void Projection::take_rebuild_piece(std::span<const bus::Record> records,
                                    bool last,
                                    Moment now,
                                    Effects& out) {
    for (const bus::Record& record : records) {
        if (record.position < rebuild_->next) {
            continue;
        }
        if (record.position > rebuild_->next) {
            fold_gap(rebuild_->next, record.position, rebuild_->tables);
        }
        const std::string_view unread = fold_event(fold_, record, rebuild_->tables);
        rebuild_->next = record.position + 1;
        if (unread.empty() && rules_->rebuild_reaches_outside() && observer_ != nullptr) {
            observer_->on_live_event(record, now, out);
        }
    }
    rebuild_->complete = last;
    pump(now, out);
}

/// The new rows have seen all that the old ones have, or catch up first.
void Projection::replace_rows(Moment now, Effects& out) {
    CHECK(rebuild_ && rebuild_->complete);
    CHECK(steps_.empty());
    if (rebuild_->next < next_) {
        rebuild_->complete = false;
        rebuild_->read = client_.read(config_.topic, rebuild_->next, now, out);
        return;
    }
    reading_.reset();  // what is under way starts at a place that is passed now
    tables_ = std::move(rebuild_->tables);
    tables_.settle();
    next_ = rebuild_->next;
    head_ = std::max(head_, next_);
    batch_ = 0;
    replaces_ = false;
    for (std::size_t table = 0; table < tables_.shapes().size(); ++table) {
        stored_digests_[table] = tables_.digest(table);
    }
    rebuilt_from_ = rebuild_->from;
    rebuild_.reset();
    steps_.push_back({Commit::Kind::replace, next_, {}, tables_.digest()});
    send_step(now, out);
}

void Projection::finish_rebuild(Moment now, Effects& out) {
    CHECK(rebuilt_from_.has_value());
    rebuilt_from_.reset();
    COVER(out, "projection.rebuilt");
    if (observer_ != nullptr) {
        observer_->on_rebuilt(committed_, now, out);
    }
    follow(now, out);
}

}  // namespace stormglass::sagas
