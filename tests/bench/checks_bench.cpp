// The checkers: recorded registers (with STORMGLASS_DATA_DIR), ten clients unsplit, log passes and
// list-append at growing sizes. Prints one row a measure and, given a file name, writes them as
// JSON. CPU time of this process; the least of several runs where one is short.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "runtime/random.hpp"
#include "sim/checks/formats/reader.hpp"
#include "sim/checks/linear/check_linear.hpp"
#include "sim/checks/linear/search.hpp"
#include "sim/checks/log/log_checks.hpp"
#include "sim/checks/txn/txn_checks.hpp"

#include <sys/resource.h>

namespace stormglass::bench {
namespace {

using namespace sim::checks;

struct Row {
    std::string name;
    double value;
    std::string unit;
    double bar;  // 0: none
    bool more_is_better;
};

std::vector<Row> rows;
int failures = 0;

void add_row(const Row& row) {
    const bool held =
        row.bar == 0 || (row.more_is_better ? row.value >= row.bar : row.value <= row.bar);
    failures += held ? 0 : 1;
    std::printf("%-44s %12.3f %-16s", row.name.c_str(), row.value, row.unit.c_str());
    if (row.bar != 0) {
        std::printf("  bar %.0f %s", row.bar, held ? "held" : "MISSED");
    }
    std::printf("\n");
    std::fflush(stdout);
    rows.push_back(row);
}

double cpu_ms() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

double least_ms(int runs, const std::function<void()>& body) {
    double least = 1e300;
    for (int run = 0; run < runs; ++run) {
        const double begin = cpu_ms();
        body();
        least = std::min(least, cpu_ms() - begin);
    }
    return least;
}

double peak_mb() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

struct Loaded {
    Recording recording;
    std::vector<Operation> operations;
};

std::optional<Loaded> load(const std::string& name) {
    std::ifstream in(std::string(STORMGLASS_DATA_DIR) + "/histories/" + name, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) {
        return std::nullopt;
    }
    auto recording = read_history(text.str());
    auto operations = pair_operations(*recording);
    return Loaded{std::move(recording).value(), std::move(operations).value()};
}

void bench_registers() {
    std::vector<Loaded> files;
    std::optional<std::size_t> hardest;
    for (int i = 0; i <= 102; i += 2) {
        char name[40];
        std::snprintf(name, sizeof name, "porcupine/etcd/etcd_%03d.log", i);
        if (auto file = load(name)) {
            hardest = i == 2 ? std::optional(files.size()) : hardest;
            files.push_back(std::move(*file));
        }
    }
    if (files.empty()) {
        std::printf("no recorded histories; set STORMGLASS_DATA_DIR\n");
        return;
    }
    LinSpec spec;
    spec.model = LinModel::cas_register;
    const auto check = [&spec](const Loaded& file) {
        static_cast<void>(check_linear(file.recording, file.operations, spec, Budget{}));
    };
    add_row({"etcd, all 52, with witnesses",
             least_ms(5,
                      [&] {
                          for (const Loaded& file : files) {
                              check(file);
                          }
                      }),
             "ms",
             130,
             false});
    if (hardest.has_value()) {
        add_row({"etcd_002", least_ms(20, [&] { check(files[*hardest]); }), "ms", 115, false});
    }
}

void bench_unsplit(const char* name) {
    auto file = load(std::string("porcupine/kv/") + name);
    if (!file) {
        return;
    }
    LinSpec spec;
    spec.model = LinModel::kv;
    const auto history = read_linear(file->recording, file->operations, spec);
    add_row({std::string(name) + ", 10 clients, not split by key",
             least_ms(2,
                      [&] {
                          const auto model = make_unsplit_model(spec, file->recording, *history);
                          static_cast<void>(find_linear_order(*model, history->ops, Budget{}));
                      }),
             "ms",
             1000,
             false});
}

/// One transaction at a time over lists of at most 16, begun and ended so that about ten overlap.
TxnHistory list_history(std::uint32_t count) {
    TxnHistory history(TxnKind::list_append);
    constexpr std::uint32_t kHot = 16;
    constexpr std::uint32_t kLong = 16;
    std::vector<std::vector<Packed>> lists(kHot);
    std::vector<std::uint32_t> names(kHot);
    std::uint32_t next_key = 0;
    for (std::uint32_t& name : names) {
        name = next_key++;
    }
    for (std::uint32_t i = 0; i < count; ++i) {
        Txn txn;
        txn.operation = i;
        txn.process = i % 10;
        txn.invoke = 2 * i;
        txn.complete = 2 * i + 19;  // odd: after the begin of the next nine
        txn.outcome = sim::OpType::ok;
        history.begin(txn);
        for (std::uint32_t m = 0; m < 2; ++m) {
            const std::uint64_t draw = keyed_draw(9, 1, {i, m});
            const auto hot = static_cast<std::uint32_t>(draw % kHot);
            if ((draw >> 32) % 2 == 0) {
                history.read_list(names[hot], lists[hot]);
                continue;
            }
            if (lists[hot].size() == kLong) {
                lists[hot].clear();
                names[hot] = next_key++;
            }
            lists[hot].push_back(static_cast<Packed>(lists[hot].size()));
            history.write(names[hot], lists[hot].back());
        }
    }
    history.finish();
    return history;
}

void bench_lists(std::uint32_t count, double bar) {
    const Recording none;
    double checked_ms = 0;
    const double resident = peak_mb();
    std::uint64_t bytes = 0;
    bool valid = false;
    const double all_ms = least_ms(count > 2'000'000 ? 1 : 2, [&] {
        const TxnHistory history = list_history(count);
        const double begin = cpu_ms();
        Checked out = check_txns(none, {}, history, Budget{});
        checked_ms = cpu_ms() - begin;
        bytes = out.bytes;
        valid = out.findings.empty();
    });
    const std::string size = std::to_string(count / 1000) + " k transactions";
    add_row({"list-append, " + size + ", table and check", count / all_ms * 1e3, "1/s", bar, true});
    add_row({"list-append, " + size + ", check alone", count / checked_ms * 1e3, "1/s", 0, true});
    add_row({"list-append, " + size + ", memory",
             static_cast<double>(bytes) / count,
             "bytes/op",
             bar == 0 ? 0 : 200.0,
             false});
    add_row({"list-append, " + size + ", growth of resident memory",
             (peak_mb() - resident) * 1024 * 1024 / count,
             "bytes/op",
             0,
             false});
    failures += valid ? 0 : 1;
}

/// Producers and consumers of 16 keys, half and half.
LogHistory log_history(std::uint32_t count) {
    LogHistory history;
    constexpr std::uint32_t kKeys = 16;
    std::vector<std::uint32_t> ends(kKeys);
    std::vector<std::uint32_t> read(kKeys);
    std::uint64_t time = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        LogOp op;
        op.operation = i;
        op.invoke = 2 * i;
        op.complete = 2 * i + 19;
        op.process = i % 32;
        op.begin = ++time;
        op.end = time + 1;
        op.outcome = sim::OpType::ok;
        const std::uint32_t key = i % kKeys;
        if (i % 32 < kKeys) {
            history.begin(op);
            history.add(ItemKind::send, key, ends[key], ends[key]);
            ++ends[key];
        } else {
            op.group = 0;
            history.begin(op);
            for (; read[key] < ends[key]; ++read[key]) {
                history.add(ItemKind::poll, key, read[key], read[key]);
            }
        }
    }
    history.group_names.push_back(Value());
    history.finish();
    return history;
}

void bench_log(std::uint32_t count, double bar) {
    const Recording none;
    std::uint64_t bytes = 0;
    bool valid = false;
    const double ms = least_ms(count > 2'000'000 ? 1 : 2, [&] {
        const LogHistory history = log_history(count);
        Checked out;
        const LogBounds bounds;
        const LogContext context = {none, {}, history, bounds, out};
        find_log_anomalies(context);
        bytes = history.bytes();
        valid = out.findings.empty();
    });
    const std::string size = std::to_string(count / 1000) + " k operations";
    add_row({"log passes, " + size, count / ms * 1e3, "1/s", bar, true});
    add_row({"log passes, " + size + ", memory",
             static_cast<double>(bytes) / count,
             "bytes/op",
             bar == 0 ? 0 : 200.0,
             false});
    failures += valid ? 0 : 1;
}

void write_rows(const char* path) {
    std::ofstream out(path);
    out << "[\n";
    for (std::size_t i = 0; i < rows.size(); ++i) {
        out << "  {\"name\": \"" << rows[i].name << "\", \"value\": " << rows[i].value
            << ", \"unit\": \"" << rows[i].unit << "\", \"bar\": " << rows[i].bar
            << ", \"better\": \"" << (rows[i].more_is_better ? "more" : "less") << "\"}"
            << (i + 1 < rows.size() ? "," : "") << "\n";
    }
    out << "]\n";
}

}  // namespace
}  // namespace stormglass::bench

int main(int argc, char** argv) {
    using namespace stormglass::bench;  // NOLINT: an entry point
    bench_registers();
    bench_unsplit("c10-ok.txt");
    bench_unsplit("c10-bad.txt");
    add_row({"peak resident after the recorded files", peak_mb(), "MB", 100, false});
    bench_lists(100'000, 0);
    bench_lists(1'000'000, 500'000);
    bench_log(100'000, 0);
    bench_log(1'000'000, 500'000);
    const std::string_view last = argc > 1 ? argv[argc - 1] : "";
    if (last == "--large") {
        bench_lists(10'000'000, 0);
        bench_log(10'000'000, 0);
    } else if (!last.empty()) {
        write_rows(argv[argc - 1]);
    }
    return failures == 0 ? 0 : 1;
}
