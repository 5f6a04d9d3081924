// What a check says of a saga.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "scenarios/checks/check.hpp"
#include "scenarios/checks/facts.hpp"

namespace stormglass::scenarios {

/// Where it goes, which saga it is about, and whose doing it was, if that is known.
struct SagaReport {
    CheckResult& result;
    const SagaFacts& saga;
    std::string_view node = {};
};

inline void report_saga(SagaReport about,
                        std::uint64_t at,
                        std::string sentence,
                        std::string observed,
                        std::string expected) {
    about.result.violations.push_back({std::move(sentence),
                                       std::move(expected),
                                       std::move(observed),
                                       about.saga.id,
                                       at,
                                       std::string(about.node)});
}

}  // namespace stormglass::scenarios
