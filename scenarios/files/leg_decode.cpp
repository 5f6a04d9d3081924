// Field tables of legs, defeaters and waivers, and the comparison of legs with their scenarios.
#include "scenarios/files/leg_decode.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "runtime/check.hpp"

namespace stormglass::scenarios {

namespace {

constexpr std::array<std::string_view, 6> kMethods = {
    "sampled", "exhaustive", "contract", "comparison", "artefact", "control"};
constexpr std::array<std::string_view, 3> kSettled = {"no", "partly", "yes"};
constexpr std::array<std::string_view, 2> kProbeDuties = {"once", "each-run"};

/// "crash@coordinator": the kind, and optionally the role that it must have struck.
std::optional<NeededFault> read_needed_fault(const Reading& in, const YamlNode& at) {
    const std::optional<std::string> text = read_text(in, "a fault", at);
    if (!text.has_value()) {
        return std::nullopt;
    }
    const std::size_t sign = text->find('@');
    NeededFault need;
    YamlNode word = at;
    word.text = text->substr(0, sign);
    const std::optional<std::string> kind =
        read_known(in, {"fault", names_of(in.names.faults)}, word);
    need.kind = kind.value_or("");
    if (sign != std::string::npos) {
        word.text = text->substr(sign + 1);
        const std::optional<std::string> role =
            read_known(in, {"role", names_of(in.names.roles)}, word);
        if (!role.has_value()) {
            return std::nullopt;
        }
        need.role = *role;
    }
    return kind.has_value() ? std::optional(need) : std::nullopt;
}

constexpr std::array<Field<Leg>, 2> kNeedsFields = {{
    {{"faults",
      "list of kind or kind@role",
      {},
      0,
      0,
      {},
      "[]",
      "all must take effect in a run for it to count"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, Leg& out) {
         for (const YamlNode& item : read_list(in, info.name, at)) {
             if (std::optional<NeededFault> need = read_needed_fault(in, item)) {
                 out.faults.push_back(std::move(*need));
             }
         }
     }},
    {{"probes", "list of probes", {}, 0, 0, {}, "[]", "must have been reached"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, Leg& out) {
         const KnownWords known{"probe", names_of(in.names.probes)};
         out.probes = read_known_list(in, info.name, known, at);
     }},
}};

constexpr std::array<Field<Leg>, 5> kLegFields = {{
    {{"scenario", "a scenario's name", {}, 0, 0, Need::required, "", "what runs"},
     [](const Reading& in, const FieldInfo&, const YamlNode& at, Leg& out) {
         const KnownWords known{"scenario", names_of(in.names.scenarios)};
         out.scenario = read_known(in, known, at).value_or("");
     }},
    {{"method",
      "one of six",
      {},
      0,
      0,
      {},
      "sampled",
      "sampled, exhaustive, contract, comparison, artefact or control (must fail)",
      kMethods},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, Leg& out) {
         if (const auto choice = read_choice(in, info.name, info.choices, at)) {
             out.method = static_cast<Method>(*choice);
         }
     }},
    {{"checks", "list of checks", {}, 0, 0, Need::required, "", "what must hold"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, Leg& out) {
         const KnownWords known{"check", names_of(in.names.checks)};
         out.checks = read_known_list(in, info.name, known, at);
         if (at.is_list() && at.items.empty()) {
             in.fail(at, "a leg without checks argues for nothing");
         }
     }},
    {{"needs", "map", {}, 0, 0, {}, "", "without which a run does not count"},
     [](const Reading& in, const FieldInfo&, const YamlNode& at, Leg& out) {
         read_map<Leg>(in, at, kNeedsFields, "'needs'", out);
     }},
    {{"probes",
      "once or each-run",
      {},
      0,
      0,
      {},
      "once",
      "whether `needs.probes` are due once a scenario or in every run",
      kProbeDuties},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, Leg& out) {
         if (const auto choice = read_choice(in, info.name, info.choices, at)) {
             out.probe_duty = static_cast<ProbeDuty>(*choice);
         }
     }},
}};

constexpr std::array<Field<Defeater>, 3> kDefeaterFields = {{
    {{"doubt", "text", {}, 0, 0, Need::required, "", "why the evidence may mislead"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, Defeater& out) {
         out.doubt = read_text(in, info.name, at).value_or("");
     }},
    {{"answer", "text", {}, 0, 0, Need::required, "", "what was done about it"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, Defeater& out) {
         out.answer = read_text(in, info.name, at).value_or("");
     }},
    {{"settled",
      "yes, partly or no",
      {},
      0,
      0,
      Need::required,
      "",
      "open doubts are printed",
      kSettled},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, Defeater& out) {
         if (const auto choice = read_choice(in, info.name, info.choices, at)) {
             out.settled = static_cast<Settled>(*choice);
         }
     }},
}};

