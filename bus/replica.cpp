#include "bus/replica.hpp"

#include "runtime/check.hpp"

namespace stormglass::bus {

SoloReplica::SoloReplica(const JournalOptions& options,
                         Durability durability,
                         const Rules& rules,
                         ReplicaListener& listener)
    : durability_(durability),
      rules_(&rules),
      listener_(&listener),
      journal_(options) {}

void SoloReplica::start(const Recovered& disk, Moment, Effects& out) {
    journal_.start(disk, out);
}

Index SoloReplica::propose(entry::Kind kind, Bytes body, Urgency urgency) {
    CHECK(serving_ && !handing_over_);
    return journal_.append(static_cast<std::uint32_t>(kind), body, urgency);
}

void SoloReplica::on_storage(StorageToken token,
                             const StorageResult& result,
                             Moment now,
                             Effects& out) {
    if (journal_.state() == Journal::State::halted) {
        return;
    }
    journal_.on_storage(token, result, out);
    if (journal_.state() == Journal::State::halted) {
        serving_ = false;
        listener_->on_halted(journal_.failure(), now, out);
        return;
    }
    hand_over(now, out);
    if (journal_.state() == Journal::State::ready && !serving_) {
        CHECK(!journal_.front().has_value());
        serving_ = true;
        // What a cut tail held can never be taken for what this life writes.
        journal_.set_term(journal_.last_term() + 1);
        listener_->on_serving(journal_.recovery(), now, out);
    }
}

// What is read back counts as committed once a later record, or a sync of this life, proves that
// it is safe.
Index SoloReplica::commit_index() const {
    const JournalProgress& progress = journal_.progress();
    return serving_ ? rules_->committed(durability_, progress) : progress.synced;
}

void SoloReplica::hand_over(Moment now, Effects& out) {
    const Index upto = commit_index();
    CHECK(upto <= journal_.last_index());
    while (const auto entry = journal_.front()) {
        if (entry->index > upto) {
            return;
        }
        Committed committed;
        committed.index = entry->index;
        committed.term = entry->term;
        // Zero is no kind: the machine says that it does not know it.
        committed.kind = static_cast<entry::Kind>(entry->kind <= 0xff ? entry->kind : 0);
        committed.body_at = entry->body_at;
        committed.body = entry->body;
        if (entry->recovered) {
            committed.replayed =
                entry->index <= journal_.recovered_floor() ? Replayed::surely : Replayed::perhaps;
        }
        handing_over_ = true;
        listener_->on_committed(committed, now, out);
        handing_over_ = false;
        journal_.pop();
    }
}

}  // namespace stormglass::bus
