#include "bus/admission.hpp"

#include <algorithm>

#include "runtime/check.hpp"

namespace stormglass::bus {

// ---- who may connect ----

SourceTable::SourceTable(std::vector<SourceOptions> sources) : sources_(std::move(sources)) {
    std::sort(sources_.begin(), sources_.end(), [](const auto& a, const auto& b) {
        return a.source < b.source;
    });
    for (std::uint32_t id = 0; id < size(); ++id) {
        CHECK(by_name(sources_[id].source) == kNone);
        CHECK(!knows_key(sources_[id].key_id));      // one key, one source
        CHECK(by_node(sources_[id].node) == kNone);  // one node, one source
        index(id);
    }
}

void SourceTable::index(std::uint32_t id) {
    const SourceOptions& source = sources_[id];
    const auto name = std::lower_bound(
        names_.begin(), names_.end(), source.source, [&](std::uint32_t at, const std::string& v) {
            return sources_[at].source < v;
        });
    names_.insert(name, id);
    const std::pair node(source.node, id);
    nodes_.insert(std::lower_bound(nodes_.begin(), nodes_.end(), node), node);
    keys_.insert(std::lower_bound(keys_.begin(), keys_.end(), source.key_id), source.key_id);
}

Result<std::uint32_t> SourceTable::declare(const SourceOptions& source) {
    const std::uint32_t known = by_name(source.source);
    if (known != kNone && sources_[known].key_id == source.key_id &&
        sources_[known].node == source.node) {
        return known;
    }
    if (known != kNone || knows_key(source.key_id) || by_node(source.node) != kNone) {
        return Error{"source.conflict",
                     source.source + ": its name, key or node is another source's already"};
    }
    sources_.push_back(source);
    index(size() - 1);
    return size() - 1;
}

std::uint32_t SourceTable::by_name(std::string_view source) const {
    const auto at = std::lower_bound(
        names_.begin(), names_.end(), source, [&](std::uint32_t id, std::string_view v) {
            return sources_[id].source < v;
        });
    const bool found = at != names_.end() && sources_[*at].source == source;
    return found ? *at : kNone;
}

std::uint32_t SourceTable::by_node(NodeId node) const {
    const auto at = std::lower_bound(nodes_.begin(), nodes_.end(), std::pair(node, 0U));
    return at != nodes_.end() && at->first == node ? at->second : kNone;
}

bool SourceTable::knows_key(std::string_view key_id) const {
    return std::binary_search(keys_.begin(), keys_.end(), key_id, std::less<>{});
}

// ---- the checks ----

Admission::Admission(const BrokerOptions& options,
                     const SourceTable& sources,
                     Signing& signing,
                     const Rules& rules,
                     const ReplayState& replay)
    : options_(&options),
      sources_(&sources),
      signing_(&signing),
      rules_(&rules),
      replay_(&replay),
      audience_prefix_(options.bus_id + "/") {}

const AdmissionVerdict& Admission::judge(const AdmissionRequest& request) {
    CHECK(!request.events.empty());
    request_ = &request;
    verdict_ = {};
    replayed_ = ReplayVerdict::fresh;
    source_ = SourceTable::kNone;
    events_.clear();
    digests_.clear();
    for (const AdmissionStep next : rules_->admission_order()) {
        if (!step(next)) {
            return verdict_;
        }
    }
    stop(Kind::admitted);
    return verdict_;
}

bool Admission::step(AdmissionStep step) {
    switch (step) {
        case AdmissionStep::attributes:
            return attributes();
        case AdmissionStep::audience:
            return audience();
        case AdmissionStep::key:
            return key();
        case AdmissionStep::replay_read:
            return replay_read();
        case AdmissionStep::time:
            return time();
        case AdmissionStep::signature:
            return signature();
        case AdmissionStep::link:
            return link();
        case AdmissionStep::replay_update:
            overlay_.admit(run(), *replay_);
            return true;
    }
    CHECK(false);
}

bool Admission::stop(Kind kind, std::string_view code, Alarm alarm) {
    verdict_.kind = kind;
    verdict_.code = code;
    verdict_.alarm = alarm;
    return kind == Kind::admitted;
}

bool Admission::refuse(std::string_view code, std::string text) {
    const bool alarming = is_security(reason_for_code(code)) ||
                          sources_->by_node(request_->from) == SourceTable::kNone;
    verdict_.text = std::move(text);
    return stop(Kind::refused, code, alarming ? Alarm::yes : Alarm::no);
}

bool Admission::attributes() {
    for (const wire::WireEvent& item : request_->events) {
        verdict_.event = static_cast<std::uint32_t>(events_.size());
        Result<EventView> event = decode_event(item.event);
        if (!event.ok()) {
            return refuse(event.error().code, event.error().text);
        }
        events_.push_back(event.value());
        digests_.push_back(short_digest(signing_->digest(item.event)));
    }
    verdict_.source = events_[0].source;
    verdict_.epoch = events_[0].epoch;
    verdict_.first = events_[0].sequence;
    source_ = sources_->by_name(verdict_.source);
    verdict_.bound = source_ != SourceTable::kNone && sources_->at(source_).node == request_->from;
    return same_run();
}

// The events of a batch are one source's, of one epoch, with consecutive sequences.
bool Admission::same_run() {
    for (std::size_t i = 0; i < events_.size(); ++i) {
        const EventView& event = events_[i];
        verdict_.event = static_cast<std::uint32_t>(i);
        if (event.source != verdict_.source) {
            return refuse("EV_SOURCE_INVALID", "a batch has one source");
        }
        if (event.epoch != verdict_.epoch ||
            (!request_->any_epoch && event.epoch != request_->epoch)) {
            return refuse("EV_EPOCH_INVALID", "a batch has one epoch");
        }
        if (event.sequence != verdict_.first + i || event.sequence == 0) {
            return refuse("EV_SEQUENCE_INVALID", "sequences of a batch are consecutive");
        }
    }
    verdict_.event = 0;
    return true;
}

bool Admission::audience() {
    for (std::size_t i = 0; i < events_.size(); ++i) {
        if (!events_[i].audience.starts_with(audience_prefix_)) {
            verdict_.event = static_cast<std::uint32_t>(i);
            return refuse("EV_AUDIENCE", "meant for another bus");
        }
    }
    return true;
}

bool Admission::key() {
    for (std::size_t i = 0; i < events_.size(); ++i) {
        const std::string_view key_id = events_[i].key_id;
        if (source_ != SourceTable::kNone && sources_->at(source_).key_id == key_id) {
            continue;
        }
        verdict_.event = static_cast<std::uint32_t>(i);
        return refuse(sources_->knows_key(key_id) ? "EV_KEY_SOURCE" : "EV_KEY_UNKNOWN");
    }
    return true;
}

bool Admission::replay_read() {
    replayed_ = replay_->judge(run(), &overlay_);
    if (!verdict_.bound) {
        return replay_read_unbound(replayed_);
    }
    switch (replayed_) {
        case ReplayVerdict::duplicate:
            return stop(Kind::duplicate);
        case ReplayVerdict::pending:
            return stop(Kind::pending);
        case ReplayVerdict::stale_epoch:
            return stop(Kind::dropped, "EV_EPOCH_STALE");
        case ReplayVerdict::abandoned:
            return refuse("EV_SEQ_GAP", "given up for lost before it came");
        case ReplayVerdict::sequence_jump:
            return refuse("EV_SEQUENCE_INVALID", "too far ahead of what was accepted");
        case ReplayVerdict::too_many_holes:
            return stop(Kind::overloaded);
        case ReplayVerdict::reused:
        case ReplayVerdict::epoch_jump:
            return true;  // grave enough to be sure first: the signature decides
        case ReplayVerdict::fresh:
            break;
    }
    if (request_->follows != 0 &&
        !overlay_.contains(verdict_.source, verdict_.epoch, request_->follows, *replay_)) {
        return stop(Kind::early);
    }
    return true;
}

// Whatever comes over a foreign link is refused; what is left to find out is as what.
bool Admission::replay_read_unbound(ReplayVerdict verdict) {
    CHECK(!verdict_.bound);
    if (verdict == ReplayVerdict::duplicate || verdict == ReplayVerdict::pending) {
        return refuse("EV_REPLAY", "a copy of an accepted event, over a link not its source's");
    }
    return true;
}

bool Admission::time() {
    if (!verdict_.bound) {
        return true;  // the signature tells a replay from a forgery, whatever their age
    }
    for (std::size_t i = 0; i < events_.size(); ++i) {
        verdict_.event = static_cast<std::uint32_t>(i);
        const Result<WallTime> written = parse_time(events_[i].time);
        if (!written.ok() || written.value() > request_->now + options_->timeouts.ahead_max) {
            return refuse("EV_TIME_SKEW", "its time lies in the future");
        }
        if (events_[i].expiry_time.empty()) {
            continue;
        }
        const Result<WallTime> expiry = parse_time(events_[i].expiry_time);
        if (expiry.ok() && expiry.value() < request_->now) {
            return refuse("EV_EXPIRED", "expired before it arrived");
        }
    }
    verdict_.event = 0;
    return true;
}

bool Admission::signature() {
    for (std::size_t i = 0; i < events_.size(); ++i) {
        if (Result<void> verified = verify_event(events_[i], *signing_); !verified.ok()) {
            verdict_.event = static_cast<std::uint32_t>(i);
            return refuse(verified.error().code, verified.error().text);
        }
    }
    return true;
}

// Also what was too grave to be told before the signature held.
bool Admission::link() {
    if (!verdict_.bound) {
        return refuse("EV_REPLAY", "authentic, but over a link that is not its source's");
    }
    if (replayed_ == ReplayVerdict::reused) {
        return refuse("EV_SEQ_REUSED", "the sequence was used by other bytes");
    }
    if (replayed_ == ReplayVerdict::epoch_jump) {
        return refuse("EV_EPOCH_JUMP", "an epoch that nobody granted");
    }
    return true;
}

}  // namespace stormglass::bus
