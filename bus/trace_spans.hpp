// Which span is whose. Span ids are functions of what the span is about (an event, an attempt to
// handle it, its burial), never drawn: whoever repeats something repeats its span, and any reader
// of the log finds the same ids. What a span stands under is kept in our own member of
// `tracestate`.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "bus/trace_context.hpp"

namespace stormglass::bus {

/// Our member of `tracestate`: 16 hex digits, the span that an event was created under.
constexpr std::string_view kParentMember = "sg";

/// A span of `in`'s trace for a purpose and what it is about; never zero. `in.span` counts.
TraceContext derived_span(const TraceContext& in,
                          std::string_view purpose,
                          std::initializer_list<std::uint64_t> about);

/// A trace of its own, derived the same way, for what must not continue `in`'s; link it.
TraceContext derived_trace(const TraceContext& in,
                           std::string_view purpose,
                           std::initializer_list<std::uint64_t> about);

/// The creation context of an event that continues `parent`: a span of its own in that trace.
TraceContext event_context(const TraceContext& parent,
                           std::string_view source,
                           std::uint32_t epoch,
                           std::uint64_t sequence);

/// The span of one attempt of a group to handle an event: a redelivery has another one.
TraceContext attempt_context(const TraceContext& event,
                             std::string_view group,
                             std::uint32_t attempt);

/// The span of the dead letter that a group made of an event.
TraceContext letter_context(const TraceContext& event, std::string_view group);

/// The parent that an event's `tracestate` tells; 0: a root, or written by somebody else.
std::uint64_t parent_of(std::string_view trace_state);

/// Replaces `to` by a `tracestate` with `parent` as our member, before what `others` holds.
/// A malformed `others` is dropped.
void write_trace_state(std::uint64_t parent, std::string_view others, std::string& to);

}  // namespace stormglass::bus
