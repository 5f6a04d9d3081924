// Ranges, targets and visits: which armed fault acts when.
#include "sim/injector.hpp"

#include <algorithm>

#include "runtime/check.hpp"
#include "sim/glob.hpp"

namespace stormglass::sim {
namespace {

constexpr Site kParameter = "sim.fault.parameter";
constexpr Site kTriggerProbability = "sim.fault.trigger-probability";
constexpr Site kFires = "sim.fault.probability";

std::vector<std::uint8_t> matching(const Census& census, std::string_view pattern) {
    std::vector<std::uint8_t> found(census.names.size(), 0);
    for (std::size_t id = 1; id < found.size(); ++id) {
        found[id] = fits_pattern(pattern, census.names[id]) ? 1 : 0;
    }
    return found;
}

std::vector<std::uint8_t> node_targets(const Census& census, const Target& target) {
    std::vector<std::uint8_t> found = matching(census, target.node.empty() ? "*" : target.node);
    for (std::size_t id = 1; id < found.size() && !target.role.empty(); ++id) {
        const auto& roles = census.roles[id];
        if (std::find(roles.begin(), roles.end(), target.role) == roles.end()) {
            found[id] = 0;
        }
    }
    return found;
}

}  // namespace

void Injector::install(Schedule schedule, std::vector<std::size_t> mask) {
    CHECK(validate(schedule).ok());
    schedule_ = std::move(schedule);
    counters_.assign(schedule_.size(), {});
    decisions_.assign(schedule_.size(), 0);
    live_.clear();
    live_.resize(schedule_.size());
    for (std::size_t i = 0; i < live_.size(); ++i) {
        live_[i].fault = &schedule_[i];
        live_[i].index = i;
        live_[i].id = id_of(schedule_[i], i);
        live_[i].site = chain64(seed_, name_hash(live_[i].id));
        live_[i].masked = std::find(mask.begin(), mask.end(), i) != mask.end();
    }
}

void Injector::keep(const Reduction& kept) {
    for (LiveFault& live : live_) {
        live.kept = kept.of_fault(live.index);
    }
}

void Injector::recall(std::vector<Recall> subjects) {
    CHECK(subjects.size() == live_.size());
    recalls_ = std::move(subjects);
    for (LiveFault& live : live_) {
        live.recall = &recalls_[live.index];
    }
}

void Injector::resolve(const Census& census) {
    for (LiveFault& live : live_) {
        live.strength = strength_of(live);
        live.from = matching(census, live.fault->target.from);
        live.to = matching(census, live.fault->target.to);
        live.nodes = node_targets(census, live.fault->target);
    }
}

std::int64_t Injector::drawn(const LiveFault& live, std::string_view what, Range range) const {
    CHECK(range.low <= range.high);
    const auto width =
        static_cast<std::uint64_t>(range.high) - static_cast<std::uint64_t>(range.low);
    if (width == 0) {
        return range.low;
    }
    const std::uint64_t draw = keyed_draw(live.site, kParameter.hash, {name_hash(what)});
    return range.low + static_cast<std::int64_t>(bounded(draw, width + 1));
}

std::int64_t Injector::number(const LiveFault& live, std::string_view parameter) const {
    for (const Parameter& given : live.fault->with) {
        if (given.name == parameter) {
            return drawn(live, parameter, given.value);
        }
    }
    for (const ParameterInfo& info : parameters_of(live.kind())) {
        if (info.name == parameter) {
            return info.fallback;
        }
    }
    return parameter == "probability" ? kMillion : 0;
}

std::string_view Injector::word(const LiveFault& live, std::string_view parameter) const {
    for (const Parameter& given : live.fault->with) {
        if (given.name == parameter) {
            return given.word;
        }
    }
    for (const ParameterInfo& info : parameters_of(live.kind())) {
        if (info.name == parameter) {
            return info.words.substr(0, info.words.find('|'));
        }
    }
    return {};
}

Strength Injector::strength_of(const LiveFault& live) const {
    const Trigger& when = live.fault->when;
    Strength s;
    s.probability = static_cast<std::uint32_t>(number(live, "probability"));
    s.trigger_probability = static_cast<std::uint32_t>(when.probability);
    const auto distribution = distribution_kind(word(live, "distribution"));
    s.extra = Distribution::with_mean(distribution.value_or(DistributionKind::constant),
                                      {number(live, "mean")});
    s.copies = static_cast<std::uint64_t>(number(live, "copies"));
    s.lag = {number(live, "lag")};
    s.displacement = static_cast<std::uint64_t>(number(live, "displacement"));
    s.hold = {number(live, "hold")};
    s.downtime = {number(live, "downtime")};
    s.step = {number(live, "step")};
    if (live.kind() == FaultKind::torn_write) {
        s.sector = static_cast<std::uint32_t>(number(live, "sector"));
    }
    s.memory = static_cast<std::uint64_t>(number(live, "memory"));
    s.mode = word(live, "mode");
    s.point = word(live, "at");
    s.text = live.kind() == FaultKind::forge_source ? word(live, "agent") : word(live, "field");
    s.before = word(live, "side") == "before";
    s.in_place = word(live, "in-place") == "yes";
    s.after = static_cast<std::uint64_t>(drawn(live, "after", when.after));
    if (when.duration) {
        s.duration = static_cast<std::uint64_t>(drawn(live, "for", *when.duration));
    }
    return s;
}

void Injector::arm(LiveFault& fault) {
    CHECK(fault.state == LiveFault::State::waiting);
    fault.state = LiveFault::State::armed;
    ++counters_[fault.index].armed;
}

void Injector::disarm(LiveFault& fault) {
    fault.state = LiveFault::State::ended;
}

bool Injector::visit(LiveFault& fault, Subject about) {
    CHECK(fault.armed());
    const std::uint32_t visit = ++fault.visits;
    if (fault.masked) {
        return false;
    }
    ++counters_[fault.index].eligible;
    const auto& nth = fault.fault->when.nth;
    const std::uint64_t draw = this->draw(fault, kFires, about);
    bool fires = nth.empty() || std::find(nth.begin(), nth.end(), visit) != nth.end();
    fires = fires && happens(draw, fault.strength.probability);
    fires = fires && (fault.strength.trigger_probability == kMillion ||
                      happens(this->draw(fault, kTriggerProbability, about),
                              fault.strength.trigger_probability));
    if (fault.recall != nullptr) {
        const auto& subjects = fault.recall->subjects;
        fires = std::binary_search(subjects.begin(), subjects.end(), subject_hash(about));
    } else if (fires) {
        fires = fault.kept.contains(decisions_[fault.index]);
        ++decisions_[fault.index];
    }
    counters_[fault.index].fired += fires ? 1 : 0;
    if (listener_.visit) {
        listener_.visit(fault, draw, about, fires);
    }
    return fires;
}

void Injector::took_effect(std::size_t index) {
    CHECK(index < counters_.size());
    ++counters_[index].took_effect;
    if (listener_.took_effect) {
        listener_.took_effect(live_[index]);
    }
}

}  // namespace stormglass::sim
