#include "scenarios/gtest/trial.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "reports/terminal.hpp"
#include "runtime/check.hpp"
#include "runtime/cover.hpp"
#include "scenarios/faults/translate.hpp"
#include "scenarios/files/input_file.hpp"
#include "scenarios/files/scenario.hpp"
#include "scenarios/files/yaml.hpp"
#include "scenarios/gtest/repeat.hpp"
#include "scenarios/runs/decisions.hpp"
#include "scenarios/runs/engine.hpp"
#include "scenarios/runs/story.hpp"

namespace stormglass::trial {
namespace {

constexpr std::uint64_t kEventBudget = 5'000'000;
constexpr Duration kPoll = milliseconds(250);
constexpr std::uint32_t kLinesTold = 20;
constexpr Duration kFaultsEndMax = minutes(2);  // a window longer than this is cut by the heal

/// Marks and the notes that are probes: what a run came by.
class Reached final : public sim::Observer {
  public:
    explicit Reached(const std::vector<std::string>& probes) : probes_(probes) {}

    void on_cover(NodeId, std::uint32_t, MonotonicTime, Site mark) override { add(mark.name); }

    void on_note(NodeId, std::uint32_t, MonotonicTime, const Note& note) override {
        if (std::find(probes_.begin(), probes_.end(), note.kind.name) != probes_.end()) {
            add(note.kind.name);
        }
    }

    std::vector<std::string> names;

  private:
    void add(std::string_view name) {
        if (std::find(names.begin(), names.end(), name) == names.end()) {
            names.emplace_back(name);
        }
    }

