#include "bus/trace_spans.hpp"

#include <algorithm>

#include "runtime/check.hpp"
#include "runtime/random.hpp"

namespace stormglass::bus {
namespace {

constexpr std::size_t kSpanChars = 16;

std::uint64_t mixed(const TraceContext& in,
                    std::string_view purpose,
                    std::initializer_list<std::uint64_t> about) {
    std::uint64_t state = chain64(name_hash(purpose), in.trace.high);
    state = chain64(chain64(state, in.trace.low), in.span);
    for (const std::uint64_t word : about) {
        state = chain64(state, word);
    }
    return state;
}

/// Zero is no id; one in 2^64 gets another.
std::uint64_t nonzero(std::uint64_t id) {
    return id == 0 ? 1 : id;
}

}  // namespace

TraceContext derived_span(const TraceContext& in,
                          std::string_view purpose,
                          std::initializer_list<std::uint64_t> about) {
    CHECK(bool(in.trace));
    return {in.trace, nonzero(mixed(in, purpose, about)), in.flags};
}

TraceContext derived_trace(const TraceContext& in,
                           std::string_view purpose,
                           std::initializer_list<std::uint64_t> about) {
    CHECK(bool(in.trace));
    const std::uint64_t seed = mixed(in, purpose, about);
    // Hashed, not drawn: the random flag would be a lie.
    const auto flags = static_cast<std::uint8_t>(in.flags & kTraceSampled);
    return {{nonzero(chain64(seed, 1)), chain64(seed, 2)}, nonzero(chain64(seed, 3)), flags};
}

TraceContext event_context(const TraceContext& parent,
                           std::string_view source,
                           std::uint32_t epoch,
                           std::uint64_t sequence) {
    return derived_span(parent, "event", {name_hash(source), epoch, sequence});
}

TraceContext attempt_context(const TraceContext& event,
                             std::string_view group,
                             std::uint32_t attempt) {
    return derived_span(event, "attempt", {name_hash(group), attempt});
}

TraceContext letter_context(const TraceContext& event, std::string_view group) {
    return derived_span(event, "letter", {name_hash(group)});
}

std::uint64_t parent_of(std::string_view trace_state) {
    TraceState state;
    if (trace_state.empty() || !state.read(trace_state, TraceState::Twice::refuse)) {
        return 0;
    }
    const std::string_view own = state.find(kParentMember);
    if (own.size() != kSpanChars) {
        return 0;
    }
    // Read in the place of a traceparent's span, which has the same digits and the same zero.
    TraceParentText text = write_trace_parent({{0, 1}, 1, 0});
    std::copy(own.begin(), own.end(), text.begin() + kSpanAt);
    const auto context = parse_trace_parent(view_of(text));
    return context ? context->span : 0;
}

void write_trace_state(std::uint64_t parent, std::string_view others, std::string& to) {
    CHECK(parent != 0);
    const TraceParentText text = write_trace_parent({{0, 1}, parent, 0});
    const std::string_view own = view_of(text).substr(kSpanAt, kSpanChars);
    TraceState state;
    if (!state.read(others, TraceState::Twice::refuse)) {
        state.clear();
    }
    state.put(kParentMember, own);
    to.clear();
    state.write(to);
    CHECK(!to.empty());
}

}  // namespace stormglass::bus
