// Spans are functions of what they are about: equal things have equal spans, different ones do not.
#include "bus/trace_spans.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "bus/attributes.hpp"
#include "bus/rules.hpp"

namespace stormglass::bus {
namespace {

constexpr TraceContext kParent{{0x0af7651916cd43dd, 0x8448eb211c80319c}, 0xb7ad6b7169203331, 3};

TEST(Spans, stay_in_the_trace_and_are_told_apart) {
    const TraceContext event = event_context(kParent, "urn:orders", 3, 17);
    EXPECT_EQ(event, event_context(kParent, "urn:orders", 3, 17));
    std::set<std::uint64_t> spans = {kParent.span};
    for (const TraceContext& context : {event,
                                        event_context(kParent, "urn:stock", 3, 17),
                                        event_context(kParent, "urn:orders", 4, 17),
                                        event_context(kParent, "urn:orders", 3, 18),
                                        attempt_context(event, "stock", 1),
                                        attempt_context(event, "stock", 2),
                                        attempt_context(event, "audit", 1),
                                        letter_context(event, "stock"),
                                        letter_context(event, "audit")}) {
        EXPECT_EQ(context.trace, kParent.trace);
        EXPECT_EQ(context.flags, kParent.flags);
        EXPECT_TRUE(spans.insert(context.span).second);
    }
    const TraceContext detached = derived_trace(event, "step", {1});
    EXPECT_NE(detached.trace, event.trace);
    EXPECT_EQ(detached.flags, kTraceSampled) << "a derived trace id is not random";
}

RC_GTEST_PROP(TraceStateOfOurs, tells_the_parent_and_keeps_the_members_of_others, ()) {
    const auto parent = *rc::gen::nonZero<std::uint64_t>();
    const auto before = *rc::gen::element<std::string>(
        "", "a=1", "a=1,sg=00000000000000aa,b=2", "sg=xyz,c=3", "bro ken", "a=1,a=2");
    std::string state;
    write_trace_state(parent, before, state);
    RC_ASSERT(parent_of(state) == parent);
    RC_ASSERT(!check_trace_state(state));
    RC_ASSERT((before.find("b=2") == std::string::npos) ==
              (state.find("b=2") == std::string::npos));
}

TEST(TraceStateOfOurs, of_others_tells_no_parent) {
    for (const char* state :
         {"", "a=1", "sg=12", "sg=0000000000000000", "sg=00000000000000AA", ",="}) {
        EXPECT_EQ(parent_of(state), 0U) << state;
    }
}

}  // namespace
}  // namespace stormglass::bus
