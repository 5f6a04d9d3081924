#include "bus/replay_state.hpp"

#include <algorithm>
#include <cstring>

#include "runtime/check.hpp"
#include "runtime/random.hpp"

namespace stormglass::bus {
namespace {

constexpr std::uint64_t kLowest = 1;  // of all sequences

/// The first item whose key is not below `value`; items ascend by key.
template <class Items, class Key>
auto find_by(Items& items, std::uint64_t value, Key key) {
    return std::lower_bound(
        items.begin(), items.end(), value, [key](const auto& item, std::uint64_t v) {
            return key(item) < v;
        });
}

}  // namespace

EventDigest short_digest(const Digest& digest) {
    EventDigest result;
    std::memcpy(&result.high, digest.data(), 8);
    std::memcpy(&result.low, digest.data() + 8, 8);
    return result;
}

std::string_view code_of(Refusal refusal) {
    switch (refusal) {
        case Refusal::none:
            return "";
        case Refusal::fenced:
            return "EB_FENCED";
        case Refusal::condition:
            return "EB_CONDITION";
        case Refusal::settled:
            return "EB_SETTLED";
        case Refusal::unknown_group:
            return "EB_UNKNOWN_GROUP";
        case Refusal::unknown_position:
            return "EB_UNKNOWN_POSITION";
        case Refusal::topic_unknown:
            return "EB_TOPIC_UNKNOWN";
        case Refusal::seq_gap:
            return "EV_SEQ_GAP";
        case Refusal::seq_reused:
            return "EV_SEQ_REUSED";
        case Refusal::epoch_stale:
            return "EV_EPOCH_STALE";
        case Refusal::epoch_jump:
            return "EV_EPOCH_JUMP";
        case Refusal::sequence_invalid:
            return "EV_SEQUENCE_INVALID";
        case Refusal::overloaded:
            return "EB_OVERLOADED";
        case Refusal::unbound:
            return "EV_REPLAY";
    }
    CHECK(false);
}

// ---- one epoch ----

const Used* ReplayState::Epoch::find(std::uint64_t sequence) const {
    if (!used.contains(sequence)) {
        return nullptr;
    }
    const auto chunk = chunks.find(sequence / kChunk);
    return chunk == chunks.end() ? nullptr : &(*chunk->second)[sequence % kChunk];
}

Used& ReplayState::Epoch::at(std::uint64_t sequence) {
    CHECK(used.contains(sequence));
    auto& chunk = chunks[sequence / kChunk];
    if (chunk == nullptr) {
        chunk = std::make_unique<std::array<Used, kChunk>>();
    }
    return (*chunk)[sequence % kChunk];
}

// Requires: at least one sequence of the run is used.
ReplayVerdict ReplayState::Epoch::judge_used(const SequenceRun& run) const {
    bool all = true;
    for (std::size_t i = 0; i < run.digests.size(); ++i) {
        const std::uint64_t sequence = run.first + i;
        if (!used.contains(sequence)) {
            all = false;
            continue;
        }
        if (abandoned.contains(sequence)) {
            return ReplayVerdict::abandoned;
        }
        const Used* before = find(sequence);
        CHECK(before != nullptr);
        if (before->digest != run.digests[i]) {
            return ReplayVerdict::reused;
        }
    }
    // The same events cut into other batches are not the same batches.
    return all ? ReplayVerdict::duplicate : ReplayVerdict::reused;
}

std::uint64_t ReplayState::Epoch::digest(std::uint64_t seed) const {
    std::uint64_t hash = chain64(seed, epoch);
    for (const Interval& interval : used.intervals()) {
        hash = chain64(chain64(hash, interval.first), interval.last);
        for (std::uint64_t s = interval.first; s <= interval.last; ++s) {
            const Used* item = abandoned.contains(s) ? nullptr : find(s);
            if (item != nullptr) {
                hash = chain64(hash, item->digest.high);
                hash = chain64(hash, item->position);
                hash = chain64(hash, static_cast<std::uint64_t>(item->refusal));
            }
        }
    }
    for (const SettleOnly& item : settle_only) {
        hash = chain64(chain64(hash, item.batch), static_cast<std::uint64_t>(item.refusal));
    }
    return hash;
}

// ---- all of them ----

ReplayState::Granted ReplayState::current(std::string_view source) const {
    const auto at = sources_.find(source);
    if (at == sources_.end()) {
        return {};
    }
    return {at->second.current.epoch, at->second.current.nonce, at->second.current.any};
}

bool ReplayState::is_previous(std::string_view source, std::uint64_t nonce) const {
    const auto at = sources_.find(source);
    return at != sources_.end() && at->second.previous.any && at->second.previous.nonce == nonce;
}

const ReplayState::Epoch* ReplayState::find_epoch(std::string_view source,
                                                  std::uint32_t epoch) const {
    const auto at = sources_.find(source);
    if (at == sources_.end()) {
        return nullptr;
    }
    for (const Epoch* held : {&at->second.current, &at->second.previous}) {
        if (held->any && held->epoch == epoch) {
            return held;
        }
    }
    return nullptr;
}

ReplayState::Epoch& ReplayState::open_epoch(std::string_view source, std::uint32_t epoch) {
    auto at = sources_.find(source);
    if (at == sources_.end()) {
        at = sources_.emplace(std::string(source), Source{}).first;
    }
    Epoch& current = at->second.current;
    if (current.any && current.epoch == epoch) {
        return current;
    }
    CHECK(!current.any || epoch > current.epoch);
    if (current.any) {
        at->second.previous = std::move(current);
    }
    current = Epoch{};
    current.any = true;
    current.epoch = epoch;
    return current;
}

void ReplayState::grant(std::string_view source, std::uint64_t nonce, std::uint32_t epoch) {
    const Granted before = current(source);
    CHECK(!before.any || epoch > before.epoch);
    open_epoch(source, epoch).nonce = nonce;
}

ReplayVerdict ReplayState::judge(const SequenceRun& run, const ReplayOverlay* overlay) const {
    CHECK(!run.digests.empty() && run.first >= kLowest);
    const Granted now = current(run.source);
    const Epoch* epoch = find_epoch(run.source, run.epoch);
    if (epoch != nullptr && epoch->used.overlaps(run.first, run.last())) {
        return epoch->judge_used(run);
    }
    if (now.any && run.epoch < now.epoch) {
        return ReplayVerdict::stale_epoch;
    }
    const std::uint32_t ahead_from = now.any ? now.epoch : 0;
    if (run.epoch > ahead_from && run.epoch - ahead_from > kEpochJumpMax) {
        return ReplayVerdict::epoch_jump;
    }
    static const IntervalSet kNone;
    const IntervalSet* used = epoch == nullptr ? &kNone : &epoch->used;
    const auto* over = overlay == nullptr ? nullptr : overlay->find(run.source, run.epoch);
    if (over != nullptr && !over->pending.empty()) {
        used = &over->ahead;
        if (used->overlaps(run.first, run.last())) {
            return over->holds(run) ? ReplayVerdict::pending : ReplayVerdict::reused;
        }
    }
    if (run.last() < run.first || run.last() > used->highest() + kSequenceJumpMax) {
        return ReplayVerdict::sequence_jump;
    }
    const std::size_t holes = used->holes_with(kLowest, run.first, run.last());
    if (holes > kHolesMax && holes > used->holes(kLowest)) {
        return ReplayVerdict::too_many_holes;
    }
    return ReplayVerdict::fresh;
}

void ReplayState::accept(const SequenceRun& run) {
    CHECK(judge(run) == ReplayVerdict::fresh);
    open_epoch(run.source, run.epoch).used.insert(run.first, run.last());
}

void ReplayState::record(const SequenceRun& run, std::size_t at, const Used& used) {
    CHECK(at < run.digests.size());
    Epoch& epoch = open_epoch(run.source, run.epoch);
    epoch.at(run.first + at) = used;
}

const Used* ReplayState::find(std::string_view source,
                              std::uint32_t epoch,
                              std::uint64_t sequence) const {
    const Epoch* held = find_epoch(source, epoch);
    return held == nullptr ? nullptr : held->find(sequence);
}

const Refusal* ReplayState::find_settle_only(std::string_view source,
                                             std::uint32_t epoch,
                                             std::uint64_t batch) const {
    const Epoch* held = find_epoch(source, epoch);
    if (held == nullptr) {
        return nullptr;
    }
    const auto at = find_by(held->settle_only, batch, [](const auto& s) { return s.batch; });
    return at != held->settle_only.end() && at->batch == batch ? &at->refusal : nullptr;
}

void ReplayState::record_settle_only(std::string_view source,
                                     std::uint32_t epoch,
                                     std::uint64_t batch,
                                     Refusal refusal) {
    std::vector<SettleOnly>& held = open_epoch(source, epoch).settle_only;
    const auto at = find_by(held, batch, [](const auto& s) { return s.batch; });
    CHECK(at == held.end() || at->batch != batch);
    held.insert(at, {batch, refusal});
    if (held.size() >= 2 * kSettleOnlyRemembered) {
        held.erase(held.begin(), held.begin() + kSettleOnlyRemembered);
    }
}

void ReplayState::abandon(std::string_view source, std::uint32_t epoch, std::uint64_t upto) {
    Epoch& held = open_epoch(source, epoch);
    const std::uint64_t end = std::min(upto, held.used.highest());
    for (std::uint64_t at = kLowest;;) {
        at = held.used.first_missing(at);
        if (at >= end) {
            return;
        }
        std::uint64_t last = at;
        while (last + 1 < end && !held.used.contains(last + 1)) {
            ++last;
        }
        held.used.insert(at, last);
        held.abandoned.insert(at, last);
        at = last + 1;
    }
}

const IntervalSet* ReplayState::accepted(std::string_view source, std::uint32_t epoch) const {
    const Epoch* held = find_epoch(source, epoch);
    return held == nullptr ? nullptr : &held->used;
}

std::uint64_t ReplayState::digest(std::uint64_t seed) const {
    std::uint64_t hash = chain64(seed, sources_.size());
    for (const auto& [name, source] : sources_) {
        hash = source.current.digest(chain64(hash, name_hash(name)));
        hash = source.previous.digest(hash);
    }
    return hash;
}

// ---- what is on its way ----

std::size_t ReplayOverlay::Source::place(std::uint64_t first) const {
    std::size_t low = 0;
    for (std::size_t high = pending.size(); low < high;) {
        const std::size_t middle = low + (high - low) / 2;
        if (pending[middle].first < first) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

bool ReplayOverlay::Source::holds(const SequenceRun& run) const {
    const std::size_t at = place(run.first);
    return at < pending.size() && pending[at].first == run.first &&
           std::equal(pending[at].digests.begin(),
                      pending[at].digests.end(),
                      run.digests.begin(),
                      run.digests.end());
}

const ReplayOverlay::Source* ReplayOverlay::find(std::string_view source,
                                                 std::uint32_t epoch) const {
    const auto at = sources_.find(source);
    return at != sources_.end() && at->second.epoch == epoch ? &at->second : nullptr;
}

void ReplayOverlay::admit(const SequenceRun& run, const ReplayState& base) {
    auto at = sources_.find(run.source);
    if (at == sources_.end()) {
        at = sources_.emplace(std::string(run.source), Source{}).first;
    }
    Source& source = at->second;
    if (source.pending.empty() || source.epoch != run.epoch) {
        source.epoch = run.epoch;
        source.pending.clear();
        const IntervalSet* used = base.accepted(run.source, run.epoch);
        source.ahead = used == nullptr ? IntervalSet{} : *used;
    }
    if (source.ahead.overlaps(run.first, run.last())) {
        return;  // only an order of checks that writes too early comes here
    }
    source.ahead.insert(run.first, run.last());
    Pending pending;
    if (!source.spare.empty()) {
        pending = std::move(source.spare.back());
        source.spare.pop_back();
    }
    pending.first = run.first;
    pending.digests.assign(run.digests.begin(), run.digests.end());
    source.pending.insert(source.place(run.first), std::move(pending));
}

void ReplayOverlay::applied(std::string_view source, std::uint32_t epoch, std::uint64_t first) {
    const auto at = sources_.find(source);
    if (at == sources_.end() || at->second.epoch != epoch) {
        return;
    }
    Source& held = at->second;
    const std::size_t place = held.place(first);
    if (place < held.pending.size() && held.pending[place].first == first) {
        held.spare.push_back(std::move(held.pending[place]));
        held.pending.erase(place);
    }
}

bool ReplayOverlay::contains(std::string_view source,
                             std::uint32_t epoch,
                             std::uint64_t sequence,
                             const ReplayState& base) const {
    if (const Source* over = find(source, epoch); over != nullptr && !over->pending.empty()) {
        return over->ahead.contains(sequence);
    }
    const IntervalSet* used = base.accepted(source, epoch);
    return used != nullptr && used->contains(sequence);
}

}  // namespace stormglass::bus
