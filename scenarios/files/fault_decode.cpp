// Decodes fault entries. `fault` comes first in the table: the other keys are read by its rule.
#include "scenarios/files/fault_decode.hpp"

#include <array>
#include <utility>

#include "runtime/check.hpp"

namespace stormglass::scenarios {

namespace {

constexpr std::int64_t kVisitsMax = 1'000'000;

struct FaultDraft {
    FaultSpec spec;
    const FaultRule* rule = nullptr;
    const YamlNode* target = nullptr;
    const YamlNode* parameters = nullptr;
};

Where where_of(const FaultDraft& draft) {
    return draft.spec.kind.empty() ? "fault" : "fault " + in_quotes(draft.spec.kind);
}

void read_target_word(const Reading& in,
                      std::string_view name,
                      const YamlNode& at,
                      std::string& out) {
    out = read_text(in, name, at).value_or("");
}

void read_link(const Reading& in, const FieldInfo& info, const YamlNode& at, TargetSpec& out) {
    const std::span<const YamlNode> ends = read_list(in, info.name, at);
    if (at.is_list() && ends.size() != 2) {
        in.fail(at, "link has two ends, [from, to], got " + std::to_string(ends.size()));
    }
    if (ends.size() == 2) {
        out.link_from = read_text(in, info.name, ends[0]).value_or("");
        out.link_to = read_text(in, info.name, ends[1]).value_or("");
    }
}

void read_sides(const Reading& in, const FieldInfo& info, const YamlNode& at, TargetSpec& out) {
    const std::span<const YamlNode> sides = read_list(in, info.name, at);
    if (at.is_list() && sides.size() != 2) {
        in.fail(at,
                std::string(info.name) + " are two lists of nodes, got " +
                    std::to_string(sides.size()));
    }
    if (sides.size() != 2) {
        return;
    }
    out.first_side = read_words(in, info.name, sides[0]);
    out.second_side = read_words(in, info.name, sides[1]);
    for (const YamlNode& side : sides) {
        if (side.is_list() && side.items.empty()) {
            in.fail(side, "a side without nodes parts nobody");
        }
    }
}

constexpr std::array<Field<TargetSpec>, 6> kTargetFields = {{
    {{"node", "a node's name", {}, 0, 0, {}, "", "one process; a * at the end stands for any"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, TargetSpec& out) {
         read_target_word(in, info.name, at, out.node);
     }},
    {{"role", "a role", {}, 0, 0, {}, "", "resolved when the fault fires: broker, coordinator ..."},
     [](const Reading& in, const FieldInfo&, const YamlNode& at, TargetSpec& out) {
         out.role = read_known(in, {"role", names_of(in.names.roles)}, at).value_or("");
     }},
    {{"link", "[from, to]", {}, 0, 0, {}, "", "a directed link; either end may be a pattern"},
     read_link},
    {{"sides", "[[nodes], [nodes]]", {}, 0, 0, {}, "", "the two sides of a partition"}, read_sides},
    {{"cut", "[[nodes], [nodes]]", {}, 0, 0, {}, "", "another word for `sides`"}, read_sides},
    {{"topic", "a topic", {}, 0, 0, {}, "", "what travels on this topic"},
     [](const Reading& in, const FieldInfo&, const YamlNode& at, TargetSpec& out) {
         out.topic = read_known(in, {"topic", names_of(in.names.topics)}, at).value_or("");
     }},
}};

constexpr std::array<Field<TriggerSpec>, 5> kTriggerFields = {{
    {{"after", "duration or range", ValueKind::duration, 0, kDay, {}, "", "since the run's start"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, TriggerSpec& out) {
         out.after = read_range(in, info.rule(), at);
     }},
    {{"for", "duration or range", ValueKind::duration, 1, kDay, {}, "", "how long it lasts"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, TriggerSpec& out) {
         out.duration = read_range(in, info.rule(), at);
     }},
    {{"nth",
      "list of counts",
      ValueKind::count,
      1,
      kVisitsMax,
      {},
      "",
      "which visits or matches it strikes, from 1"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, TriggerSpec& out) {
         for (const YamlNode& item : read_list(in, info.name, at)) {
             const std::optional<std::int64_t> visit = read_number(in, info.rule(), item);
             if (visit.has_value() && !out.nth.empty() && *visit <= out.nth.back()) {
                 in.fail(item,
                         "nth must rise, got " + describe(item) + " after " +
                             std::to_string(out.nth.back()));
             } else if (visit.has_value()) {
                 out.nth.push_back(*visit);
             }
         }
     }},
    {{"reached", "a probe", {}, 0, 0, {}, "", "arms when this probe is reached"},
     [](const Reading& in, const FieldInfo&, const YamlNode& at, TriggerSpec& out) {
         out.reached = read_known(in, {"probe", names_of(in.names.probes)}, at).value_or("");
     }},
    {{"delay", "duration or range", ValueKind::duration, 0, kDay, {}, "", "after `reached`"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, TriggerSpec& out) {
         out.delay = read_range(in, info.rule(), at);
     }},
}};

constexpr std::array<Field<FaultDraft>, 4> kFaultFields = {{
    {{"fault", "a fault's name", {}, 0, 0, Need::required, "", "`stormglass list faults`"},
     [](const Reading& in, const FieldInfo&, const YamlNode& at, FaultDraft& out) {
         const std::vector<std::string> known = names_of(in.names.faults);
         out.spec.kind = read_known(in, {"fault", known}, at).value_or("");
         out.rule = find_fault(in.names, out.spec.kind);
     }},
    {{"target", "map", {}, 0, 0, {}, "everything it can act on", "what it acts on"},
     [](const Reading& in, const FieldInfo&, const YamlNode& at, FaultDraft& out) {
         out.target = &at;
         read_map<TargetSpec>(in, at, kTargetFields, "'target'", out.spec.target);
     }},
    {{"with", "map", {}, 0, 0, {}, "", "its parameters; a list of two is drawn per run"},
     [](const Reading&, const FieldInfo&, const YamlNode& at, FaultDraft& out) {
         out.parameters = &at;
     }},
    {{"when", "map", {}, 0, 0, {}, "the whole run", "its trigger"},
     [](const Reading& in, const FieldInfo&, const YamlNode& at, FaultDraft& out) {
         read_map<TriggerSpec>(in, at, kTriggerFields, "'when'", out.spec.trigger);
         const TriggerSpec& trigger = out.spec.trigger;
         if (at.find("delay") != nullptr && at.find("reached") == nullptr) {
             in.fail(at, "'delay' counts from 'reached', which is missing");
         }
         if (trigger.after.has_value() && !trigger.reached.empty()) {
             in.fail(at, "'after' and 'reached' exclude each other; use 'delay'");
         }
     }},
}};

void read_parameter(const Reading& in,
                    const ParameterRule& rule,
                    const YamlNode& at,
                    FaultSpec& out) {
    if (rule.kind != ValueKind::word) {
        const QuantityRule quantity{rule.name, rule.kind, rule.low, rule.high};
        if (const std::optional<Range> range = read_range(in, quantity, at)) {
            out.parameters[rule.name] = *range;
        }
        return;
    }
    std::optional<std::string> word;
    if (rule.choices.empty()) {
        word = read_text(in, rule.name, at);
    } else {
        word = read_known(in, {rule.name, rule.choices}, at);
    }
    if (word.has_value()) {
        out.words[rule.name] = *word;
    }
}

void read_parameters(const Reading& in, const YamlNode& entry, FaultDraft& draft) {
    CHECK(draft.rule != nullptr);
    const Where where = where_of(draft);
    const YamlNode none{YamlNode::Kind::map, entry.place, "", {}, {}, {}};
    const YamlNode& given = draft.parameters != nullptr ? *draft.parameters : none;
    if (!expect_map(in, given, "'with' of " + where)) {
        return;
    }
    std::vector<std::string> known;
    for (const ParameterRule& rule : draft.rule->parameters) {
        known.push_back(rule.name);
    }
    for (const ParameterRule& rule : draft.rule->parameters) {
        const YamlNode* value = given.find(rule.name);
        if (value != nullptr) {
            read_parameter(in, rule, *value, draft.spec);
        } else if (rule.required && !misspelt(given, known, rule.name)) {
            in.fail(given, where + " needs " + in_quotes(rule.name));
        }
    }
    refuse_unknown_keys(in, given, known, where);
}

/// Which kinds of target were given, as words; "sides" stands for both its spellings.
std::vector<std::string> given_targets(const YamlNode& target) {
    std::vector<std::string> result;
    for (const YamlEntry& entry : target.entries) {
        const std::string word = entry.key == "cut" ? "sides" : entry.key;
        if (contains({"node", "role", "link", "sides", "topic"}, word)) {
            result.push_back(word);
        }
    }
    return result;
}

std::string allowed_targets(const TargetRule& rule) {
    const std::array<std::pair<bool, std::string_view>, 5> all = {{{rule.node, "node"},
                                                                   {rule.role, "role"},
                                                                   {rule.link, "link"},
                                                                   {rule.sides, "sides"},
                                                                   {rule.topic, "topic"}}};
    std::string result;
    for (const auto& [allowed, word] : all) {
        if (allowed) {
            result += (result.empty() ? "" : " or ") + std::string(word);
        }
    }
    return result.empty() ? "no target" : result;
}

void check_target(const Reading& in, const YamlNode& entry, const FaultDraft& draft) {
    CHECK(draft.rule != nullptr);
    const TargetRule& rule = draft.rule->target;
    const std::string takes = where_of(draft) + " takes " + allowed_targets(rule);
    const YamlNode& at = draft.target != nullptr ? *draft.target : entry;
    if (draft.target != nullptr && !draft.target->is_map()) {
        return;  // already reported
    }
    const std::vector<std::string> given =
        draft.target != nullptr ? given_targets(at) : std::vector<std::string>{};
    if (given.empty() && rule.required) {
        in.fail(at, takes + ", got none");
    }
    if (given.size() > 1) {
        in.fail(at, takes + ", one of them, got " + std::to_string(given.size()));
        return;
    }
    for (const std::string& word : given) {
        const bool allowed = (word == "node" && rule.node) || (word == "role" && rule.role) ||
                             (word == "link" && rule.link) || (word == "sides" && rule.sides) ||
                             (word == "topic" && rule.topic);
        if (!allowed) {
            in.fail(at, std::string(takes).append(", got ").append(word));
        }
    }
}

}  // namespace

FaultSpec read_fault(const Reading& in, const YamlNode& entry) {
    FaultDraft draft;
    draft.spec.line = entry.place.line;
    draft.spec.column = entry.place.column;
    if (!entry.is_map()) {
        in.fail(entry, "a fault must be a map of keys, got " + describe(entry));
        return draft.spec;
    }
    const YamlNode* kind = entry.find("fault");
    const bool named = kind != nullptr && kind->is_scalar();
    read_map<FaultDraft>(
        in, entry, kFaultFields, named ? "fault " + in_quotes(kind->text) : "a fault", draft);
    if (draft.rule != nullptr) {
        read_parameters(in, entry, draft);
        check_target(in, entry, draft);
    }
    return draft.spec;
}

std::vector<FieldHelp> fault_fields() {
    std::vector<FieldHelp> result;
    for (const Field<FaultDraft>& field : kFaultFields) {
        result.push_back(help_of(field.info, "faults[]."));
        if (field.info.name == "target") {
            for (const Field<TargetSpec>& inner : kTargetFields) {
                result.push_back(help_of(inner.info, "faults[].target."));
            }
        }
        if (field.info.name == "when") {
            for (const Field<TriggerSpec>& inner : kTriggerFields) {
                result.push_back(help_of(inner.info, "faults[].when."));
            }
        }
    }
    return result;
}

}  // namespace stormglass::scenarios
