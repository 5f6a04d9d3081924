#include "bus/broker.hpp"

#include <algorithm>
#include <limits>

#include "bus/notes.hpp"
#include "runtime/check.hpp"

namespace stormglass::bus {
namespace {

constexpr TimerId kTick{1};
constexpr MonotonicTime kNever{std::numeric_limits<std::uint64_t>::max()};
constexpr std::uint32_t kReleasePerEntry = 1'024;

JournalOptions journal_options(const BrokerOptions& options) {
    JournalOptions journal;
    journal.segment_bytes = options.segment_bytes;
    journal.timing =
        options.durability == Durability::synced ? WriteTiming::after_sync : WriteTiming::at_once;
    return journal;
}

}  // namespace

Broker::Broker(BrokerOptions options, Signing& signing, const Rules& rules)
    : core_(std::move(options), signing, rules),
      replica_(journal_options(core_.options), core_.options.durability, rules, *this),
      admission_(core_.options, core_.sources, signing, rules, core_.machine.replay()),
      deliveries_(core_),
      members_(core_, deliveries_),
      reads_(core_),
      quarantine_(core_),
      grants_(core_.sources.size()),
      gap_watches_(core_.sources.size()) {
    core_.replica = &replica_;
}

const Error& Broker::failure() const {
    CHECK(state_ == State::halted);
    return *failure_;
}

bool Broker::quiet() const {
    return state_ == State::serving && replica_.held_bytes() == 0 &&
           deliveries_.waiting_for_bytes() == 0 && reads_.waiting() == 0;
}

std::optional<ByteBuffer> Broker::cached_event(std::string_view topic, Position position) {
    const Topic* found = core_.machine.topics().find(topic);
    if (found == nullptr || position >= found->length()) {
        return std::nullopt;
    }
    const auto bytes = core_.reader.find(found->at(position).at);
    if (!bytes.has_value()) {
        return std::nullopt;
    }
    return ByteBuffer(bytes->bytes.begin(), bytes->bytes.end());
}

Result<void> Broker::declare(const SourceOptions& source) {
    if (auto declared = core_.sources.declare(source); !declared) {
        return std::move(declared).error();
    }
    grants_.resize(core_.sources.size());
    gap_watches_.resize(core_.sources.size());
    members_.grow();
    return {};
}

void Broker::start(const Recovered& disk, Moment now, Effects& out) {
    core_.clock.start(now);
    replica_.start(disk, now, out);
}

void Broker::on_message(NodeId from, Bytes frame, Moment now, Effects& out) {
    if (state_ != State::serving) {
        // Silence is the only answer that promises nothing.
        out.note(notes::kDropped, {{"code", "recovering"}, {"from", from.value}});
        return;
    }
    const Result<wire::Frame> decoded = wire::decode(frame);
    if (!decoded.ok()) {
        out.note(notes::kDropped, {{"code", decoded.error().code}, {"from", from.value}});
        return;
    }
    frame_bytes_ = frame;
    const MemberId member = core_.sources.by_node(from);
    std::visit(
        [&](const auto& what) {
            if constexpr (requires { this->on_frame(from, member, what, now, out); }) {
                on_frame(from, member, what, now, out);
            } else {
                out.note(notes::kDropped, {{"code", "EF_KIND"}, {"from", from.value}});
            }
        },
        decoded.value());
    pump(now, out);
}

void Broker::on_timer(TimerId timer, Moment now, Effects& out) {
    CHECK(timer == kTick);
    is_armed_ = false;
    if (state_ != State::serving) {
        return;
    }
    watch_gaps(now, out);
    pump(now, out);
    if (state_ == State::serving) {
        replica_.flush(Journal::Take::everything, out);
    }
}

void Broker::on_storage(StorageToken token, const StorageResult& result, Moment now, Effects& out) {
    if (state_ == State::halted) {
        return;
    }
    if (core_.reader.owns(token)) {
        if (!core_.reader.on_storage(token, result)) {
            halt({"journal.read-failed",
                  "a stored event cannot be read (" + std::string(name_of(result.status)) +
                      "); check the disk, then start again"},
                 out);
            return;
        }
    } else {
        CHECK(replica_.owns(token));
        replica_.on_storage(token, result, now, out);
    }
    if (core_.failure.has_value() && state_ != State::halted) {
        halt(*core_.failure, out);
    }
    if (state_ == State::serving) {
        pump(now, out);
    } else if (state_ == State::recovering) {
        replica_.flush(Journal::Take::what_is_urgent, out);
    }
}

void Broker::on_request(RequestId, const Request&, Moment, Effects&) {}

void Broker::on_link(NodeId, LinkState, Moment, Effects&) {}

// What follows from the step so far; the end of every step.
void Broker::pump(Moment now, Effects& out) {
    CHECK(state_ == State::serving);
    for (const MemberId member : just_granted_) {
        const ReplayState::Granted granted =
            core_.machine.replay().current(core_.sources.at(member).source);
        welcome(member, granted, now, out);
    }
    just_granted_.clear();
    members_.pump(now, out);
    release_due(now);
    note_released(out);
    deliveries_.pump(now, out);
    reads_.pump(out);
    if (core_.failure.has_value()) {
        halt(*core_.failure, out);
        return;
    }
    replica_.flush(Journal::Take::what_is_urgent, out);
    arm(now, out);
}

void Broker::release_due(Moment now) {
    const WallTime time = core_.time(now);
    if (releasing_ > 0 || core_.machine.next_due() > time) {
        return;
    }
    entry::Release release;
    release.at = time;
    release.count = core_.machine.due_count(time, kReleasePerEntry);
    CHECK(release.count > 0);
    ++releasing_;
    core_.propose(entry::Kind::release, release, Urgency::urgent);
}

// A sequence that does not come may still come; that it is missing is worth telling, once.
void Broker::watch_gaps(Moment now, Effects& out) {
    core_.machine.replay().for_each(
        [&](std::string_view source, std::uint32_t epoch, const IntervalSet& used) {
            const MemberId member = core_.sources.by_name(source);
            if (member == SourceTable::kNone) {
                return;
            }
            GapWatch& watch = gap_watches_[member];
            if (watch.epoch != epoch || watch.since.ns == 0) {
                watch = {epoch, 0, used.highest(), now.monotonic};
            }
            if (now.monotonic >= watch.since + core_.options.timeouts.gap) {
                tell_gaps(source, watch, now, out);
                watch = {epoch, watch.next, used.highest(), now.monotonic};
            }
        });
}

// What is missing below `next` has been missing for as long as that was the highest.
void Broker::tell_gaps(std::string_view source, const GapWatch& watch, Moment now, Effects& out) {
    const IntervalSet* used = core_.machine.replay().accepted(source, watch.epoch);
    CHECK(used != nullptr);
    std::uint64_t first = used->first_missing(watch.told + 1);
    while (first < watch.next) {
        std::uint64_t last = first;
        while (!used->contains(last + 1)) {
            ++last;
        }
        out.note(notes::kGap,
                 {{"epoch", watch.epoch}, {"first", first}, {"last", last}, {"source", source}});
        first = used->first_missing(last + 1);
    }
    if (used->holes(1) > kHolesMax / 2) {
        // Nothing but an emit can be missing for good, and nobody retries one: make room.
        entry::Gap gap;
        gap.at = core_.time(now);
        gap.source = source;
        gap.epoch = watch.epoch;
        gap.upto = watch.next;
        core_.propose(entry::Kind::gap, gap, Urgency::urgent);
    }
}

bool Broker::has_untold_gaps() const {
    bool found = false;
    core_.machine.replay().for_each(
        [&](std::string_view source, std::uint32_t epoch, const IntervalSet& used) {
            const MemberId member = core_.sources.by_name(source);
            if (member != SourceTable::kNone) {
                const GapWatch& watch = gap_watches_[member];
                const std::uint64_t told = watch.epoch == epoch ? watch.told : 0;
                found = found || used.first_missing(told + 1) < used.highest();
            }
        });
    return found;
}

void Broker::arm(Moment now, Effects& out) {
    MonotonicTime due = std::min(deliveries_.next_due(), members_.next_due());
    if (core_.machine.delayed_count() > 0 && releasing_ == 0) {
        due = std::min(due, core_.clock.when(core_.machine.next_due(), now));
    }
    if (replica_.held_bytes() > 0) {
        due = std::min(due, now.monotonic + core_.options.timeouts.lazy_flush);
    }
    if (core_.options.durability == Durability::written && replica_.unsynced()) {
        due = std::min(due, now.monotonic + core_.options.timeouts.background_sync);
    }
    if (has_untold_gaps()) {
        due = std::min(due, now.monotonic + core_.options.timeouts.gap / 4);
    }
    due = std::max(due, now.monotonic);
    if (due < kNever && (!is_armed_ || due < armed_)) {
        is_armed_ = true;
        armed_ = due;
        out.set_timer(kTick, due);
    }
}

void Broker::halt(const Error& why, Effects& out) {
    state_ = State::halted;
    failure_ = why;
    out.note("bus.halted", {{"code", why.code}, {"text", why.text}});
}

}  // namespace stormglass::bus
