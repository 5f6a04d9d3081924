// What a peer's trace headers meet: both readers, and the writers with whatever was read.
#pragma once

#include <string>

#include "bus/attributes.hpp"
#include "bus/trace_spans.hpp"
#include "runtime/check.hpp"

namespace stormglass::bus::fuzz {

/// The input up to the first line break is a traceparent, the rest a tracestate. True when both
/// were accepted.
inline bool exercise_trace(std::string_view input) {
    const std::size_t line = input.find('\n');
    const std::string_view parent = input.substr(0, line);
    const std::string_view state =
        line == std::string_view::npos ? std::string_view{} : input.substr(line + 1);
    static_cast<void>(parent_of(state));
    const TraceHeader headers[] = {{"traceparent", parent}, {"tracestate", state}};
    const ForeignTrace foreign = continue_trace(headers);
    CHECK(foreign.restarted != foreign.context.has_value());
    CHECK(foreign.context.has_value() || foreign.state.members().empty());
    if (!foreign.context.has_value()) {
        return false;
    }
    const TraceParentText again = write_trace_parent(*foreign.context);
    CHECK(parse_trace_parent(view_of(again)) == foreign.context);
    std::string written;
    foreign.state.write(written);
    CHECK(written.empty() || !check_trace_state(written));
    write_trace_state(foreign.context->span, state, written);
    CHECK(parent_of(written) == foreign.context->span);
    CHECK(!check_trace_state(written));
    return require_trace(headers).ok();
}

}  // namespace stormglass::bus::fuzz
