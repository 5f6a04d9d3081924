#include "scenarios/operate/schema.hpp"

#include <cstdint>
#include <map>

#include <nlohmann/json.hpp>

#include "bus/attributes.hpp"
#include "runtime/check.hpp"
#include "scenarios/files/claims.hpp"
#include "scenarios/files/quantity.hpp"
#include "scenarios/files/replay_file.hpp"
#include "scenarios/files/scenario.hpp"
#include "scenarios/files/suggest.hpp"

namespace stormglass::scenarios {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kDraft = "https://json-schema.org/draft/2020-12/schema";

Json one_of(const std::vector<std::string>& words) {
    return {{"enum", words}};
}

Json list_of(Json items) {
    return {{"type", "array"}, {"items", std::move(items)}};
}

Json text() {
    return {{"type", "string"}};
}

/// 0x and digits; YAML's readers make a number of it.
Json hex_number() {
    return {{"anyOf",
             Json::array({{{"type", "string"}, {"pattern", "^0x[0-9A-Fa-f]{1,16}$"}},
                          {{"type", "integer"}, {"minimum", 0}, {"maximum", UINT64_MAX}}})}};
}

/// [3, 5-7]
Json number_set() {
    return list_of(
        {{"anyOf",
          Json::array({{{"type", "integer"}, {"minimum", 0}, {"maximum", UINT32_MAX}},
                       {{"type", "string"}, {"pattern", "^[0-9]{1,10}(-[0-9]{1,10})?$"}}})}});
}

/// A number with the unit that its kind wants.
Json quantity(ValueKind kind, std::int64_t low, std::int64_t high) {
    if (kind == ValueKind::probability) {
        return {{"type", "number"}, {"minimum", 0}, {"maximum", 1}};
    }
    if (kind == ValueKind::count) {
        Json number = {{"type", "integer"}};
        if (high > low) {
            number["minimum"] = low;
            number["maximum"] = high;
        }
        return number;
    }
    std::string units;
    for (const std::string& unit : unit_names(kind)) {
        units += (units.empty() ? "" : "|") + unit;
    }
    const std::string sign = kind == ValueKind::ppm ? "[-+]?" : "";
    Json words = {{"type", "string"},
                  {"pattern", "^" + sign + "[0-9]+(\\.[0-9]+)?(" + units + ")$"}};
    return {{"anyOf", Json::array({std::move(words), {{"const", 0}}})}};
}

Json or_range(Json value) {
    Json pair = list_of(value);
    pair["minItems"] = 2;
    pair["maxItems"] = 2;
    return {{"anyOf", Json::array({std::move(value), std::move(pair)})}};
}

/// A check, alone or with a bound: {outcome-equals-ledger: {within: 30s}}.
Json check_use(const std::vector<std::string>& checks) {
    Json bound = {{"type", "object"},
                  {"properties", {{"within", quantity(ValueKind::duration, 0, 0)}}},
                  {"required", Json::array({"within"})},
                  {"additionalProperties", false}};
    Json with = {{"type", "object"},
                 {"propertyNames", one_of(checks)},
                 {"additionalProperties", std::move(bound)},
                 {"minProperties", 1},
                 {"maxProperties", 1}};
    return {{"anyOf", Json::array({one_of(checks), std::move(with)})}};
}

Json words_for(const std::vector<NamedThing>& things) {
    return one_of(names_of(things));
}

/// What the type in a field table's row means, for the types that are words of their own.
std::optional<Json> named_type(const FieldHelp& row, const Names& names) {
    const std::string& type = row.type;
    const Json two_lists = list_of(list_of(text()));
    const std::map<std::string, Json> known = {
        {"1", {{"const", 1}}},
        {"text", text()},
        {"small letters, hyphens", {{"type", "string"}, {"pattern", "^[a-z0-9][a-z0-9-]*$"}}},
        {"letters, digits, '.', '-'", {{"type", "string"}, {"pattern", "^[A-Za-z0-9.-]{1,40}$"}}},
        {"16 hex digits in quotes", {{"type", "string"}, {"pattern", "^[0-9a-f]{16}$"}}},
        {"YYYY-MM-DD", {{"type", "string"}, {"pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}}},
        {"number between 0 and 1",
         {{"type", "number"}, {"exclusiveMinimum", 0}, {"exclusiveMaximum", 1}}},
        {"list of ids", list_of(names.claims ? one_of(*names.claims) : text())},
        {"list of names", list_of(text())},
        {"list of counts", list_of(quantity(ValueKind::count, row.low, row.high))},
        {"list of kind or kind@role", list_of(text())},
        {"0x...", hex_number()},
        {"list of numbers", number_set()},
        {"name or path", {{"type", "string"}, {"minLength", 1}}},
        {"a commit", text()},
        {"a check", words_for(names.checks)},
        {"a saga's name", words_for(names.sagas)},
        {"a fault's name", one_of(names_of(names.faults))},
        {"a scenario's name", words_for(names.scenarios)},
        {"a node's name", text()},
        {"a role", words_for(names.roles)},
        {"a topic", words_for(names.topics)},
        {"a probe", words_for(names.probes)},
        {"list of checks",
         list_of(row.path.starts_with("check.") ? check_use(names_of(names.checks))
                                                : words_for(names.checks))},
        {"list of probes",
         list_of(row.path.starts_with("check.") ? check_use(names_of(names.probes))
                                                : words_for(names.probes))},
        {"list of defects", list_of(words_for(names.defects))},
        {"[from, to]", list_of(text())},
        {"[[nodes], [nodes]]", two_lists},
        {"map of step: share",
         {{"type", "object"},
          {"propertyNames", words_for(names.steps)},
          {"additionalProperties", quantity(ValueKind::probability, 0, 0)}}}};
    const auto found = known.find(type);
    return found == known.end() ? std::nullopt : std::optional(found->second);
}

/// A row without what stands below it.
Json leaf(const FieldHelp& row, const Names& names) {
    if (!row.choices.empty()) {
        return one_of(row.choices);
    }
    if (auto known = named_type(row, names)) {
        return std::move(*known);
    }
    const bool range = row.type.ends_with("or range");
    CHECK(range || row.type == "duration" || row.type == "count");  // else: a new word for above
    Json value = quantity(row.kind, row.low, row.high);
    return range ? or_range(std::move(value)) : value;
}

/// Rows by the path of the map that they stand in: "", "gate.", "faults[].".
using Rows = std::map<std::string, std::vector<const FieldHelp*>>;

Json map_at(const std::string& prefix, const Rows& rows, const Names& names);

Json value_of(const FieldHelp& row, const Rows& rows, const Names& names) {
    const std::string below = row.path + (row.type.starts_with("list of ") ? "[]." : ".");
    Json value;
    if (rows.contains(below)) {
        Json map = map_at(below, rows, names);
        value = below.ends_with("[].") ? list_of(std::move(map)) : std::move(map);
    } else if (row.path.find(".parts[].") != std::string::npos &&
               (row.type == "map" || row.type.starts_with("list of "))) {
        // A part says the same things as a claim, in the same way.
        value = {
            {"$ref",
             "#/properties/claims/items/properties/" + row.path.substr(row.path.rfind('.') + 1)}};
    } else if (row.type == "map") {
        value = {{"type", "object"}};
    } else {
        value = leaf(row, names);
    }
    value["description"] = row.help;
    return value;
}

Json map_at(const std::string& prefix, const Rows& rows, const Names& names) {
    Json properties = Json::object();
    Json required = Json::array();
    for (const FieldHelp* row : rows.at(prefix)) {
        const std::string name = row->path.substr(prefix.size());
        properties[name] = value_of(*row, rows, names);
        if (row->required) {
            required.push_back(name);
        }
    }
    Json map = {
        {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
    if (!required.empty()) {
        map["required"] = std::move(required);
    }
    return map;
}

Rows rows_of(const std::vector<FieldHelp>& fields) {
    Rows rows;
    for (const FieldHelp& field : fields) {
        const std::size_t dot = field.path.rfind('.');
        rows[dot == std::string::npos ? "" : field.path.substr(0, dot + 1)].push_back(&field);
    }
    return rows;
}

Json parameter(const ParameterRule& rule) {
    Json value;
    if (rule.kind != ValueKind::word) {
        value = or_range(quantity(rule.kind, rule.low, rule.high));
    } else {
        value = rule.choices.empty() ? text() : one_of(rule.choices);
    }
    value["description"] = rule.help;
    return value;
}

/// What `with` may hold follows from the fault.
Json parameters_by_fault(const Names& names) {
    Json all = Json::array();
    for (const FaultRule& fault : names.faults) {
        Json properties = Json::object();
        Json required = Json::array();
        for (const ParameterRule& rule : fault.parameters) {
            properties[rule.name] = parameter(rule);
            if (rule.required) {
                required.push_back(rule.name);
            }
        }
        Json with = {{"type", "object"},
                     {"properties", std::move(properties)},
                     {"additionalProperties", false}};
        Json then = {{"properties", {{"with", {}}}}};
        if (!required.empty()) {
            with["required"] = required;
            then["required"] = Json::array({"with"});
        }
        then["properties"]["with"] = std::move(with);
        all.push_back({{"if", {{"properties", {{"fault", {{"const", fault.name}}}}}}},
                       {"then", std::move(then)}});
    }
    return all;
}

Json headed(std::string_view title, Json body) {
    Json schema = {{"$schema", std::string(kDraft)}, {"title", std::string(title)}};
    schema.update(body);
    return schema;
}

}  // namespace

std::string scenario_schema(const Names& names) {
    const std::vector<FieldHelp> fields = scenario_fields();
    Json schema = headed("A stormglass scenario", map_at("", rows_of(fields), names));
    schema["properties"]["faults"]["items"]["allOf"] = parameters_by_fault(names);
    return schema.dump(2) + "\n";
}

std::string claims_schema(const Names& names) {
    const std::vector<FieldHelp> fields = claims_fields();
    return headed("A stormglass claims file", map_at("", rows_of(fields), names)).dump(2) + "\n";
}

std::string replay_schema(const Names& names) {
    const std::vector<FieldHelp> fields = replay_fields();
    return headed("A stormglass .replay file: one failing run", map_at("", rows_of(fields), names))
               .dump(2) +
           "\n";
}

namespace {

/// Everything that an event says of itself, from the table that decodes it.
Json event_body() {
    Json properties = Json::object();
    Json required = Json::array();
    for (std::size_t i = 0; i < bus::kAttributeKinds; ++i) {
        const bus::AttributeSpec& spec = bus::spec_of(static_cast<bus::Attribute>(i));
        const std::string name(spec.name);
        properties[name] = spec.kind == 'I'   ? Json{{"type", "integer"}}
                           : spec.kind == 'B' ? Json{{"type", "boolean"}}
                                              : Json{{"type", "string"}, {"minLength", 1}};
        if (spec.mandatory) {
            required.push_back(name);
        }
    }
    const Json base64 = {{"type", "string"}, {"contentEncoding", "base64"}};
    properties["data_base64"] = base64;
    properties["sig"] = base64;
    required.push_back("sig");
    return {{"type", "object"},
            {"properties", std::move(properties)},
            {"required", std::move(required)},
            {"patternProperties",
             {{"^[a-z0-9]{1,20}$", {{"type", Json::array({"string", "integer", "boolean"})}}}}},
            {"additionalProperties", false}};
}

}  // namespace

std::string event_schema() {
    return headed("An event of a stormglass bus, as CloudEvents 1.0 JSON", event_body()).dump(2) +
           "\n";
}

std::string journal_schema() {
    const Json whole = {{"type", "integer"}, {"minimum", 0}};
    Json undecoded = {{"type", "object"}, {"required", Json::array({"undecoded_base64"})}};
    Json event = {{"type", "object"},
                  {"properties",
                   {{"topic", text()},
                    {"delay_ns", whole},
                    {"event", {{"anyOf", Json::array({event_body(), std::move(undecoded)})}}}}},
                  {"required", Json::array({"topic", "event"})},
                  {"additionalProperties", false}};
    Json kinds = Json::array({"boot",
                              "grant",
                              "group",
                              "assignment",
                              "batch",
                              "delivered",
                              "failed",
                              "dead",
                              "buried",
                              "release",
                              "refused",
                              "gap",
                              "unknown"});
    Json line = {
        {"type", "object"},
        {"properties",
         {{"index", whole},
          {"term", whole},
          {"synced", whole},
          {"file", text()},
          {"offset", whole},
          {"bytes", whole},
          {"kind", {{"enum", std::move(kinds)}}},
          {"at", text()},
          {"events", list_of(std::move(event))}}},
        {"required", Json::array({"index", "term", "synced", "file", "offset", "bytes", "kind"})}};
    return headed("A line of stormglass journal dump --json", std::move(line)).dump(2) + "\n";
}

}  // namespace stormglass::scenarios
