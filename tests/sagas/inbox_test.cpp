// The inbox alone: what it makes of a command after what it has seen.
#include "sagas/inbox.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/sagas/dice.hpp"

namespace stormglass::sagas::tests {
namespace {

constexpr Direction kDo = Direction::forward;
constexpr Direction kUndo = Direction::undo;
constexpr Direction kCancel = Direction::cancel;

Command command_of(Direction direction, Epoch epoch = 1) {
    Command command;
    command.saga = "s";
    command.step = "t";
    command.direction = direction;
    command.attempt = 1;
    command.epoch = epoch;
    return command;
}

EffectRecord record_of(Direction direction, Impact impact, Outcome answer) {
    EffectRecord record;
    record.saga = "s";
    record.step = "t";
    record.direction = direction;
    record.attempt = 1;
    record.epoch = 1;
    record.effect = impact;
    record.answer = answer;
    record.binding = impact == Impact::applied;
    return record;
}

EffectRecord applied(Direction direction) {
    return record_of(direction, Impact::applied, Outcome::ok);
}

EffectRecord failed_for_good() {
    EffectRecord record = record_of(kDo, Impact::noop, Outcome::failed);
    record.binding = true;
    return record;
}

EffectRecord prevented(Direction direction) {
    EffectRecord record =
        record_of(direction, Impact::noop, direction == kUndo ? Outcome::ok : Outcome::refused);
    record.binding = direction == kUndo;
    record.tombstone = true;
    return record;
}

struct Case {
    const char* name;
    std::vector<EffectRecord> past;
    Direction direction;
    Treatment treatment;
};

class InboxTreats : public testing::TestWithParam<Case> {};

TEST_P(InboxTreats, a_command_by_what_it_knows) {
    Inbox inbox;
    for (const EffectRecord& record : GetParam().past) {
        inbox.take(record);
    }
    const Treatment treatment = inbox.treat(command_of(GetParam().direction), sound_rules());
    EXPECT_EQ(name_of(treatment), name_of(GetParam().treatment));
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    InboxTreats,
    testing::ValuesIn(std::vector<Case>{
        {"first_do", {}, kDo, Treatment::handle},
        {"repeated_do", {applied(kDo)}, kDo, Treatment::answer_again},
        {"do_that_failed", {failed_for_good()}, kDo, Treatment::answer_again},
        {"do_whose_failure_does_not_stand",
         {record_of(kDo, Impact::noop, Outcome::failed)},
         kDo,
         Treatment::handle},
        {"do_after_cancel", {prevented(kCancel)}, kDo, Treatment::refuse_late},
        {"do_after_null_undo", {prevented(kUndo)}, kDo, Treatment::refuse_late},
        {"do_repeated_after_undo", {applied(kDo), applied(kUndo)}, kDo, Treatment::answer_again},
        {"undo_of_nothing", {}, kUndo, Treatment::null_undo},
        {"undo_of_done", {applied(kDo)}, kUndo, Treatment::handle},
        {"undo_of_failed", {failed_for_good()}, kUndo, Treatment::null_undo},
        {"undo_repeated", {applied(kDo), applied(kUndo)}, kUndo, Treatment::answer_again},
        {"undo_that_failed",
         {applied(kDo), record_of(kUndo, Impact::noop, Outcome::failed)},
         kUndo,
         Treatment::handle},
        {"null_undo_repeated", {prevented(kUndo)}, kUndo, Treatment::answer_again},
        {"cancel_of_nothing", {}, kCancel, Treatment::prevent},
        {"cancel_repeated", {prevented(kCancel)}, kCancel, Treatment::prevent},
        {"cancel_of_done", {applied(kDo)}, kCancel, Treatment::tell_applied},
        {"cancel_of_failed", {failed_for_good()}, kCancel, Treatment::prevent}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Inbox, refuses_the_stale_before_anything_else) {
    Inbox inbox;
    EffectRecord record = applied(kDo);
    record.epoch = 4;
    inbox.take(record);
    for (const Direction direction : {kDo, kUndo, kCancel}) {
        EXPECT_EQ(inbox.treat(command_of(direction, 3), sound_rules()), Treatment::refuse_stale);
        EXPECT_NE(inbox.treat(command_of(direction, 4), sound_rules()), Treatment::refuse_stale);
    }
}

TEST(Inbox, keeps_steps_and_sagas_apart) {
    Inbox inbox;
    inbox.take(prevented(kCancel));
    Command other = command_of(kDo);
    other.step = "u";
    EXPECT_EQ(inbox.treat(other, sound_rules()), Treatment::handle);
    other = command_of(kDo);
    other.saga = "r";
    EXPECT_EQ(inbox.treat(other, sound_rules()), Treatment::handle);
}

TEST(Inbox, forgets_everything_when_told_to) {
    Inbox inbox;
    inbox.take(applied(kDo));
    inbox.take(prevented(kUndo));
    inbox.clear();
    EXPECT_EQ(inbox.answers(), 0U);
    EXPECT_EQ(inbox.newest("s"), 0U);
    EXPECT_FALSE(inbox.has_tombstone("s", "t"));
}

/// What a participant would record for this command under sound rules.
EffectRecord act(const Inbox& inbox, const Command& command, Dice& dice) {
    EffectRecord record = record_of(command.direction, Impact::noop, Outcome::ok);
    record.epoch = command.epoch;
    switch (inbox.treat(command, sound_rules())) {
        case Treatment::handle:
            if (dice.chance(30)) {
                record.answer = Outcome::failed;
                record.binding = command.direction == kDo;
            } else {
                record.effect = Impact::applied;
                record.binding = true;
            }
            break;
        case Treatment::answer_again:
            record.answer = inbox.find(command.saga, command.step, command.direction)->outcome;
            break;
        case Treatment::null_undo:
            record.binding = true;
            record.tombstone = true;
            break;
        case Treatment::tell_applied:
            break;
        case Treatment::prevent:
            record.answer = Outcome::refused;
            record.tombstone = true;
            break;
        case Treatment::refuse_late:
        case Treatment::refuse_stale:
            record.effect = Impact::refused;
            record.answer = Outcome::refused;
    }
    return record;
}

// However commands arrive: each direction is applied at most once, no undo without a do, no do
// behind a tombstone, and an answer that bound once is the answer for ever.
RC_GTEST_PROP(Inbox, any_order_of_commands_keeps_one_step_sound, (std::uint64_t seed)) {
    Dice dice(seed);
    Inbox inbox;
    std::map<Direction, int> count;
    bool tombstone = false;
    for (int i = 0; i < 40; ++i) {
        const auto direction = static_cast<Direction>(dice.below(3));
        const Command command = command_of(direction, 1 + dice.below(3));
        const Inbox::Answer* before = inbox.find("s", "t", direction);
        const bool bound = before != nullptr;
        const Outcome first = bound ? before->outcome : Outcome::ok;
        const EffectRecord record = act(inbox, command, dice);
        if (record.effect == Impact::applied) {
            ++count[direction];
            RC_ASSERT(direction != kDo || !tombstone);
            RC_ASSERT(direction != kUndo || count[kDo] == 1);
        }
        inbox.take(record);
        tombstone = tombstone || record.tombstone;
        RC_ASSERT(inbox.has_tombstone("s", "t") == tombstone);
        if (bound) {
            RC_ASSERT(inbox.find("s", "t", direction)->outcome == first);
        }
    }
    RC_ASSERT(count[kDo] <= 1);
    RC_ASSERT(count[kUndo] <= 1);
    RC_ASSERT(count[kCancel] == 0);
}

}  // namespace
}  // namespace stormglass::sagas::tests
