// The W3C's own test inputs for Trace Context, read in place: what a relay that continues or
// restarts must make of headers, and what a strict publisher must refuse.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "bus/attributes.hpp"
#include "bus/trace_context.hpp"
#include "bus/trace_spans.hpp"

namespace stormglass::bus {
namespace {

using nlohmann::json;

json steps_file() {
    const std::string path = std::string(STORMGLASS_CONFORMANCE_DIR) + "/trace-context/steps.json";
    std::ifstream file(path);
    return file ? json::parse(file) : json();
}

/// What the relay sends on: the context continued by a span of its own, and the kept state.
struct Sent {
    TraceContext context;
    std::string state;
};

class Relay {
  public:
    Sent pass(const json& headers) {
        std::vector<std::string> texts;
        for (const json& header : headers) {
            texts.push_back(header[0]);
            texts.push_back(header[1]);
        }
        std::vector<TraceHeader> fields;
        for (std::size_t i = 0; i < texts.size(); i += 2) {
            fields.push_back({texts[i], texts[i + 1]});
        }
        const ForeignTrace foreign = continue_trace(fields);
        ++passed_;
        Sent sent;
        const TraceContext fresh = derived_trace({{1, 1}, 1, 0}, "fresh", {passed_});
        sent.context = derived_span(foreign.context.value_or(fresh), "hop", {passed_});
        foreign.state.write(sent.state);
        strict_ = require_trace(fields).ok();
        restarted_ = !foreign.context.has_value();
        EXPECT_EQ(foreign.restarted && foreign.context.has_value(), false);
        return sent;
    }

    bool strict() const { return strict_; }

    bool restarted() const { return restarted_; }

  private:
    std::uint64_t passed_ = 0;
    bool strict_ = false;
    bool restarted_ = false;
};

std::string hex(TraceId id) {
    std::string text;
    append_hex(id, text);
    return text;
}

std::string hex(std::uint64_t id) {
    std::string text;
    append_hex(id, text);
    return text;
}

std::vector<std::pair<std::string, std::string>> members_of(const std::string& text) {
    std::vector<std::pair<std::string, std::string>> members;
    TraceState state;
    EXPECT_TRUE(state.read(text, TraceState::Twice::refuse)) << text;
    for (const TraceState::Member& member : state.members()) {
        members.emplace_back(member.key, member.value);
    }
    return members;
}

void expect_of_state(const json& wanted, const std::string& op, const std::string& state) {
    const auto members = members_of(state);
    const auto value_of = [&](const std::string& key) {
        const auto found = std::find_if(members.begin(), members.end(), [&](const auto& member) {
            return member.first == key;
        });
        return found == members.end() ? std::string() : found->second;
    };
    if (op == "tracestate_has_key") {
        EXPECT_NE(value_of(wanted["key"]), "") << state;
    } else if (op == "tracestate_lacks_key") {
        EXPECT_EQ(value_of(wanted["key"]), "") << state;
    } else if (op == "tracestate_value_is") {
        EXPECT_EQ(value_of(wanted["key"]), wanted["value"]) << state;
    } else if (op == "tracestate_text_contains") {
        EXPECT_NE(state.find(wanted["value"].get<std::string>()), std::string::npos) << state;
    } else if (op == "tracestate_text_contains_one_of") {
        const auto& values = wanted["values"];
        EXPECT_TRUE(std::any_of(values.begin(), values.end(), [&](const json& value) {
            return state.find(value.get<std::string>()) != std::string::npos;
        })) << state;
    } else if (op == "tracestate_size_is") {
        EXPECT_EQ(members.size(), wanted["value"].get<std::size_t>()) << state;
    } else if (op == "tracestate_absent_or_not") {
        EXPECT_TRUE(state.empty() || state != wanted["value"]) << state;
    } else if (op == "tracestate_text_order") {
        std::size_t at = 0;
        for (const json& value : wanted["values"]) {
            at = state.find(value.get<std::string>(), at);
            ASSERT_NE(at, std::string::npos) << state;
        }
    } else {
        ADD_FAILURE() << "an expectation that this test does not know: " << op;
    }
}

void expect(const json& wanted, const std::vector<Sent>& sent, const std::string& before) {
    const std::string op = wanted["op"];
    const Sent& last = sent.back();
    std::set<std::string> traces;
    std::set<std::string> spans;
    for (const Sent& each : sent) {
        traces.insert(hex(each.context.trace));
        spans.insert(hex(each.context.span));
    }
    if (op == "trace_id_is") {
        EXPECT_EQ(hex(last.context.trace), wanted["value"]);
    } else if (op == "trace_id_is_not") {
        EXPECT_NE(hex(last.context.trace), wanted["value"]);
    } else if (op == "parent_id_is_not") {
        EXPECT_NE(hex(last.context.span), wanted["value"]);
    } else if (op == "trace_flag_set") {
        EXPECT_NE(last.context.flags & wanted["mask"].get<int>(), 0);
    } else if (op == "distinct_trace_ids_is") {
        EXPECT_EQ(traces.size(), wanted["value"].get<std::size_t>());
    } else if (op == "distinct_parent_ids_is") {
        EXPECT_EQ(spans.size(), wanted["value"].get<std::size_t>());
    } else if (op == "trace_ids_contain") {
        EXPECT_TRUE(traces.contains(wanted["value"]));
    } else if (op == "trace_ids_do_not_contain") {
        EXPECT_FALSE(traces.contains(wanted["value"]));
    } else if (op == "tracestate_size_same_as_previous_step") {
        EXPECT_EQ(members_of(last.state).size(), members_of(before).size());
    } else {
        expect_of_state(wanted, op, last.state);
    }
}

TEST(TraceContextConformance, every_step_of_the_standards_tests_holds) {
    const json file = steps_file();
    if (file.is_null()) {
        GTEST_SKIP() << "no trace-context/steps.json in " << STORMGLASS_CONFORMANCE_DIR;
    }
    std::size_t steps = 0;
    for (const json& test : file["tests"]) {
        SCOPED_TRACE(test["test"].get<std::string>());
        Relay relay;
        std::string before;
        for (const json& step : test["steps"]) {
            ++steps;
            SCOPED_TRACE(step["headers"].dump());
            std::vector<Sent> sent;
            for (int i = 0; i < step.value("repeat", 1); ++i) {
                sent.push_back(relay.pass(step["headers"]));
                // Whatever came in, what goes out is a valid traceparent.
                const TraceParentText text = write_trace_parent(sent.back().context);
                EXPECT_FALSE(check_trace_parent(view_of(text)));
                EXPECT_EQ(parse_trace_parent(view_of(text)), sent.back().context);
            }
            for (const json& wanted : step["expect"]) {
                expect(wanted, sent, before);
            }
            before = sent.back().state;
            const std::string verdict = step.value("verdict", "");
            if (!verdict.empty()) {
                EXPECT_EQ(relay.restarted(), verdict == "restart-trace");
            }
            // Where a trace is mandatory, what a relay restarts is refused.
            if (relay.restarted()) {
                EXPECT_FALSE(relay.strict());
            }
        }
    }
    EXPECT_GT(steps, 0U);
}

}  // namespace
}  // namespace stormglass::bus
