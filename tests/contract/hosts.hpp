// The hosts on which the contract is tested. A promise over clients alone is written once, as
//     TEST_P(Batch, ...) { BusFixture& bus = host(2); ... }
// and holds in a calm process and inside the simulator, calm and under faults. A test that needs
// exact instants, a tap or a damaged disk is a plain TEST on BusWorld.
#pragma once

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "tests/contract/contract.hpp"
#include "tests/contract/simulated_bus.hpp"

namespace stormglass::bus {

struct HostKind {
    enum class Of : std::uint8_t { in_process, simulated, simulated_storm } of = Of::in_process;
    std::uint64_t seed = 1;  // each is another storm
};

inline std::unique_ptr<BusFixture> make_host(HostKind kind, std::uint32_t clients) {
    using tests::SimulatedBus;
    using tests::Weather;
    switch (kind.of) {
        case HostKind::Of::in_process:
            return std::make_unique<BusWorld>(clients, kind.seed);
        case HostKind::Of::simulated:
            return std::make_unique<SimulatedBus>(clients, kind.seed, Weather::calm);
        case HostKind::Of::simulated_storm:
            return std::make_unique<SimulatedBus>(clients, kind.seed, Weather::stormy);
    }
    CHECK(false);
}

class OnEachHost : public testing::TestWithParam<HostKind> {
  protected:
    /// The host of this test; not begun yet, so that its options may be changed.
    BusFixture& host(std::uint32_t clients) {
        host_ = make_host(GetParam(), clients);
        return *host_;
    }

    BusFixture& begun(std::uint32_t clients) {
        host(clients).begin();
        return *host_;
    }

  private:
    std::unique_ptr<BusFixture> host_;
};

inline std::string name_of_host(const testing::TestParamInfo<HostKind>& info) {
    switch (info.param.of) {
        case HostKind::Of::in_process:
            return "in_process";
        case HostKind::Of::simulated:
            return "simulated";
        case HostKind::Of::simulated_storm:
            return "storm_" + std::to_string(info.param.seed);
    }
    CHECK(false);
}

// Every suite of promises is run on all of them.
#define STORMGLASS_ON_ALL_HOSTS(suite)                                                    \
    INSTANTIATE_TEST_SUITE_P(Host,                                                        \
                             suite,                                                       \
                             testing::Values(HostKind{HostKind::Of::in_process, 1},       \
                                             HostKind{HostKind::Of::simulated, 1},        \
                                             HostKind{HostKind::Of::simulated_storm, 1},  \
                                             HostKind{HostKind::Of::simulated_storm, 2},  \
                                             HostKind{HostKind::Of::simulated_storm, 3}), \
                             name_of_host)

}  // namespace stormglass::bus
