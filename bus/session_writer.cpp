#include "bus/session_writer.hpp"

#include <algorithm>

#include "bus/attributes.hpp"
#include "bus/trace_spans.hpp"
#include "runtime/check.hpp"

namespace stormglass::bus {
namespace {

constexpr std::size_t kTailChars = 64;  // of an id of at most 128 bytes

}  // namespace

EventWriter::EventWriter(Author author) : author_(author), source_hash_(name_hash(author.source)) {
    CHECK(!author.source.empty());
    CHECK(!author.bus_id.empty());
    const std::string_view source = author.source;
    const std::size_t cut = source.find_last_of(":/");
    tail_ = source.substr(cut == std::string_view::npos ? 0 : cut + 1).substr(0, kTailChars);
}

void EventWriter::write_id(EventPlace place) {
    // Unique by (epoch, sequence), which the bus grants and admits once; the tail is for people.
    id_.assign(tail_).append("-").append(std::to_string(place.epoch)).append("-");
    id_.append(std::to_string(place.sequence));
    CHECK(id_.size() <= 128);
}

void EventWriter::write_schema(std::string_view type) {
    schema_.assign("stormglass:schema/").append(name_without_major(type)).append("/");
    schema_.append(major_of(type)).append(".0");
}

// A trace that begins here is drawn; every span is derived, so that one event has one span.
bool EventWriter::write_trace(const Publication& publication, EventPlace place, Effects& out) {
    TraceContext parent;
    trace_state_.clear();
    if (publication.trace_parent.empty()) {
        const std::uint64_t life = chain64(source_hash_, place.epoch);
        const auto draw = [&](std::uint64_t word) {
            return out.draw("session.trace", {life, place.sequence, word});
        };
        parent.trace = {draw(1) | 1, draw(2)};  // the low word stays random, as the flag says
        parent.flags = kTraceSampled | kTraceRandom;
    } else {
        const auto given = parse_trace_parent(publication.trace_parent);
        if (!given) {
            return false;
        }
        parent = *given;
        write_trace_state(parent.span, publication.trace_state, trace_state_);
    }
    trace_parent_ =
        write_trace_parent(event_context(parent, author_.source, place.epoch, place.sequence));
    return true;
}

Result<EventDraft> EventWriter::draft(const Publication& publication,
                                      EventPlace place,
                                      WallTime time,
                                      Effects& out) {
    CHECK(place.sequence > 0);
    if (publication.delay.ns < 0 || publication.lifetime.ns < 0) {
        return Error{"EB_DELAY", "a negative delay or lifetime"};
    }
    if (const Violation violation = check_type(publication.type)) {
        return attribute_error(violation, "type", 0);
    }
    write_id(place);
    write_schema(publication.type);
    audience_.assign(author_.bus_id).append("/").append(publication.topic);
    if (!write_trace(publication, place, out)) {
        return attribute_error(check_trace_parent(publication.trace_parent), "traceparent", 0);
    }
    EventDraft draft;
    draft.id = id_;
    draft.source = author_.source;
    draft.type = publication.type;
    draft.data_schema = schema_;
    draft.trace_parent = view_of(trace_parent_);
    draft.trace_state = trace_state_;
    draft.correlation_id =
        publication.correlation_id.empty() ? std::string_view(id_) : publication.correlation_id;
    draft.causation_id = publication.causation_id;
    draft.partition_key = publication.partition_key;
    draft.audience = audience_;
    draft.subject = publication.subject;
    draft.key_id = author_.key_id;
    draft.time = time;
    draft.expiry = publication.lifetime.ns > 0 ? time + publication.lifetime : WallTime{};
    draft.sequence = place.sequence;
    draft.epoch = place.epoch;
    draft.payload = publication.payload;
    if (auto checked = check_draft(draft); !checked) {
        return std::move(checked).error();
    }
    return draft;
}

}  // namespace stormglass::bus
