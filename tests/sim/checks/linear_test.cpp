// The search against the naive checker: on every small history, on drawn larger ones, and by itself
// on long ones whose verdict is known by construction.
#include <algorithm>
#include <iterator>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "runtime/random.hpp"
#include "sim/checks/formats/syntax.hpp"
#include "sim/checks/linear/models.hpp"
#include "sim/checks/linear/search.hpp"
#include "tests/sim/checks/naive_linear.hpp"
#include "tests/sim/checks/recorded.hpp"

namespace stormglass::tests {
namespace {

using namespace sim::checks;
using sim::OpFunction;

/// What an operation may be: its function, its argument, what it saw; `open` when it never ended.
struct Kind {
    OpFunction f;
    const char* argument;
    const char* result;
    bool open = false;
};

const std::vector<Kind>& kinds_of(LinModel model) {
    using F = OpFunction;
    static const std::vector<Kind> kCas = {{F::read, "null", "null"},
                                           {F::read, "null", "1"},
                                           {F::read, "null", "2"},
                                           {F::write, "1", "1"},
                                           {F::write, "2", "2"},
                                           {F::write, "1", "1", true},
                                           {F::cas, "[1,2]", "[1,2]"},
                                           {F::cas, "[2,1]", "[2,1]"},
                                           {F::cas, "[1,2]", "[1,2]", true}};
    static const std::vector<Kind> kRegister = {{F::read, "null", "1"},
                                                {F::read, "null", "2"},
                                                {F::write, "1", "1"},
                                                {F::write, "2", "2"},
                                                {F::write, "2", "2", true}};
    static const std::vector<Kind> kQueue = {{F::enqueue, "1", "1"},
                                             {F::enqueue, "2", "2"},
                                             {F::enqueue, "1", "1", true},
                                             {F::dequeue, "null", "1"},
                                             {F::dequeue, "null", "2"},
                                             {F::dequeue, "null", "null"},
                                             {F::dequeue, "null", "null", true}};
    static const std::vector<Kind> kMutex = {{F::acquire, "null", "null"},
                                             {F::release, "null", "null"},
                                             {F::acquire, "null", "null", true},
                                             {F::release, "null", "null", true}};
    static const std::vector<Kind> kSet = {{F::add, "1", "1"},
                                           {F::add, "2", "2"},
                                           {F::add, "2", "2", true},
                                           {F::read, "null", "[]"},
                                           {F::read, "null", "[1]"},
                                           {F::read, "null", "[2,1]"}};
    switch (model) {
        case LinModel::reg:
            return kRegister;
        case LinModel::queue:
            return kQueue;
        case LinModel::mutex:
            return kMutex;
        case LinModel::set:
            return kSet;
        case LinModel::cas_register:
        case LinModel::kv:
            break;
    }
    return kCas;
}

/// Events of two processes in turn: the n-th time that a process stands here it begins or ends.
using Shape = std::vector<int>;

/// All interleavings of a events of the one process and b of the other.
void add_shapes(int a, int b, Shape& so_far, std::vector<Shape>& out) {
    if (a == 0 && b == 0) {
        out.push_back(so_far);
        return;
    }
    for (int p = 0; p < 2; ++p) {
        if ((p == 0 ? a : b) > 0) {
            so_far.push_back(p);
            add_shapes(p == 0 ? a - 1 : a, p == 1 ? b - 1 : b, so_far, out);
            so_far.pop_back();
        }
    }
}

/// Two beginnings in a row, or two ends, say the same in either order: which operation ended
/// before which began is all that linearizability asks. The same with the processes' names swapped.
/// Of all the shapes that say the same, this is the first.
Shape canonical(Shape shape) {
    Shape best;
    for (int names = 0; names < 2; ++names) {
        std::array<int, 2> seen = {};
        Shape sorted;
        for (std::size_t at = 0; at < shape.size();) {
            const std::size_t begin = at;
            const int phase = seen[static_cast<std::size_t>(shape[at])] % 2;
            while (at < shape.size() && seen[static_cast<std::size_t>(shape[at])] % 2 == phase) {
                ++seen[static_cast<std::size_t>(shape[at])];
                sorted.push_back(shape[at++]);
            }
            std::sort(sorted.begin() + static_cast<std::ptrdiff_t>(begin), sorted.end());
        }
        best = best.empty() ? sorted : std::min(best, sorted);
        std::transform(shape.begin(), shape.end(), shape.begin(), [](int p) { return 1 - p; });
    }
    return best;
}

/// Every shape of so many operations that says something of its own.
std::set<Shape> shapes(int operations) {
    std::set<Shape> out;
    for (int b = 0; 2 * b <= operations; ++b) {
        std::vector<Shape> all;
        Shape so_far;
        add_shapes(2 * (operations - b), 2 * b, so_far, all);
        std::transform(all.begin(), all.end(), std::inserter(out, out.end()), canonical);
    }
    return out;
}

/// Builds operations of a model straight from kinds, values interned by hand.
class Builder {
  public:
    explicit Builder(LinModel model) {
        spec.model = model;
        for (const Kind& kind : kinds_of(model)) {
            arguments_.push_back(parse(kind.argument));
            results_.push_back(parse(kind.result));
        }
    }

