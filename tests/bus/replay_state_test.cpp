// Replay state against a plain model: a map of every sequence ever used.
#include "bus/replay_state.hpp"

#include <map>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace stormglass::bus {
namespace {

constexpr std::string_view kSource = "urn:agent:orders";

std::vector<EventDigest> digests_of(std::uint64_t first, std::size_t count, std::uint64_t version) {
    std::vector<EventDigest> digests;
    for (std::size_t i = 0; i < count; ++i) {
        digests.push_back({first + i, version});
    }
    return digests;
}

// Every sequence ever used, the slow way.
struct Model {
    std::map<std::uint64_t, std::uint64_t> used;  // sequence -> version of its event

    std::size_t holes() const {
        std::size_t holes = 0;
        std::uint64_t next = 1;
        for (const auto& [sequence, version] : used) {
            holes += sequence != next ? 1 : 0;
            next = sequence + 1;
        }
        return holes;
    }

    ReplayVerdict judge(std::uint64_t first, std::size_t count, std::uint64_t version) const {
        std::size_t same = 0;
        for (std::uint64_t s = first; s < first + count; ++s) {
            const auto at = used.find(s);
            if (at == used.end()) {
                continue;
            }
            if (at->second != version) {
                return ReplayVerdict::reused;
            }
            ++same;
        }
        if (same > 0) {
            return same == count ? ReplayVerdict::duplicate : ReplayVerdict::reused;
        }
        const std::uint64_t highest = used.empty() ? 0 : used.rbegin()->first;
        if (first + count - 1 > highest + kSequenceJumpMax) {
            return ReplayVerdict::sequence_jump;
        }
        Model with = *this;
        for (std::uint64_t s = first; s < first + count; ++s) {
            with.used[s] = version;
        }
        const bool more = with.holes() > holes();
        return with.holes() > kHolesMax && more ? ReplayVerdict::too_many_holes
                                                : ReplayVerdict::fresh;
    }
};

void use(ReplayState& state, Model& model, const SequenceRun& run, std::uint64_t version) {
    state.accept(run);
    for (std::size_t i = 0; i < run.digests.size(); ++i) {
        Used used;
        used.digest = run.digests[i];
        used.position = 1'000 + run.first + i;
        state.record(run, i, used);
        model.used[run.first + i] = version;
    }
}

RC_GTEST_PROP(ReplayState, agrees_with_a_map_of_all_sequences, ()) {
    ReplayState state;
    state.grant(kSource, 1, 1);
    Model model;
    const auto steps = *rc::gen::inRange(1, 120);
    for (int step = 0; step < steps; ++step) {
        const std::uint64_t highest = model.used.empty() ? 0 : model.used.rbegin()->first;
        const auto ahead = *rc::gen::element<std::uint64_t>(1, 1, 2, 3, 9, kSequenceJumpMax + 1);
        const bool back = *rc::gen::arbitrary<bool>();
        const std::uint64_t first =
            back ? *rc::gen::inRange<std::uint64_t>(1, highest + 2) : highest + ahead;
        const auto count = *rc::gen::inRange<std::size_t>(1, 5);
        const auto version = *rc::gen::inRange<std::uint64_t>(1, 3);
        const auto digests = digests_of(first, count, version);
        const SequenceRun run{kSource, 1, first, digests};
        const ReplayVerdict verdict = state.judge(run);
        RC_ASSERT(verdict == model.judge(first, count, version));
        if (verdict == ReplayVerdict::fresh) {
            use(state, model, run, version);
        }
        if (verdict == ReplayVerdict::duplicate) {
            for (std::size_t i = 0; i < count; ++i) {
                RC_ASSERT(state.find(kSource, 1, first + i)->position == 1'000 + first + i);
            }
        }
    }
    RC_ASSERT(state.accepted(kSource, 1)->holes(1) == model.holes());
}

TEST(ReplayState, allows_exactly_so_many_holes) {
    ReplayState state;
    state.grant(kSource, 1, 1);
    Model model;
    for (std::uint64_t n = 1; n <= kHolesMax; ++n) {
        const auto digests = digests_of(2 * n, 1, 1);
        const SequenceRun run{kSource, 1, 2 * n, digests};
        ASSERT_EQ(state.judge(run), ReplayVerdict::fresh);
        use(state, model, run, 1);
    }
    const std::uint64_t highest = 2 * kHolesMax;
    const auto next = digests_of(highest + 1, 1, 1);
    EXPECT_EQ(state.judge({kSource, 1, highest + 1, next}), ReplayVerdict::fresh);
    const auto hole = digests_of(highest + 2, 1, 1);
    EXPECT_EQ(state.judge({kSource, 1, highest + 2, hole}), ReplayVerdict::too_many_holes);
    const auto filler = digests_of(7, 1, 1);
    const SequenceRun fill{kSource, 1, 7, filler};
    ASSERT_EQ(state.judge(fill), ReplayVerdict::fresh);
    use(state, model, fill, 1);
    EXPECT_EQ(state.judge({kSource, 1, highest + 2, hole}), ReplayVerdict::fresh);
}

TEST(ReplayState, keeps_one_earlier_epoch_to_read) {
    ReplayState state;
    Model model;
    state.grant(kSource, 11, 1);
    const auto digests = digests_of(1, 2, 1);
    use(state, model, {kSource, 1, 1, digests}, 1);
    state.grant(kSource, 22, 2);
    EXPECT_EQ(state.judge({kSource, 1, 1, digests}), ReplayVerdict::duplicate);
    const auto unseen = digests_of(3, 1, 1);
    EXPECT_EQ(state.judge({kSource, 1, 3, unseen}), ReplayVerdict::stale_epoch);
    EXPECT_EQ(state.judge({kSource, 2, 1, digests}), ReplayVerdict::fresh);
    EXPECT_TRUE(state.is_previous(kSource, 11));
    EXPECT_FALSE(state.is_previous(kSource, 22));
    EXPECT_EQ(state.current(kSource).nonce, 22U);
}

TEST(ReplayState, takes_a_near_epoch_and_no_far_one) {
    ReplayState state;
    state.grant(kSource, 1, 5);
    const auto digests = digests_of(1, 1, 1);
    EXPECT_EQ(state.judge({kSource, 5 + kEpochJumpMax, 1, digests}), ReplayVerdict::fresh);
    EXPECT_EQ(state.judge({kSource, 6 + kEpochJumpMax, 1, digests}), ReplayVerdict::epoch_jump);
}

TEST(ReplayState, an_abandoned_sequence_is_neither_new_nor_an_equivocation) {
    ReplayState state;
    Model model;
    state.grant(kSource, 1, 1);
    const auto digests = digests_of(5, 1, 1);
    use(state, model, {kSource, 1, 5, digests}, 1);
    state.abandon(kSource, 1, 5);
    EXPECT_EQ(state.accepted(kSource, 1)->holes(1), 0U);
    const auto late = digests_of(3, 1, 1);
    EXPECT_EQ(state.judge({kSource, 1, 3, late}), ReplayVerdict::abandoned);
    EXPECT_EQ(state.judge({kSource, 1, 5, digests}), ReplayVerdict::duplicate);
}

TEST(ReplayState, remembers_batches_without_events) {
    ReplayState state;
    state.grant(kSource, 1, 1);
    state.record_settle_only(kSource, 1, 7, Refusal::fenced);
    state.record_settle_only(kSource, 1, 6, Refusal::none);
    ASSERT_NE(state.find_settle_only(kSource, 1, 7), nullptr);
    EXPECT_EQ(*state.find_settle_only(kSource, 1, 7), Refusal::fenced);
    EXPECT_EQ(*state.find_settle_only(kSource, 1, 6), Refusal::none);
    EXPECT_EQ(state.find_settle_only(kSource, 1, 8), nullptr);
    for (std::uint64_t n = 10; n < 10 + 3 * kSettleOnlyRemembered; ++n) {
        state.record_settle_only(kSource, 1, n, Refusal::none);
    }
    EXPECT_EQ(state.find_settle_only(kSource, 1, 7), nullptr);
    const std::uint64_t newest = 9 + 3 * kSettleOnlyRemembered;
    EXPECT_NE(state.find_settle_only(kSource, 1, newest - kSettleOnlyRemembered + 1), nullptr);
}

// What is admitted and not yet applied counts: two copies in flight cannot both pass, in whatever
// order entries are applied.
RC_GTEST_PROP(ReplayOverlay, reads_like_a_state_that_is_ahead, ()) {
    ReplayState state;
    state.grant(kSource, 1, 1);
    ReplayState ahead;
    ahead.grant(kSource, 1, 1);
    ReplayOverlay overlay;
    Model applied;
    Model admitted;
    std::vector<std::pair<std::uint64_t, std::vector<EventDigest>>> on_the_way;
    std::set<std::pair<std::uint64_t, std::size_t>> cuts;
    const auto steps = *rc::gen::inRange(1, 80);
    for (int step = 0; step < steps; ++step) {
        if (!on_the_way.empty() && *rc::gen::arbitrary<bool>()) {
            const auto [first, digests] = on_the_way.front();
            on_the_way.erase(on_the_way.begin());
            use(state, applied, {kSource, 1, first, digests}, digests[0].low);
            overlay.applied(kSource, 1, first);
            continue;
        }
        const auto first = *rc::gen::inRange<std::uint64_t>(1, 40);
        const auto digests =
            digests_of(first, *rc::gen::inRange<std::size_t>(1, 4), *rc::gen::inRange(1, 3));
        const SequenceRun run{kSource, 1, first, digests};
        ReplayVerdict verdict = state.judge(run, &overlay);
        if (verdict == ReplayVerdict::pending) {
            RC_ASSERT(state.judge(run) == ReplayVerdict::fresh);
            verdict = ReplayVerdict::duplicate;
        }
        // The same events cut into other batches: no retry makes them, so early means no.
        const bool recut = verdict == ReplayVerdict::reused &&
                           ahead.judge(run) == ReplayVerdict::duplicate &&
                           !cuts.contains({first, digests.size()});
        RC_ASSERT(recut || verdict == ahead.judge(run));
        RC_ASSERT(overlay.contains(kSource, 1, first, state) == admitted.used.contains(first));
        if (verdict == ReplayVerdict::fresh) {
            overlay.admit(run, state);
            cuts.emplace(first, digests.size());
            use(ahead, admitted, run, digests[0].low);
            on_the_way.emplace_back(first, digests);
        }
    }
}

RC_GTEST_PROP(IntervalSet, is_a_set, ()) {
    IntervalSet intervals;
    std::set<std::uint64_t> model;
    const auto steps = *rc::gen::inRange(0, 60);
    for (int step = 0; step < steps; ++step) {
        const auto first = *rc::gen::inRange<std::uint64_t>(0, 60);
        const std::uint64_t last = first + *rc::gen::inRange<std::uint64_t>(0, 4);
        const auto at = model.lower_bound(first);
        const bool overlaps = at != model.end() && *at <= last;
        RC_ASSERT(intervals.overlaps(first, last) == overlaps);
        if (!overlaps) {
            intervals.insert(first, last);
            for (std::uint64_t v = first; v <= last; ++v) {
                model.insert(v);
            }
        }
        const auto from = *rc::gen::inRange<std::uint64_t>(0, 66);
        std::uint64_t missing = from;
        while (model.contains(missing)) {
            ++missing;
        }
        RC_ASSERT(intervals.first_missing(from) == missing);
    }
    for (std::uint64_t v = 0; v < 70; ++v) {
        RC_ASSERT(intervals.contains(v) == model.contains(v));
    }
    for (std::size_t i = 1; i < intervals.intervals().size(); ++i) {
        RC_ASSERT(intervals.intervals()[i - 1].last + 1 < intervals.intervals()[i].first);
    }
}

}  // namespace
}  // namespace stormglass::bus
