// Generators of reductions and tokens, for the laws about them.
#pragma once

#include <set>

#include <rapidcheck.h>

#include "sim/token.hpp"

namespace stormglass::tests {

inline rc::Gen<sim::IndexSet> any_index_set() {
    return rc::gen::exec([]() -> sim::IndexSet {
        if (*rc::gen::inRange(0, 4) == 0) {
            return sim::IndexSet::all();
        }
        const auto limit = *rc::gen::element(8U, 300U, 0xffff'ffffU);
        const auto numbers =
            *rc::gen::container<std::set<std::uint32_t>>(rc::gen::inRange<std::uint32_t>(0, limit));
        const std::vector<std::uint32_t> rising(numbers.begin(), numbers.end());
        return sim::IndexSet::of(rising);
    });
}

inline rc::Gen<sim::Reduction> any_reduction() {
    return rc::gen::exec([]() -> sim::Reduction {
        sim::Reduction kept;
        const auto faults = *rc::gen::inRange<std::size_t>(0, 9);
        for (std::size_t i = 0; i < faults; ++i) {
            kept.faults.push_back(*any_index_set());
        }
        kept.choices = *any_index_set();
        return kept;
    });
}

inline rc::Gen<sim::Token> any_token() {
    return rc::gen::exec([]() -> sim::Token {
        sim::Token token;
        token.scenario = *rc::gen::arbitrary<std::uint64_t>();
        token.engine = *rc::gen::arbitrary<std::uint64_t>();
        token.seed = *rc::gen::arbitrary<std::uint64_t>();
        token.trace = *rc::gen::arbitrary<std::uint64_t>();
        token.events = *rc::gen::arbitrary<std::uint64_t>();
        token.kept = *any_reduction();
        return token;
    });
}

}  // namespace stormglass::tests
