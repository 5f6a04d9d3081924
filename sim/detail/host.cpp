// The host's set-up, its clock of clocks, and the lives of processes: who boots, who dies, and what
// the dead leave behind.
#include "sim/detail/host.hpp"

#include <algorithm>

#include "sim/simulated.hpp"

namespace stormglass::sim::detail {
namespace {

constexpr Site kProcessSeed = "sim.process";
constexpr Site kMonotonicBase = "sim.clock.monotonic-base";
constexpr Site kMaybeActive = "sim.maybe.active";
constexpr Site kMaybeFires = "sim.maybe.fires";
constexpr std::uint32_t kQuarter = 250'000;  // ppm: a site is active, and then fires (faults, 12)

std::string_view name_of(HostEvent event) {
    switch (event) {
        case HostEvent::boot:
            return "boot";
        case HostEvent::deliver:
            return "deliver";
        case HostEvent::timer:
            return "timer";
        case HostEvent::storage:
            return "storage";
        case HostEvent::request:
            return "request";
        case HostEvent::reply:
            return "reply";
        case HostEvent::fault:
            return "fault";
        case HostEvent::workload:
            return "workload";
    }
    CHECK(false);
}

KernelLimits limits_of(const WorldOptions& options) {
    return {options.event_budget,
            static_cast<std::uint64_t>(options.time_budget.ns),
            options.stall_limit};
}

}  // namespace

std::uint64_t HostChance::draw(Site site) {
    CHECK(visits_ != nullptr);
    return keyed_draw(process_seed_, site.hash, {life_, ++(*visits_)[site.hash], 0});
}

std::uint64_t HostChance::draw(Site site, Subject about) {
    CHECK(visits_ != nullptr);
    return keyed_draw(~process_seed_, site.hash, about);
}

bool HostChance::maybe(Site site) {
    if (rare_ == RareBranches::off ||
        !happens(keyed_draw(seed_, kMaybeActive.hash, {site.hash}), kQuarter)) {
        return false;
    }
    const std::uint64_t visit = ++(*visits_)[site.hash ^ kMaybeFires.hash];
    return happens(keyed_draw(process_seed_, kMaybeFires.hash, {site.hash, life_, visit}),
                   kQuarter);
}

Host::Host(const WorldOptions& given)
    : options(given),
      trace(options.trace),
      injector(options.seed),
      kernel_(limits_of(options)),
      network_(options.seed),
      chance_(options.seed, options.rare_branches),
      effects_(chance_) {
    processes.emplace_back();
    names.emplace_back("-");
}

Host::~Host() = default;

EventOwner Host::owner(const Process& process, HostEvent event) {
    CHECK(process.life != 0);
    return {process.life,
            static_cast<std::uint16_t>(process.id.value),
            static_cast<std::uint16_t>(event)};
}

EventOwner Host::lifeless(NodeId id, HostEvent event) {
    return {0, static_cast<std::uint16_t>(id.value), static_cast<std::uint16_t>(event)};
}

NodeId Host::add_process(ProcessOptions given, Factory factory) {
    CHECK(!prepared_);
    CHECK(factory != nullptr);
    CHECK(!given.name.empty());
    CHECK(processes.size() < 0xffff);
    Process& process = processes.emplace_back();
    process.id = {static_cast<std::uint32_t>(processes.size() - 1)};
    process.seed = keyed_draw(options.seed, kProcessSeed.hash, {process.id.value});
    process.wall_offset = given.wall_offset.ns;
    process.disk = std::make_unique<Disk>(given.disk.value_or(options.disk), process.seed);
    process.options = std::move(given);
    process.factory = std::move(factory);
    names.push_back(process.options.name);
    return process.id;
}

void Host::set_link(NodeId from, NodeId to, LinkOptions link) {
    CHECK(!prepared_);
    special_links_.push_back({{from, to}, link});
}

void Host::set_schedule(Schedule schedule, std::vector<std::size_t> mask) {
    CHECK(!prepared_);
    injector.install(std::move(schedule), std::move(mask));
}

/// Once, at the first run: the adversary gets its id, links open, faults and boots are scheduled.
void Host::prepare() {
    prepared_ = true;
    Census census;
    for (const Process& process : processes) {
        census.names.push_back(process.options.name);
        census.roles.push_back(process.options.roles);
    }
    census.names.emplace_back();  // no target is the adversary
    census.roles.emplace_back();
    adversary = {static_cast<std::uint32_t>(processes.size())};
    processes.emplace_back().id = adversary;
    names.emplace_back("adversary");
    network_.open(processes.size(), options.link);
    for (const auto& [ends, link] : special_links_) {
        CHECK(network_.knows(ends.first) && network_.knows(ends.second));
        network_.link(ends.first, ends.second).latency = link.latency;
    }
    injector.resolve(census);
    listen();
    for (LiveFault& fault : injector.faults()) {
        if (fault.fault->when.reached.empty()) {
            schedule_arming(fault);
        } else {
            waiting_for_place_.push_back(&fault);
        }
    }
    for (const Process& process : processes) {
        const NodeId id = process.id;
        if (process.factory && process.options.boot == ProcessOptions::Boot::at_start) {
            kernel_.schedule(kernel_.now(), lifeless(id, HostEvent::boot), [this, id] {
                start(this->process(id));
            });
        }
    }
}

void Host::listen() {
    injector.listen(
        {[this](const LiveFault& fault, std::uint64_t draw, Subject about, bool fired) {
             for (Observer* observer : observers) {
                 observer->on_fault_visit(fault.index, about, draw, fired);
             }
             if (fired) {
                 note_fault(fault, FaultEvent::fired);
             }
         },
         [this](const LiveFault& fault) { note_fault(fault, FaultEvent::took_effect); }});
}

void Host::note_fault(const LiveFault& fault, FaultEvent event) {
    if (event == FaultEvent::armed || event == FaultEvent::fired) {
        const bool acts = event == FaultEvent::fired;
        trace.add({now(), {}, TraceKind::fault, 0, acts ? 1U : 0U, fault.id});
    }
    for (Observer* observer : observers) {
        observer->on_fault(fault.index, *fault.fault, event, now());
    }
}

RunEnd Host::run_until(MonotonicTime time) {
    CHECK(!in_step_);
    const CheckScope scope(*this);
    const Simulated simulated;
    if (!prepared_) {
        prepare();
    }
    switch (kernel_.run_until(time.ns)) {
        case KernelStop::reached:
            return end_ = RunEnd::reached;
        case KernelStop::event_budget:
            return end_ = RunEnd::event_budget;
        case KernelStop::time_budget:
            return end_ = RunEnd::time_budget;
        case KernelStop::stalled:
            return end_ = RunEnd::stalled;
        case KernelStop::stopped:
            return end_ = RunEnd::stopped;
    }
    CHECK(false);
}

std::string Host::end_text() const {
    switch (end_) {
        case RunEnd::reached:
            return "reached " + format_time(now());
        case RunEnd::stopped:
            return "stopped at " + format_time(now());
        case RunEnd::event_budget:
            return "the budget of " + std::to_string(options.event_budget) +
                   " events was used up at " + format_time(now());
        case RunEnd::time_budget:
            return "the budget of virtual time was used up at " + format_time(now());
        case RunEnd::stalled:
            break;
    }
    std::string text = std::to_string(options.stall_limit) + " events at " + format_time(now()) +
                       " without time advancing; the last ones:";
    constexpr std::size_t kRowsMax = 6;
    const auto shares = kernel_.stall_report();
    for (std::size_t i = 0; i < std::min(shares.size(), kRowsMax); ++i) {
        text += i == 0 ? " " : ", ";
        text += names[shares[i].process] + " ";
        text += name_of(static_cast<HostEvent>(shares[i].kind));
        text += " x " + std::to_string(shares[i].count);
    }
    return text;
}

std::size_t Host::outstanding() const {
    std::size_t count = network_.in_flight() + requests_.size();
    for (const Process& process : processes) {
        count += process.disk ? process.disk->under_way() : 0;
    }
    return count;
}

void Host::describe(std::FILE* out) const {
    constexpr std::size_t kLines = 20;
    const std::string text = "  seed " + std::to_string(options.seed) + ", time " +
                             format_time(now()) + ", node " + names[current_.value] +
                             "\n  the last events:\n" + trace.last_lines(names, kLines);
    std::fputs(text.c_str(), out);
}

void Host::at(MonotonicTime time, std::function<void()> action) {
    CHECK(action != nullptr);
    kernel_.schedule(time.ns, lifeless({}, HostEvent::workload), std::move(action));
}

Process& Host::process(NodeId id) {
    CHECK(id.value != 0 && id.value < processes.size());
    return processes[id.value];
}

const Process& Host::process(NodeId id) const {
    CHECK(id.value != 0 && id.value < processes.size());
    return processes[id.value];
}

Moment Host::moment(const Process& process) const {
    return {
        {kernel_.now() + process.monotonic_base},
        {options.wall_start.ns + static_cast<std::int64_t>(kernel_.now()) + process.wall_offset}};
}

void Host::start(Process& process) {
    CHECK(process.factory != nullptr);
    CHECK(!in_step_);
    if (process.node != nullptr) {
        return;
    }
    kernel_.cancel(process.restart);
    process.restart = {};
    process.crashed_by_fault = false;
    ++process.life;
    process.visits.clear();
    const auto base_max = static_cast<std::uint64_t>(options.monotonic_base_max.ns);
    process.monotonic_base =
        bounded(keyed_draw(process.seed, kMonotonicBase.hash, {process.life}), base_max + 1);
    process.node = process.factory();
    CHECK(process.node != nullptr);
    trace.add({now(), process.id, TraceKind::start, 0, process.life, {}});
    for (Observer* observer : observers) {
        observer->on_start(process.id, process.life, now());
    }
    const auto files = process.disk->files();
    recovered_.assign(files.begin(), files.end());
    begin_step(process);
    process.node->start({recovered_}, moment(process), effects_);
    end_step(process);
    if (process.life > 1 && process.node != nullptr) {
        replay_memory(process);
    }
}

/// Everything of that life is gone: memory, timers, storage answers. Frames go on their way.
void Host::crash(Process& process) {
    CHECK(!in_step_);
    if (process.node == nullptr) {
        return;
    }
    std::vector<LiveFault*> blamed;
    const CrashPlan plan = crash_plan(process, blamed);
    const CrashOutcome outcome = process.disk->crash(plan);
    for (const LiveFault* fault : blamed) {
        // A name alone is no loss: an empty file that is gone, or a removed one that is back, tells
        // whoever comes back nothing else than before.
        const std::uint32_t touched =
            fault->kind() == FaultKind::torn_write ? outcome.writes_torn : outcome.writes_lost;
        if (touched != 0) {
            injector.took_effect(fault->index);
        }
    }
    process.node.reset();
    kernel_.drop_life(static_cast<std::uint16_t>(process.id.value), process.life);
    process.timers.clear();
    process.clock_faults.clear();
    trace.add({now(), process.id, TraceKind::crash, 0, process.life, {}});
    for (Observer* observer : observers) {
        observer->on_crash(process.id, process.life, now());
    }
    for (auto& [id, request] : requests_) {
        if (request.to == process.id && request.life == process.life && !request.done) {
            finish_request({id}, ReplyStatus::lost);
        }
    }
}

void Host::heal() {
    for (LiveFault& fault : injector.faults()) {
        disarm(fault.index);
    }
    waiting_for_place_.clear();
    for (Process& process : processes) {
        if (process.factory && process.node == nullptr && process.crashed_by_fault) {
            start(process);
        }
    }
}

}  // namespace stormglass::sim::detail
