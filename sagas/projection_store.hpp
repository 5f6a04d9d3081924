// Where a projection keeps its rows and its position: together, or not at all. Two verbs, so that
// any database serves. Stores: memory_store.hpp (tests), file_store.hpp (files by effects),
// sqlite/store.hpp (ordinary tables that anybody can query).
#pragma once

#include <cstdint>
#include <span>

#include "bus/client.hpp"
#include "runtime/result.hpp"
#include "sagas/read_model.hpp"

namespace stormglass::sagas {

/// What a store holds.
struct Loaded {
    enum class Kind : std::uint8_t {
        found,    // rows of this fold
        absent,   // nothing yet
        foreign,  // rows of another fold, or of another version
    };
    Kind kind = Kind::absent;
    bus::Position position = 0;  // of the next event; rows are a fold of all before it
};

/// What is to be stored, all or nothing.
struct Commit {
    enum class Kind : std::uint8_t {
        advance,  // `changes` on top of what is there
        replace,  // `tables` instead of whatever is there; `changes` is nothing then
    };
    Kind kind = Kind::advance;
    std::uint64_t identity = 0;  // of the fold
    bus::Position position = 0;
    std::span<const RowChange> changes;
    const Tables* tables = nullptr;  // all rows as they are now, changes included
};

/// Told once for each `load` and `commit`, from within that call or in a later step of the node.
class StoreListener {
  public:
    virtual ~StoreListener() = default;
    virtual void on_loaded(const Result<Loaded>& loaded, Moment now, Effects& out) = 0;
    virtual void on_committed(const Result<void>& done, Moment now, Effects& out) = 0;
};

class ProjectionStore {
  public:
    virtual ~ProjectionStore() = default;

    /// Once, before anything else; must outlive the store's use.
    virtual void listen(StoreListener& listener) = 0;

    /// Reads what is stored into `into`, which is empty, has the shape of the fold, and lives until
    /// the answer. Filled only when the answer is `found`.
    virtual void load(std::uint64_t identity, Tables& into, Moment now, Effects& out) = 0;

    /// One at a time, after a load. What `commit` points to is not needed any more when it returns.
    /// After a failure nothing of it may be there on the next load, or all of it.
    virtual void commit(const Commit& commit, Moment now, Effects& out) = 0;
};

}  // namespace stormglass::sagas
