// Seeds side by side: the only threads of the simulator. Each seed is a world of its own; workers
// take the next seed from a shared counter, so that a slow seed holds nobody up.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

namespace stormglass::sim {

enum class Sweep : std::uint8_t { go_on, stop };

struct SweepResult {
    std::uint64_t done = 0;  // seeds whose callback returned
    bool cancelled = false;  // a callback asked to stop, or the flag was set
};

/// Calls `body(seed, worker)` for each seed of [begin, begin + count), worker in 0 .. jobs - 1.
/// Each worker sees its seeds in ascending order, and its calls never overlap: results kept by
/// worker are in seed order without a lock. After `stop` no new seed is begun, but every seed
/// below one that ran has run or is running: a sweep cut short has no holes at the end.
/// `jobs` 0 or 1: all in the calling thread. Requires: the body throws nothing.
SweepResult parallel_for_seeds(
    std::uint64_t begin,
    std::uint64_t count,
    unsigned jobs,
    const std::function<Sweep(std::uint64_t seed, unsigned worker)>& body,
    const std::atomic<bool>* cancel = nullptr);

/// One result a seed, in the order of seeds, whatever the number of jobs.
template <class Result, class Body>
std::vector<Result> map_seeds(std::uint64_t begin, std::uint64_t count, unsigned jobs, Body body) {
    std::vector<Result> results(count);
    parallel_for_seeds(begin, count, jobs, [&](std::uint64_t seed, unsigned) {
        results[seed - begin] = body(seed);
        return Sweep::go_on;
    });
    return results;
}

}  // namespace stormglass::sim