    /// `choice` picks the kind of each operation in the order of invocations.
    void build(const Shape& shape, const std::vector<std::size_t>& choice) {
        history.ops.clear();
        const auto& kinds = kinds_of(spec.model);
        std::array<std::uint32_t, 8> under_way;
        under_way.fill(kOpen);
        std::array<std::uint32_t, 8> successor = {};
        for (std::uint32_t at = 0; at < shape.size(); ++at) {
            const auto p = static_cast<std::size_t>(shape[at]);
            if (under_way[p] != kOpen) {
                LinOp& op = history.ops[under_way[p]];
                const Kind& kind = kinds[choice[under_way[p]]];
                under_way[p] = kOpen;
                if (kind.open) {
                    ++successor[p];
                    continue;
                }
                op.complete = at;
                if (op.f == OpFunction::read || op.f == OpFunction::dequeue) {
                    op.result =
                        results_[choice[static_cast<std::size_t>(&op - history.ops.data())]];
                }
                continue;
            }
            const std::size_t pick = choice[history.ops.size()];
            under_way[p] = static_cast<std::uint32_t>(history.ops.size());
            LinOp op;
            op.f = kinds[pick].f;
            op.invoke = at;
            op.process = static_cast<std::uint32_t>(p + 10 * successor[p]);
            const auto pair = recording.pool.items(history.values[arguments_[pick]]);
            op.a = op.f == OpFunction::cas ? id(pair[0]) : arguments_[pick];
            op.b = op.f == OpFunction::cas ? id(pair[1]) : kNilId;
            op.a = spec.model == LinModel::mutex ? 0 : op.a;
            history.ops.push_back(op);
        }
    }

    bool search() {
        const auto model = make_model(spec, recording, history);
        const SearchResult found = find_linear_order(*model, history.ops, Budget{});
        EXPECT_NE(found.verdict, Verdict::unknown);
        return found.verdict == Verdict::valid;
    }

    bool naive() { return NaiveLinear(history, recording, spec.nil_read_legal).linearizable({}); }

    bool search_sessions() {
        const auto model = make_model(spec, recording, history);
        return find_session_order(*model, history.ops, Budget{}).verdict == Verdict::valid;
    }

    bool naive_sessions() {
        return NaiveLinear(history, recording, spec.nil_read_legal).sequential({});
    }

    LinSpec spec;
    Recording recording;
    LinHistory history;

  private:
    ValueId id(Value value) {
        for (ValueId i = 0; i < history.values.size(); ++i) {
            if (recording.pool.equal(history.values[i], value)) {
                return i;
            }
        }
        history.values.push_back(value);
        return static_cast<ValueId>(history.values.size() - 1);
    }

    ValueId parse(const char* text) {
        const auto value = parse_element(text, Syntax::json, 1, recording.pool);
        for (const Value item : recording.pool.items(*value)) {
            id(item);
        }
        return id(*value);
    }

