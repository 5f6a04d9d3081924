// For users: scenarios as GoogleTests, generators for RapidCheck properties, assertions. Include it
// as <stormglass/gtest.hpp>, link stormglass::gtest; docs/properties.md.
//
//   STORMGLASS_SCENARIO(Bank, keeps_all_money, "scenarios/lossy.yaml", seeds(200)) {
//       world.service<Bank>("bank");
//       world.check("money-conserved", [](const auto& state) { ... });
//   }
#pragma once

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "runtime/assertions.hpp"
#include "scenarios/gtest/gen.hpp"
#include "scenarios/gtest/runner.hpp"
#include "scenarios/gtest/trial.hpp"
#include "scenarios/gtest/world.hpp"

// stormglass::gtest defines it as the source folder of the target that uses it.
#ifndef STORMGLASS_TEST_DIR
#define STORMGLASS_TEST_DIR ""
#endif

namespace stormglass::trial {

inline Place source_of(const char* file, const char* folder, const char* source) {
    return {file, folder, source};
}

inline Scenario source_of(Scenario values, const char*, const char*) {
    return values;
}

}  // namespace stormglass::trial

/// A scenario with its body, for properties: `name()` is its Trial.
#define STORMGLASS_WORLD(name, scenario)                                             \
    static void stormglass_body_##name(::stormglass::trial::World& world);           \
    static const ::stormglass::trial::Trial& name() {                                \
        static const ::stormglass::trial::Trial trial(                               \
            ::stormglass::trial::source_of(scenario, STORMGLASS_TEST_DIR, __FILE__), \
            &stormglass_body_##name);                                                \
        return trial;                                                                \
    }                                                                                \
    static void stormglass_body_##name([[maybe_unused]] ::stormglass::trial::World& world)

/// A scenario as a test of its own; `seeds(n)` may follow.
#define STORMGLASS_SCENARIO(suite, name, scenario, ...)                              \
    static void stormglass_body_##suite##_##name(::stormglass::trial::World& world); \
    TEST(suite, name) {                                                              \
        using ::stormglass::trial::seeds;                                            \
        const ::stormglass::trial::Trial trial(                                      \
            ::stormglass::trial::source_of(scenario, STORMGLASS_TEST_DIR, __FILE__), \
            &stormglass_body_##suite##_##name);                                      \
        ::stormglass::trial::run_scenario_test(trial __VA_OPT__(, ) __VA_ARGS__);    \
    }                                                                                \
    static void stormglass_body_##suite##_##name([[maybe_unused]] ::stormglass::trial::World& world)
