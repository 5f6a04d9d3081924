// The trace of a saga: one root span for the whole, a child for each direction of each step.
// Commands and timers of a step are created under its span. A saga that has run for an hour begins
// a trace for each step, so that none grows without bound; whoever shows it links the root.
#pragma once

#include <string_view>

#include "bus/trace_context.hpp"
#include "runtime/time.hpp"
#include "sagas/vocabulary.hpp"

namespace stormglass::sagas {

constexpr Duration kTraceAgeMax = minutes(60);

/// The root of a saga that was asked for under `asked`: a span of its own in that trace.
bus::TraceContext root_span(const bus::TraceContext& asked, std::string_view saga);

/// The span of one direction of a step, in the saga's trace.
bus::TraceContext step_span(const bus::TraceContext& root,
                            std::string_view step,
                            Direction direction);

/// The same in a trace of its own, for an old saga.
bus::TraceContext detached_step_span(const bus::TraceContext& root,
                                     std::string_view step,
                                     Direction direction);

}  // namespace stormglass::sagas
