// History: what goes in comes out, and the JSON of any bytes is valid.
#include "sim/history.hpp"

#include <set>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace stormglass::tests {
namespace {

using sim::History;
using sim::OpEntry;
using sim::OpFunction;
using sim::OpType;
using sim::OpValue;

std::string json_of(std::string_view text) {
    std::string out;
    sim::append_json_string(text, out);
    return out;
}

TEST(History, writes_one_object_a_line_with_the_optional_fields_that_are_there) {
    History history;
    OpEntry send;
    send.time = {1500};
    send.process = 3;
    send.value = OpValue::json("[7,1]");
    EXPECT_EQ(history.append(send), 0U);
    OpEntry done = send;
    done.time = {2500};
    done.type = OpType::ok;
    done.value = OpValue::of("it's \"fine\"");
    done.node = NodeId{2};
    done.group = "g1";
    done.epoch = 0;
    done.trace = "ab";
    EXPECT_EQ(history.append(done), 1U);
    OpEntry fault;
    fault.time = {2500};
    fault.process = sim::kFaultProcess;
    fault.type = OpType::info;
    fault.f = OpFunction::fault;
    fault.value = OpValue::of(-5);
    history.append(fault);
    std::string out;
    history.write_ndjson(out);
    EXPECT_EQ(out,
              "{\"index\":0,\"time\":1500,\"process\":3,\"type\":\"invoke\",\"f\":\"send\","
              "\"value\":[7,1]}\n"
              "{\"index\":1,\"time\":2500,\"process\":3,\"type\":\"ok\",\"f\":\"send\","
              "\"value\":\"it's \\\"fine\\\"\",\"node\":2,\"group\":\"g1\",\"epoch\":0,"
              "\"trace\":\"ab\"}\n"
              "{\"index\":2,\"time\":2500,\"process\":\"faults\",\"type\":\"info\","
              "\"f\":\"fault\",\"value\":-5}\n");
}

TEST(History, gives_back_what_was_appended) {
    History history;
    for (std::int64_t i = 0; i < 50; ++i) {
        OpEntry entry;
        entry.time = {static_cast<std::uint64_t>(i)};
        entry.process = static_cast<std::uint32_t>(i % 4);
        entry.type = static_cast<OpType>(i % 4);
        entry.f = static_cast<OpFunction>(i % 22);
        const std::string text = "value " + std::to_string(i);
        entry.value = i % 2 == 0 ? OpValue::of(i) : OpValue::of(text);
        entry.group = i % 3 == 0 ? "group" : "";
        history.append(entry);
    }
    const OpEntry odd = history.at(33);
    EXPECT_EQ(odd.time.ns, 33U);
    EXPECT_EQ(odd.process, 1U);
    EXPECT_EQ(odd.type, OpType::ok);
    EXPECT_EQ(odd.f, static_cast<OpFunction>(11));
    EXPECT_EQ(odd.value.text, "value 33");
    EXPECT_EQ(odd.group, "group");
    EXPECT_FALSE(odd.node.has_value());
    EXPECT_FALSE(odd.epoch.has_value());
    EXPECT_EQ(history.at(32).value.number, 32);
}

TEST(History, digest_moves_with_every_field) {
    OpEntry base;
    base.time = {10};
    base.value = OpValue::of(1);
    std::vector<OpEntry> variants(9, base);
    variants[1].time = {11};
    variants[2].process = 1;
    variants[3].type = OpType::ok;
    variants[4].f = OpFunction::poll;
    variants[5].value = OpValue::of("1");
    variants[6].node = NodeId{0};
    variants[7].group = "g";
    variants[8].epoch = 1;
    std::set<std::uint64_t> digests;
    for (const OpEntry& variant : variants) {
        History history;
        history.append(variant);
        digests.insert(history.digest());
    }
    EXPECT_EQ(digests.size(), variants.size());
}

TEST(Json, escapes_what_must_be_escaped_and_replaces_what_is_not_utf8) {
    EXPECT_EQ(json_of("plain"), "\"plain\"");
    EXPECT_EQ(json_of("a\"b\\c"), "\"a\\\"b\\\\c\"");
    EXPECT_EQ(json_of("\n\t\r\x01\x1f"), "\"\\n\\t\\r\\u0001\\u001f\"");
    EXPECT_EQ(json_of(std::string_view("\0", 1)), "\"\\u0000\"");
    EXPECT_EQ(json_of("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x99\x82"),
              "\"\xc3\xa4 \xe2\x82\xac \xf0\x9f\x99\x82\"");
    EXPECT_EQ(json_of("\xff"), "\"\\ufffd\"");
    EXPECT_EQ(json_of("\xc0\xaf"), "\"\\ufffd\\ufffd\"");             // overlong
    EXPECT_EQ(json_of("\xed\xa0\x80"), "\"\\ufffd\\ufffd\\ufffd\"");  // surrogate
    EXPECT_EQ(json_of("\xe2\x82"), "\"\\ufffd\\ufffd\"");             // cut off
}

RC_GTEST_PROP(Json, of_any_bytes_has_no_raw_control_or_quote, (const std::string& text)) {
    const std::string json = json_of(text);
    RC_ASSERT(json.size() >= 2);
    for (std::size_t i = 1; i + 1 < json.size(); ++i) {
        RC_ASSERT(static_cast<unsigned char>(json[i]) >= 0x20);
        if (json[i] == '\\') {
            ++i;  // an escape: whatever follows is part of it
            RC_ASSERT(i + 1 < json.size());
        } else {
            RC_ASSERT(json[i] != '"');
        }
    }
}

}  // namespace
}  // namespace stormglass::tests
