// Faults that come by themselves: arming and disarming, partitions, crashes, clocks.
#include <algorithm>

#include "sim/detail/host.hpp"
#include "sim/glob.hpp"

namespace stormglass::sim::detail {
namespace {

constexpr Site kChoice = "sim.fault.choice";
constexpr Site kCrashPlan = "sim.disk.crash-plan";

bool is_one_of(const std::vector<std::string>& patterns, std::string_view name) {
    return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
        return fits_pattern(pattern, name);
    });
}

void insert_in_order(std::vector<LiveFault*>& list, LiveFault& fault) {
    const auto place = std::find_if(list.begin(), list.end(), [&](const LiveFault* other) {
        return other->index > fault.index;
    });
    list.insert(place, &fault);
}

}  // namespace

void Host::schedule_arming(LiveFault& fault) {
    const std::size_t index = fault.index;
    kernel_.schedule(kernel_.now() + fault.strength.after,
                     lifeless({}, HostEvent::fault),
                     [this, index] { arm(index); });
}

void Host::arm(std::size_t index) {
    LiveFault& fault = injector.faults()[index];
    if (fault.state != LiveFault::State::waiting) {
        return;  // healed before its time came
    }
    if (fault.strength.duration == 0U) {
        return;  // a window of length zero
    }
    injector.arm(fault);
    note_fault(fault, FaultEvent::armed);
    if (fault.strength.duration) {
        kernel_.schedule(kernel_.now() + *fault.strength.duration,
                         lifeless({}, HostEvent::fault),
                         [this, index] { disarm(index); });
    }
    act(fault);
}

void Host::disarm(std::size_t index) {
    LiveFault& fault = injector.faults()[index];
    const bool was_armed = fault.armed();
    injector.disarm(fault);
    if (!was_armed) {
        return;
    }
    for (auto* list :
         {&frame_faults_, &taps_, &cutters_, &crash_points_, &disk_faults_, &custom_faults_}) {
        std::erase(*list, &fault);
    }
    for (const auto& [from, to] : fault.cuts) {
        Link& link = network_.link(from, to);
        CHECK(link.cuts > 0);
        --link.cuts;
    }
    fault.cuts.clear();
    note_fault(fault, FaultEvent::ended);
}

void Host::act(LiveFault& fault) {
    switch (fault.kind()) {
        case FaultKind::delay:
        case FaultKind::loss:
        case FaultKind::duplicate:
        case FaultKind::reorder:
            insert_in_order(frame_faults_, fault);
            act_on_frames(fault);
            return;
        case FaultKind::partition_complete:
        case FaultKind::partition_simplex:
            partition(fault);
            return;
        case FaultKind::isolate:
            isolate(fault);
            return;
        case FaultKind::crash:
            crash_one(fault);
            return;
        case FaultKind::crash_at:
            insert_in_order(crash_points_, fault);
            return;
        case FaultKind::lose_unsynced:
        case FaultKind::torn_write:
            insert_in_order(disk_faults_, fault);
            return;
        case FaultKind::clock_step_forward:
        case FaultKind::clock_step_back:
            step_clocks(fault);
            return;
        case FaultKind::replay_soon:
        case FaultKind::replay_after_restart:
        case FaultKind::forge_source:
        case FaultKind::alter_field:
            insert_in_order(taps_, fault);
            return;
        case FaultKind::custom:
            insert_in_order(custom_faults_, fault);
            return;
    }
    CHECK(false);
}

/// A rule meets the frames that are in flight when it arms.
void Host::act_on_frames(LiveFault& fault) {
    for (const std::uint32_t index : frames_in_flight()) {
        const std::uint64_t due = network_.frame(index).due;
        if (network_.frame(index).link_sequence == 0) {
            continue;  // a copy
        }
        described_ = ~index;
        consider(fault, index);
        Frame& frame = network_.frame(index);
        if (!frame.ghost && frame.due != due) {
            frame.event = kernel_.move(frame.event, frame.due);
        }
    }
}

void Host::partition(LiveFault& fault) {
    const Target& target = fault.fault->target;
    std::vector<std::pair<NodeId, NodeId>> links;
    for (const Process& a : processes) {
        for (const Process& b : processes) {
            if (!a.factory || !b.factory || !is_one_of(target.side_a, a.options.name)) {
                continue;
            }
            const bool across = target.side_b.empty() ? !is_one_of(target.side_a, b.options.name)
                                                      : is_one_of(target.side_b, b.options.name);
            if (!across || a.id == b.id) {
                continue;
            }
            links.emplace_back(a.id, b.id);
            if (fault.kind() == FaultKind::partition_complete) {
                links.emplace_back(b.id, a.id);
            }
        }
    }
    cut_links(fault, std::move(links));
}

void Host::isolate(LiveFault& fault) {
    const std::vector<NodeId> possible = candidates(fault);
    if (possible.empty()) {
        return;
    }
    const NodeId chosen = possible[bounded(injector.draw(fault, kChoice, {}), possible.size())];
    std::vector<std::pair<NodeId, NodeId>> links;
    for (const Process& other : processes) {
        if (other.factory && other.id != chosen) {
            links.emplace_back(chosen, other.id);
            links.emplace_back(other.id, chosen);
        }
    }
    cut_links(fault, std::move(links));
}

