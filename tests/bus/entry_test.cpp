// Entry bodies: what is written is read back, and nothing else is read.
#include "bus/entry.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace stormglass::bus::entry {
namespace {

std::string text(std::size_t most) {
    return *rc::gen::resize(static_cast<int>(most), rc::gen::arbitrary<std::string>());
}

struct Texts {
    std::vector<std::string> held;

    std::string_view make(std::size_t most = 20) {
        held.push_back(text(most).substr(0, most));
        return held.back();
    }

    Texts() { held.reserve(500); }
};

Batch any_batch(Texts& texts) {
    Batch batch;
    batch.at = {*rc::gen::arbitrary<std::int64_t>()};
    batch.source = texts.make();
    batch.epoch = *rc::gen::arbitrary<std::uint32_t>();
    batch.batch = *rc::gen::arbitrary<std::uint64_t>();
    batch.first = *rc::gen::arbitrary<std::uint64_t>();
    batch.link_bound = *rc::gen::arbitrary<bool>();
    batch.answer = *rc::gen::element(Answer::none, Answer::outcome);
    for (int n = *rc::gen::inRange(0, 4); n > 0; --n) {
        batch.conditions.push_back({*rc::gen::element(Condition::Kind::fence,
                                                      Condition::Kind::key_length,
                                                      Condition::Kind::topic_length),
                                    texts.make(),
                                    texts.make(),
                                    *rc::gen::arbitrary<std::uint64_t>()});
    }
    for (int n = *rc::gen::inRange(0, 4); n > 0; --n) {
        batch.settlements.push_back({texts.make(),
                                     texts.make(),
                                     *rc::gen::arbitrary<std::uint64_t>(),
                                     *rc::gen::arbitrary<std::uint32_t>(),
                                     *rc::gen::element(Verdict::ack, Verdict::reject),
                                     milliseconds(*rc::gen::inRange(0, 1'000)),
                                     texts.make(100)});
    }
    for (int n = *rc::gen::inRange(0, 4); n > 0; --n) {
        const std::string_view event = texts.make(200);
        const auto at = *rc::gen::inRange<std::size_t>(0, event.size() + 1);
        batch.events.push_back({as_bytes(event),
                                seconds(*rc::gen::inRange(0, 9)),
                                {*rc::gen::arbitrary<std::uint64_t>(), 7},
                                event.substr(at),
                                event.substr(0, at)});
    }
    return batch;
}

void expect_equal(const Batch& a, const Batch& b) {
    RC_ASSERT(a.at == b.at);
    RC_ASSERT(a.source == b.source);
    RC_ASSERT(a.epoch == b.epoch);
    RC_ASSERT(a.batch == b.batch);
    RC_ASSERT(a.first == b.first);
    RC_ASSERT(a.link_bound == b.link_bound);
    RC_ASSERT(a.answer == b.answer);
    RC_ASSERT(a.conditions.size() == b.conditions.size());
    for (std::size_t i = 0; i < a.conditions.size(); ++i) {
        RC_ASSERT(a.conditions[i].kind == b.conditions[i].kind);
        RC_ASSERT(a.conditions[i].name == b.conditions[i].name);
        RC_ASSERT(a.conditions[i].key == b.conditions[i].key);
        RC_ASSERT(a.conditions[i].value == b.conditions[i].value);
    }
    RC_ASSERT(a.settlements.size() == b.settlements.size());
    for (std::size_t i = 0; i < a.settlements.size(); ++i) {
        RC_ASSERT(a.settlements[i].group == b.settlements[i].group);
        RC_ASSERT(a.settlements[i].topic == b.settlements[i].topic);
        RC_ASSERT(a.settlements[i].position == b.settlements[i].position);
        RC_ASSERT(a.settlements[i].receipt == b.settlements[i].receipt);
        RC_ASSERT(a.settlements[i].verdict == b.settlements[i].verdict);
        RC_ASSERT(a.settlements[i].delay == b.settlements[i].delay);
        RC_ASSERT(a.settlements[i].detail == b.settlements[i].detail);
    }
    RC_ASSERT(a.events.size() == b.events.size());
    for (std::size_t i = 0; i < a.events.size(); ++i) {
        RC_ASSERT(as_text(a.events[i].event) == as_text(b.events[i].event));
        RC_ASSERT(a.events[i].delay == b.events[i].delay);
        RC_ASSERT(a.events[i].digest == b.events[i].digest);
        RC_ASSERT(a.events[i].topic == b.events[i].topic);
        RC_ASSERT(a.events[i].key == b.events[i].key);
    }
}

RC_GTEST_PROP(Entry, decode_after_encode_is_identity_for_batches, ()) {
    Texts texts;
    const Batch batch = any_batch(texts);
    ByteBuffer body;
    encode(batch, body);
    Batch read;
    RC_ASSERT(decode(body, read));
    expect_equal(batch, read);
}

// Whatever stands in a body, each decoder answers yes or no and reads nothing beyond it (the
// sanitizers watch), and what it accepts it writes back byte for byte.
RC_GTEST_PROP(Entry, no_body_is_too_broken_to_refuse, ()) {
    Texts texts;
    ByteBuffer body;
    encode(any_batch(texts), body);
    for (int n = *rc::gen::inRange(1, 4); n > 0; --n) {
        body[*rc::gen::inRange<std::size_t>(0, body.size())] =
            static_cast<std::byte>(*rc::gen::inRange(0, 256));
    }
    body.resize(*rc::gen::inRange<std::size_t>(0, body.size() + 1));
    const auto try_one = [&](auto entry) {
        if (decode(body, entry)) {
            ByteBuffer again;
            encode(entry, again);
            RC_ASSERT(again == body);
        }
    };
    try_one(Boot{});
    try_one(Grant{});
    try_one(Group{});
    try_one(Assignment{});
    try_one(Delivered{});
    try_one(Failed{});
    try_one(Dead{});
    try_one(Buried{});
    try_one(Release{});
    try_one(Refused{});
    try_one(Gap{});
    Batch batch;
    static_cast<void>(decode(body, batch));
}

TEST(Entry, small_kinds_come_back_as_they_were) {
    ByteBuffer body;
    Dead dead;
    dead.at = {5};
    dead.of = {"g", "t", 7, 8};
    dead.end = AttemptEnd::lapsed;
    dead.reason = Reason::expired;
    dead.code = "EV_EXPIRED";
    dead.detail = "too late";
    encode(dead, body);
    Dead read;
    ASSERT_TRUE(decode(body, read));
    EXPECT_EQ(read.of.group, "g");
    EXPECT_EQ(read.of.position, 7U);
    EXPECT_EQ(read.end, AttemptEnd::lapsed);
    EXPECT_EQ(read.reason, Reason::expired);
    EXPECT_EQ(read.detail, "too late");
    body.push_back(std::byte{0});
    EXPECT_FALSE(decode(body, read));

    body.clear();
    Delivered delivered;
    delivered.items.push_back({{"g", "t", 1, 2}, "urn:a"});
    delivered.items.push_back({{"h", "u", 3, 4}, "urn:b"});
    encode(delivered, body);
    Delivered items;
    ASSERT_TRUE(decode(body, items));
    ASSERT_EQ(items.items.size(), 2U);
    EXPECT_EQ(items.items[1].of.topic, "u");
    EXPECT_EQ(items.items[1].member, "urn:b");
}

}  // namespace
}  // namespace stormglass::bus::entry
