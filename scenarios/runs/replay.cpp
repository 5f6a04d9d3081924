#include "scenarios/runs/replay.hpp"

#include <charconv>

#include "runtime/check.hpp"
#include "scenarios/runs/decisions.hpp"
#include "scenarios/runs/engine.hpp"

namespace stormglass::scenarios {
namespace {

constexpr std::size_t kSlugMax = 60;

}  // namespace

std::uint64_t scenario_hash(const Plan& plan) {
    const std::string& hex = plan.scenario.hash;
    std::uint64_t value = 0;
    std::from_chars(hex.data(), hex.data() + hex.size(), value, 16);
    return value;
}

sim::Token token_of(const Plan& plan, const RunOptions& options, const RunResult& result) {
    sim::Token token;
    token.scenario = scenario_hash(plan);
    token.engine = engine_hash(options.defect);
    token.seed = options.seed;
    token.trace = result.hash;
    token.events = result.events;
    token.kept = options.kept;
    for (const std::size_t masked : options.mask) {
        token.kept.fault(masked) = sim::IndexSet::none();
    }
    token.kept = token.kept.normal();
    return token;
}

RunOptions options_of(const sim::Token& token, const PlantedDefect* defect) {
    RunOptions options;
    options.seed = token.seed;
    options.kept = token.kept;
    options.defect = defect;
    return options;
}

bool is_repeated(const sim::Token& token, const RunResult& result) {
    return token.trace == result.hash && token.events == result.events;
}

ReplayFile replay_file(const Plan& plan,
                       const RunOptions& options,
                       const RunResult& result,
                       std::size_t check) {
    CHECK(result.violates(check));
    ReplayFile file;
    file.check = plan.checks[check]->slug;
    file.sentence = result.checks[check].violations.front().sentence;
    const bool embedded = plan.scenario.file.starts_with("scenarios/data/");
    file.scenario = embedded ? plan.scenario.name : plan.scenario.file;
    file.name = slug_of(plan.scenario.name + " " + file.check);
    file.token = token_of(plan, options, result);
    file.decisions = decisions_of(plan, options);
    return file;
}

Smallest smallest_run(const Plan& plan,
                      const RunOptions& options,
                      std::size_t check,
                      const sim::ShrinkLimits& limits) {
    Smallest found;
    found.options = options;
    found.result = run_once(plan, options);
    // The same seed gives the same run; if not, that is a bug of ours and not a finding.
    CHECK(found.result.violates(check));
    const auto probe = [&](const sim::Reduction& kept) -> std::optional<sim::RunSize> {
        RunOptions candidate = options;
        candidate.kept = kept;
        RunResult result = run_once(plan, candidate);
        if (!result.violates(check)) {
            return std::nullopt;
        }
        found.result = std::move(result);
        return found.result.size;
    };
    found.shrunk = sim::shrink(options.kept, found.result.size, probe, limits);
    found.options.kept = found.shrunk.kept;
    return found;
}

std::string slug_of(std::string_view words) {
    std::string slug;
    for (const char c : words) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (letter || (c >= 'A' && c <= 'Z')) {
            slug += letter ? c : static_cast<char>(c - 'A' + 'a');
        } else if (!slug.empty() && slug.back() != '-') {
            slug += '-';
        }
    }
    slug.resize(std::min(slug.size(), kSlugMax));
    while (!slug.empty() && slug.back() == '-') {
        slug.pop_back();
    }
    return slug.empty() ? "run" : slug;
}

}  // namespace stormglass::scenarios