    const std::vector<std::string>& probes_;
};

std::string resolved(const Place& place) {
    namespace fs = std::filesystem;
    const fs::path file = place.file;
    if (file.is_absolute() || place.folder.empty()) {
        const fs::path beside = fs::path(place.source).parent_path() / file;
        return file.is_absolute() ? place.file : beside.string();
    }
    return (fs::path(place.folder) / file).string();
}

Scenario made_of(const scenarios::Scenario& scenario, sim::Schedule faults) {
    Scenario values;
    values.name = scenario.name;
    values.faults = std::move(faults);
    const scenarios::Range latency = scenario.topology.latency;
    values.link.latency =
        sim::Distribution::uniform(nanoseconds(latency.lo), nanoseconds(latency.hi));
    values.choices = static_cast<std::uint32_t>(scenario.workload.count);
    values.every = scenario.workload.every;
    values.quiesce = scenario.quiesce;
    for (const scenarios::CheckUse& use : scenario.check.sometimes) {
        values.sometimes.push_back(use.name);
    }
    values.hash = name_hash(scenario.hash);
    return values;
}

/// A fingerprint of a scenario without a file.
std::uint64_t hash_of(const Scenario& values) {
    std::uint64_t hash = chain64(name_hash(values.name), values.choices);
    hash = chain64(hash, static_cast<std::uint64_t>(values.every.ns));
    hash = chain64(hash, static_cast<std::uint64_t>(values.quiesce.ns));
    for (std::size_t i = 0; i < values.faults.size(); ++i) {
        const sim::Fault& fault = values.faults[i];
        hash = chain64(hash, name_hash(sim::id_of(fault, i)));
        hash = chain64(
            hash, name_hash(fault.target.node + "|" + fault.target.from + "|" + fault.target.to));
        hash = chain64(hash, static_cast<std::uint64_t>(fault.when.after.high));
        for (const sim::Parameter& parameter : fault.with) {
            hash = chain64(hash, name_hash(parameter.name + "=" + parameter.word));
            hash = chain64(hash, static_cast<std::uint64_t>(parameter.value.low));
            hash = chain64(hash, static_cast<std::uint64_t>(parameter.value.high));
        }
    }
    return hash;
}

/// The workload, and whatever a fault's window lasts beyond it.
Duration active_span(const Scenario& scenario) {
    std::int64_t end = (scenario.every * (std::int64_t{scenario.choices} + 1)).ns;
    for (const sim::Fault& fault : scenario.faults) {
        const std::int64_t window = fault.when.duration.value_or(sim::Range{}).high;
        end = std::max(end, std::min(fault.when.after.high + window, kFaultsEndMax.ns));
    }
    return {end};
}

}  // namespace

/// What a telling wants of a run besides its outcome.
struct Trial::Telling {
    std::string lines;
    std::vector<scenarios::NamedDecision> decisions;
};

Trial::Trial(Scenario values, Body body) : scenario_(std::move(values)), body_(std::move(body)) {
    const auto valid = sim::validate(scenario_.faults);
    problems_ = valid.ok() ? std::string() : valid.error().text + "\n";
    scenario_.hash = scenario_.hash == 0 ? hash_of(scenario_) : scenario_.hash;
    World world({});
    body_(world);
    probes_ = scenario_.sometimes;
    probes_.insert(probes_.end(), world.probes_.begin(), world.probes_.end());
}

Trial::Trial(Place place, Body body) : body_(std::move(body)), file_(resolved(place)) {
    World world({});
    body_(world);  // says which services and checks there are
    const auto text = scenarios::read_input_file(file_, scenarios::kYamlBytesMax);
    if (!text) {
        problems_ = text.error().text + "\n";
        return;
    }
    scenarios::Names names;
    names.faults = scenarios::fault_rules();
    names.wiring = scenarios::Names::Wiring::mesh;
    for (const auto* rules : {&world.always_, &world.eventually_}) {
        for (const World::Rule& rule : *rules) {
            names.checks.push_back({rule.name, {}});
        }
    }
    for (const std::string_view mark : cover_marks()) {
        names.probes.push_back({std::string(mark), {}});
    }
    for (const std::string& probe : world.probes_) {
        names.probes.push_back({probe, {}});
    }
    for (const auto& slot : world.slots_) {
        names.roles.push_back({slot->name, {}});
        if (slot->name != "broker") {
            names.services_needed.push_back(slot->name);
        }
    }
    for (const std::string& topic : world.topics_) {
        names.topics.push_back({topic, {}});
    }
    scenarios::Problems problems(place.file);
    const auto scenario = scenarios::read_scenario(*text, names, problems);
    if (!scenario) {
        problems_ = problems.text();
        return;
    }
    auto faults = scenarios::translate(scenario->faults);
    if (!faults) {
        problems_ = place.file + ":" + faults.error().text + "\n";
        return;
    }
    scenario_ = made_of(*scenario, std::move(faults).value());
    probes_ = scenario_.sometimes;
    probes_.insert(probes_.end(), world.probes_.begin(), world.probes_.end());
}

Outcome Trial::run(const Case& which) const {
    return run_and_tell(which, nullptr);
}

/// Workload and faults, then the time to settle. False when the run ended otherwise: a check did
/// not hold, or a budget was used up.
bool Trial::drive(World& world, const Case& which) const {
    sim::World& sim = world.sim();
    for (std::uint32_t i = 0; i < scenario_.choices && world.choice_; ++i) {
        if (which.kept.choices.contains(i)) {
            sim.after(scenario_.every * (std::int64_t{i} + 1), [&world, i] { world.choice_(i); });
        }
    }
    const auto go = [&](Duration span) {
        return sim.run_for(span) == sim::RunEnd::reached && world.violated_.empty();
    };
    if (!go(active_span(scenario_))) {
        return false;
    }
    sim.heal();
    const MonotonicTime latest = sim.now() + scenario_.quiesce;
    while (sim.now() < latest) {
        if (!go(kPoll)) {
            return false;
        }
        if (sim.outstanding() == 0 && world.settled()) {
            break;
        }
    }
    return true;
}

void Trial::judge(const World& world, bool ended, Outcome& outcome) const {
    for (const World::Violated& violated : world.violated_) {
        outcome.broken.push_back(
            {violated.name,
             "'" + violated.name + "' did not hold after a step of " + violated.node + ".",
             violated.node,
             violated.at});
    }
    if (outcome.broken.empty() && !ended) {
        outcome.unfinished = world.world_->end_text();
    }
    const State state(world);
    for (const World::Rule& rule : world.eventually_) {
        if (ended && !rule.holds(state)) {
            outcome.broken.push_back({rule.name,
                                      "'" + rule.name + "' did not come true within " +
                                          std::to_string(scenario_.quiesce.ns / 1'000'000) +
                                          " ms after the last fault.",
                                      {},
                                      state.now()});
        }
    }
}

Outcome Trial::run_and_tell(const Case& which, Telling* telling) const {
    CHECK(problems_.empty());
    sim::WorldOptions options;
    options.seed = which.seed;
    options.event_budget = kEventBudget;
    options.link = scenario_.link;
    if (telling != nullptr) {
        options.trace.notes = sim::TraceOptions::Notes::fields;
        options.trace.lines = 2 * kLinesTold;
    }
    World world(options);
    body_(world);
    sim::World& sim = world.sim();
    sim.set_schedule(scenario_.faults);
    sim.keep(which.kept);
    Reached reached(probes_);
    sim.add_observer(reached);
    const std::vector<std::string> names(sim.names().begin(), sim.names().end());
    scenarios::DecisionListener decisions(scenario_.faults, which.kept, names);
    if (telling != nullptr) {
        sim.add_observer(decisions);
    }

    Outcome outcome;
    const bool ended = drive(world, which);
    judge(world, ended, outcome);
    outcome.hash = sim.hash();
    outcome.size.events = sim.events_done();
    outcome.size.choices = world.choice_ ? scenario_.choices : 0;
    outcome.size.decisions.assign(sim.fault_decisions().begin(), sim.fault_decisions().end());
    outcome.faults.assign(sim.fault_counters().begin(), sim.fault_counters().end());
    outcome.reached = std::move(reached.names);
    outcome.reached.insert(outcome.reached.end(), world.reached_.begin(), world.reached_.end());
    if (telling != nullptr) {
        telling->lines = sim.trace().last_lines(sim.names(), kLinesTold);
        telling->decisions = std::move(decisions.decisions);
    }
    return outcome;
}

std::string Trial::token(const Case& which, const Outcome& outcome) const {
    sim::Token token;
    token.scenario = scenario_.hash;
    token.engine = scenarios::engine_code();
    token.seed = which.seed;
    token.trace = outcome.hash;
    token.events = outcome.size.events;
    token.kept = which.kept.normal();
    return sim::encode_token(token);
}

Result<Case> Trial::from_token(std::string_view text) const {
    auto token = sim::decode_token(text);
    if (!token) {
        return token.error();
    }
    if (token->scenario != scenario_.hash || token->kept.faults.size() > faults()) {
        return Error{"token.scenario",
                     "this token is of another scenario than '" + scenario_.name + "'"};
    }
    return Case{token->seed, std::move(token->kept)};
}

Trial::Smallest Trial::smallest(const Case& which, const sim::ShrinkLimits& limits) const {
    Smallest found{which, run(which), {}};
    CHECK(!found.outcome.broken.empty());
    const std::string check = found.outcome.broken.front().check;
    const auto probe = [&](const sim::Reduction& kept) -> std::optional<sim::RunSize> {
        Outcome outcome = run({which.seed, kept});
        if (outcome.broken.empty() || outcome.broken.front().check != check) {
            return std::nullopt;
        }
        found.outcome = std::move(outcome);
        return found.outcome.size;
    };
    found.shrunk = sim::shrink(which.kept, found.outcome.size, probe, limits);
    found.which.kept = found.shrunk.kept;
    return found;
}

std::string Trial::tell(const Case& which, const TellOptions& options) const {
    const auto start = std::chrono::steady_clock::now();
    const Outcome whole = run(which);
    if (whole.broken.empty()) {
        return "the run has no end: " + whole.unfinished + "\n";
    }
    const Smallest smallest = this->smallest(which, options.shrink);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    Telling telling;
    run_and_tell(smallest.which, &telling);
    const Broken& broken = smallest.outcome.broken.front();
    reports::ScenarioResult scenario;
    scenario.name = scenario_.name;
    reports::Failure failure;
    failure.check = broken.check;
    failure.sentence = broken.sentence;
    failure.node = broken.node;
    failure.time_ns = static_cast<std::int64_t>(broken.at.ns);
    failure.events = smallest.outcome.size.events;
    failure.count = options.count;
    failure.effective = options.of;
    failure.seed = which.seed;
    if (smallest.shrunk.tries > 0) {
        failure.smallest =
            scenarios::smallest_text(whole.size, smallest.shrunk, took.count(), "choice");
        std::vector<std::string> titles;
        for (std::size_t fault = 0; fault < faults(); ++fault) {
            titles.push_back(scenarios::fault_title(scenario_.faults, fault));
        }
        scenarios::add_needed(titles, smallest.shrunk, failure);
    }
    for (const scenarios::NamedDecision& decision : telling.decisions) {
        reports::EventLine line;
        line.time_ns = static_cast<std::int64_t>(decision.at);
        line.text = decision.name;
        line.needed = smallest.shrunk.finished;
        failure.decisions.push_back(std::move(line));
    }
    scenarios::add_lines(telling.lines, failure);
    failure.replay = repeat_line("STORMGLASS_REPLAY=" + token(smallest.which, smallest.outcome));
    if (options.repeat == TellOptions::Repeat::token_and_seed) {
        failure.repeat = repeat_line("STORMGLASS_SEED=0x" + scenarios::hex16(which.seed));
    }
    return reports::failure_block(scenario, failure, {});
}

std::string signature_of(const Trial& trial, const Outcome& outcome) {
    std::string signature = outcome.broken.empty() ? "no end" : outcome.broken.front().check;
    for (std::size_t i = 0; i < outcome.faults.size(); ++i) {
        if (outcome.faults[i].took_effect > 0) {
            signature += " + " + std::string(sim::kind_name(trial.scenario().faults[i]));
        }
    }
    return signature;
}

}  // namespace stormglass::trial
