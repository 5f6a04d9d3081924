// What stands between the broker and the journal: entries go in as proposals and come back
// committed, in order, each once. `SoloReplica` is a replica of one; a replicated one will stand
// behind the same interface.
#pragma once

#include <cstdint>

#include "bus/entry.hpp"
#include "bus/journal.hpp"

namespace stormglass::bus {

/// Whether an entry was committed just now, or read back by a new life.
enum class Replayed : std::uint8_t {
    no,
    surely,   // an earlier life had it committed and acted on it
    perhaps,  // an earlier life may have died before it acted on it
};

struct Committed {
    Index index = 0;
    Term term = 0;
    entry::Kind kind = entry::Kind::boot;
    Location body_at;
    Bytes body;  // until the call returns
    Replayed replayed = Replayed::no;
};

class ReplicaListener {
  public:
    virtual ~ReplicaListener() = default;

    /// Must not propose: the entry's bytes are still in use.
    virtual void on_committed(const Committed& entry, Moment now, Effects& out) = 0;
    /// Everything there was has been handed over; proposing may begin.
    virtual void on_serving(const RecoveryStats& stats, Moment now, Effects& out) = 0;
    /// It stopped for good, and says why.
    virtual void on_halted(const Error& why, Moment now, Effects& out) = 0;
};

class Replica {
  public:
    virtual ~Replica() = default;

    virtual void start(const Recovered& disk, Moment now, Effects& out) = 0;

    /// Requires: `serving`. The entry takes effect when it comes back through the listener, if it
    /// ever does.
    virtual Index propose(entry::Kind kind, Bytes body, Urgency urgency) = 0;
    virtual bool serving() const = 0;

    /// Call at the end of each step.
    virtual void flush(Journal::Take take, Effects& out) = 0;

    virtual bool owns(StorageToken token) const = 0;
    virtual void on_storage(StorageToken token,
                            const StorageResult& result,
                            Moment now,
                            Effects& out) = 0;

    /// Bytes of entries that were proposed and did not come back yet.
    virtual std::size_t held_bytes() const = 0;
    /// Something written may be lost with the machine.
    virtual bool unsynced() const = 0;
    /// The largest entry that may be proposed.
    virtual std::size_t body_bytes_max() const = 0;
};

class SoloReplica final : public Replica {
  public:
    /// `listener` and `rules` must outlive it.
    SoloReplica(const JournalOptions& options,
                Durability durability,
                const Rules& rules,
                ReplicaListener& listener);

    void start(const Recovered& disk, Moment now, Effects& out) override;
    Index propose(entry::Kind kind, Bytes body, Urgency urgency) override;

    bool serving() const override { return serving_; }

    void flush(Journal::Take take, Effects& out) override { journal_.flush(take, out); }

    bool owns(StorageToken token) const override { return journal_.owns(token); }

    void on_storage(StorageToken token,
                    const StorageResult& result,
                    Moment now,
                    Effects& out) override;

    std::size_t held_bytes() const override { return journal_.held_bytes(); }

    bool unsynced() const override {
        return journal_.progress().appended > journal_.progress().synced;
    }

    std::size_t body_bytes_max() const override { return journal_.body_bytes_max(); }

    const Journal& journal() const { return journal_; }

  private:
    Index commit_index() const;
    void hand_over(Moment now, Effects& out);

    Durability durability_;
    const Rules* rules_;
    ReplicaListener* listener_;
    Journal journal_;
    bool serving_ = false;
    bool handing_over_ = false;
};

}  // namespace stormglass::bus
