// Facts of a small read model, written by hand: a log of five events whose first n fold to the
// digest 100 + n, followed without a fault, rebuilt once, read once by whom it concerns.
#pragma once

#include "scenarios/checks/projection_facts.hpp"

namespace stormglass::tests {

constexpr std::uint64_t kEvents = 5;
constexpr std::uint64_t kMs = 1'000'000;

inline std::uint64_t digest_at(bus::Position position) {
    return 100 + position;
}

/// Stored and shown, all events below `position`.
inline void show_up_to(scenarios::ProjectionFacts& facts,
                       bus::Position position,
                       std::uint64_t at) {
    using Kind = scenarios::ProjectionFact::Kind;
    facts.steps.push_back({Kind::stored, at, position, digest_at(position), 0});
    facts.steps.push_back({Kind::committed, at, position, digest_at(position), 0});
}

inline void apply(scenarios::ProjectionFacts& facts, bus::Position position) {
    facts.steps.push_back({scenarios::ProjectionFact::Kind::applied,
                           facts.stored_at[position] + 50 * kMs,
                           position,
                           0,
                           0});
}

/// Orders "order-1" (completed) and "order-2" (compensated), as FactsBuilder knows them.
inline scenarios::ProjectionFacts sound_projection() {
    using Kind = scenarios::ProjectionFact::Kind;
    scenarios::ProjectionFacts facts;
    facts.present = facts.alive = true;
    facts.name = "checkout";
    facts.topic = "journal";
    facts.staleness_max = 1000 * kMs;
    for (std::uint64_t i = 0; i <= kEvents; ++i) {
        facts.prefix.push_back(digest_at(i));
        if (i < kEvents) {
            facts.stored_at.push_back(100 * kMs * (i + 1));
        }
    }
    facts.steps.push_back({Kind::loaded, 0, 0, digest_at(0), 0});
    for (bus::Position position = 0; position < kEvents; ++position) {
        apply(facts, position);
        show_up_to(facts, position + 1, facts.stored_at[position] + 60 * kMs);
    }
    facts.steps.push_back({Kind::mailed, 560 * kMs, kEvents, 0, 0});
    facts.steps.push_back({Kind::snapshot, 600 * kMs, 3, digest_at(3), 0});
    facts.steps.push_back({Kind::rebuilding, 650 * kMs, 0, 0, 0});
    facts.steps.push_back({Kind::rebuilt, 700 * kMs, kEvents, digest_at(kEvents), 0});
    facts.reads.push_back({"order-1", 1, 300 * kMs, scenarios::ReadFact::Answer::shown, 2});
    facts.position = kEvents;
    facts.digest = digest_at(kEvents);
    facts.orders = {{"order-1", "completed"}, {"order-2", "compensated"}};
    facts.totals = {{"started", 2}, {"completed", 1}, {"compensated", 1}};
    return facts;
}

}  // namespace stormglass::tests
