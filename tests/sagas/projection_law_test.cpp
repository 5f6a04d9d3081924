// Laws of projections, over any log, any pieces, any crash points: what is stored is the fold of a
// prefix, a rebuild gives the same rows, what was written can be read, copies change nothing.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/sagas/projection_bench.hpp"

namespace stormglass::sagas::tests {
namespace {

/// Any life of a projection: the dice choose what happens next, the caller looks on after each.
class ProjectionGame {
  public:
    explicit ProjectionGame(std::uint64_t seed)
        : dice(seed),
          bench(MemoryStore::Answers::when_asked) {
        bench.config.batch_events_max = 1 + dice.below(6);
        bench.config.batch_delay = milliseconds(static_cast<std::int64_t>(dice.below(3) * 40));
        for (std::uint64_t i = dice.below(20); i > 0; --i) {
            bench.log.append_any(dice);
        }
        bench.start();
    }

    void move() {
        if (!bench.alive()) {
            bench.start();
            return;
        }
        switch (dice.below(9)) {
            case 0:
            case 1:
                bench.log.append_any(dice);
                break;
            case 2:
            case 3:
                if (!bench.client.reads.empty()) {
                    bench.give(dice.below(5), dice.below(4));
                }
                break;
            case 4:
            case 5:
                if (bench.store.owes_answer()) {
                    bench.answer_store();
                }
                break;
            case 6:
                bench.pass(milliseconds(static_cast<std::int64_t>(dice.below(120))));
                break;
            case 7:
                disturb();
                break;
            default:
                ask();
        }
    }

    Dice dice;
    ProjectionBench bench;
    std::map<std::uint64_t, bus::Position> written;  // by read
    std::vector<std::pair<bus::Position, ByteBuffer>> snapshots;

  private:
    void disturb() {
        switch (dice.below(4)) {
            case 0:
                bench.crash();
                break;
            case 1:
                if (const auto taken = bench.snapshot(); taken.ok()) {
                    snapshots.emplace_back(bench.projection->position(), taken.value());
                }
                break;
            case 2:
                static_cast<void>(bench.rebuild());
                break;
            default:
                if (!snapshots.empty()) {
                    static_cast<void>(
                        bench.rebuild(snapshots[dice.below(snapshots.size())].second));
                }
        }
    }

    void ask() {
        if (bench.log.size() > 0) {
            const bus::Position at = dice.below(bench.log.size());
            written[bench.read(at)] = at;
        }
    }
};

RC_GTEST_PROP(ProjectionLaw, rows_and_position_belong_together_at_any_crash, (std::uint64_t seed)) {
    ProjectionGame game(seed);
    for (int i = 0; i < 150; ++i) {
        game.move();
        if (game.bench.store.tables() != nullptr) {
            RC_ASSERT(
                game.bench.is_fold_of(*game.bench.store.tables(), game.bench.store.position()));
        }
    }
    if (!game.bench.alive()) {
        game.bench.start();
    }
    game.bench.settle();
    RC_ASSERT(game.bench.store.position() == game.bench.log.size());
    RC_ASSERT(game.bench.log.size() == 0 ||
              game.bench.is_fold_of(*game.bench.store.tables(), game.bench.log.size()));
}

RC_GTEST_PROP(ProjectionLaw, a_rebuild_from_anywhere_gives_equal_rows, (std::uint64_t seed)) {
    ProjectionGame game(seed);
    for (int i = 0; i < 80; ++i) {
        game.move();
    }
    if (!game.bench.alive()) {
        game.bench.start();
    }
    game.bench.settle();
    const Tables incremental = game.bench.projection->tables();
    game.snapshots.emplace_back(game.bench.projection->position(), game.bench.snapshot().value());
    const std::size_t rebuilt = game.bench.count("projection.rebuilt");
    RC_ASSERT(game.bench.rebuild().ok());
    game.bench.settle();
    RC_ASSERT(same_rows(game.bench.projection->tables(), incremental));
    for (const auto& [position, bytes] : game.snapshots) {
        RC_ASSERT(game.bench.rebuild(bytes).ok());
        game.bench.settle();
        RC_ASSERT(same_rows(game.bench.projection->tables(), incremental));
        RC_ASSERT(same_rows(*game.bench.store.tables(), incremental));
    }
    RC_ASSERT(game.bench.count("projection.rebuilt") == rebuilt + 1 + game.snapshots.size());
}

RC_GTEST_PROP(ProjectionLaw, a_read_with_a_token_never_shows_older_rows, (std::uint64_t seed)) {
    ProjectionGame game(seed);
    bus::Position stored = 0;
    for (int i = 0; i < 150; ++i) {
        game.move();
        for (const auto& [read, answer] : game.bench.answers) {
            if (!answer.code.empty()) {
                continue;
            }
            RC_ASSERT(answer.position > game.written[read]);
            RC_ASSERT(game.bench.is_fold_of(*answer.tables, answer.position));
            // Whatever a reader saw is there after any crash.
            stored = std::max(stored, answer.position);
        }
        game.bench.answers.clear();
        RC_ASSERT(game.bench.store.position() >= stored);
    }
}

RC_GTEST_PROP(ProjectionLaw, what_comes_twice_changes_nothing, (std::uint64_t seed)) {
    Dice dice(seed);
    ProjectionBench once;
    ProjectionBench often;
    for (std::uint64_t i = 1 + dice.below(40); i > 0; --i) {
        Dice same(dice.below(1U << 31));
        Dice copy(same);
        once.log.append_any(same);
        often.log.append_any(copy);
    }
    once.start();
    often.start();
    once.settle();
    while (!often.client.reads.empty()) {
        often.give(dice.below(6), dice.below(50));
    }
    RC_ASSERT(same_rows(once.projection->tables(), often.projection->tables()));
    RC_ASSERT(once.projection->position() == often.projection->position());
    RC_ASSERT(often.count("projection.applied") == often.log.size());
}

}  // namespace
}  // namespace stormglass::sagas::tests
