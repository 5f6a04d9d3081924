// Trace context as text and as values: laws over all contexts and over any input.
#include "bus/trace_context.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "bus/attributes.hpp"

namespace stormglass::bus {
namespace {

TraceContext any_context() {
    TraceContext context;
    context.trace.high = *rc::gen::arbitrary<std::uint64_t>();
    context.trace.low = *rc::gen::arbitrary<std::uint64_t>();
    context.span = *rc::gen::nonZero<std::uint64_t>();
    context.flags = *rc::gen::inRange<std::uint8_t>(0, 4);
    RC_PRE(bool(context));
    return context;
}

RC_GTEST_PROP(TraceParent, reads_what_it_has_written, ()) {
    const TraceContext context = any_context();
    const TraceParentText text = write_trace_parent(context);
    RC_ASSERT(parse_trace_parent(view_of(text)) == context);
    RC_ASSERT(!check_trace_parent(view_of(text)));
}

RC_GTEST_PROP(TraceParent, one_changed_character_is_another_context_or_none, ()) {
    const TraceContext context = any_context();
    const TraceParentText text = write_trace_parent(context);
    std::string changed(view_of(text));
    const auto at = *rc::gen::inRange<std::size_t>(0, changed.size());
    const char c = *rc::gen::arbitrary<char>();
    RC_PRE(changed[at] != c);
    changed[at] = c;
    const auto read = parse_trace_parent(changed);
    // Version and unknown flags are read and not kept.
    const bool kept = at >= 3 && at < 52;
    RC_ASSERT(!read || !kept || *read != context);
    RC_ASSERT(read.has_value() == !check_trace_parent(changed));
}

TEST(TraceParent, keeps_the_two_flags_it_knows_and_no_other) {
    const std::string front = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-";
    EXPECT_EQ(parse_trace_parent(front + "ff")->flags, kTraceSampled | kTraceRandom);
    EXPECT_EQ(parse_trace_parent(front + "02")->flags, kTraceRandom);
    EXPECT_EQ(parse_trace_parent(front + "fc")->flags, 0);
    EXPECT_EQ(parse_trace_parent("cc" + front.substr(2) + "01-more")->flags, kTraceSampled);
}

/// A legal tracestate, with repeated keys and long values.
std::string any_state() {
    const auto count = *rc::gen::inRange(0, 32);
    std::string text;
    for (int i = 0; i < count; ++i) {
        text += *rc::gen::element<std::string>("a", "b@c", "1-", "long*", "x/y");
        text += std::to_string(*rc::gen::inRange(0, 20)) + "=";
        text += std::string(*rc::gen::inRange<std::size_t>(0, 200), ' ') + "!";
        text += *rc::gen::element<std::string>(",", " , ", ",,", "\t,");
    }
    return text;
}

RC_GTEST_PROP(TraceState, what_it_writes_it_reads_again_and_is_never_too_long, ()) {
    const std::string text = any_state();
    TraceState state;
    RC_ASSERT(state.read(text, TraceState::Twice::keep_first));
    std::string written;
    state.write(written);
    RC_ASSERT(written.size() <= TraceState::kBytesMax);
    TraceState again;
    RC_ASSERT(again.read(written, TraceState::Twice::refuse));
    RC_ASSERT(again.members().size() <= state.members().size());
    for (const TraceState::Member& member : again.members()) {
        RC_ASSERT(state.find(member.key) == member.value);
    }
    RC_ASSERT(written.empty() || !check_trace_state(written));
}

RC_GTEST_PROP(TraceState, any_bytes_are_read_or_refused, (const std::string& bytes)) {
    TraceState state;
    const bool read = state.read(bytes, TraceState::Twice::refuse);
    RC_ASSERT(read == (bytes.size() > TraceState::kBytesMax ? read : !check_trace_state(bytes)));
}

TEST(TraceState, a_member_that_is_set_moves_to_the_left) {
    TraceState state;
    ASSERT_TRUE(state.read("a=1,sg=2,b=3", TraceState::Twice::refuse));
    state.put("sg", "4");
    std::string text;
    state.write(text);
    EXPECT_EQ(text, "sg=4,a=1,b=3");
    state.put("new", "5");
    text.clear();
    state.write(text);
    EXPECT_EQ(text, "new=5,sg=4,a=1,b=3");
}

TEST(TraceState, the_rightmost_goes_when_there_are_too_many) {
    std::string many;
    for (int i = 0; i < 32; ++i) {
        many += "k" + std::to_string(i) + "=1,";
    }
    TraceState state;
    ASSERT_TRUE(state.read(many, TraceState::Twice::refuse));
    state.put("sg", "1");
    EXPECT_EQ(state.members().size(), 32U);
    EXPECT_EQ(state.find("k31"), "");
    EXPECT_EQ(state.find("k30"), "1");
}

TEST(TraceState, over_512_bytes_long_members_go_first_then_the_right) {
    const std::string text = "a=" + std::string(100, 'x') + ",b=" + std::string(200, 'x') +
                             ",c=" + std::string(100, 'x') + ",d=" + std::string(120, 'x') +
                             ",e=" + std::string(120, 'x');
    TraceState state;
    ASSERT_TRUE(state.read(text, TraceState::Twice::refuse));
    std::string written;
    state.write(written);
    EXPECT_EQ(written.find("b="), std::string::npos) << "over 128 characters";
    EXPECT_NE(written.find("e="), std::string::npos) << "enough was gone";
    std::string shorter;
    for (int i = 0; i < 8; ++i) {
        shorter += "k" + std::to_string(i) + "=" + std::string(80, 'x') + ",";
    }
    state.clear();
    ASSERT_TRUE(state.read(shorter, TraceState::Twice::refuse));
    written.clear();
    state.write(written);
    EXPECT_NE(written.find("k5="), std::string::npos);
    EXPECT_EQ(written.find("k6="), std::string::npos);
}

TEST(ForeignTrace, names_are_compared_without_case_and_two_parents_are_none) {
    const std::string parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const std::string blanks = " " + parent + "\t";
    const TraceHeader one[] = {{"TraceParent", blanks}};
    EXPECT_TRUE(continue_trace(one).context.has_value());
    const TraceHeader two[] = {{"traceparent", parent}, {"TRACEPARENT", parent}};
    EXPECT_TRUE(continue_trace(two).restarted);
    EXPECT_EQ(require_trace(two).error().code, "EV_TRACE_INVALID");
    const TraceHeader twice[] = {{"traceparent", parent}, {"tracestate", "a=1,a=2"}};
    EXPECT_EQ(require_trace(twice).error().code, "EV_TRACESTATE_INVALID");
    EXPECT_EQ(continue_trace(twice).state.find("a"), "1");
    EXPECT_FALSE(continue_trace({}).restarted) << "none was sent";
}

}  // namespace
}  // namespace stormglass::bus
