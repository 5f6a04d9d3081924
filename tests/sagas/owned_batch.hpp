// Deep copies of what passes a Client, because views end with the call: batches and events.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "bus/client.hpp"

namespace stormglass::sagas::tests {

struct OwnedCondition {
    bus::Condition::Kind kind;
    std::string name;
    std::string key;
    std::uint64_t value;
};

struct OwnedSettlement {
    std::string group;
    std::string topic;
    bus::Position position;
    std::uint32_t receipt;
    bus::Verdict verdict;
    Duration delay;
    std::string detail;
};

struct OwnedEvent {
    std::string id;
    std::string topic;
    std::string type;
    std::string key;
    std::string correlation;
    std::string cause;
    std::string trace;
    std::string time;  // empty unless a test says so
    ByteBuffer payload;
    Duration delay;
    Duration lifetime;

    /// Valid as long as this event stays where it is.
    bus::EventView view(const std::string& audience) const {
        bus::EventView view;
        view.id = id;
        view.type = type;
        view.partition_key = key;
        view.correlation_id = correlation;
        view.causation_id = cause;
        view.trace_parent = trace;
        view.time = time;
        view.audience = audience;
        view.payload = payload;
        return view;
    }
};

struct OwnedBatch {
    bus::BatchId id;
    std::vector<OwnedCondition> conditions;
    std::vector<OwnedSettlement> settlements;
    std::vector<OwnedEvent> events;

    /// The events that went to this topic.
    std::vector<const OwnedEvent*> to(std::string_view topic) const {
        std::vector<const OwnedEvent*> found;
        for (const OwnedEvent& event : events) {
            if (event.topic == topic) {
                found.push_back(&event);
            }
        }
        return found;
    }
};

inline OwnedBatch copy_of(const bus::Batch& batch, bus::BatchId id) {
    OwnedBatch copy;
    copy.id = id;
    for (const bus::Condition& each : batch.conditions) {
        copy.conditions.push_back(
            {each.kind, std::string(each.name), std::string(each.key), each.value});
    }
    for (const bus::Settlement& each : batch.settlements) {
        copy.settlements.push_back({std::string(each.group),
                                    std::string(each.topic),
                                    each.position,
                                    each.receipt,
                                    each.verdict,
                                    each.delay,
                                    std::string(each.detail)});
    }
    for (const bus::Publication& each : batch.publications) {
        OwnedEvent& event = copy.events.emplace_back();
        event.topic = each.topic;
        event.type = each.type;
        event.key = each.partition_key;
        event.correlation = each.correlation_id;
        event.cause = each.causation_id;
        event.trace = each.trace_parent;
        event.payload.assign(each.payload.begin(), each.payload.end());
        event.delay = each.delay;
        event.lifetime = each.lifetime;
    }
    return copy;
}

}  // namespace stormglass::sagas::tests
