// `list`: the registries, for people and for programs.
#include <nlohmann/json.hpp>

#include "scenarios/program/session.hpp"

namespace stormglass::scenarios {
namespace {

std::vector<NamedThing> rows_of(const Session& session, Listing listing) {
    const Names& names = session.names();
    std::vector<NamedThing> rows;
    switch (listing) {
        case Listing::scenarios:
            return names.scenarios;
        case Listing::faults:
            for (const FaultRule& rule : names.faults) {
                rows.push_back({rule.name, rule.help});
            }
            return rows;
        case Listing::checks:
            for (const CheckRow& row : check_rows()) {
                rows.push_back(
                    {std::string(row.slug), std::string(row.id) + ": " + std::string(row.rule)});
            }
            return rows;
        case Listing::probes:
            return names.probes;
        case Listing::defects:
            return names.defects;
        case Listing::claims:
            break;
    }
    const auto claims = load_claims(session.options().claims, names);
    if (claims.value) {
        for (const Claim& claim : claims.value->claims) {
            rows.push_back({claim.id, claim.line});
        }
    }
    return rows;
}

}  // namespace

int list_verb(const Session& session) {
    std::vector<NamedThing> rows = rows_of(session, session.options().listing);
    const std::string& pattern = session.options().pattern;
    std::erase_if(rows,
                  [&](const NamedThing& row) { return row.name.find(pattern) == row.name.npos; });
    if (session.options().json) {
        auto items = nlohmann::ordered_json::array();
        for (const NamedThing& row : rows) {
            items.push_back({{"name", row.name}, {"text", row.help}});
        }
        session.print(nlohmann::ordered_json{{"schema", 1}, {"items", items}}.dump(2) + "\n");
        return kExitPassed;
    }
    if (rows.empty() && !pattern.empty()) {
        session.complain(session.who() + ": none of them has '" + pattern + "' in its name\n");
        return kExitPassed;
    }
    std::size_t width = 0;
    for (const NamedThing& row : rows) {
        width = std::max(width, row.name.size());
    }
    for (const NamedThing& row : rows) {
        const std::string gap(width - row.name.size() + 2, ' ');
        session.print(row.help.empty() ? row.name + "\n" : row.name + gap + row.help + "\n");
    }
    return kExitPassed;
}

}  // namespace stormglass::scenarios
