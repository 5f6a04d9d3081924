// Replay state: exactly which sequences of which epoch of each source were used, and what became of
// them. Exact, without an age limit: a retry is answered, a copy is recognised at any age.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bus/client.hpp"
#include "bus/journal_fifo.hpp"
#include "bus/machine_refusal.hpp"
#include "bus/replay_state_intervals.hpp"
#include "runtime/signing.hpp"

namespace stormglass::bus {

/// The first 16 bytes of an event's digest: what is compared when a sequence comes again.
struct EventDigest {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    friend bool operator==(const EventDigest&, const EventDigest&) = default;
};

EventDigest short_digest(const Digest& digest);

constexpr std::size_t kHolesMax = 1'024;                // of one epoch
constexpr std::uint64_t kSequenceJumpMax = 1ULL << 20;  // one event opens no larger hole
constexpr std::uint32_t kEpochJumpMax = 1'000;          // a stolen key locks nobody out
constexpr std::size_t kSettleOnlyRemembered = 4'096;    // batches without events, an epoch

/// A run of consecutive sequences, as a batch uses them.
struct SequenceRun {
    std::string_view source;
    std::uint32_t epoch = 0;
    std::uint64_t first = 0;
    std::span<const EventDigest> digests;

    std::uint64_t last() const { return first + digests.size() - 1; }
};

enum class ReplayVerdict : std::uint8_t {
    fresh,
    duplicate,      // all used before, by these very events
    pending,        // admitted before, by these very events; not decided yet
    reused,         // used before by others: equivocation
    abandoned,      // given up for lost
    stale_epoch,    // never seen, and a newer epoch has begun
    epoch_jump,     // too far ahead
    sequence_jump,  // too far ahead
    too_many_holes
};

/// What became of one sequence.
struct Used {
    EventDigest digest;
    Position position = 0;
    std::uint16_t topic = 0;
    Refusal refusal = Refusal::none;
};

class ReplayOverlay;

class ReplayState {
  public:
    struct Granted {
        std::uint32_t epoch = 0;
        std::uint64_t nonce = 0;
        bool any = false;
    };

    /// The current epoch of a source, if it ever had one.
    Granted current(std::string_view source) const;

    /// Whether `nonce` names the life before the current one.
    bool is_previous(std::string_view source, std::uint64_t nonce) const;

    /// A new life of the source begins. Requires: `epoch` above the current one.
    void grant(std::string_view source, std::uint64_t nonce, std::uint32_t epoch);

    /// What the sequences are, read through the overlay if there is one. Changes nothing.
    ReplayVerdict judge(const SequenceRun& run, const ReplayOverlay* overlay = nullptr) const;

    /// Uses the sequences; `record` then says what became of each. Opens the epoch if it is new.
    /// Requires: judged fresh.
    void accept(const SequenceRun& run);
    void record(const SequenceRun& run, std::size_t at, const Used& used);

    /// What became of a used sequence; null where unknown (unused, or of a forgotten epoch).
    const Used* find(std::string_view source, std::uint32_t epoch, std::uint64_t sequence) const;

    /// Batches without events have no sequence: they are known by the session's number.
    const Refusal* find_settle_only(std::string_view source,
                                    std::uint32_t epoch,
                                    std::uint64_t batch) const;
    void record_settle_only(std::string_view source,
                            std::uint32_t epoch,
                            std::uint64_t batch,
                            Refusal refusal);

    /// Gives up every unused sequence below `upto`.
    void abandon(std::string_view source, std::uint32_t epoch, std::uint64_t upto);

    const IntervalSet* accepted(std::string_view source, std::uint32_t epoch) const;

    /// Calls `visit(source, epoch)` for each current epoch.
    template <class F>
    void for_each(F visit) const {
        for (const auto& [source, held] : sources_) {
            visit(std::string_view(source), held.current.epoch, held.current.used);
        }
    }

    /// Mixes all of it into a hash. Nonces are left out: they name lives, not effects.
    std::uint64_t digest(std::uint64_t seed) const;

  private:
    static constexpr std::size_t kChunk = 256;  // sequences; one allocation each

    struct SettleOnly {
        std::uint64_t batch = 0;
        Refusal refusal = Refusal::none;
    };

    struct Epoch {
        bool any = false;
        std::uint32_t epoch = 0;
        std::uint64_t nonce = 0;
        IntervalSet used;
        IntervalSet abandoned;  // part of `used`
        std::map<std::uint64_t, std::unique_ptr<std::array<Used, kChunk>>> chunks;
        std::vector<SettleOnly> settle_only;  // ascending by batch

        const Used* find(std::uint64_t sequence) const;
        Used& at(std::uint64_t sequence);
        ReplayVerdict judge_used(const SequenceRun& run) const;
        std::uint64_t digest(std::uint64_t seed) const;
    };

    struct Source {
        Epoch current;
        Epoch previous;  // read only
    };

    const Epoch* find_epoch(std::string_view source, std::uint32_t epoch) const;
    Epoch& open_epoch(std::string_view source, std::uint32_t epoch);

    std::map<std::string, Source, std::less<>> sources_;
};

/// What was admitted but is not applied yet. Without it two copies in flight could both pass.
/// Dropped whenever entries under way may have been lost.
class ReplayOverlay {
  public:
    /// Notes the run as used. `base` is the state below.
    void admit(const SequenceRun& run, const ReplayState& base);

    /// The run's entry was applied (whatever became of it).
    void applied(std::string_view source, std::uint32_t epoch, std::uint64_t first);

    void clear() { sources_.clear(); }

    /// Whether the sequence is used or on its way.
    bool contains(std::string_view source,
                  std::uint32_t epoch,
                  std::uint64_t sequence,
                  const ReplayState& base) const;

  private:
    friend class ReplayState;

    struct Pending {
        std::uint64_t first = 0;
        std::vector<EventDigest> digests;
    };

    struct Source {
        std::uint32_t epoch = 0;
        IntervalSet ahead;           // used below or on its way
        Fifo<Pending> pending;       // ascending
        std::vector<Pending> spare;  // keeps allocations

        /// Place of the first one that begins at or behind `first`.
        std::size_t place(std::uint64_t first) const;
        /// Whether exactly this run, of these events, is on its way.
        bool holds(const SequenceRun& run) const;
    };

    const Source* find(std::string_view source, std::uint32_t epoch) const;

    std::map<std::string, Source, std::less<>> sources_;
};

}  // namespace stormglass::bus