/// Cuts the links and drops what is in flight on them.
void Host::cut_links(LiveFault& fault, std::vector<std::pair<NodeId, NodeId>> links) {
    if (links.empty() || !injector.visit(fault, {})) {
        return;
    }
    std::sort(links.begin(), links.end());
    links.erase(std::unique(links.begin(), links.end()), links.end());
    fault.cuts = std::move(links);
    insert_in_order(cutters_, fault);
    for (const auto& [from, to] : fault.cuts) {
        ++network_.link(from, to).cuts;
    }
    for (const std::uint32_t index : frames_in_flight()) {
        const Frame& frame = network_.frame(index);
        const std::pair link{frame.from, frame.to};
        if (std::binary_search(fault.cuts.begin(), fault.cuts.end(), link)) {
            cut(index);
        }
    }
}

/// The processes a node target means now: the oracle's holders of the role, or the static ones.
std::vector<NodeId> Host::candidates(const LiveFault& fault) const {
    const Target& target = fault.fault->target;
    std::vector<NodeId> found;
    if (oracle && !target.role.empty()) {
        for (const NodeId id : oracle(target.role)) {
            if (target.node.empty() || fits_pattern(target.node, process(id).options.name)) {
                found.push_back(id);
            }
        }
    }
    if (!found.empty()) {
        return found;
    }
    for (const Process& process : processes) {
        if (process.factory && fault.nodes[process.id.value] != 0) {
            found.push_back(process.id);
        }
    }
    return found;
}

void Host::crash_one(LiveFault& fault) {
    std::vector<NodeId> possible = candidates(fault);
    std::erase_if(possible, [this](NodeId id) { return process(id).node == nullptr; });
    if (possible.empty() || !injector.visit(fault, {})) {
        return;
    }
    Process& victim =
        process(possible[bounded(injector.draw(fault, kChoice, {}), possible.size())]);
    const bool effect = has_something_to_lose(victim);
    crash_for(victim, fault);
    if (effect) {
        injector.took_effect(fault.index);
    }
}

/// Kills the process and schedules its next life.
void Host::crash_for(Process& process, LiveFault& fault) {
    crash(process);
    process.crashed_by_fault = true;
    const NodeId id = process.id;
    const auto downtime = static_cast<std::uint64_t>(fault.strength.downtime.ns);
    process.restart = kernel_.schedule(kernel_.now() + downtime,
                                       lifeless(id, HostEvent::boot),
                                       [this, id] { start(this->process(id)); });
}

bool Host::has_something_to_lose(const Process& process) {
    if (process.disk->has_unsynced() || process.disk->under_way() != 0 ||
        kernel_.count(owner(process, HostEvent::timer)) != 0) {
        return true;
    }
    for (const std::uint32_t index : frames_in_flight()) {
        const Frame& frame = network_.frame(index);
        if (frame.from == process.id || frame.to == process.id) {
            return true;
        }
    }
    return false;
}

/// What armed disk faults make of this crash; `blamed` are those that fired.
CrashPlan Host::crash_plan(Process& process, std::vector<LiveFault*>& blamed) {
    const Subject about{process.id.value, process.life, 0};
    CrashPlan plan;
    plan.draw = keyed_draw(options.seed, kCrashPlan.hash, about);
    if (!process.disk->has_unsynced() && process.disk->under_way() == 0) {
        return plan;
    }
    for (LiveFault* fault : disk_faults_) {
        if (fault->nodes[process.id.value] == 0 || !injector.visit(*fault, about)) {
            continue;
        }
        blamed.push_back(fault);
        const std::string_view mode = fault->strength.mode;
        if (fault->kind() == FaultKind::torn_write) {
            plan.torn = mode == "front" ? TornMode::front : TornMode::subset;
            plan.sector = fault->strength.sector;
        } else {
            plan.loss = mode == "all"      ? LossMode::all
                        : mode == "prefix" ? LossMode::prefix
                                           : LossMode::subset;
        }
    }
    return plan;
}

void Host::step_clocks(LiveFault& fault) {
    const std::int64_t step = fault.kind() == FaultKind::clock_step_forward
                                  ? fault.strength.step.ns
                                  : -fault.strength.step.ns;
    if (step == 0) {
        return;
    }
    for (const NodeId id : candidates(fault)) {
        if (injector.visit(fault, {id.value})) {
            process(id).wall_offset += step;
            process(id).clock_faults.push_back(fault.index);
        }
    }
}

std::optional<FaultVisit> Host::visit(std::string_view kind, NodeId node, Subject about) {
    constexpr Site kCustom = "sim.fault.custom";
    for (LiveFault* fault : custom_faults_) {
        const bool here = node.value == 0 || fault->nodes[process(node).id.value] != 0;
        if (fault->fault->custom == kind && here && injector.visit(*fault, about)) {
            return FaultVisit{fault->index, injector.draw(*fault, kCustom, about)};
        }
    }
    return std::nullopt;
}

}  // namespace stormglass::sim::detail
