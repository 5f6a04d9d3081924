#include "sagas/memory_store.hpp"

#include "runtime/check.hpp"

namespace stormglass::sagas {

void MemoryStore::load(std::uint64_t identity, Tables& into, Moment now, Effects& out) {
    CHECK(listener_ != nullptr);
    Loaded loaded;
    if (stored_) {
        const bool ours = stored_->identity == identity;
        loaded.kind = ours ? Loaded::Kind::found : Loaded::Kind::foreign;
        loaded.position = stored_->position;
        if (ours) {
            into = stored_->tables;
        }
    }
    listener_->on_loaded(loaded, now, out);
}

void MemoryStore::commit(const Commit& commit, Moment now, Effects& out) {
    CHECK(listener_ != nullptr);
    CHECK(!next_);
    CHECK(commit.tables != nullptr);
    const bool on_top = commit.kind == Commit::Kind::advance && stored_.has_value();
    next_ = State{commit.identity,
                  commit.position,
                  on_top ? stored_->tables : Tables(commit.tables->shapes())};
    if (commit.kind == Commit::Kind::replace) {
        next_->tables = *commit.tables;
    }
    for (const RowChange& change : commit.changes) {
        if (change.row != nullptr) {
            next_->tables.put(change.table, change.key, *change.row);
        } else {
            next_->tables.erase(change.table, change.key);
        }
    }
    next_->tables.settle();
    if (answers_ == Answers::at_once) {
        answer(now, out);
    }
}

void MemoryStore::answer(Moment now, Effects& out) {
    CHECK(next_.has_value());
    State state = std::move(*next_);
    next_.reset();
    if (failure_.empty()) {
        stored_ = std::move(state);
        listener_->on_committed({}, now, out);
    } else {
        listener_->on_committed(Error{failure_, "the store was told to fail"}, now, out);
    }
}

void MemoryStore::crash() {
    next_.reset();
    listener_ = nullptr;
}

}  // namespace stormglass::sagas
