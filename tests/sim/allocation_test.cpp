// The steady path allocates nothing: kernel events, and frames, timers and storage of a world.
// A program of its own, because counting_new.cpp replaces operator new.
#include <memory>

#include <gtest/gtest.h>

#include "runtime/node.hpp"
#include "sim/kernel.hpp"
#include "sim/world.hpp"
#include "tests/sim/counting_new.hpp"

namespace stormglass::tests {
namespace {

TEST(Allocation, kernel_events_cost_none) {
    sim::Kernel<> kernel;

    struct Loop {
        sim::Kernel<>& kernel;
        std::uint64_t ran = 0;

        void spin(std::uint64_t step) {
            ++ran;
            const sim::EventId doomed = kernel.schedule(kernel.now() + 1000, {}, [] {});
            kernel.schedule(kernel.now() + step, {}, [this, step] { spin(step); });
            kernel.cancel(doomed);
        }
    };

    Loop loop{kernel};
    for (std::uint64_t i = 1; i <= 50; ++i) {
        loop.spin(i);
    }
    kernel.run_until(1000);
    const std::uint64_t before = allocations();
    const std::uint64_t ran = loop.ran;
    kernel.run_until(20'000);
    EXPECT_EQ(allocations() - before, 0U);
    EXPECT_GT(loop.ran - ran, 10'000U);
}

/// Throws one of a hundred frames back and forth, sets a timer, writes and syncs, all the time.
class Busy final : public Node {
  public:
    explicit Busy(NodeId peer) : peer_(peer) {}

    void start(const Recovered&, Moment, Effects& out) override {
        if (peer_.value == 2) {
            send(out);
        }
        out.create({1}, "f", 4096);
    }

    void on_message(NodeId, Bytes, Moment now, Effects& out) override {
        send(out);
        out.set_timer({7}, now.monotonic + milliseconds(5));
        if (++messages_ % 4 == 0) {
            out.write_at({2}, "f", 64 * (messages_ % 16), as_bytes("0123456789"));
            out.sync({3}, "f");
            out.note("busy.wrote", {{"n", messages_}});
        }
    }

    void on_timer(TimerId, Moment, Effects&) override {}

    void on_storage(StorageToken, const StorageResult&, Moment, Effects&) override {}

    void on_request(RequestId, const Request&, Moment, Effects&) override {}

    void on_link(NodeId, LinkState, Moment, Effects&) override {}

  private:
    void send(Effects& out) {
        static constexpr char kFrames[101] =
            "......................................................................................"
            "..............";
        out.send(peer_, as_bytes(std::string_view(kFrames, 20 + messages_ % 80)));
    }

    NodeId peer_;
    std::uint64_t messages_ = 0;
};

TEST(Allocation, frames_timers_and_storage_of_a_world_cost_none) {
    sim::WorldOptions options;
    options.trace.checkpoint_every = 1'000'000;
    sim::World world(options);
    world.add_process({"a"}, [] { return std::make_unique<Busy>(NodeId{2}); });
    world.add_process({"b"}, [] { return std::make_unique<Busy>(NodeId{1}); });
    world.run_for(seconds(1));
    const std::uint64_t before = allocations();
    const std::uint64_t events = world.events_done();
    world.run_for(seconds(10));
    EXPECT_EQ(allocations() - before, 0U);
    EXPECT_GT(world.events_done() - events, 12'000U);
}

}  // namespace
}  // namespace stormglass::tests