    std::vector<ValueId> arguments_;
    std::vector<ValueId> results_;
};

std::string shown(const Builder& builder) {
    std::string out;
    for (const LinOp& op : builder.history.ops) {
        out += std::string(name_of(op.f)) + " a=" + std::to_string(op.a) +
               " b=" + std::to_string(op.b) +
               " result=" + std::to_string(static_cast<int>(op.result)) + " [" +
               std::to_string(op.invoke) + ", " + std::to_string(static_cast<int>(op.complete)) +
               "]\n";
    }
    return out;
}

/// Compares both on every history of so many operations; the number of valid ones.
std::uint64_t compare_all(LinModel model, int operations, std::uint64_t& tried) {
    Builder builder(model);
    const std::size_t kinds = kinds_of(model).size();
    std::uint64_t valid = 0;
    for (const Shape& shape : shapes(operations)) {
        std::vector<std::size_t> choice(static_cast<std::size_t>(operations), 0);
        while (true) {
            builder.build(shape, choice);
            const bool expected = builder.naive();
            EXPECT_EQ(builder.search(), expected) << shown(builder);
            valid += expected ? 1U : 0U;
            ++tried;
            std::size_t at = 0;
            while (at < choice.size() && ++choice[at] == kinds) {
                choice[at++] = 0;
            }
            if (at == choice.size() || testing::Test::HasFailure()) {
                break;
            }
        }
        if (testing::Test::HasFailure()) {
            break;
        }
    }
    return valid;
}

class EverySmallHistory : public testing::TestWithParam<LinModel> {};

TEST_P(EverySmallHistory, is_judged_as_the_naive_checker_judges_it) {
    std::uint64_t tried = 0;
    std::uint64_t valid = 0;
    const int most = static_cast<int>(sweep_cases(4, 6));
    for (int operations = 1; operations <= most; ++operations) {
        valid += compare_all(GetParam(), operations, tried);
    }
    EXPECT_GT(valid, tried / 100);
    EXPECT_LT(valid, tried);
    RecordProperty("histories", std::to_string(tried));
}

std::string model_name(const testing::TestParamInfo<LinModel>& model) {
    constexpr std::array<const char*, 6> kNames = {
        "register", "cas_register", "kv", "queue", "mutex", "set"};
    return kNames[static_cast<std::size_t>(model.param)];
}

INSTANTIATE_TEST_SUITE_P(Models,
                         EverySmallHistory,
                         testing::Values(LinModel::reg,
                                         LinModel::cas_register,
                                         LinModel::queue,
                                         LinModel::mutex,
                                         LinModel::set),
                         model_name);

/// Up to four processes and seven operations, drawn.
RC_GTEST_PROP(LinearSearch, agrees_with_the_naive_checker_on_wider_histories, ()) {
    const LinModel model = *rc::gen::element(
        LinModel::reg, LinModel::cas_register, LinModel::queue, LinModel::mutex, LinModel::set);
    Builder builder(model);
    const auto count = *rc::gen::inRange<std::size_t>(1, 8);
    Shape events;
    for (std::size_t i = 0; i < count; ++i) {
        const int p = *rc::gen::inRange(0, 4);
        events.push_back(p);
        events.push_back(p);
    }
    // A shuffle keeps each process's events paired, since only their order among others matters.
    for (std::size_t i = events.size(); i > 1; --i) {
        std::swap(events[i - 1], events[*rc::gen::inRange<std::size_t>(0, i)]);
    }
    const auto choice = *rc::gen::container<std::vector<std::size_t>>(
        count, rc::gen::inRange<std::size_t>(0, kinds_of(model).size()));
    builder.build(events, choice);
    const bool expected = builder.naive();
    RC_TAG(std::string(expected ? "linearizable" : "not linearizable"));
    RC_ASSERT(builder.search() == expected);
    const bool sequential = builder.naive_sessions();
    RC_ASSERT(builder.search_sessions() == sequential);
    RC_ASSERT(sequential || !expected);  // the weaker promise
}

/// A long run of a register by many clients, linearizable by construction: each operation takes
/// effect at a point between its two ends.
std::vector<LinOp> long_register_run(std::uint32_t operations,
                                     std::uint32_t clients,
                                     std::uint64_t seed) {
    struct Point {
        std::uint64_t at;
        std::uint32_t op;
    };

    std::vector<LinOp> ops(operations);
    std::vector<std::uint64_t> free_at(clients, 0);
    std::vector<std::pair<std::uint64_t, std::uint32_t>> events;  // time, op * 2 + end
    std::vector<Point> points;
    for (std::uint32_t i = 0; i < operations; ++i) {
        const std::uint32_t p = i % clients;
        const std::uint64_t begin = free_at[p] + 1 + keyed_draw(seed, 1, {i}) % 50;
        const std::uint64_t point = begin + 1 + keyed_draw(seed, 2, {i}) % 50;
        const std::uint64_t end = point + 1 + keyed_draw(seed, 3, {i}) % 50;
        free_at[p] = end;
        ops[i].process = p;
        ops[i].f = keyed_draw(seed, 4, {i}) % 2 == 0 ? OpFunction::write : OpFunction::read;
        ops[i].a = ops[i].f == OpFunction::write
                       ? 1 + static_cast<ValueId>(keyed_draw(seed, 5, {i}) % 5)
                       : kNilId;
        events.emplace_back(begin, i * 2);
        events.emplace_back(end, i * 2 + 1);
        points.push_back({point, i});
    }
    std::sort(events.begin(), events.end());
    for (std::uint32_t at = 0; at < events.size(); ++at) {
        LinOp& op = ops[events[at].second / 2];
        (events[at].second % 2 == 0 ? op.invoke : op.complete) = at;
    }
    std::sort(points.begin(), points.end(), [](const Point& a, const Point& b) {
        return a.at < b.at || (a.at == b.at && a.op < b.op);
    });
    ValueId value = kNilId;
    for (const Point& point : points) {
        LinOp& op = ops[point.op];
        value = op.f == OpFunction::write ? op.a : value;
        op.result = op.f == OpFunction::read ? value : kUnknownId;
    }
    return ops;
}

TEST(LinearSearch, takes_a_hundred_thousand_operations_of_one_key_in_stride) {
    LinHistory history;
    history.ops = long_register_run(100'000, 10, 7);
    for (int i = 1; i < 6; ++i) {
        history.values.push_back(Value::number(i));
    }
    Recording recording;
    const auto model = make_model({}, recording, history);
    const SearchResult found = find_linear_order(*model, history.ops, Budget{});
    EXPECT_EQ(found.verdict, Verdict::valid);
    EXPECT_EQ(found.order.size(), history.ops.size());
    EXPECT_LT(found.bytes, 64U << 20);
}

TEST(LinearSearch, out_of_budget_is_unknown_and_never_valid) {
    LinHistory history;
    history.ops = long_register_run(2'000, 10, 3);
    for (int i = 1; i < 6; ++i) {
        history.values.push_back(Value::number(i));
    }
    Recording recording;
    Budget nodes;
    nodes.nodes = 100;
    EXPECT_EQ(find_linear_order(*make_model({}, recording, history), history.ops, nodes).verdict,
              Verdict::unknown);
    Budget bytes;
    bytes.bytes = 4096;
    EXPECT_EQ(find_linear_order(*make_model({}, recording, history), history.ops, bytes).verdict,
              Verdict::unknown);

    struct Over final : Deadline {
        bool expired() const override { return true; }
    };

    const Over over;
    Budget time;
    time.deadline = &over;
    EXPECT_EQ(find_linear_order(*make_model({}, recording, history), history.ops, time).verdict,
              Verdict::unknown);
}

TEST(LinearSearch, order_it_returns_is_one_that_the_model_and_time_accept) {
    LinHistory history;
    history.ops = long_register_run(500, 6, 11);
    for (int i = 1; i < 6; ++i) {
        history.values.push_back(Value::number(i));
    }
    Recording recording;
    const auto model = make_model({}, recording, history);
    const SearchResult found = find_linear_order(*model, history.ops, Budget{});
    ASSERT_EQ(found.order.size(), history.ops.size());
    StateId state = model->initial();
    std::uint32_t latest_begin = 0;
    for (const std::uint32_t i : found.order) {
        state = model->step(state, history.ops[i]);
        ASSERT_NE(state, kRefused);
        ASSERT_GT(history.ops[i].complete, latest_begin);  // none ended before a placed one began
        latest_begin = std::max(latest_begin, history.ops[i].invoke);
    }
}

}  // namespace
}  // namespace stormglass::tests
