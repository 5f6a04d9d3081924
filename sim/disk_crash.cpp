// What a crash leaves of a disk: which unanswered requests happened, which unsynced writes and
// names survive, and which write is torn.
#include <algorithm>

#include "runtime/check.hpp"
#include "runtime/random.hpp"
#include "sim/disk.hpp"

namespace stormglass::sim {
namespace {

constexpr Site kInFlight = "sim.disk.in-flight";
constexpr Site kKept = "sim.disk.kept";
constexpr Site kKeptNames = "sim.disk.kept-names";
constexpr Site kTornFile = "sim.disk.torn-file";
constexpr Site kTornSectors = "sim.disk.torn-sectors";

/// Which of n changes survive.
std::vector<bool> survivors(std::size_t n, LossMode mode, std::uint64_t draw) {
    std::vector<bool> kept(n, mode == LossMode::none);
    if (mode == LossMode::prefix) {
        const std::uint64_t length = bounded(draw, n + 1);
        std::fill_n(kept.begin(), length, true);
    } else if (mode == LossMode::subset) {
        for (std::size_t i = 0; i < n; ++i) {
            kept[i] = (mix64(draw + i) >> 63) != 0;
        }
    }
    return kept;
}

}  // namespace

struct Disk::Survival {
    CrashOutcome outcome;
    std::optional<std::uint32_t> torn;  // the request to tear
};

CrashOutcome Disk::crash(const CrashPlan& plan) {
    finish_in_flight(plan.draw);
    busy_.clear();
    busy_all_ = 0;
    Survival survival;
    if (plan.loss == LossMode::none && plan.torn == TornMode::none) {
        return survival.outcome;  // the machine lives on, and its page cache with it
    }
    // Choose the torn write first: one of all files, by draw.
    std::vector<std::uint32_t> candidates;
    for (FileId id = 0; id < files_.size(); ++id) {
        const File& file = files_[id];
        const auto kept =
            survivors(file.unsynced.size(), plan.loss, keyed_draw(plan.draw, kKept.hash, {id}));
        if (const auto torn = torn_candidate(file, kept, plan)) {
            candidates.push_back(*torn);
        }
    }
    if (!candidates.empty()) {
        const std::uint64_t draw = keyed_draw(plan.draw, kTornFile.hash, {});
        survival.torn = candidates[bounded(draw, candidates.size())];
    }
    for (FileId id = 0; id < files_.size(); ++id) {
        settle_file(id, plan, survival);
    }
    settle_names(plan, survival.outcome);
    CHECK(unsynced_ == 0 && name_changes_.empty());
    used_ = 0;
    for (const auto& [name, id] : names_) {
        used_ += files_[id].current.size();
    }
    return survival.outcome;
}

/// Of each file's unanswered requests, a drawn prefix has happened before the process died.
void Disk::finish_in_flight(std::uint64_t draw) {
    std::map<std::string, std::uint64_t, std::less<>> left;
    for (const std::uint32_t index : in_flight_) {
        ++left[requests_[index].name];
    }
    // By their order, not their names: a file that counts its lives in its name meets the same fate
    // in a twin of the run that has another number of them.
    std::uint64_t place = 0;
    for (auto& [name, count] : left) {
        count = bounded(keyed_draw(draw, kInFlight.hash, {place++}), count + 1);
    }
    const std::vector<std::uint32_t> unanswered = std::exchange(in_flight_, {});
    for (const std::uint32_t index : unanswered) {
        std::uint64_t& budget = left[requests_[index].name];
        if (budget > 0) {
            --budget;
            static_cast<void>(apply(index));  // nobody is left to hear the answer
        } else {
            free_requests_.push_back(index);
        }
    }
}

/// The write of this file that may be torn: the first that vanishes, or without loss the last.
std::optional<std::uint32_t> Disk::torn_candidate(const File& file,
                                                  const std::vector<bool>& kept,
                                                  const CrashPlan& plan) const {
    if (plan.torn == TornMode::none) {
        return std::nullopt;
    }
    const auto spans = [&](std::uint32_t index) {  // one sector cannot be torn
        const Request& request = requests_[index];
        return request.verb == EffectKind::write_at && !request.bytes.empty() &&
               request.offset / plan.sector !=
                   (request.offset + request.bytes.size() - 1) / plan.sector;
    };
    std::optional<std::uint32_t> candidate;
    for (std::size_t i = 0; i < file.unsynced.size(); ++i) {
        if (!spans(file.unsynced[i])) {
            continue;
        }
        if (plan.loss == LossMode::none) {
            candidate = file.unsynced[i];
        } else if (!kept[i]) {
            return file.unsynced[i];
        }
    }
    return candidate;
}

void Disk::settle_file(FileId id, const CrashPlan& plan, Survival& survival) {
    File& file = files_[id];
    if (file.unsynced.empty()) {
        return;
    }
    const auto kept =
        survivors(file.unsynced.size(), plan.loss, keyed_draw(plan.draw, kKept.hash, {id}));
    for (std::size_t i = 0; i < file.unsynced.size(); ++i) {
        const std::uint32_t index = file.unsynced[i];
        if (survival.torn == index) {
            tear(requests_[index], file.durable, plan);
            ++survival.outcome.writes_torn;
        } else if (kept[i]) {
            replay(requests_[index], file.durable);
        } else {
            ++survival.outcome.writes_lost;
        }
        free_requests_.push_back(index);
    }
    unsynced_ -= file.unsynced.size();
    file.unsynced.clear();
    file.current = file.durable;
}

void Disk::settle_names(const CrashPlan& plan, CrashOutcome& outcome) {
    const auto kept =
        survivors(name_changes_.size(), plan.loss, keyed_draw(plan.draw, kKeptNames.hash, {}));
    const std::vector<NameChange> changes = std::exchange(name_changes_, {});
    for (std::size_t i = 0; i < changes.size(); ++i) {
        if (kept[i]) {
            commit_name(changes[i]);
        } else {
            ++outcome.names_lost;
        }
    }
    names_ = durable_names_;
    drop_nameless();
}

/// Applies some of a write's sectors: at least one, never all.
void Disk::tear(const Request& request, FileImage& image, const CrashPlan& plan) const {
    const std::uint64_t first = request.offset / plan.sector;
    const std::uint64_t end = request.offset + request.bytes.size();
    const std::uint64_t sectors = (end - 1) / plan.sector - first + 1;
    CHECK(sectors >= 2);
    const std::uint64_t draw = keyed_draw(plan.draw, kTornSectors.hash, {});
    const std::uint64_t front = 1 + bounded(draw, sectors - 1);  // kept from the front
    bool any_kept = false;
    bool any_lost = false;
    for (std::uint64_t i = 0; i < sectors; ++i) {
        bool keep = i < front;
        if (plan.torn == TornMode::subset) {
            keep = (mix64(draw ^ i) >> 63) != 0;
            const bool last = i + 1 == sectors;
            if (last && (any_kept != any_lost)) {
                keep = any_lost;  // all others agree: this one differs
            }
        }
        any_kept = any_kept || keep;
        any_lost = any_lost || !keep;
        if (keep) {
            const std::uint64_t from = std::max(request.offset, (first + i) * plan.sector);
            const std::uint64_t to = std::min(end, (first + i + 1) * plan.sector);
            image.write(from,
                        Bytes(request.bytes)
                            .subspan(static_cast<std::size_t>(from - request.offset),
                                     static_cast<std::size_t>(to - from)));
        }
    }
    CHECK(any_kept && any_lost);
}

}  // namespace stormglass::sim
