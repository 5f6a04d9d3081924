// The kernel against a naive model, and its promises: order, cancel, move, lives, limits.
#include "sim/kernel.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "runtime/random.hpp"

namespace stormglass::tests {
namespace {

using sim::EventId;
using sim::EventOwner;
using sim::Kernel;
using sim::KernelLimits;
using sim::KernelStop;
using sim::QuadHeap;
using sim::QueueEntry;

constexpr EventOwner kNobody{};

RC_GTEST_PROP(QuadHeap, pops_in_ascending_order, (const std::vector<std::uint8_t>& times)) {
    QuadHeap heap;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> model;
    for (std::size_t i = 0; i < times.size(); ++i) {
        heap.push({times[i], i});
        model.emplace_back(times[i], i);
    }
    std::sort(model.begin(), model.end());
    for (const auto& [time, key] : model) {
        RC_ASSERT(heap.top().time == time);
        RC_ASSERT(heap.top().key == key);
        heap.pop();
    }
    RC_ASSERT(heap.empty());
}

RC_GTEST_PROP(QuadHeap, keeps_its_order_after_retain, (const std::vector<std::uint8_t>& times)) {
    QuadHeap heap;
    for (std::size_t i = 0; i < times.size(); ++i) {
        heap.push({times[i], i});
    }
    heap.retain([](const QueueEntry& entry) { return entry.key % 3 != 0; });
    RC_ASSERT(heap.size() == times.size() - (times.size() + 2) / 3);
    QueueEntry last{};
    while (!heap.empty()) {
        RC_ASSERT(!before(heap.top(), last));
        RC_ASSERT(heap.top().key % 3 != 0);
        last = heap.top();
        heap.pop();
    }
}

/// Kernel and std::multimap side by side: what runs, when, in which order.
struct Model {
    Kernel<> kernel;
    std::multimap<std::uint64_t, int> expected;  // insertion order among equal times
    std::map<int, EventId> ids;
    std::vector<std::pair<std::uint64_t, int>> ran;
    std::vector<std::pair<std::uint64_t, int>> should;
    int next = 0;

    void schedule(std::uint64_t time) {
        const int label = next++;
        ids[label] = kernel.schedule(
            time, kNobody, [this, label] { ran.emplace_back(kernel.now(), label); });
        expected.emplace(time, label);
    }

    auto find(int label) {
        return std::find_if(expected.begin(), expected.end(), [label](const auto& entry) {
            return entry.second == label;
        });
    }

    void cancel(int label) {
        const auto found = find(label);
        RC_ASSERT(kernel.cancel(ids[label]) == (found != expected.end()));
        if (found != expected.end()) {
            expected.erase(found);
        }
    }

    void move(int label, std::uint64_t time) {
        const auto found = find(label);
        if (found == expected.end()) {
            return;
        }
        expected.erase(found);
        expected.emplace(time, label);
        ids[label] = kernel.move(ids[label], time);
    }

