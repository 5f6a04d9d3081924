#include "scenarios/runs/hunt.hpp"

#include <algorithm>

#include "runtime/check.hpp"
#include "sim/explore/parallel.hpp"

namespace stormglass::scenarios {
namespace {

struct Block {
    bool caught = false;
    std::uint64_t seeds = 0;  // tried
    std::uint64_t catching_seed = 0;
    std::vector<std::size_t> first_alarm;  // checks violated in the first run that failed at all
};

std::vector<std::size_t> violated_checks(const RunResult& result) {
    std::vector<std::size_t> checks;
    for (std::size_t i = 0; i < result.checks.size(); ++i) {
        if (!result.checks[i].violations.empty()) {
            checks.push_back(i);
        }
    }
    return checks;
}

Block run_block(const Plan& plan,
                const PlantedDefect& defect,
                std::size_t owner,
                const HuntOptions& options,
                std::uint64_t first) {
    Block block;
    for (std::uint64_t i = 0; i < options.block_limit; ++i) {
        if (options.cancel != nullptr && options.cancel->load()) {
            break;
        }
        RunOptions run;
        run.seed = first + i;
        run.defect = &defect;
        const RunResult result = run_once(plan, run);
        ++block.seeds;
        if (block.first_alarm.empty()) {
            block.first_alarm = violated_checks(result);
        }
        if (!result.checks[owner].violations.empty()) {
            block.caught = true;
            block.catching_seed = run.seed;
            break;
        }
    }
    return block;
}

void add_seeds_to_detection(const std::vector<Block>& blocks, reports::DefectResult& result) {
    std::vector<std::uint64_t> seeds;
    for (const Block& block : blocks) {
        if (block.caught) {
            seeds.push_back(block.seeds);
        }
    }
    result.blocks_caught = seeds.size();
    if (seeds.empty()) {
        return;
    }
    std::sort(seeds.begin(), seeds.end());
    const std::size_t half = seeds.size() / 2;
    result.median_seeds =
        seeds.size() % 2 == 1
            ? static_cast<double>(seeds[half])
            : (static_cast<double>(seeds[half - 1]) + static_cast<double>(seeds[half])) / 2;
    result.worst_seeds = seeds.back();
}

}  // namespace

Hunt hunt(const Plan& plan, const PlantedDefect& defect, const HuntOptions& options) {
    const auto owner = std::find_if(plan.checks.begin(),
                                    plan.checks.end(),
                                    [&](const CheckRow* row) { return row->slug == defect.check; });
    CHECK(owner != plan.checks.end());
    const auto owner_index = static_cast<std::size_t>(owner - plan.checks.begin());
    const std::vector<Block> blocks =
        sim::map_seeds<Block>(0, options.blocks, options.jobs, [&](std::uint64_t block) {
            return run_block(plan,
                             defect,
                             owner_index,
                             options,
                             options.first_seed + block * options.block_limit);
        });
    Hunt found;
    found.result.name = defect.name;
    found.result.breaks = defect.breaks;
    found.result.scenario = plan.scenario.name;
    found.result.expected_check = defect.check;
    found.result.blocks = options.blocks;
    found.result.block_limit = options.block_limit;
    add_seeds_to_detection(blocks, found.result);
    std::map<std::size_t, std::uint64_t> by_check;
    for (const Block& block : blocks) {
        if (block.caught && !found.first_catch) {
            found.first_catch = block.catching_seed;
        }
        by_check[owner_index] += block.caught ? 1 : 0;
        for (const std::size_t check : block.first_alarm) {
            by_check[check] += check == owner_index ? 0 : 1;
        }
    }
    for (const auto& [check, count] : by_check) {
        if (count > 0) {
            found.result.caught_by.push_back({std::string(plan.checks[check]->slug), count});
        }
    }
    std::stable_sort(found.result.caught_by.begin(),
                     found.result.caught_by.end(),
                     [](const auto& a, const auto& b) { return a.blocks > b.blocks; });
    return found;
}

}  // namespace stormglass::scenarios
