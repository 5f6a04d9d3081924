// The binary form: identity, bounds, and that no bytes of anybody can hurt.
#include "sagas/messages.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/sagas/dice.hpp"

namespace stormglass::sagas::tests {
namespace {

std::string random_name(Dice& dice) {
    std::string name(1 + dice.below(kTextBytesMax), 'x');
    for (char& c : name) {
        c = static_cast<char>('!' + dice.below(94));
    }
    return name;
}

ByteBuffer random_body(Dice& dice) {
    ByteBuffer body(dice.below(64));
    for (std::byte& byte : body) {
        byte = static_cast<std::byte>(dice.below(256));
    }
    return body;
}

bool same(Bytes a, Bytes b) {
    return as_text(a) == as_text(b);
}

template <class Message>
ByteBuffer encoded(const Message& message) {
    ByteBuffer bytes;
    encode(message, bytes);
    return bytes;
}

RC_GTEST_PROP(Messages, command_survives_its_encoding, (std::uint64_t seed)) {
    Dice dice(seed);
    const std::string saga = random_name(dice);
    const std::string name = random_name(dice);
    const std::string step = random_name(dice);
    const ByteBuffer body = random_body(dice);
    Command in;
    in.saga = saga;
    in.definition = name;
    in.definition_hash = dice.below(~0ULL);
    in.step = step;
    in.direction = static_cast<Direction>(dice.below(3));
    in.kind = static_cast<StepKind>(dice.below(3));
    in.attempt = static_cast<std::uint32_t>(1 + dice.below(1000));
    in.epoch = dice.below(~0ULL);
    in.body = body;
    const ByteBuffer bytes = encoded(in);
    RC_ASSERT(kind_of(bytes) == MessageKind::command);
    const auto out = decode_command(bytes);
    RC_ASSERT(out.ok());
    RC_ASSERT(out->saga == in.saga);
    RC_ASSERT(out->definition == in.definition);
    RC_ASSERT(out->definition_hash == in.definition_hash);
    RC_ASSERT(out->step == in.step);
    RC_ASSERT(out->direction == in.direction);
    RC_ASSERT(out->kind == in.kind);
    RC_ASSERT(out->attempt == in.attempt);
    RC_ASSERT(out->epoch == in.epoch);
    RC_ASSERT(same(out->body, in.body));
}

RC_GTEST_PROP(Messages, reply_survives_its_encoding, (std::uint64_t seed)) {
    Dice dice(seed);
    const std::string saga = random_name(dice);
    const std::string step = random_name(dice);
    const ByteBuffer body = random_body(dice);
    const Reply in{saga,
                   step,
                   static_cast<Direction>(dice.below(3)),
                   static_cast<std::uint32_t>(1 + dice.below(9)),
                   static_cast<Outcome>(dice.below(3)),
                   body};
    const ByteBuffer bytes = encoded(in);
    const auto out = decode_reply(bytes);
    RC_ASSERT(out.ok());
    RC_ASSERT(out->saga == in.saga);
    RC_ASSERT(out->step == in.step);
    RC_ASSERT(out->direction == in.direction);
    RC_ASSERT(out->attempt == in.attempt);
    RC_ASSERT(out->outcome == in.outcome);
    RC_ASSERT(same(out->body, in.body));
}

RC_GTEST_PROP(Messages, effect_record_survives_its_encoding, (std::uint64_t seed)) {
    Dice dice(seed);
    const std::string saga = random_name(dice);
    const std::string step = random_name(dice);
    const std::string resource = dice.chance(50) ? random_name(dice) : "";
    EffectRecord in;
    in.saga = saga;
    in.step = step;
    in.direction = static_cast<Direction>(dice.below(3));
    in.attempt = 7;
    in.epoch = dice.below(~0ULL);
    in.effect = static_cast<Impact>(dice.below(3));
    in.binding = in.effect == Impact::applied || dice.chance(50);
    in.answer = in.effect == Impact::applied ? Outcome::ok : static_cast<Outcome>(dice.below(3));
    in.tombstone = in.direction != Direction::forward && dice.chance(50);
    in.amount = static_cast<std::int64_t>(dice.below(~0ULL));
    in.resource = resource;
    const ByteBuffer bytes = encoded(in);
    const auto out = decode_effect_record(bytes);
    RC_ASSERT(out.ok());
    RC_ASSERT(out->saga == in.saga);
    RC_ASSERT(out->step == in.step);
    RC_ASSERT(out->direction == in.direction);
    RC_ASSERT(out->attempt == in.attempt);
    RC_ASSERT(out->epoch == in.epoch);
    RC_ASSERT(out->effect == in.effect);
    RC_ASSERT(out->answer == in.answer);
    RC_ASSERT(out->binding == in.binding);
    RC_ASSERT(out->tombstone == in.tombstone);
    RC_ASSERT(out->amount == in.amount);
    RC_ASSERT(out->resource == in.resource);
}

JournalEvent journal_event(JournalEvent::Kind kind) {
    JournalEvent event;
    event.kind = kind;
    event.saga = "order-1";
    event.epoch = 4;
    event.step = {3};
    event.direction = Direction::undo;
    event.attempt = 2;
    event.outcome = Outcome::failed;
    event.course = Course::abort;
    event.state = SagaState::compensated;
    event.definition = "checkout";
    event.definition_hash = 99;
    event.trace_parent = "00-1-2-01";
    event.payload = as_bytes("payload");
    return event;
}

TEST(Messages, started_carries_definition_trace_and_payload) {
    const ByteBuffer bytes = encoded(journal_event(JournalEvent::Kind::started));
    const auto out = decode_journal_event(bytes);
    ASSERT_TRUE(out.ok());
    EXPECT_EQ(out->definition, "checkout");
    EXPECT_EQ(out->definition_hash, 99U);
    EXPECT_EQ(out->trace_parent, "00-1-2-01");
    EXPECT_EQ(as_text(out->payload), "payload");
    EXPECT_EQ(out->epoch, 4U);
}

TEST(Messages, facts_about_a_step_carry_it) {
    using Kind = JournalEvent::Kind;
    for (const Kind kind : {Kind::command, Kind::reply, Kind::timeout}) {
        const ByteBuffer bytes = encoded(journal_event(kind));
        const auto out = decode_journal_event(bytes);
        ASSERT_TRUE(out.ok()) << name_of(kind);
        EXPECT_EQ(out->kind, kind);
        EXPECT_EQ(out->step, StepId{3});
        EXPECT_EQ(out->direction, Direction::undo);
        EXPECT_EQ(out->attempt, 2U);
        EXPECT_EQ(out->outcome, Outcome::failed);
    }
}

TEST(Messages, decisions_and_ends_carry_theirs) {
    const ByteBuffer decided = encoded(journal_event(JournalEvent::Kind::decided));
    EXPECT_EQ(decode_journal_event(decided)->course, Course::abort);
    const ByteBuffer finished = encoded(journal_event(JournalEvent::Kind::finished));
    EXPECT_EQ(decode_journal_event(finished)->state, SagaState::compensated);
    const ByteBuffer deadline = encoded(journal_event(JournalEvent::Kind::deadline));
    EXPECT_EQ(decode_journal_event(deadline)->kind, JournalEvent::Kind::deadline);
}

TEST(Messages, timers_and_claims_survive) {
    const ByteBuffer attempt =
        encoded(Timer{Timer::Kind::attempt, "s", "step", Direction::undo, 5});
    const auto timer = decode_timer(attempt);
    ASSERT_TRUE(timer.ok());
    EXPECT_EQ(timer->step, "step");
    EXPECT_EQ(timer->attempt, 5U);
    EXPECT_EQ(timer->direction, Direction::undo);
    const ByteBuffer deadline =
        encoded(Timer{Timer::Kind::deadline, "s", "", Direction::forward, 0});
    EXPECT_EQ(decode_timer(deadline)->kind, Timer::Kind::deadline);
    const ByteBuffer claim = encoded(Claim{"group", 17});
    EXPECT_EQ(decode_claim(claim)->generation, 17U);
    EXPECT_EQ(decode_claim(claim)->group, "group");
}

struct Broken {
    const char* name;
    std::size_t at;
    int value;
    std::string_view code;
};

class BrokenReply : public testing::TestWithParam<Broken> {};

// A reply of saga "s", step "t": format kind | 1 0 s | 1 0 t | direction | attempt | outcome | 0 0
// 0 0
TEST_P(BrokenReply, is_refused_with_code_and_place) {
    ByteBuffer bytes = encoded(Reply{"s", "t", Direction::forward, 1, Outcome::ok, {}});
    ASSERT_EQ(bytes.size(), 18U);
    bytes[GetParam().at] = static_cast<std::byte>(GetParam().value);
    const auto reply = decode_reply(bytes);
    ASSERT_FALSE(reply.ok());
    EXPECT_EQ(reply.error().code, GetParam().code);
    EXPECT_NE(reply.error().text.find("at byte"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Table,
                         BrokenReply,
                         testing::ValuesIn(std::vector<Broken>{
                             {"format", 0, 2, "SM_FORMAT"},
                             {"kind", 1, 1, "SM_KIND"},
                             {"empty_text", 2, 0, "SM_TEXT"},
                             {"huge_text", 3, 255, "SM_TEXT"},
                             {"long_text", 2, 120, "SM_TRUNCATED"},
                             {"blank_text", 4, ' ', "SM_TEXT"},
                             {"direction", 8, 3, "SM_VALUE"},
                             {"attempt_zero", 9, 0, "SM_VALUE"},
                             {"outcome", 13, 3, "SM_VALUE"},
                             {"body_too_long", 17, 1, "SM_BODY"},
                             {"body_cut", 14, 1, "SM_TRUNCATED"}}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Messages, bytes_left_over_are_refused) {
    ByteBuffer bytes = encoded(Claim{"group", 17});
    bytes.push_back(std::byte{0});
    EXPECT_EQ(decode_claim(bytes).error().code, "SM_TRAILING");
}

TEST(Messages, an_applied_effect_that_does_not_bind_is_refused) {
    EffectRecord record;
    record.saga = "s";
    record.step = "t";
    record.attempt = 1;
    record.binding = true;
    ByteBuffer bytes = encoded(record);
    const std::size_t binding = 2 + 3 + 3 + 1 + 4 + 8 + 1 + 1;
    ASSERT_EQ(bytes[binding], std::byte{1});
    bytes[binding] = std::byte{0};
    EXPECT_EQ(decode_effect_record(bytes).error().code, "SM_VALUE");
}

template <class Decode>
void expect_every_cut_refused(const ByteBuffer& bytes, Decode decode) {
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_FALSE(decode(Bytes(bytes).first(size)).ok()) << size;
    }
}

TEST(Messages, every_cut_is_refused) {
    expect_every_cut_refused(encoded(journal_event(JournalEvent::Kind::started)),
                             decode_journal_event);
    expect_every_cut_refused(encoded(journal_event(JournalEvent::Kind::reply)),
                             decode_journal_event);
    expect_every_cut_refused(encoded(Timer{Timer::Kind::attempt, "s", "t", Direction::forward, 1}),
                             decode_timer);
    expect_every_cut_refused(encoded(Claim{"group", 17}), decode_claim);
}

// 20 mutated messages a case: decoders of every kind meet them; none crashes, reads past the end
// (the asan preset sees it) or accepts what it would not write again.
RC_GTEST_PROP(Messages, mutations_are_harmless, (std::uint64_t seed)) {
    Dice dice(seed);
    const std::string saga = random_name(dice);
    const ByteBuffer body = random_body(dice);
    Command command;
    command.saga = saga;
    command.definition = "checkout";
    command.step = "reserve";
    command.attempt = 1;
    command.body = body;
    for (int i = 0; i < 20; ++i) {
        ByteBuffer bytes =
            dice.chance(50)
                ? encoded(command)
                : encoded(journal_event(static_cast<JournalEvent::Kind>(dice.below(7))));
        for (std::uint64_t flips = 1 + dice.below(4); flips > 0; --flips) {
            bytes[dice.below(bytes.size())] = static_cast<std::byte>(dice.below(256));
        }
        bytes.resize(dice.below(bytes.size()) + 1);
        if (const auto decoded = decode_command(bytes); decoded.ok()) {
            RC_ASSERT(same(encoded(*decoded), bytes));
        }
        if (const auto decoded = decode_journal_event(bytes); decoded.ok()) {
            RC_ASSERT(same(encoded(*decoded), bytes));
        }
        RC_ASSERT(!decode_reply(bytes).ok() || kind_of(bytes) == MessageKind::reply);
        RC_ASSERT(!decode_timer(bytes).ok() || kind_of(bytes) == MessageKind::timer);
        RC_ASSERT(!decode_effect_record(bytes).ok() || kind_of(bytes) == MessageKind::effect);
    }
}

TEST(IdempotencyKey, names_saga_step_and_direction_but_no_attempt) {
    EXPECT_EQ(idempotency_key("order-17", "charge", Direction::forward), "order-17/charge/do");
    EXPECT_EQ(idempotency_key("order-17", "charge", Direction::undo), "order-17/charge/undo");
}

TEST(TraceParent, is_well_formed_and_of_its_saga) {
    const std::string trace = trace_parent_of("order-17");
    EXPECT_EQ(trace.size(), 55U);
    EXPECT_EQ(trace.substr(0, 3), "00-");
    EXPECT_EQ(trace.substr(52), "-01");
    EXPECT_EQ(trace.find_first_not_of("0123456789abcdef-"), std::string::npos);
    EXPECT_EQ(trace, trace_parent_of("order-17"));
    EXPECT_NE(trace, trace_parent_of("order-18"));
}

TEST(TraceParent, of_others_is_checked) {
    EXPECT_TRUE(is_trace_parent(trace_parent_of("order-17")));
    EXPECT_FALSE(is_trace_parent(""));
    EXPECT_FALSE(is_trace_parent("00-0-1-01"));
    std::string zero = trace_parent_of("order-17");
    zero.replace(3, 32, std::string(32, '0'));
    EXPECT_FALSE(is_trace_parent(zero));
    std::string upper = trace_parent_of("order-17");
    upper[40] = 'A';
    EXPECT_FALSE(is_trace_parent(upper));
}

TEST(EventType, has_two_words_and_a_version) {
    for (const char* good :
         {"stock.reserve.v1", "a.b.c.v12", "a-b.c2.v3", "stock.x.v1", "x.v1.v1"}) {
        EXPECT_TRUE(is_event_type(good)) << good;
    }
    for (const char* bad : {"",
                            "x.v1",
                            "stock.reserve",
                            "stock..v1",
                            ".stock.v1",
                            "stock.r.v0",
                            "stock.r.v",
                            "stock.r.v1x",
                            "st ock.r.v1",
                            "stock.r.1",
                            "Stock.r.v1",
                            "stock.2r.v1"}) {
        EXPECT_FALSE(is_event_type(bad)) << bad;
    }
}

TEST(Vocabulary, prints_what_notes_and_keys_hold) {
    EXPECT_EQ(name_of(Direction::forward), "do");
    EXPECT_EQ(name_of(Direction::undo), "undo");
    EXPECT_EQ(name_of(SagaState::needs_operator), "needs-operator");
    EXPECT_EQ(name_of(Impact::noop), "noop");
    EXPECT_EQ(name_of(Outcome::refused), "refused");
    EXPECT_EQ(name_of(Course::abort), "abort");
    EXPECT_EQ(name_of(StepKind::pivot), "pivot");
}

}  // namespace
}  // namespace stormglass::sagas::tests
