#include "sagas/batch_builder.hpp"

#include "runtime/check.hpp"

namespace stormglass::sagas {

void BatchBuilder::clear() {
    batch_.clear();
    buffers_used_ = 0;
    traces_used_ = 0;
    CHECK(batch_.publications.empty());
}

void BatchBuilder::fence(std::string_view name, std::uint64_t value) {
    CHECK(value > 0);
    batch_.conditions.push_back({bus::Condition::Kind::fence, name, {}, value});
}

void BatchBuilder::key_is_new(std::string_view topic, std::string_view key) {
    CHECK(!key.empty());
    batch_.conditions.push_back({bus::Condition::Kind::key_length, topic, key, 0});
}

void BatchBuilder::settle(const bus::Settlement& settlement) {
    CHECK(settlement.receipt > 0);
    CHECK(!settlement.group.empty());
    CHECK(!settlement.topic.empty());
    batch_.settlements.push_back(settlement);
}

std::string_view BatchBuilder::text_of(const bus::TraceContext& context) {
    if (traces_used_ == traces_.size()) {
        traces_.emplace_back();
    }
    CHECK(traces_used_ < traces_.size());
    bus::TraceParentText& text = traces_[traces_used_++];
    text = bus::write_trace_parent(context);
    return bus::view_of(text);
}

bus::Publication& BatchBuilder::open(std::string_view topic,
                                     std::string_view type,
                                     const Thread& thread) {
    CHECK(!topic.empty());
    CHECK(!type.empty());
    bus::Publication& publication = batch_.publications.emplace_back();
    publication.topic = topic;
    publication.type = type;
    if (!thread.saga.empty()) {
        publication.partition_key = thread.saga;
        publication.correlation_id = thread.saga;
        publication.causation_id = thread.cause.empty() ? thread.saga : thread.cause;
        publication.trace_parent = thread.trace_parent;
    }
    return publication;
}

ByteBuffer& BatchBuilder::buffer() {
    if (buffers_used_ == buffers_.size()) {
        buffers_.emplace_back();
    }
    CHECK(buffers_used_ < buffers_.size());
    ByteBuffer& bytes = buffers_[buffers_used_++];
    bytes.clear();
    return bytes;
}

}  // namespace stormglass::sagas
