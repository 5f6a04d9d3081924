// Workers and their shared counter. Nothing of a world is shared between threads.
#include "sim/explore/parallel.hpp"

#include <thread>

namespace stormglass::sim {
namespace {

struct Shared {
    std::atomic<std::uint64_t> next{0};
    std::atomic<std::uint64_t> done{0};
    std::atomic<bool> stop{false};
};

}  // namespace

SweepResult parallel_for_seeds(std::uint64_t begin,
                               std::uint64_t count,
                               unsigned jobs,
                               const std::function<Sweep(std::uint64_t, unsigned)>& body,
                               const std::atomic<bool>* cancel) {
    Shared shared;
    const auto work = [&](unsigned worker) {
        while (!shared.stop.load()) {
            if (cancel != nullptr && cancel->load()) {
                shared.stop.store(true);
                return;
            }
            const std::uint64_t taken = shared.next.fetch_add(1);
            if (taken >= count) {
                return;
            }
            const Sweep wish = body(begin + taken, worker);
            shared.done.fetch_add(1);
            if (wish == Sweep::stop) {
                shared.stop.store(true);
            }
        }
    };
    std::vector<std::thread> threads;
    for (unsigned worker = 1; worker < jobs; ++worker) {
        threads.emplace_back(work, worker);
    }
    work(0);
    for (std::thread& thread : threads) {
        thread.join();
    }
    return {shared.done.load(), shared.stop.load()};
}

}  // namespace stormglass::sim
