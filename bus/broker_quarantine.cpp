#include "bus/broker_quarantine.hpp"

#include <algorithm>

#include "bus/notes.hpp"
#include "runtime/check.hpp"

namespace stormglass::bus {
namespace {

constexpr std::uint32_t kInFullPerMinute = 100;
constexpr std::size_t kOwnBytes = 1'024;  // of the entry, beside the refused bytes
constexpr std::int64_t kMinuteNs = minutes(1).ns;

}  // namespace

void Quarantine::refuse(const SecurityRefusal& refusal, Moment now, Effects& out) {
    CHECK(!refusal.code.empty());
    const Reason reason = reason_for_code(refusal.code);
    ++total_;
    out.note(notes::kRefused,
             {{"code", refusal.code},
              {"from", refusal.from.value},
              {"epoch", refusal.epoch},
              {"sequence", refusal.sequence},
              {"source", refusal.source},
              {"security", 1}});
    out.note(notes::kAlarm,
             {{"cause", name_of(reason)},
              {"code", refusal.code},
              {"from", refusal.from.value},
              {"epoch", refusal.epoch},
              {"sequence", refusal.sequence},
              {"source", refusal.source}});
    if (reason == Reason::sig_invalid) {
        COVER(out, "bus.forgery-refused");
    }
    if (reason == Reason::replay) {
        COVER(out, "bus.replay-refused");
    }
    // Names that nobody declared share one budget: an attacker can make up any number of them.
    const bool declared = core_->sources.by_name(refusal.source) != SourceTable::kNone;
    const std::string_view budget = declared ? refusal.source : std::string_view{};
    auto at = minutes_.find(budget);
    if (at == minutes_.end()) {
        at = minutes_.emplace(std::string(budget), Minute{}).first;
    }
    const std::int64_t minute = core_->time(now).ns / kMinuteNs;
    if (at->second.minute != minute) {
        at->second = {minute, 0};
    }
    if (++at->second.count > kInFullPerMinute) {
        ++only_counted_;
        return;
    }
    entry::Refused kept;
    kept.at = core_->time(now);
    kept.source = budget;
    kept.from = refusal.from.value;
    kept.reason = reason;
    kept.code = refusal.code;
    const std::size_t room = core_->replica->body_bytes_max() - kOwnBytes;
    const std::size_t most = std::min(room, wire::kEventBytesMax);
    kept.bytes = refusal.bytes.first(std::min(refusal.bytes.size(), most));
    core_->propose(entry::Kind::refused, kept, Urgency::lazy);
}

}  // namespace stormglass::bus