constexpr std::array<Field<Waiver>, 3> kWaiverFields = {{
    {{"owner", "text", {}, 0, 0, Need::required, "", "a role, not a person"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, Waiver& out) {
         out.owner = read_text(in, info.name, at).value_or("");
     }},
    {{"until", "YYYY-MM-DD", {}, 0, 0, Need::required, "", "valid through this day"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, Waiver& out) {
         out.until = read_text(in, info.name, at).value_or("");
         if (!out.until.empty() && !is_date(out.until)) {
             in.fail(at, "until must be a day such as 2027-03-31, got " + describe(at));
         }
     }},
    {{"reason", "text", {}, 0, 0, Need::required, "", "why nothing argues for it"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, Waiver& out) {
         out.reason = read_text(in, info.name, at).value_or("");
     }},
}};

bool declares(const std::vector<CheckUse>& uses, const std::string& name) {
    return std::any_of(
        uses.begin(), uses.end(), [&name](const CheckUse& use) { return use.name == name; });
}

void check_leg(const Claim& claim, const Leg& leg, const Scenario& scenario, Problems& problems) {
    const Place place{leg.line, 1};
    const std::string missing =
        "claim " + in_quotes(claim.id) + ": scenario " + in_quotes(scenario.name) + " does not ";
    for (const std::string& check : leg.checks) {
        if (leg.method == Method::control) {
            if (!declares(scenario.check.controls, check)) {
                problems.add(place, missing + "declare control " + in_quotes(check));
            }
        } else if (!declares(scenario.check.always, check) &&
                   !declares(scenario.check.eventually, check)) {
            problems.add(place, missing + "run check " + in_quotes(check));
        }
    }
    for (const NeededFault& need : leg.faults) {
        const bool found = std::any_of(
            scenario.faults.begin(), scenario.faults.end(), [&need](const FaultSpec& fault) {
                return fault.kind == need.kind;
            });
        if (!found) {
            problems.add(place, missing + "inject fault " + in_quotes(need.kind));
        }
    }
    const std::string whole = claim.id.substr(0, claim.id.find('.'));  // of a part: its line
    if (!contains(scenario.claims, claim.id) && !contains(scenario.claims, whole)) {
        problems.add(place, missing + "name this claim in its 'claims'");
    }
}

void check_legs_of(const Claim& claim, const std::vector<Scenario>& scenarios, Problems& problems) {
    for (const Leg& leg : claim.legs) {
        const auto found =
            std::find_if(scenarios.begin(), scenarios.end(), [&leg](const Scenario& scenario) {
                return scenario.name == leg.scenario;
            });
        if (found != scenarios.end()) {
            check_leg(claim, leg, *found, problems);
        }
    }
}

}  // namespace

Leg read_leg(const Reading& in, const YamlNode& at) {
    Leg leg;
    leg.line = at.place.line;
    read_map<Leg>(in, at, kLegFields, "a leg", leg);
    return leg;
}

Defeater read_defeater(const Reading& in, const YamlNode& at) {
    Defeater defeater;
    read_map<Defeater>(in, at, kDefeaterFields, "a defeater", defeater);
    return defeater;
}

std::optional<Waiver> read_waiver(const Reading& in, const YamlNode& at) {
    Waiver waiver;
    read_map<Waiver>(in, at, kWaiverFields, "'waiver'", waiver);
    return waiver;
}

bool is_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
        return false;
    }
    int digits[3] = {0, 0, 0};
    std::size_t part = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i == 4 || i == 7) {
            ++part;
        } else if (text[i] < '0' || text[i] > '9') {
            return false;
        } else {
            digits[part] = digits[part] * 10 + (text[i] - '0');
        }
    }
    CHECK(part == 2);
    const std::chrono::year_month_day day{std::chrono::year(digits[0]),
                                          std::chrono::month(static_cast<unsigned>(digits[1])),
                                          std::chrono::day(static_cast<unsigned>(digits[2]))};
    return day.ok();
}

void check_legs(const Claims& claims, const std::vector<Scenario>& scenarios, Problems& problems) {
    for (const Claim& claim : claims.claims) {
        check_legs_of(claim, scenarios, problems);
        for (const Claim& part : claim.parts) {
            check_legs_of(part, scenarios, problems);
        }
    }
}

std::vector<FieldHelp> leg_fields() {
    std::vector<FieldHelp> result;
    append_help(result, kLegFields, "claims[].legs[].");
    append_help(result, kNeedsFields, "claims[].legs[].needs.");
    append_help(result, kDefeaterFields, "claims[].defeaters[].");
    append_help(result, kWaiverFields, "claims[].waiver.");
    return result;
}

std::string_view name_of(Method method) {
    return kMethods[static_cast<std::size_t>(method)];
}

std::string_view name_of(Settled settled) {
    return kSettled[static_cast<std::size_t>(settled)];
}

}  // namespace stormglass::scenarios
