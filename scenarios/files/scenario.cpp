// The field tables of scenario files. What must agree between keys (windows and the run's length,
// links and topology, seeds and target) is judged in scenario_rules.cpp.
#include "scenarios/files/scenario.hpp"

#include <array>
#include <iterator>
#include <utility>

#include "reports/sha256.hpp"
#include "runtime/check.hpp"
#include "scenarios/files/decode.hpp"
#include "scenarios/files/fault_decode.hpp"
#include "scenarios/files/scenario_rules.hpp"
#include "scenarios/files/world_decode.hpp"

namespace stormglass::scenarios {

namespace {

constexpr std::array<std::string_view, 4> kGuarantees = {
    "at-most-once", "at-least-once", "exactly-once-effect", "ordered-per-key"};
constexpr std::array<std::string_view, 2> kSignings = {"stand-in", "ed25519"};

struct WithinOption {
    std::optional<Duration> within;
};

constexpr std::array<Field<WithinOption>, 1> kWithinFields = {{
    {{"within", "duration", ValueKind::duration, 0, kDay, Need::required, "", "a bound"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, WithinOption& out) {
         if (const auto bound = read_number(in, info.rule(), at)) {
             out.within = Duration{*bound};
         }
     }},
}};

std::vector<CheckUse> read_checks(const Reading& in,
                                  std::string_view name,
                                  const KnownWords& known,
                                  const YamlNode& at) {
    std::vector<CheckUse> result;
    for (const YamlNode& item : read_list(in, name, at)) {
        YamlNode word = item;
        WithinOption option;
        if (item.is_map() && item.entries.size() == 1) {
            word = {YamlNode::Kind::scalar, item.entries[0].place, item.entries[0].key, {}, {}, {}};
            read_map<WithinOption>(
                in, item.entries[0].value, kWithinFields, in_quotes(word.text), option);
        }
        const std::optional<std::string> found = read_known(in, known, word);
        if (!found.has_value()) {
            continue;
        }
        for (const CheckUse& use : result) {
            if (use.name == *found) {
                in.fail(word, in_quotes(*found) + " stands twice in " + in_quotes(name));
            }
        }
        result.push_back({*found, option.within, word.place.line, word.place.column});
    }
    return result;
}

constexpr std::array<Field<ChecksSpec>, 4> kCheckFields = {{
    {{"always", "list of checks", {}, 0, 0, {}, "", "no violation at any instant"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ChecksSpec& out) {
         out.always = read_checks(in, info.name, {"check", names_of(in.names.checks)}, at);
     }},
    {{"eventually", "list of checks", {}, 0, 0, {}, "", "judged after quiescence"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ChecksSpec& out) {
         out.eventually = read_checks(in, info.name, {"check", names_of(in.names.checks)}, at);
     }},
    {{"sometimes", "list of probes", {}, 0, 0, {}, "", "places that some run must reach"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ChecksSpec& out) {
         out.sometimes = read_checks(in, info.name, {"probe", names_of(in.names.probes)}, at);
     }},
    {{"controls",
      "list of checks",
      {},
      0,
      0,
      {},
      "",
      "must fail in some run: known not to hold here; no failure of the scenario"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ChecksSpec& out) {
         out.controls = read_checks(in, info.name, {"check", names_of(in.names.checks)}, at);
     }},
}};

constexpr std::array<Field<GateSpec>, 3> kGateFields = {{
    {{"seeds", "count", ValueKind::count, 1, 100'000'000, {}, "3500", "fresh runs in a gate"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, GateSpec& out) {
         out.seeds = read_number(in, info.rule(), at).value_or(out.seeds);
     }},
    {{"max-failure-probability",
      "number between 0 and 1",
      {},
      0,
      0,
      {},
      "0.001",
      "largest that counts as supported"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, GateSpec& out) {
         out.max_failure_probability =
             read_share(in, info.name, at).value_or(out.max_failure_probability);
     }},
    {{"confidence", "number between 0 and 1", {}, 0, 0, {}, "0.95", "one-sided"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, GateSpec& out) {
         out.confidence = read_share(in, info.name, at).value_or(out.confidence);
     }},
}};

/// The scenario with what the rules between keys want to know about its reading.
struct ScenarioDraft {
    Scenario scenario;
    bool topology_read = true;
    bool span_read = true;  // workload and quiesce
};

constexpr std::array<Field<ScenarioDraft>, 12> kScenarioFields = {{
    {{"format", "1", {}, 0, 0, Need::required, "", "version of this dialect"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ScenarioDraft&) {
         const QuantityRule rule{info.name, ValueKind::count, 1, 1'000};
         const std::optional<std::int64_t> format = read_number(in, rule, at);
         if (format.has_value() && *format != 1) {
             in.fail(at,
                     "format " + std::to_string(*format) +
                         " is not known to this program; it reads format 1");
         }
     }},
    {{"name", "small letters, hyphens", {}, 0, 0, Need::required, "", "what users type"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ScenarioDraft& out) {
         read_slug(in, info.name, at, out.scenario.name);
     }},
    {{"summary", "text", {}, 0, 0, Need::required, "", "one sentence"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ScenarioDraft& out) {
         out.scenario.summary = read_text(in, info.name, at).value_or("");
     }},
    {{"claims", "list of ids", {}, 0, 0, {}, "[]", "the claims it argues for"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ScenarioDraft& out) {
         out.scenario.claims = in.names.claims.has_value()
                                   ? read_known_list(in, info.name, {"claim", *in.names.claims}, at)
                                   : read_words(in, info.name, at);
     }},
    {{"guarantee",
      "one of four",
      {},
      0,
      0,
      {},
      "exactly-once-effect",
      "at-most-once, at-least-once, exactly-once-effect or ordered-per-key",
      kGuarantees},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ScenarioDraft& out) {
         if (const auto choice = read_choice(in, info.name, info.choices, at)) {
             out.scenario.guarantee = static_cast<Guarantee>(*choice);
         }
     }},
    {{"signing",
      "stand-in or ed25519",
      {},
      0,
      0,
      {},
      "stand-in",
      "real signatures wherever an adversary acts",
      kSignings},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ScenarioDraft& out) {
         if (const auto choice = read_choice(in, info.name, info.choices, at)) {
             out.scenario.signing = static_cast<Signing>(*choice);
         }
     }},
    {{"topology", "map", {}, 0, 0, {}, "", "bus, services, latency"},
     [](const Reading& in, const FieldInfo&, const YamlNode& at, ScenarioDraft& out) {
         const std::size_t before = in.problems.count();
         read_topology(in, at, out.scenario.topology);
         out.topology_read = in.problems.count() == before;
     }},
    {{"workload", "map", {}, 0, 0, {}, "", "what is started and how often"},
     [](const Reading& in, const FieldInfo&, const YamlNode& at, ScenarioDraft& out) {
         const std::size_t before = in.problems.count();
         read_workload(in, at, out.scenario.workload);
         out.span_read = out.span_read && in.problems.count() == before;
     }},
    {{"faults", "list of faults", {}, 0, 0, {}, "[]", "what goes wrong"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ScenarioDraft& out) {
         for (const YamlNode& entry : read_list(in, info.name, at)) {
             out.scenario.faults.push_back(read_fault(in, entry));
         }
         if (out.scenario.faults.size() > kFaultsMax) {
             in.fail(at,
                     "at most " + std::to_string(kFaultsMax) + " faults, got " +
                         std::to_string(out.scenario.faults.size()));
         }
     }},
    {{"quiesce",
      "duration",
      ValueKind::duration,
      kMs,
      kDay,
      {},
      "30s",
      "faults off; everything must settle in this time"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ScenarioDraft& out) {
         const std::optional<std::int64_t> span = read_number(in, info.rule(), at);
         out.scenario.quiesce.ns = span.value_or(out.scenario.quiesce.ns);
         out.span_read = out.span_read && span.has_value();
     }},
    {{"check", "map", {}, 0, 0, Need::required, "", "what must hold"},
     [](const Reading& in, const FieldInfo&, const YamlNode& at, ScenarioDraft& out) {
         read_map<ChecksSpec>(in, at, kCheckFields, "'check'", out.scenario.check);
         const ChecksSpec& check = out.scenario.check;
         if (at.is_map() && at.find("always") == nullptr && at.find("eventually") == nullptr) {
             in.fail(at,
                     "a scenario that checks nothing proves nothing; give 'always' or "
                     "'eventually'");
         }
         CHECK(check.always.size() <= kYamlBytesMax);
     }},
    {{"gate", "map", {}, 0, 0, {}, "", "how many runs decide"},
     [](const Reading& in, const FieldInfo&, const YamlNode& at, ScenarioDraft& out) {
         read_map<GateSpec>(in, at, kGateFields, "'gate'", out.scenario.gate);
     }},
}};

/// `workload.poison: 2` is short for a fault that poisons the first two.
void add_poison(const Reading& in, const YamlNode& root, Scenario& scenario) {
    if (scenario.workload.poison == 0) {
        return;
    }
    const YamlNode* workload = root.find("workload");
    CHECK(workload != nullptr && workload->find("poison") != nullptr);
    const YamlNode& at = *workload->find("poison");
    FaultSpec fault;
    fault.kind = "poison-message";
    if (find_fault(in.names, fault.kind) == nullptr) {
        in.fail(at, "this program has no fault " + in_quotes(fault.kind));
        return;
    }
    for (int visit = 1; visit <= scenario.workload.poison; ++visit) {
        fault.trigger.nth.push_back(visit);
    }
    fault.line = at.place.line;
    fault.column = at.place.column;
    scenario.faults.push_back(std::move(fault));
}

void append(std::vector<FieldHelp>& out, std::vector<FieldHelp> more) {
    out.insert(
        out.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

std::optional<Scenario> read_scenario(std::string_view text,
                                      const Names& names,
                                      Problems& problems) {
    const std::size_t before = problems.count();
    const std::optional<YamlNode> root = read_yaml(text, problems);
    if (!root.has_value()) {
        return std::nullopt;
    }
    const Reading in{names, problems};
    ScenarioDraft draft;
    read_map<ScenarioDraft>(in, *root, kScenarioFields, "", draft);
    if (draft.topology_read) {
        check_nodes(in, *root, draft.scenario);
    }
    if (draft.span_read) {
        check_windows(in, *root, draft.scenario);
    }
    check_gate(in, *root, draft.scenario);
    add_poison(in, *root, draft.scenario);
    if (problems.count() > before) {
        return std::nullopt;
    }
    draft.scenario.file = problems.file();
    draft.scenario.hash = reports::short_hash(text);
    return std::move(draft.scenario);
}

Duration active_span(const Scenario& scenario) {
    CHECK(scenario.workload.count > 0);
    return scenario.workload.every * scenario.workload.count;
}

std::vector<FieldHelp> scenario_fields() {
    std::vector<FieldHelp> result;
    for (const Field<ScenarioDraft>& field : kScenarioFields) {
        result.push_back(help_of(field.info, ""));
        if (field.info.name == "topology") {
            append(result, topology_fields());
        } else if (field.info.name == "workload") {
            append(result, workload_fields());
        } else if (field.info.name == "check") {
            append_help(result, kCheckFields, "check.");
            append_help(result, kWithinFields, "check.always[].NAME.");
        } else if (field.info.name == "gate") {
            append_help(result, kGateFields, "gate.");
        } else if (field.info.name == "faults") {
            append(result, fault_fields());
        }
    }
    return result;
}

std::string_view name_of(Guarantee guarantee) {
    return kGuarantees[static_cast<std::size_t>(guarantee)];
}

std::string_view name_of(Signing signing) {
    return kSignings[static_cast<std::size_t>(signing)];
}

}  // namespace stormglass::scenarios
