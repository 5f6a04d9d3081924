// Over loopback, against Redis Streams and NATS JetStream on the same disk in the same run:
// 200-byte events, a server process each, by turns, since the machine is shared. Sources are
// authenticated by the local key; links are without TLS, as those of the peers. Run in the
// directory whose disk is meant.
//
//     loopback_bench [ROWS.json [WORDS]]    only the measures whose names hold these words
#include <cstdio>
#include <ctime>

#include "tests/bench/contender.hpp"
#include "tests/bench/rows.hpp"

namespace stormglass::bench {
namespace {

using Contenders = std::vector<std::unique_ptr<Contender>>;  // ours first

constexpr double kSeconds = 1.0;  // a turn
constexpr int kTurns = 3;
constexpr double kPacedSeconds = 3.0;
constexpr std::size_t kConsumed = 50'000;
constexpr Window kPipelined{1'024, 16};

/// What is to be measured, and what was.
struct Bench {
    std::string self;
    std::string only;
    Rows rows;

    bool wants(const std::string& name) const { return name.find(only) != std::string::npos; }
};

struct Marks {
    double bar = 0;
    double aim = 0;
};

struct PacedMarks {
    Marks median;
    double tail_aim = 0;
};

Row row(std::string name, std::string unit, Better better, Marks marks) {
    Row made;
    made.name = std::move(name);
    made.unit = std::move(unit);
    made.better = better;
    made.bar = marks.bar;
    made.aim = marks.aim;
    return made;
}

/// What each measured, ours first.
void fill(Row& row, const Contenders& all, const std::vector<double>& values) {
    row.value = values[0];
    for (std::size_t n = 1; n < all.size(); ++n) {
        row.peers.push_back({all[n]->name(), values[n]});
    }
}

double own_cpu() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

struct Published {
    double events = 0;
    double seconds = 0;
    double cpu = 0;  // of client and server
};

std::vector<Published> publish_by_turns(const Contenders& all, Window window) {
    std::vector<Published> sums(all.size());
    for (int turn = 0; turn < kTurns; ++turn) {
        for (std::size_t n = 0; n < all.size(); ++n) {
            const double cpu = own_cpu() + all[n]->server_cpu();
            const Instant from = clock_now();
            sums[n].events += static_cast<double>(all[n]->publish(window, kSeconds));
            sums[n].seconds += seconds_since(from);
            sums[n].cpu += own_cpu() + all[n]->server_cpu() - cpu;
        }
    }
    return sums;
}

void publishing(const Contenders& all, Window window, Row rates, Bench& bench, double cpu_aim = 0) {
    if (!bench.wants(rates.name)) {
        return;
    }
    const std::vector<Published> sums = publish_by_turns(all, window);
    std::vector<double> rate;
    std::vector<double> cpu;
    for (const Published& sum : sums) {
        rate.push_back(sum.events / sum.seconds);
        cpu.push_back(sum.cpu / sum.events * 1e6);
    }
    Row costs = row(rates.name + ", cpu", "us/event", Better::less, {0, cpu_aim});
    fill(rates, all, rate);
    fill(costs, all, cpu);
    bench.rows.add(std::move(rates));
    bench.rows.add(std::move(costs));
}

void latency(
    const Contenders& all, double rate, const std::string& name, PacedMarks marks, Bench& bench) {
    if (!bench.wants(name)) {
        return;
    }
    std::vector<double> p50;
    std::vector<double> p99;
    for (const auto& one : all) {
        Latencies seen = one->end_to_end(rate, kPacedSeconds);
        p50.push_back(seen.at(0.5));
        p99.push_back(seen.at(0.99));
    }
    Row middle = row(name + ", p50", "us", Better::less, marks.median);
    Row tail = row(name + ", p99", "us", Better::less, {0, marks.tail_aim});
    fill(middle, all, p50);
    fill(tail, all, p99);
    bench.rows.add(std::move(middle));
    bench.rows.add(std::move(tail));
}

void consuming(const Contenders& all, const std::string& name, Bench& bench) {
    if (!bench.wants(name)) {
        return;
    }
    std::vector<double> rates;
    for (const auto& one : all) {
        rates.push_back(one->consume(kConsumed));
    }
    Row made = row(name, "events/s", Better::more, {0, 2.5});
    fill(made, all, rates);
    bench.rows.add(std::move(made));
}

void synced(Bench& bench) {
    Contenders all;
    all.push_back(start_stormglass(Safety::synced, bench.self));
    all.push_back(start_redis(Safety::synced));
    const auto rates = [](const std::string& name, Marks marks) {
        return row("loopback, synced, " + name, "events/s", Better::more, marks);
    };
    publishing(all, {1, 1}, rates("one by one", {0, 1.5}), bench);
    publishing(all, kPipelined, rates("pipelined, batches of 16", {1.5, 3}), bench, 0.45);
    publishing(all, {1'024, 1}, rates("pipelined, one a batch", {}), bench);
    latency(all, 1'000, "loopback, synced, end to end at 1,000/s", {{1, 0.6}, 0.6}, bench);
    consuming(all, "loopback, synced, consumed and settled", bench);
}

void written(Bench& bench) {
    Contenders all;
    all.push_back(start_stormglass(Safety::written, bench.self));
    all.push_back(start_redis(Safety::written));
    all.push_back(start_nats());
    const auto rates = [](const std::string& name, Marks marks) {
        return row("loopback, written, " + name, "events/s", Better::more, marks);
    };
    publishing(all, {1, 1}, rates("one by one", {0, 1.2}), bench);
    publishing(all, kPipelined, rates("pipelined, batches of 16", {0, 2}), bench);
    publishing(all, {1'024, 1}, rates("pipelined, one a batch", {}), bench);
    latency(all, 1'000, "loopback, written, end to end at 1,000/s", {{0, 0.8}, 0.8}, bench);
    latency(all, 10'000, "loopback, written, end to end at 10,000/s", {{}, 0.6}, bench);
    consuming(all, "loopback, written, consumed and settled", bench);
}

void raw_disk(Bench& bench) {
    for (const std::size_t bytes : {256UL, 64UL << 10, 1UL << 20}) {
        Row made = row(
            "raw disk, " + std::to_string(bytes) + " bytes and fdatasync", "1/s", Better::more, {});
        made.value = raw_synced_writes(bytes, 0.5);
        bench.rows.add(std::move(made));
    }
}

int main_of_bench(Bench bench, std::string_view file) {
    raw_disk(bench);
    synced(bench);
    written(bench);
    bench.rows.write(file);
    return bench.rows.good() ? 0 : 1;
}

}  // namespace
}  // namespace stormglass::bench

int main(int argc, char** argv) {
    using namespace stormglass::bench;  // NOLINT: an entry point
    if (argc == 5 && std::string(argv[1]) == "--serve") {
        const bool synced = std::string(argv[4]) == "synced";
        return serve_stormglass(argv[2], argv[3], synced ? Safety::synced : Safety::written);
    }
    return main_of_bench({argv[0], argc > 2 ? argv[2] : "", {}}, argc > 1 ? argv[1] : "");
}
