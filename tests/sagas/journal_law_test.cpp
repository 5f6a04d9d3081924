// The journal of a saga says everything: replayed, it gives the same instance at every moment; cut,
// it gives an earlier one; damaged, it is refused or believed, but never fatal.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/sagas/saga_game.hpp"

namespace stormglass::sagas::tests {
namespace {

bool same(const Leg& a, const Leg& b) {
    return a.state == b.state && a.attempt == b.attempt;
}

bool same(const std::vector<Leg>& a, const std::vector<Leg>& b) {
    return std::equal(
        a.begin(), a.end(), b.begin(), b.end(), [](auto& x, auto& y) { return same(x, y); });
}

bool same(const Instance& a, const Instance& b) {
    return a.id == b.id && a.definition_hash == b.definition_hash && a.state == b.state &&
           a.course == b.course && a.cause == b.cause && a.cause_step == b.cause_step &&
           same(a.forward, b.forward) && same(a.undo, b.undo) && same(a.cancel, b.cancel) &&
           a.facts == b.facts;
}

/// Folds facts; what cannot follow is skipped, and counted.
struct Replay {
    Instance instance;
    int refused = 0;
};

Replay replay(const Definition& definition, const std::vector<ByteBuffer>& journal) {
    Replay result;
    bool begun = false;
    for (const ByteBuffer& bytes : journal) {
        const auto fact = decode_journal_event(bytes);
        CHECK(fact.ok());
        if (!begun && fact->kind == JournalEvent::Kind::started) {
            result.instance = begin(definition, *fact);
            begun = true;
        } else if (!begun || !apply(result.instance, definition, *fact).ok()) {
            ++result.refused;
        }
    }
    return result;
}

RC_GTEST_PROP(JournalLaw, replay_gives_the_same_instance, (std::uint64_t seed)) {
    Game game(seed, sound_rules(), 3);
    game.play();
    const Replay again = replay(game.definition(), game.journal());
    RC_ASSERT(again.refused == 0);
    RC_ASSERT(same(again.instance, game.instance()));
    RC_ASSERT(describe(again.instance, game.definition()) ==
              describe(game.instance(), game.definition()));
}

RC_GTEST_PROP(JournalLaw, every_prefix_is_an_earlier_moment, (std::uint64_t seed)) {
    Game game(seed, sound_rules(), 3);
    game.play();
    const auto& journal = game.journal();
    for (std::size_t size = 1; size <= journal.size(); ++size) {
        const std::vector<ByteBuffer> prefix(journal.begin(),
                                             journal.begin() + static_cast<std::ptrdiff_t>(size));
        const Replay then = replay(game.definition(), prefix);
        RC_ASSERT(then.refused == 0);
        RC_ASSERT(then.instance.facts == size);
        RC_ASSERT(!describe(then.instance, game.definition()).empty());
        RC_ASSERT(is_final(then.instance.state) ==
                  (is_final(game.instance().state) && size == journal.size()));
    }
}

RC_GTEST_PROP(JournalLaw, a_decision_never_changes, (std::uint64_t seed)) {
    Game game(seed, sound_rules(), 3);
    game.play();
    int decisions = 0;
    int ends = 0;
    bool ended = false;
    for (const ByteBuffer& bytes : game.journal()) {
        const auto fact = decode_journal_event(bytes);
        RC_ASSERT(!ended);
        decisions += fact->kind == JournalEvent::Kind::decided ? 1 : 0;
        ended = fact->kind == JournalEvent::Kind::finished;
        ends += ended ? 1 : 0;
    }
    RC_ASSERT(decisions == 1);
    RC_ASSERT(ends == 1);
}

RC_GTEST_PROP(JournalLaw, facts_told_twice_change_nothing, (std::uint64_t seed)) {
    Game game(seed, sound_rules(), 3);
    game.play();
    std::vector<ByteBuffer> doubled;
    for (const ByteBuffer& bytes : game.journal()) {
        doubled.push_back(bytes);
        doubled.push_back(bytes);
    }
    const Replay again = replay(game.definition(), doubled);
    RC_ASSERT(again.refused == static_cast<int>(game.journal().size()));
    RC_ASSERT(same(again.instance, game.instance()));
}

// Facts dropped, doubled, swapped: whatever the fold makes of it, what it believes is legal.
RC_GTEST_PROP(JournalLaw, damage_is_refused_or_believed_but_never_fatal, (std::uint64_t seed)) {
    Game game(seed, sound_rules(), 3);
    game.play();
    Dice dice(seed ^ 1);
    std::vector<ByteBuffer> journal = game.journal();
    for (std::uint64_t blows = 1 + dice.below(4); blows > 0 && journal.size() > 2; --blows) {
        const std::size_t at = 1 + dice.below(journal.size() - 1);
        const std::size_t other = 1 + dice.below(journal.size() - 1);
        switch (dice.below(3)) {
            case 0:
                journal.erase(journal.begin() + static_cast<std::ptrdiff_t>(at));
                break;
            case 1:
                journal.insert(journal.begin() + static_cast<std::ptrdiff_t>(at),
                               ByteBuffer(journal[other]));
                break;
            default:
                std::swap(journal[at], journal[other]);
        }
    }
    const Replay damaged = replay(game.definition(), journal);
    RC_ASSERT(damaged.instance.facts + static_cast<std::uint64_t>(damaged.refused) ==
              journal.size());
    RC_ASSERT(!describe(damaged.instance, game.definition()).empty());
    // And it can go on from there.
    std::vector<JournalEvent> due;
    next(damaged.instance, game.definition(), sound_rules(), due);
    Instance after = damaged.instance;
    for (const JournalEvent& fact : due) {
        RC_ASSERT(apply(after, game.definition(), fact).ok());
    }
}

}  // namespace
}  // namespace stormglass::sagas::tests
