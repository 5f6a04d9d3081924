// The guard sees each leak of the real machine into simulated code, and nothing outside it.
#include "tests/support/guard.hpp"

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <random>
#include <thread>

#include "sim/world.hpp"

#include <sys/epoll.h>
#include <sys/random.h>
#include <unistd.h>

namespace stormglass {
namespace {

struct Leak {
    const char* name;
    void (*ask)();
    const char* said;
};

const Leak kLeaks[] = {
    {"steady_clock", [] { (void)std::chrono::steady_clock::now(); }, "clock_gettime"},
    {"system_clock", [] { (void)std::chrono::system_clock::now(); }, "clock_gettime"},
    {"time", [] { (void)std::time(nullptr); }, "time"},
    {"random_device", [] { (void)std::random_device{}(); }, "std::random_device"},
    {"rand", [] { (void)std::rand(); }, "rand"},  // NOLINT: that is the point
    {"getentropy",
     [] {
         int value = 0;
         (void)getentropy(&value, sizeof value);
     },
     "getentropy"},
    {"sleep", [] { std::this_thread::sleep_for(std::chrono::nanoseconds(1)); }, "nanosleep"},
    {"thread", [] { std::thread([] {}).join(); }, "pthread_create"},
    {"environment", [] { (void)std::getenv("HOME"); }, "getenv"},  // NOLINT: the same
    {"epoll", [] { close(epoll_create1(0)); }, "epoll_create1"},
};

/// Asks for it when its life begins, or, for comparison, does nothing.
class Leaking final : public Node {
  public:
    explicit Leaking(void (*ask)()) : ask_(ask) {}

    void start(const Recovered&, Moment, Effects&) override {
        if (ask_ != nullptr) {
            ask_();
        }
    }

    void on_message(NodeId, Bytes, Moment, Effects&) override {}

    void on_timer(TimerId, Moment, Effects&) override {}

    void on_storage(StorageToken, const StorageResult&, Moment, Effects&) override {}

    void on_request(RequestId, const Request&, Moment, Effects&) override {}

    void on_link(NodeId, LinkState, Moment, Effects&) override {}

  private:
    void (*ask_)();
};

void run_world(void (*ask)()) {
    sim::World world({});
    world.add_process({.name = "leaking"}, [ask] { return std::make_unique<Leaking>(ask); });
    world.run_for(milliseconds(1));
}

class Guard : public testing::TestWithParam<Leak> {
  protected:
    void SetUp() override {
        if (!tests::guard_installed()) {
            GTEST_SKIP() << "the sanitizers interpose the same functions";
        }
    }
};

TEST_P(Guard, ends_a_world_that_reaches_the_machine) {
    EXPECT_DEATH(run_world(GetParam().ask),
                 std::string("guard: simulated code asked for ") + GetParam().said);
}

TEST_P(Guard, lets_the_same_pass_outside_a_world) {
    run_world(nullptr);
    GetParam().ask();
    EXPECT_TRUE(tests::guard_installed()) << "or this would show nothing";
}

INSTANTIATE_TEST_SUITE_P(Leaks, Guard, testing::ValuesIn(kLeaks), [](const auto& of) {
    return std::string(of.param.name);
});

}  // namespace
}  // namespace stormglass
