// The machine by hand: entries in, state and results out. No clock, no disk, no network.
#include "bus/machine.hpp"

#include <gtest/gtest.h>

namespace stormglass::bus {
namespace {

class Journalled {
  public:
    explicit Journalled(const Rules& rules = sound_rules()) : machine(rules) {
        entry::Boot boot;
        boot.topics = {"orders", "replies"};
        apply(entry::Kind::boot, boot);
        grant("urn:a", 1);
    }

    template <class Entry>
    const Applied& apply(entry::Kind kind, const Entry& what) {
        bodies.emplace_back();
        entry::encode(what, bodies.back().second);
        bodies.back().first = kind;
        return replay(machine, bodies.size() - 1);
    }

    const Applied& replay(Machine& into, std::size_t n) {
        const ByteBuffer& body = bodies[n].second;
        return into.apply(
            {bodies[n].first,
             {1, static_cast<std::uint32_t>(n * 10'000), static_cast<std::uint32_t>(body.size())},
             body});
    }

    void grant(std::string_view source, std::uint32_t epoch) {
        entry::Grant entry;
        entry.source = source;
        entry.nonce = epoch;
        entry.epoch = epoch;
        apply(entry::Kind::grant, entry);
    }

    void group(std::string_view name, GroupMode mode = GroupMode::at_least_once) {
        entry::Group entry;
        entry.topic = "orders";
        entry.group = name;
        entry.mode = mode;
        entry.attempts_max = 3;
        apply(entry::Kind::group, entry);
    }

    // A batch of source "urn:a" with events of these "topic/key" names.
    entry::Batch batch(const std::vector<std::string>& events) {
        entry::Batch made;
        made.at = {++clock};
        made.source = "urn:a";
        made.epoch = 1;
        made.batch = ++batches;
        made.first = events.empty() ? 0 : next_sequence;
        for (const std::string& event : events) {
            texts.push_back(event + " #" + std::to_string(next_sequence));
            const std::string_view text = texts.back();
            const std::size_t slash = text.find('/');
            made.events.push_back({as_bytes(text),
                                   {},
                                   {next_sequence++, 1},
                                   text.substr(0, slash),
                                   text.substr(slash + 1, text.find(' ') - slash - 1)});
        }
        return made;
    }

    const Applied& publish(const std::vector<std::string>& events) {
        return apply(entry::Kind::batch, batch(events));
    }

    const Applied& deliver(std::string_view group, Position position, std::uint32_t attempt) {
        entry::Delivered entry;
        entry.at = {++clock};
        entry.items.push_back({{group, "orders", position, attempt}, "urn:m"});
        return apply(entry::Kind::delivered, entry);
    }

    const Applied& settle(std::string_view group,
                          Position position,
                          std::uint32_t receipt,
                          Verdict verdict,
                          std::string_view detail = {}) {
        entry::Batch made = batch({});
        made.settlements.push_back({group, "orders", position, receipt, verdict, {}, detail});
        return apply(entry::Kind::batch, made);
    }

    Machine machine;
    std::vector<std::pair<entry::Kind, ByteBuffer>> bodies;
    std::vector<std::string> texts{};
    std::int64_t clock = 0;
    std::uint64_t batches = 0;
    std::uint64_t next_sequence = 1;
};

TEST(Machine, finds_events_at_their_place_in_the_entry) {
    Journalled j;
    j.texts.reserve(10);
    const Applied& applied = j.publish({"orders/k", "orders/l"});
    ASSERT_EQ(applied.stored.size(), 2U);
    const Location at = applied.stored[1].at;
    const ByteBuffer& body = j.bodies.back().second;
    const std::size_t from = at.offset - (j.bodies.size() - 1) * 10'000;
    EXPECT_EQ(as_text(Bytes(body).subspan(from, at.size)), "orders/l #2");
    EXPECT_EQ(j.machine.topics().find("orders")->key_length("l"), 1U);
}

TEST(Machine, answers_the_same_batch_as_the_first_time) {
    Journalled j;
    j.texts.reserve(10);
    const entry::Batch batch = j.batch({"orders/k", "replies/k"});
    EXPECT_EQ(j.apply(entry::Kind::batch, batch).positions, (std::vector<Position>{0, 0}));
    j.publish({"orders/k"});
    const Applied& again = j.apply(entry::Kind::batch, batch);
    EXPECT_TRUE(again.duplicate);
    EXPECT_EQ(again.refusal, Refusal::none);
    EXPECT_EQ(again.positions, (std::vector<Position>{0, 0}));
    EXPECT_TRUE(again.stored.empty());
    EXPECT_EQ(j.machine.topics().find("orders")->length(), 2U);
}

TEST(Machine, a_refusal_uses_the_sequences_and_is_remembered) {
    Journalled j;
    j.texts.reserve(10);
    entry::Batch batch = j.batch({"orders/k"});
    batch.conditions.push_back({Condition::Kind::topic_length, "replies", {}, 1});
    EXPECT_EQ(j.apply(entry::Kind::batch, batch).refusal, Refusal::condition);
    j.publish({"replies/k"});
    const Applied& again = j.apply(entry::Kind::batch, batch);
    EXPECT_EQ(again.refusal, Refusal::condition);
    EXPECT_TRUE(again.duplicate);
    EXPECT_EQ(j.machine.replay().accepted("urn:a", 1)->highest(), 2U);
}

TEST(Machine, judges_everything_before_it_changes_anything) {
    Journalled j;
    j.texts.reserve(10);
    j.group("g");
    j.publish({"orders/k"});
    entry::Batch batch = j.batch({"orders/k"});
    batch.conditions.push_back({Condition::Kind::fence, "f", {}, 9});
    batch.settlements.push_back({"g", "orders", 0, 1, Verdict::ack, {}, {}});
    batch.settlements.push_back({"nobody", "orders", 0, 1, Verdict::ack, {}, {}});
    EXPECT_EQ(j.apply(entry::Kind::batch, batch).refusal, Refusal::unknown_group);
    EXPECT_EQ(j.machine.fence("f"), 0U);
    EXPECT_FALSE(j.machine.find_group("g", "orders")->settled(0));
    EXPECT_EQ(j.machine.topics().find("orders")->length(), 1U);
}

TEST(Machine, a_batch_over_a_foreign_link_has_no_effect_even_in_the_journal) {
    Journalled j;
    j.texts.reserve(10);
    entry::Batch batch = j.batch({"orders/k"});
    batch.link_bound = false;
    EXPECT_EQ(j.apply(entry::Kind::batch, batch).refusal, Refusal::unbound);
    EXPECT_EQ(j.machine.topics().find("orders")->length(), 0U);
    batch.link_bound = true;
    EXPECT_EQ(j.apply(entry::Kind::batch, batch).refusal, Refusal::none);
}

TEST(Machine, settles_the_current_attempt_only_where_once_is_promised) {
    Journalled j;
    j.texts.reserve(10);
    j.group("once", GroupMode::effectively_once);
    j.group("least");
    j.publish({"orders/k"});
    for (std::uint32_t attempt = 1; attempt <= 2; ++attempt) {
        j.deliver("once", 0, attempt);
        j.deliver("least", 0, attempt);
    }
    EXPECT_EQ(j.settle("once", 0, 1, Verdict::ack).refusal, Refusal::settled);
    EXPECT_EQ(j.settle("once", 0, 2, Verdict::ack).refusal, Refusal::none);
    EXPECT_EQ(j.settle("once", 0, 2, Verdict::ack).refusal, Refusal::settled);
    EXPECT_EQ(j.settle("least", 0, 1, Verdict::ack).refusal, Refusal::none);
    EXPECT_EQ(j.settle("least", 0, 2, Verdict::ack).refusal, Refusal::none);
    EXPECT_EQ(j.settle("least", 1, 1, Verdict::ack).refusal, Refusal::unknown_position);
}

TEST(Machine, buries_with_the_last_nack_in_one_entry) {
    Journalled j;
    j.texts.reserve(10);
    j.group("g");
    j.publish({"orders/k"});
    for (std::uint32_t attempt = 1; attempt <= 3; ++attempt) {
        j.deliver("g", 0, attempt);
        const Applied& applied = j.settle("g", 0, attempt, Verdict::nack, "not now");
        ASSERT_EQ(applied.deliveries.size(), 1U);
        EXPECT_EQ(applied.deliveries[0].change,
                  attempt < 3 ? Applied::Change::nacked : Applied::Change::dead);
    }
    const GroupState& group = *j.machine.find_group("g", "orders");
    EXPECT_TRUE(group.settled(0));
    EXPECT_EQ(group.dead(0)->reason, Reason::max_deliveries);
    EXPECT_EQ(group.dead(0)->history.kept().size(), 3U);
    EXPECT_TRUE(j.settle("g", 0, 3, Verdict::reject).deliveries.empty());
}

TEST(Machine, ignores_a_death_that_comes_behind_an_acknowledgement) {
    Journalled j;
    j.texts.reserve(10);
    j.group("g");
    j.publish({"orders/k"});
    j.deliver("g", 0, 1);
    j.settle("g", 0, 1, Verdict::ack);
    entry::Dead dead;
    dead.of = {"g", "orders", 0, 1};
    EXPECT_FALSE(j.apply(entry::Kind::dead, dead).applied);
    EXPECT_EQ(j.machine.find_group("g", "orders")->dead(0), nullptr);
}

TEST(Machine, releases_what_is_due_and_no_more) {
    Journalled j;
    j.texts.reserve(10);
    entry::Batch batch = j.batch({"orders/a", "orders/b", "orders/c"});
    batch.at = {0};
    batch.events[0].delay = {300};
    batch.events[1].delay = {100};
    batch.events[2].delay = {200};
    EXPECT_EQ(j.apply(entry::Kind::batch, batch).positions,
              (std::vector<Position>{kDelayed, kDelayed, kDelayed}));
    EXPECT_EQ(j.machine.next_due().ns, 100);
    EXPECT_EQ(j.machine.due_count({200}, 10), 2U);
    entry::Release release;
    release.at = {200};
    release.count = 10;
    EXPECT_EQ(j.apply(entry::Kind::release, release).stored.size(), 2U);
    const Topic& topic = *j.machine.topics().find("orders");
    EXPECT_EQ(topic.key_name(topic.at(0).key), "b");
    EXPECT_EQ(topic.key_name(topic.at(1).key), "c");
    EXPECT_EQ(j.machine.delayed_count(), 1U);
}

TEST(Machine, moves_a_groups_fence_with_its_owner) {
    Journalled j;
    entry::Assignment assignment;
    assignment.group = "coordinator";
    assignment.source = "urn:a";
    assignment.generation = 4;
    EXPECT_TRUE(j.apply(entry::Kind::assignment, assignment).applied);
    EXPECT_EQ(j.machine.fence("coordinator"), 4U);
    EXPECT_FALSE(j.apply(entry::Kind::assignment, assignment).applied);
    EXPECT_EQ(j.machine.owner("coordinator")->generation, 4U);
}

TEST(Machine, says_so_when_an_entry_is_none_of_its_own) {
    Machine machine;
    EXPECT_FALSE(machine.apply({static_cast<entry::Kind>(200), {}, {}}).understood);
    EXPECT_FALSE(machine.apply({entry::Kind::batch, {}, as_bytes("nonsense")}).understood);
}

// The same entries make the same state, whoever applies them.
TEST(Machine, replayed_entries_give_the_same_digest) {
    Journalled j;
    j.texts.reserve(200);
    j.group("g");
    for (int n = 0; n < 30; ++n) {
        j.publish({"orders/k" + std::to_string(n % 3), "replies/x"});
        j.deliver("g", static_cast<Position>(n), 1);
        j.settle("g", static_cast<Position>(n), 1, n % 5 == 0 ? Verdict::reject : Verdict::ack);
    }
    Machine other;
    for (std::size_t n = 0; n < j.bodies.size(); ++n) {
        j.replay(other, n);
    }
    EXPECT_EQ(other.digest(), j.machine.digest());
    EXPECT_EQ(other.domain_digest(), j.machine.domain_digest());
    entry::Refused refused;
    refused.source = "urn:a";
    j.bodies.emplace_back(entry::Kind::refused, ByteBuffer{});
    entry::encode(refused, j.bodies.back().second);
    j.replay(other, j.bodies.size() - 1);
    EXPECT_NE(other.digest(), j.machine.digest());
    EXPECT_EQ(other.domain_digest(), j.machine.domain_digest());
    j.settle("g", 0, 1, Verdict::ack);
    EXPECT_NE(other.domain_digest(), j.machine.domain_digest());
}

TEST(AttemptHistory, keeps_the_first_and_the_last) {
    AttemptHistory history;
    for (std::uint32_t n = 1; n <= 30; ++n) {
        Attempt attempt;
        attempt.number = n;
        history.add(attempt);
    }
    ASSERT_EQ(history.kept().size(), 16U);
    EXPECT_EQ(history.omitted(), 14U);
    EXPECT_EQ(history.kept()[7].number, 8U);
    EXPECT_EQ(history.kept()[8].number, 23U);
    EXPECT_EQ(history.kept()[15].number, 30U);
}

TEST(DeadLetter, a_handler_names_no_security_reason) {
    EXPECT_EQ(reason_of_reject("EXPIRED"), Reason::expired);
    EXPECT_EQ(reason_of_reject("COMPENSATION_FAILED: label"), Reason::compensation_failed);
    EXPECT_EQ(reason_of_reject("REPLAY: says me"), Reason::handler_rejected);
    EXPECT_EQ(reason_of_reject(""), Reason::handler_rejected);
}

}  // namespace
}  // namespace stormglass::bus