    void run_until(std::uint64_t time) {
        RC_ASSERT(kernel.run_until(time) == KernelStop::reached);
        while (!expected.empty() && expected.begin()->first <= time) {
            should.emplace_back(*expected.begin());
            expected.erase(expected.begin());
        }
    }
};

RC_GTEST_PROP(Kernel, runs_what_a_multimap_would_run_under_any_operations, ()) {
    Model model;
    const auto steps =
        *rc::gen::container<std::vector<std::uint32_t>>(300, rc::gen::arbitrary<std::uint32_t>());
    for (const std::uint32_t word : steps) {
        const std::uint64_t time = model.kernel.now() + (word >> 8) % 16;
        const int label = model.next == 0 ? 0 : static_cast<int>((word >> 16)) % model.next;
        switch (word % 8) {
            case 0:
                model.run_until(time);
                break;
            case 1:
                model.cancel(label);
                break;
            case 2:
                model.move(label, time);
                break;
            default:
                model.schedule(time);
        }
        RC_ASSERT(model.kernel.pending_events() == model.expected.size());
    }
    model.run_until(model.kernel.now() + 100);
    RC_ASSERT(model.ran == model.should);
}

TEST(Kernel, keeps_first_in_first_out_among_equal_times) {
    Kernel<> kernel;
    std::vector<int> order;
    for (int i = 0; i < 100; ++i) {
        kernel.schedule(7, kNobody, [&order, i] { order.push_back(i); });
    }
    kernel.run_until(7);
    EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
    EXPECT_EQ(order.size(), 100U);
}

TEST(Kernel, stands_at_the_end_of_its_span_when_nothing_is_pending) {
    Kernel<> kernel;
    EXPECT_EQ(kernel.run_until(500), KernelStop::reached);
    EXPECT_EQ(kernel.now(), 500U);
}

TEST(Kernel, compacts_stale_entries_when_they_outnumber_the_living) {
    Kernel<> kernel;
    const EventId kept = kernel.schedule(1'000'000, kNobody, [] {});
    for (int i = 0; i < 10'000; ++i) {
        kernel.cancel(kernel.schedule(900'000, kNobody, [] {}));
    }
    EXPECT_LE(kernel.stale_entries(), 100U);
    EXPECT_TRUE(kernel.is_pending(kept));
}

TEST(Kernel, drops_the_events_of_one_life_only) {
    Kernel<> kernel;
    std::vector<int> ran;
    kernel.schedule(1, EventOwner{1, 5, 0}, [&ran] { ran.push_back(1); });
    kernel.schedule(1, EventOwner{2, 5, 0}, [&ran] { ran.push_back(2); });
    kernel.schedule(1, EventOwner{1, 6, 0}, [&ran] { ran.push_back(3); });
    kernel.schedule(1, EventOwner{0, 5, 0}, [&ran] { ran.push_back(4); });
    EXPECT_EQ(kernel.drop_life(5, 1), 1U);
    kernel.run_until(1);
    EXPECT_EQ(ran, (std::vector<int>{2, 3, 4}));
}

TEST(Kernel, destroys_what_callables_own_when_cancelled_run_or_left) {
    const auto counted = std::make_shared<int>(0);
    {
        Kernel<> kernel;
        const EventId cancelled = kernel.schedule(1, kNobody, [counted] {});
        kernel.schedule(2, kNobody, [counted] { ++*counted; });
        kernel.schedule(9, kNobody, [counted] {});
        EXPECT_EQ(counted.use_count(), 4);
        kernel.cancel(cancelled);
        EXPECT_EQ(counted.use_count(), 3);
        kernel.run_until(5);
        EXPECT_EQ(counted.use_count(), 2);
        EXPECT_EQ(*counted, 1);
    }
    EXPECT_EQ(counted.use_count(), 1);
}

TEST(Kernel, takes_callables_larger_than_a_slot) {
    Kernel<> kernel;
    std::array<std::uint64_t, 20> big{};
    big[19] = 42;
    std::uint64_t seen = 0;
    kernel.schedule(1, kNobody, [big, &seen] { seen = big[19]; });
    kernel.run_until(1);
    EXPECT_EQ(seen, 42U);
}

TEST(Kernel, ends_a_livelock_and_names_who_turned_in_it) {
    struct Loop {
        Kernel<>& kernel;

        void spin(std::uint16_t process) {
            kernel.schedule(kernel.now(), EventOwner{1, process, 2}, [this, process] {
                spin(process == 3 ? 4 : 3);
            });
        }
    };

    Kernel<> kernel({.without_time = 5000});
    Loop loop{kernel};
    kernel.schedule(10, kNobody, [&loop] { loop.spin(3); });
    EXPECT_EQ(kernel.run_until(20), KernelStop::stalled);
    EXPECT_EQ(kernel.now(), 10U);
    const auto report = kernel.stall_report();
    ASSERT_EQ(report.size(), 2U);
    EXPECT_EQ(report[0].kind, 2);
    EXPECT_EQ(report[0].process + report[1].process, 7);
    EXPECT_GE(report[0].count, 400U);
}

TEST(Kernel, does_not_call_time_that_advances_a_livelock) {
    Kernel<> kernel({.without_time = 100});
    std::uint64_t ran = 0;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        kernel.schedule(i / 50, kNobody, [&ran] { ++ran; });
    }
    EXPECT_EQ(kernel.run_until(100), KernelStop::reached);
    EXPECT_EQ(ran, 1000U);
}

TEST(Kernel, ends_when_a_budget_is_used_up) {
    Kernel<> events({.events = 3});
    Kernel<> time({.time = 5});
    std::vector<int> ran;
    for (int i = 1; i <= 9; ++i) {
        events.schedule(static_cast<std::uint64_t>(i), kNobody, [&ran, i] { ran.push_back(i); });
        time.schedule(static_cast<std::uint64_t>(i), kNobody, [] {});
    }
    EXPECT_EQ(events.run_until(100), KernelStop::event_budget);
    EXPECT_EQ(ran, (std::vector<int>{1, 2, 3}));
    EXPECT_EQ(time.run_until(100), KernelStop::time_budget);
    EXPECT_EQ(time.now(), 5U);
    EXPECT_EQ(time.events_done(), 5U);
}

TEST(Kernel, stops_after_the_event_that_asked_for_it) {
    Kernel<> kernel;
    int ran = 0;
    kernel.schedule(1, kNobody, [&] {
        ++ran;
        kernel.stop();
    });
    kernel.schedule(1, kNobody, [&ran] { ++ran; });
    EXPECT_EQ(kernel.run_until(9), KernelStop::stopped);
    EXPECT_EQ(ran, 1);
    EXPECT_EQ(kernel.run_until(9), KernelStop::reached);
    EXPECT_EQ(ran, 2);
}

TEST(Kernel, steps_one_event_at_a_time_and_peeks_at_the_next) {
    Kernel<> kernel;
    int ran = 0;
    const EventId first = kernel.schedule(3, kNobody, [&ran] { ran += 1; });
    kernel.schedule(8, kNobody, [&ran] { ran += 10; });
    std::uint64_t time = 0;
    ASSERT_TRUE(kernel.peek(time));
    EXPECT_EQ(time, 3U);
    kernel.cancel(first);
    ASSERT_TRUE(kernel.peek(time));
    EXPECT_EQ(time, 8U);
    EXPECT_TRUE(kernel.step());
    EXPECT_EQ(ran, 10);
    EXPECT_FALSE(kernel.step());
    EXPECT_FALSE(kernel.peek(time));
}

}  // namespace
}  // namespace stormglass::tests
