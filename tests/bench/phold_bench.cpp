// PHOLD: each event schedules one successor an exponential time ahead, with a constant number
// pending. Our kernel against a naive std::priority_queue of std::function, in the same run; the
// last lines are the ratios. Also: frames a second through a whole world of two nodes.
#include <cstdio>
#include <functional>
#include <memory>
#include <queue>
#include <string>
#include <vector>

#include "runtime/node.hpp"
#include "sim/distribution.hpp"
#include "sim/kernel.hpp"
#include "sim/world.hpp"
#include "tests/bench/rows.hpp"

#include <benchmark/benchmark.h>

namespace stormglass::bench {
namespace {

constexpr std::uint64_t kMean = 1'000'000;

/// SplitMix64: both sides draw the same times at the same cost.
struct Draws {
    std::uint64_t state = 1;

    std::uint64_t operator()() { return mix64(state += 0x9e3779b97f4a7c15ULL); }
};

/// What one would write in an afternoon: total order, FIFO among equals, no cancelling.
class Naive {
  public:
    std::uint64_t now() const { return now_; }

    void schedule(std::uint64_t time, std::function<void()> action) {
        queue_.push({time, ++sequence_, std::move(action)});
    }

    void step() {
        Entry entry = std::move(const_cast<Entry&>(queue_.top()));  // saves it a copy: fair play
        queue_.pop();
        now_ = entry.time;
        entry.action();
    }

  private:
    struct Entry {
        std::uint64_t time;
        std::uint64_t sequence;
        std::function<void()> action;

        bool operator<(const Entry& other) const {
            return time != other.time ? time > other.time : sequence > other.sequence;
        }
    };

    std::uint64_t now_ = 0;
    std::uint64_t sequence_ = 0;
    std::priority_queue<Entry> queue_;
};

struct NaiveHold {
    Naive kernel;
    Draws draws;
    std::uint64_t sum = 0;

    void hold(std::uint32_t process, std::uint64_t payload) {
        const std::uint64_t draw = draws();
        sum += payload;
        const auto next = static_cast<std::uint32_t>(draw & 63);
        kernel.schedule(kernel.now() + sim::exponential_ns(draw, kMean),
                        [this, next, payload] { hold(next, payload + 1); });
        benchmark::DoNotOptimize(process);
    }

    void step() { kernel.step(); }
};

struct OurHold {
    sim::Kernel<> kernel;
    Draws draws;
    std::uint64_t sum = 0;

    void hold(std::uint32_t process, std::uint64_t payload) {
        const std::uint64_t draw = draws();
        sum += payload;
        const auto next = static_cast<std::uint32_t>(draw & 63);
        kernel.schedule(kernel.now() + sim::exponential_ns(draw, kMean),
                        {1, static_cast<std::uint16_t>(next), 0},
                        [this, next, payload] { hold(next, payload + 1); });
        benchmark::DoNotOptimize(process);
    }

    void step() { kernel.step(); }
};

template <class Hold>
void phold(benchmark::State& state) {
    Hold hold;
    for (std::int64_t i = 0; i < state.range(0); ++i) {
        hold.hold(0, static_cast<std::uint64_t>(i));
    }
    for (auto _ : state) {
        hold.step();
    }
    benchmark::DoNotOptimize(hold.sum);
    state.SetItemsProcessed(state.iterations());
}

/// Throws a frame back at once; each message also moves a retransmission timer.
class Echo final : public Node {
  public:
    explicit Echo(NodeId peer) : peer_(peer) {}

    void start(const Recovered&, Moment, Effects& out) override {
        for (int i = 0; i < 8 && peer_.value == 2; ++i) {
            throw_back(out);
        }
    }

    void on_message(NodeId, Bytes, Moment now, Effects& out) override {
        throw_back(out);
        out.set_timer({1}, now.monotonic + milliseconds(10));
    }

    void on_timer(TimerId, Moment, Effects&) override {}

    void on_storage(StorageToken, const StorageResult&, Moment, Effects&) override {}

    void on_request(RequestId, const Request&, Moment, Effects&) override {}

    void on_link(NodeId, LinkState, Moment, Effects&) override {}

  private:
    void throw_back(Effects& out) {
        static constexpr std::byte kFrame[100] = {};
        out.send(peer_, kFrame, 1 + ++count_ % 4096);
    }

    NodeId peer_;
    std::uint64_t count_ = 0;
};

void frames(benchmark::State& state) {
    sim::WorldOptions options;
    options.event_budget = ~0ULL;
    sim::World world(options);
    world.add_process({"a"}, [] { return std::make_unique<Echo>(NodeId{2}); });
    world.add_process({"b"}, [] { return std::make_unique<Echo>(NodeId{1}); });
    if (state.range(0) != 0) {
        sim::Fault duplicate;
        duplicate.kind = sim::FaultKind::duplicate;
        duplicate.set("probability", 0);
        sim::Fault delay;
        delay.kind = sim::FaultKind::delay;
        delay.set("probability", 10'000);
        world.set_schedule({duplicate, delay});
    }
    std::uint64_t delivered = 0;
    for (auto _ : state) {
        world.run_for(milliseconds(100));
        delivered += 800;
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(delivered));
}

BENCHMARK(phold<NaiveHold>)->Name("phold/naive")->Arg(1'000)->Arg(100'000);
BENCHMARK(phold<OurHold>)->Name("phold/ours")->Arg(1'000)->Arg(100'000);
BENCHMARK(frames)->Name("world/frames")->Arg(0);
BENCHMARK(frames)->Name("world/frames_two_faults")->Arg(1);

/// Keeps CPU times, to print ratios at the end.
class Ratios final : public benchmark::ConsoleReporter {
  public:
    void ReportRuns(const std::vector<Run>& runs) override {
        for (const Run& run : runs) {
            if (run.run_type == Run::RT_Iteration) {
                best(run.benchmark_name(), run.GetAdjustedCPUTime());
            }
        }
        ConsoleReporter::ReportRuns(runs);
    }

    /// Naive time over ours; 0 when either did not run.
    double ratio(const std::string& pending) const {
        const double naive = find("phold/naive/" + pending);
        const double ours = find("phold/ours/" + pending);
        return naive > 0 && ours > 0 ? naive / ours : 0;
    }

  private:
    void best(const std::string& full_name, double time) {
        const std::string name = full_name.substr(0, full_name.find("/repeats"));
        for (auto& [known, least] : times_) {
            if (known == name) {
                least = std::min(least, time);
                return;
            }
        }
        times_.emplace_back(name, time);
    }

    double find(const std::string& name) const {
        for (const auto& [known, least] : times_) {
            if (known == name) {
                return least;
            }
        }
        return 0;
    }

    std::vector<std::pair<std::string, double>> times_;
};

}  // namespace
}  // namespace stormglass::bench

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    stormglass::bench::Ratios ratios;
    benchmark::RunSpecifiedBenchmarks(&ratios);
    const double at_1k = ratios.ratio("1000");
    const double at_100k = ratios.ratio("100000");
    stormglass::bench::Rows rows;
    if (at_1k > 0) {
        rows.add({"PHOLD, 1k pending", at_1k, "x naive", stormglass::bench::Better::more, {}, 1.5});
    }
    if (at_100k > 0) {
        rows.add({"PHOLD, 100k pending", at_100k, "x naive"});
    }
    rows.write(argc > 1 ? argv[1] : "");
    return rows.good() ? 0 : 1;
}
