// Counters (N1), conserved totals (K1), long forks (K2) and reversed causality (K3).
#include <algorithm>
#include <map>
#include <tuple>

#include "sim/checks/describe.hpp"
#include "sim/checks/simple/simple_checks.hpp"
#include "sim/checks/table.hpp"

namespace stormglass::sim::checks {
namespace {

Error no_operation(const SimpleInput& in, std::uint32_t i, const char* what) {
    return in.refusal(
        i, std::string(what) + " has no operation '" + std::string(name_of(in.function(i))) + "'");
}

/// Sums of at most 2^31 numbers of 31 bits stay far from the edge of 64.
constexpr std::int64_t kAmountMax = std::int64_t{1} << 31;

bool is_amount(Value value) {
    return value.is_number() && value.payload() <= kAmountMax && value.payload() >= -kAmountMax;
}

struct Sums {
    std::int64_t up_certain = 0;
    std::int64_t up_possible = 0;
    std::int64_t down_certain = 0;
    std::int64_t down_possible = 0;

    void add(std::int64_t amount, bool begins) {
        std::int64_t& up = begins ? up_possible : up_certain;
        std::int64_t& down = begins ? down_possible : down_certain;
        (amount >= 0 ? up : down) += amount;
    }
};

}  // namespace

Result<Checked> check_counter(const SimpleInput& in) {
    struct Event {
        std::uint32_t at;
        std::uint32_t op;
    };

    Checked out;
    std::vector<Event> events;
    for (std::uint32_t i = 0; i < in.operations.size(); ++i) {
        const bool adds = in.function(i) == OpFunction::add;
        if (!adds && in.function(i) != OpFunction::read) {
            return no_operation(in, i, "a counter");
        }
        const Value value = adds ? in.argument(i) : Value::number(0);
        const bool sees = !adds && in.outcome(i) == OpType::ok;
        if (!is_amount(value) || (sees && !is_amount(in.told(i)))) {
            return in.refusal(i, "a counter holds numbers below 2^31");
        }
        events.push_back({in.operations[i].invoke, i});
        if (in.outcome(i) == OpType::ok) {
            events.push_back({in.operations[i].complete, i});
        }
    }
    std::sort(
        events.begin(), events.end(), [](const Event& a, const Event& b) { return a.at < b.at; });
    Sums sums;
    std::vector<Sums> at_begin(in.operations.size());
    for (const Event& event : events) {
        const bool begins = event.at == in.operations[event.op].invoke;
        if (in.function(event.op) == OpFunction::add) {
            if (!begins || in.outcome(event.op) != OpType::fail) {
                sums.add(in.argument(event.op).payload(), begins);
            }
            continue;
        }
        if (begins) {
            at_begin[event.op] = sums;
            continue;
        }
        // What grows counts from its end for certain, from its begin perhaps; what shrinks
        // likewise.
        const std::int64_t lower = at_begin[event.op].up_certain + sums.down_possible;
        const std::int64_t upper = sums.up_possible + at_begin[event.op].down_certain;
        const std::int64_t value = in.told(event.op).payload();
        if (value < lower || value > upper) {
            out.findings.add(Rule::n1,
                             in.who(event.op) + " read " + std::to_string(value) +
                                 ", but the counter was between " + std::to_string(lower) +
                                 " and " + std::to_string(upper),
                             {event.op});
        }
    }
    return out;
}

Result<Checked> check_bank(const SimpleInput& in, const BankOptions& options) {
    Checked out;
    std::optional<std::int64_t> total = options.total;
    std::uint32_t first = kOpen;
    for (std::uint32_t i = 0; i < in.operations.size(); ++i) {
        if (in.function(i) == OpFunction::transfer) {
            continue;
        }
        if (in.function(i) != OpFunction::read) {
            return no_operation(in, i, "a bank");
        }
        if (in.outcome(i) != OpType::ok) {
            continue;
        }
        const auto pairs = in.recording.pool.items(in.told(i));
        if (!in.told(i).is(ValueKind::map)) {
            return in.refusal(i, "a read of a bank sees {account: balance}");
        }
        std::int64_t sum = 0;
        for (std::size_t at = 0; at < pairs.size(); at += 2) {
            if (!is_amount(pairs[at + 1])) {
                return in.refusal(i, "a balance is a number below 2^31");
            }
            sum += pairs[at + 1].payload();
            if (pairs[at + 1].payload() < 0 && !options.negative_allowed) {
                out.findings.add(Rule::k1,
                                 in.who(i) + " saw account " + brief(in.recording, pairs[at], 20) +
                                     " at " + std::to_string(pairs[at + 1].payload()) +
                                     ", below nothing",
                                 {i});
            }
        }
        if (!total.has_value()) {
            total = sum;
            first = i;
        }
        if (sum != *total) {
            std::vector<std::uint32_t> operations = {i};
            if (first != kOpen) {
                operations.insert(operations.begin(), first);
            }
            out.findings.add(Rule::k1,
                             in.who(i) + " saw balances that sum to " + std::to_string(sum) +
                                 "; transfers move money only, so it must be " +
                                 std::to_string(*total),
                             std::move(operations));
        }
    }
    if (!total.has_value()) {
        out.doubts.push_back("no balance was ever read");
    }
    return out;
}

namespace {

/// A read of several keys, each written at most once: which of the writes it saw.
struct View {
    std::uint32_t op;
    std::vector<std::uint64_t> keys;  // sorted
    std::vector<std::uint64_t> seen;  // sorted; those of its keys that it saw written
};

Result<std::optional<View>> view_of(const SimpleInput& in, std::uint32_t i) {
    const ValuePool& pool = in.recording.pool;
    View view;
    view.op = i;
    const Value value = in.told(i);
    if (!value.is_list()) {
        return in.refusal(i, "a transaction is a list of [\"w\" or \"r\", key, value]");
    }
    for (const Value mop : pool.items(value)) {
        const auto parts = pool.items(mop);
        if (!mop.is_list() || parts.size() != 3 || !parts[0].is_name()) {
            return in.refusal(i, "a micro-operation is [\"w\" or \"r\", key, value]");
        }
        const std::string_view name = pool.text_of(parts[0]);
        if (name != "r" && name != "read") {
            return std::optional<View>();  // a writer
        }
        const std::uint64_t key = as_key(pool, parts[1]).bits();
        view.keys.push_back(key);
        if (!parts[2].is_nil()) {
            view.seen.push_back(key);
        }
    }
    std::sort(view.keys.begin(), view.keys.end());
    std::sort(view.seen.begin(), view.seen.end());
    return std::optional<View>(std::move(view));
}

}  // namespace

/// Views of the same keys that are not all ordered by inclusion; sorted by size it is enough to
/// compare neighbours.
Result<Checked> check_long_fork(const SimpleInput& in) {
    Checked out;
    std::vector<View> views;
    for (std::uint32_t i = 0; i < in.operations.size(); ++i) {
        if (in.function(i) != OpFunction::txn) {
            return no_operation(in, i, "a long-fork history");
        }
        if (in.outcome(i) != OpType::ok) {
            continue;
        }
        Result<std::optional<View>> view = view_of(in, i);
        if (!view) {
            return view.error();
        }
        if (view->has_value()) {
            views.push_back(std::move(**view));
        }
    }
    std::sort(views.begin(), views.end(), [](const View& a, const View& b) {
        return std::tuple(a.keys, a.seen.size(), a.op) < std::tuple(b.keys, b.seen.size(), b.op);
    });
    for (std::size_t i = 1; i < views.size(); ++i) {
        const View& a = views[i - 1];
        const View& b = views[i];
        if (a.keys == b.keys &&
            !std::includes(b.seen.begin(), b.seen.end(), a.seen.begin(), a.seen.end())) {
            out.findings.add(Rule::k2,
                             in.who(a.op) + " and " + in.who(b.op) +
                                 " each saw a write that the other did not: the two cannot be put "
                                 "in any order",
                             {a.op, b.op});
        }
    }
    if (views.empty()) {
        out.doubts.push_back("nothing was read");
    }
    return out;
}

/// Each read against the latest begin among the writes it saw: whatever had ended before that must
/// be seen too. Writes sorted by their ends make the comparison one of counts.
Result<Checked> check_causal_reverse(const SimpleInput& in) {
    Checked out;
    KeyTable writes;                                            // value -> operation
    std::vector<std::pair<std::uint32_t, std::uint32_t>> ends;  // of acknowledged ones
    for (std::uint32_t i = 0; i < in.operations.size(); ++i) {
        const OpFunction f = in.function(i);
        if (f != OpFunction::write && f != OpFunction::add && f != OpFunction::read) {
            return no_operation(in, i, "a causal-reverse history");
        }
        if (f != OpFunction::read) {
            writes.put(in.argument(i).bits(), i);
            if (in.outcome(i) == OpType::ok) {
                ends.emplace_back(in.operations[i].complete, i);
            }
        }
    }
    std::sort(ends.begin(), ends.end());
    bool any = false;
    for (std::uint32_t i = 0; i < in.operations.size(); ++i) {
        if (in.function(i) != OpFunction::read || in.outcome(i) != OpType::ok) {
            continue;
        }
        if (!in.told(i).is_list()) {
            return in.refusal(i, "a read sees a list of what was written");
        }
        any = true;
        std::vector<std::uint32_t> seen;
        std::uint32_t latest = kOpen;
        for (const Value item : in.recording.pool.items(in.told(i))) {
            const std::uint32_t write = writes.find(item.bits());
            if (write == KeyTable::kAbsent) {
                return in.refusal(i, "a value was read that nobody wrote");
            }
            seen.push_back(write);
            latest = latest == kOpen || in.operations[write].invoke > in.operations[latest].invoke
                         ? write
                         : latest;
        }
        if (latest == kOpen) {
            continue;
        }
        std::sort(seen.begin(), seen.end());
        for (const auto& [end, write] : ends) {
            if (end >= in.operations[latest].invoke) {
                break;
            }
            if (!std::binary_search(seen.begin(), seen.end(), write)) {
                out.findings.add(Rule::k3,
                                 in.who(i) + " saw the write of " + in.who(latest) +
                                     " but not that of " + in.who(write) +
                                     ", which had ended before the other began",
                                 {write, latest, i});
                break;
            }
        }
    }
    if (!any) {
        out.doubts.push_back("nothing was read");
    }
    return out;
}

}  // namespace stormglass::sim::checks
