#include "sagas/trace.hpp"

#include "bus/trace_spans.hpp"
#include "runtime/check.hpp"
#include "runtime/random.hpp"

namespace stormglass::sagas {

bus::TraceContext root_span(const bus::TraceContext& asked, std::string_view saga) {
    CHECK(bool(asked));
    return bus::derived_span(asked, "saga", {name_hash(saga)});
}

bus::TraceContext step_span(const bus::TraceContext& root,
                            std::string_view step,
                            Direction direction) {
    CHECK(bool(root));
    return bus::derived_span(
        root, "step", {name_hash(step), static_cast<std::uint64_t>(direction)});
}

bus::TraceContext detached_step_span(const bus::TraceContext& root,
                                     std::string_view step,
                                     Direction direction) {
    CHECK(bool(root));
    return bus::derived_trace(
        root, "step", {name_hash(step), static_cast<std::uint64_t>(direction)});
}

}  // namespace stormglass::sagas
