// The bus itself: a deterministic state machine over the journal. The same entries in the same
// order make the same state everywhere; it knows no clock, no configuration and no payload bytes.
// All conditions of a batch are judged before anything changes; a batch takes effect whole or not
// at all, and a refusal is remembered like a success.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bus/entry.hpp"
#include "bus/groups.hpp"
#include "bus/machine_topics.hpp"
#include "bus/replay_state.hpp"
#include "bus/rules.hpp"

namespace stormglass::bus {

/// A committed entry as the machine takes it.
struct CommittedEntry {
    entry::Kind kind = entry::Kind::boot;
    Location body_at;
    Bytes body;
};

/// What one entry changed. Views point into the entry's body; the object is reused.
struct Applied {
    struct Stored {
        TopicId topic = 0;
        Position position = 0;
        Location at;
        std::size_t event = 0;  // which of the batch; of a release: none
    };

    enum class Change : std::uint8_t {
        acked,
        nacked,
        working,
        dead,      // buried and settled
        lettered,  // buried, not settled yet (Burial::letter_first)
        removed,   // settled, the letter was there before
    };

    struct Delivery {
        GroupId group = 0;
        Position position = 0;
        std::uint32_t attempt = 0;
        Change change = Change::acked;
        Duration delay;
        Verdict verdict = Verdict::ack;  // of a batch's settlement
    };

    entry::Kind kind = entry::Kind::boot;
    bool understood = true;  // false: the journal holds what no version of this program wrote
    Refusal refusal = Refusal::none;
    bool duplicate = false;
    bool applied = true;              // false: it came too late and changed nothing
    std::vector<Position> positions;  // one per event of a batch; delayed ones: kDelayed
    std::vector<Stored> stored;
    std::vector<Delivery> deliveries;
    std::uint64_t fence_current = 0;    // of a fence that refused
    std::string_view fence_name;        // of that fence
    std::uint64_t fence_presented = 0;  // by the batch
    GroupId group = 0;                  // created

    void clear(entry::Kind of);
};

/// Where a position of a topic stands for one group. Exactly one class each, or something is wrong.
enum class PositionClass : std::uint8_t { waiting, in_flight, retrying, parked, settled, dead };

struct CensusItem {
    Position position = 0;
    PositionClass where = PositionClass::waiting;
};

/// The present owner of an exclusive group.
struct GroupOwner {
    std::string source;
    std::uint32_t epoch = 0;
    Generation generation = 0;
};

class Machine {
  public:
    explicit Machine(const Rules& rules = sound_rules()) : rules_(&rules) {}

    /// Applies the next entry. The result lives until the next call.
    const Applied& apply(const CommittedEntry& committed);

    // The entry under way, decoded; views as in Applied.
    const entry::Batch& batch() const { return batch_; }

    const entry::Delivered& delivered() const { return delivered_; }

    const entry::Grant& grant() const { return grant_; }

    const entry::Assignment& assignment() const { return assignment_; }

    const entry::Refused& refused() const { return refused_; }

    const entry::Gap& gap() const { return gap_; }

    const Topics& topics() const { return topics_; }

    const ReplayState& replay() const { return replay_; }

    GroupId group_count() const { return static_cast<GroupId>(groups_.size()); }

    const GroupState& group(GroupId id) const { return *groups_.at(id); }

    /// Nothing when there is no such group on the topic.
    const GroupState* find_group(std::string_view group, std::string_view topic) const;
    GroupId group_id(std::string_view group, std::string_view topic) const;

    const GroupOwner* owner(std::string_view group) const;
    std::uint64_t fence(std::string_view name) const;

    /// When the first delayed event is due; the latest possible time when there is none.
    WallTime next_due() const;
    /// How many delayed events are due at `at`, up to `most`.
    std::uint32_t due_count(WallTime at, std::uint32_t most) const;

    std::size_t delayed_count() const { return delayed_.size(); }

    /// The latest bus time that the journal holds; the bus clock never goes back behind it.
    WallTime latest() const { return latest_; }

