// How a coordinator comes into charge and goes out of it: raise the fence, read the journal, act.
#include <utility>

#include "runtime/check.hpp"
#include "sagas/coordinator.hpp"
#include "sagas/notes.hpp"

namespace stormglass::sagas {

void Coordinator::forget() {
    entries_.clear();
    finished_.clear();
    held_.clear();
    live_ = 0;
    // What was asked for stays asked for: a start that was accepted after all is found again.
    for (auto& [id, pending] : pending_) {
        if (pending.kind == Pending::Kind::start) {
            starts_.push_back(std::move(pending.start));
        }
    }
    pending_.clear();
    CHECK(entries_.empty());
    CHECK(live_ == 0);
}

void Coordinator::fenced(Effects& out) {
    COVER(out, "coordinator.fenced");
}

void Coordinator::replay(const bus::Record& record, Moment now, Effects& out) {
    if (kind_of(record.event.payload) == MessageKind::claim) {
        return;
    }
    const auto fact = decode_journal_event(record.event.payload);
    const auto replayed = fact.ok() ? replay_fact(fact.value(), record.event.partition_key)
                                    : Result<void>(fact.error());
    if (!replayed) {
        // The journal is input: what does not fit is skipped, said, and never silently believed.
        out.note(notes::kDamaged,
                 {{"topic", config_.journal_topic},
                  {"position", record.position},
                  {"code", replayed.error().code},
                  {"text", replayed.error().text}});
    } else if (fact->kind == JournalEvent::Kind::started) {
        remember_start(fact->saga, record.event.time, now);
    }
}

void Coordinator::remember_start(std::string_view saga, std::string_view time, Moment now) {
    const auto found = entries_.find(saga);
    CHECK(found != entries_.end());
    // A source's time is its own word: one that cannot be read counts as now.
    const auto started = bus::parse_time(time);
    found->second.started_at = started.ok() ? started.value() : now.wall;
}

Result<void> Coordinator::replay_fact(const JournalEvent& fact, std::string_view key) {
    if (key != fact.saga) {
        return Error{"SJ_KEY", "the fact is about another saga than its partition key says"};
    }
    const auto found = entries_.find(fact.saga);
    if (fact.kind != JournalEvent::Kind::started) {
        if (found == entries_.end()) {
            return Error{"SJ_UNKNOWN_SAGA", "no saga \"" + std::string(fact.saga) + "\" began"};
        }
        Entry& entry = found->second;
        CHECK(entry.on_bus);
        auto applied = apply(entry.instance, *entry.definition, fact);
        if (applied.ok() && fact.kind == JournalEvent::Kind::finished) {
            CHECK(live_ > 0);
            --live_;
            entry.payload = {};
            remember_end(entry);
        }
        return applied;
    }
    if (found != entries_.end()) {
        return Error{"SJ_TWICE", "saga \"" + std::string(fact.saga) + "\" began before"};
    }
    const Definition* definition = by_hash(fact.definition_hash);
    if (definition == nullptr) {
        return Error{"SJ_UNKNOWN_DEFINITION",
                     "saga \"" + std::string(fact.saga) + "\" is pinned to a version of \"" +
                         std::string(fact.definition) +
                         "\" that is not listed here: list it until its last saga has ended"};
    }
    Entry& entry = entries_[std::string(fact.saga)];
    entry.definition = definition;
    entry.instance = begin(*definition, fact);
    entry.payload.assign(fact.payload.begin(), fact.payload.end());
    entry.on_bus = true;
    ++live_;
    return {};
}

void Coordinator::take_charge(Moment now, Effects& out) {
    CHECK(in_charge());
    CHECK(pending_.empty());
    CHECK(live_ + finished_.size() == entries_.size());
    out.note(notes::kTookOver,
             {{"group", config_.group},
              {"generation", generation()},
              {"instances", entries_.size()},
              {"live", live_}});
    if (live_ > 0) {
        COVER(out, "saga.took-over");
    }
    for (auto& [saga, entry] : entries_) {
        out.note(notes::kRebuilt,
                 {{"saga", saga},
                  {"epoch", generation()},
                  {"outcome", name_of(entry.instance.state)},
                  {"events", entry.instance.facts}});
        if (!is_final(entry.instance.state)) {
            entry.waiting.push_front(Input{});
            pump(entry, now, out);
        }
    }
    std::deque<SagaInput> held = std::exchange(held_, {});
    for (SagaInput& arrived : held) {
        accept(std::move(arrived), now, out);
    }
    pump_starts(now, out);
}

}  // namespace stormglass::sagas
