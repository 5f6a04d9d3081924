#include "scenarios/program/inputs.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "reports/sha256.hpp"
#include "runtime/cover.hpp"
#include "scenarios/files/suggest.hpp"
#include "scenarios/program/embedded.hpp"
#include "scenarios/runs/engine.hpp"
#include "scenarios/worlds/checkout_saga.hpp"

namespace stormglass::scenarios {
namespace {

constexpr std::string_view kScenarioFolder = "scenarios/data/";
constexpr std::string_view kManualFolder = "docs/man/";
// Claims name them, also where none is compiled in; a test compares with those that are.
constexpr std::array<std::string_view, 23> kDefects = {
    "ack-before-persist",     "batch-waits-for-size",       "compensate-forward",
    "copy-burns-sequence",    "dead-letter-apart",          "deletion-not-stored",
    "delivery-forgotten",     "intervals-before-signature", "key-overtaken",
    "late-do-after-undo",     "letter-leaves-trace",        "no-inbox-dedupe",
    "read-before-token",      "rebuild-fires-effects",      "retry-reuses-span",
    "signature-unchecked",    "skip-one-compensation",      "snapshot-omits-table",
    "state-without-position", "stop-at-unreadable",         "table-by-table",
    "two-coordinators",       "undo-leaves-trace"};
constexpr std::string_view kClaimsFile = "scenarios/claims/ADR-OS-024.claims.yaml";

std::string name_in(const EmbeddedFile& file) {
    std::string_view name = file.path.substr(kScenarioFolder.size());
    return std::string(name.substr(0, name.rfind('.')));
}

/// A scenario's second line of interest: what it says of itself, for lists.
std::string summary_in(std::string_view text) {
    constexpr std::string_view kKey = "\nsummary: ";
    const std::size_t at = text.find(kKey);
    if (at == text.npos) {
        return {};
    }
    const std::size_t from = at + kKey.size();
    return std::string(text.substr(from, text.find('\n', from) - from));
}

bool is_path(const std::string& wanted) {
    return wanted.find('/') != wanted.npos || wanted.ends_with(".yaml") || wanted.ends_with(".yml");
}

struct Source {
    std::string file;
    std::string text;
};

std::optional<Source> embedded_scenario(const std::string& name) {
    for (const EmbeddedFile& file : embedded_files()) {
        if (file.path.starts_with(kScenarioFolder) && name_in(file) == name) {
            return Source{std::string(file.path), std::string(file.text)};
        }
    }
    return std::nullopt;
}

Loaded<Plan> plan_from(const Source& source, const Names& names) {
    Problems problems(source.file);
    auto scenario = read_scenario(source.text, names, problems);
    if (!scenario) {
        return {std::nullopt, {problems.text(), kExitBadInput}};
    }
    scenario->file = source.file;
    auto plan = make_plan(std::move(*scenario));
    if (!plan) {
        return {std::nullopt,
                {source.file + ":" + plan.error().text + "\n1 problem in " + source.file + "\n",
                 kExitBadInput}};
    }
    return {std::move(plan).value(), {}};
}

}  // namespace

Names make_names(PlantedDefects defects) {
    Names names;
    names.faults = fault_rules();
    for (const CheckRow& row : check_rows()) {
        names.checks.push_back({std::string(row.slug), std::string(row.rule)});
    }
    for (const std::string_view name : kDefects) {
        const auto planted = std::find_if(
            defects.begin(), defects.end(), [name](const auto& d) { return d.name == name; });
        const bool here = planted != defects.end();
        names.defects.push_back(
            {std::string(name), here ? std::string(planted->breaks) : std::string()});
    }
    for (const std::string_view mark : cover_marks()) {
        names.probes.push_back({std::string(mark), {}});
    }
    for (const EmbeddedFile& file : embedded_files()) {
        if (file.path.starts_with(kScenarioFolder)) {
            names.scenarios.push_back({name_in(file), summary_in(file.text)});
        }
    }
    names.roles = {{"broker", "keeps the log"},
                   {"coordinator", "drives the sagas"},
                   {"participant", "does a step of them"},
                   {"consumer", "reads the log"}};
    names.services_needed = {"orders", "stock", "payments", "shipping"};
    names.sagas = {{std::string(kSagaName), "reserve, charge and label, confirm, ship"}};
    for (const sagas::Step& step : checkout_definition().steps) {
        names.steps.push_back({step.name, {}});
    }
    for (const std::string& topic : checkout_topics()) {
        names.topics.push_back({topic, {}});
    }
    return names;
}

std::map<std::string, std::string> manual_pages() {
    std::map<std::string, std::string> pages;
    for (const EmbeddedFile& file : embedded_files()) {
        if (file.path.starts_with(kManualFolder)) {
            const std::string_view name = file.path.substr(kManualFolder.size());
            pages.emplace(name.substr(0, name.rfind('.')), file.text);
        }
    }
    return pages;
}

Loaded<std::string> read_file(const std::string& path, std::size_t bytes_max) {
    std::ifstream file(path, std::ios::binary);
    const int failure = errno;
    std::error_code ignored;
    const bool folder = std::filesystem::is_directory(path, ignored);
    if (!file || folder) {
        const int cause = folder ? EISDIR : failure;
        return {std::nullopt,
                {"stormglass: cannot read '" + path + "': " + std::strerror(cause) + "\n",
                 kExitNoInput}};
    }
    std::string text(bytes_max + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad()) {
        return {std::nullopt, {"stormglass: cannot read '" + path + "'\n", kExitNoInput}};
    }
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > bytes_max) {
        return {std::nullopt,
                {path + ":1:1: the file is larger than " + std::to_string(bytes_max >> 20) +
                     " MiB\n1 problem in " + path + "\n",
                 kExitBadInput}};
    }
    return {std::move(text), {}};
}