    /// The name behind an Attempt's member.
    std::string_view name(std::uint32_t member) const { return names_.at(member); }

    /// Security refusals kept or counted, by claimed source and reason.
    using QuarantineKey = std::pair<std::string, Reason>;

    const std::map<QuarantineKey, std::uint64_t>& quarantine() const { return quarantine_; }

    /// Where the refused bytes stand, newest last, bounded.
    const std::vector<Location>& quarantined() const { return quarantined_; }

    /// The class of every position of the group's topic, for checks. Costs a walk of the topic.
    std::vector<CensusItem> census(const GroupState& group) const;

    /// Everything, for comparing replicas.
    std::uint64_t digest() const;
    /// What the bus promises about, without quarantine, attempts and times: an attack that was
    /// refused leaves it as it was.
    std::uint64_t domain_digest() const;

  private:
    struct Delayed {
        TopicId topic = 0;
        StoredEvent event;
    };

    /// Compares (group, topic) by text, whoever owns it.
    struct ByBothNames {
        using is_transparent = void;  // NOLINT(readability-identifier-naming): the standard's name

        template <class A, class B>
        bool operator()(const A& a, const B& b) const {
            const std::string_view first_a(a.first);
            const std::string_view first_b(b.first);
            return first_a != first_b ? first_a < first_b
                                      : std::string_view(a.second) < std::string_view(b.second);
        }
    };

    using DueKey = std::pair<std::int64_t, std::uint64_t>;  // due, order of arrival

    void apply_boot();
    void apply_grant();
    void apply_group();
    void apply_assignment();
    void apply_delivered();
    void apply_failed();
    void apply_dead();
    void apply_buried();
    void apply_release();
    void apply_refused(const CommittedEntry& committed);
    void apply_gap();

    // machine_batch.cpp
    void apply_batch(const CommittedEntry& committed);
    bool answered_before();
    Refusal judge_replay(const SequenceRun& run);
    Refusal judge_batch();
    Refusal judge_condition(const Condition& condition);
    Refusal judge_settlement(const Settlement& settlement) const;
    void store_events(const CommittedEntry& committed);
    void remember(Refusal refusal);
    void settle(const Settlement& settlement);
    void note_change(GroupId id, const Settlement& settlement, Applied::Change change);
    void fail_or_bury(GroupState& group, GroupId id, const Settlement& settlement);

    void bury(GroupState& group, GroupId id, const entry::Dead& dead);
    GroupState* find_group(std::string_view group, std::string_view topic, GroupId& id);
    std::uint32_t intern(std::string_view name);

    void at(WallTime time) { latest_ = std::max(latest_, time); }

    SequenceRun run_of_batch();
    std::uint64_t domain_digest_from(std::uint64_t seed, GroupState::Detail detail) const;

    const Rules* rules_;
    Applied applied_;
    WallTime latest_;

    Topics topics_;
    std::map<DueKey, Delayed> delayed_;
    std::uint64_t delayed_ever_ = 0;
    ReplayState replay_;
    std::vector<std::unique_ptr<GroupState>> groups_;
    std::map<std::pair<std::string, std::string>, GroupId, ByBothNames> group_ids_;
    std::map<std::string, GroupOwner, std::less<>> owners_;
    std::map<std::string, std::uint64_t, std::less<>> fences_;
    std::map<std::string, std::uint32_t, std::less<>> name_ids_;
    std::vector<std::string> names_;
    std::map<QuarantineKey, std::uint64_t> quarantine_;
    std::vector<Location> quarantined_;

    // Decoded entries, reused.
    entry::Boot boot_;
    entry::Grant grant_;
    entry::Group group_;
    entry::Assignment assignment_;
    entry::Batch batch_;
    entry::Delivered delivered_;
    entry::Failed failed_;
    entry::Dead dead_;
    entry::Buried buried_;
    entry::Release release_;
    entry::Refused refused_;
    entry::Gap gap_;
    std::vector<EventDigest> digests_;
};

}  // namespace stormglass::bus