Loaded<std::vector<Plan>> load_plans(const std::vector<std::string>& wanted, const Names& names) {
    std::vector<std::string> all = wanted;
    if (all.empty()) {
        for (const NamedThing& scenario : names.scenarios) {
            all.push_back(scenario.name);
        }
    }
    std::vector<Plan> plans;
    for (const std::string& name : all) {
        auto source = embedded_scenario(name);
        if (!source && is_path(name)) {
            auto text = read_file(name);
            if (!text.value) {
                return {std::nullopt, std::move(text.refusal)};
            }
            source = Source{name, std::move(*text.value)};
        }
        if (!source) {
            return {std::nullopt,
                    {"stormglass: no scenario '" + name + "'" +
                         did_you_mean_or(name,
                                         names_of(names.scenarios),
                                         "`stormglass list scenarios` names them") +
                         "\n",
                     kExitUsage}};
        }
        auto plan = plan_from(*source, names);
        if (!plan.value) {
            return {std::nullopt, std::move(plan.refusal)};
        }
        plans.push_back(std::move(*plan.value));
    }
    return {std::move(plans), {}};
}

Loaded<Plan> load_plan_of(std::uint64_t hash,
                          const std::string& named,
                          const std::string& wanted,
                          const Names& names) {
    std::string chosen = wanted;
    for (const EmbeddedFile& file : embedded_files()) {
        const bool scenario = file.path.starts_with(kScenarioFolder);
        if (chosen.empty() && scenario && reports::short_hash(file.text) == hex16(hash)) {
            chosen = name_in(file);
        }
    }
    chosen = chosen.empty() ? named : chosen;
    if (chosen.empty()) {
        return {std::nullopt,
                {"stormglass: no scenario of this program has the hash " + hex16(hash) +
                     "; if it is a file of yours, name it with --scenario FILE\n",
                 kExitBadInput}};
    }
    auto plans = load_plans({chosen}, names);
    if (!plans.value) {
        return {std::nullopt, std::move(plans.refusal)};
    }
    return {std::move(plans.value->front()), {}};
}

Loaded<Claims> load_claims(const std::string& path, const Names& names) {
    Source source{path, {}};
    if (path.empty()) {
        for (const EmbeddedFile& file : embedded_files()) {
            if (file.path == kClaimsFile) {
                source = {std::string(file.path), std::string(file.text)};
            }
        }
    } else {
        auto text = read_file(path);
        if (!text.value) {
            return {std::nullopt, std::move(text.refusal)};
        }
        source.text = std::move(*text.value);
    }
    Problems problems(source.file);
    auto claims = read_claims(source.text, names, problems);
    if (!claims) {
        return {std::nullopt, {problems.text(), kExitBadInput}};
    }
    claims->file = source.file;
    return {std::move(claims), {}};
}

Loaded<LoadedDocument> load_document(const std::string& path) {
    auto text = read_file(path);
    if (!text.value) {
        return {std::nullopt, std::move(text.refusal)};
    }
    auto document = read_document(*text.value);
    if (!document) {
        return {std::nullopt, {path + ": " + document.error().text + "\n", kExitBadInput}};
    }
    return {LoadedDocument{std::move(*text.value), std::move(document).value()}, {}};
}

}  // namespace stormglass::scenarios
