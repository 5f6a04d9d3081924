#include "tests/sagas/fake_bus.hpp"

#include <algorithm>

namespace stormglass::sagas::tests {

FakeClient::~FakeClient() {
    bus_.forget(*this);
}

Result<bus::BatchId> FakeClient::publish(const bus::Batch& batch,
                                         bus::Durability,
                                         Moment,
                                         Effects&) {
    const bus::BatchId id{++bus_.last_id_};
    bus_.requests.push_back({this, name_, copy_of(batch, id)});
    return id;
}

void FakeClient::subscribe(const bus::Subscription& subscription, Moment, Effects&) {
    CHECK(subscription.sharing == bus::Sharing::exclusive);
    CHECK(subscription.mode == bus::GroupMode::effectively_once);
    FakeBus::Group& group = bus_.groups[std::string(subscription.group)];
    group.topic = subscription.topic;
    if (std::find(group.members.begin(), group.members.end(), this) == group.members.end()) {
        group.members.push_back(this);
    }
    if (group.owner == nullptr) {
        bus_.appoint(group, this);
    }
}

bus::ReadId FakeClient::read(std::string_view topic, bus::Position from, Moment, Effects&) {
    CHECK(from == 0);
    FakeBus::Frame frame;
    frame.kind = FakeBus::Frame::Kind::records;
    frame.to = this;
    frame.topic = topic;
    frame.read = {++bus_.last_id_};
    frame.end = bus_.topics[std::string(topic)].size();
    bus_.frames.push_back(frame);
    return frame.read;
}

void FakeBus::send_ready(FakeClient& client) {
    Frame frame;
    frame.kind = Frame::Kind::ready;
    frame.to = &client;
    frames.push_back(frame);
}

bus::Position FakeBus::append(OwnedEvent event) {
    auto& topic = topics[event.topic];
    event.id = "e" + std::to_string(++last_id_);
    topic.push_back({std::move(event), topic.size()});
    return topic.back().position;
}

std::string FakeBus::judge(const OwnedBatch& batch) {
    for (const OwnedCondition& condition : batch.conditions) {
        const auto& topic = topics[condition.name];
        switch (condition.kind) {
            case bus::Condition::Kind::fence:
                if (condition.value < fences[condition.name]) {
                    return "EB_FENCED";
                }
                break;
            case bus::Condition::Kind::key_length: {
                const auto length = std::count_if(topic.begin(), topic.end(), [&](auto& stored) {
                    return stored.event.key == condition.key;
                });
                if (static_cast<std::uint64_t>(length) != condition.value) {
                    return "EB_CONDITION";
                }
                break;
            }
            case bus::Condition::Kind::topic_length:
                if (topic.size() != condition.value) {
                    return "EB_CONDITION";
                }
                break;
        }
    }
    for (const OwnedSettlement& settlement : batch.settlements) {
        const Item& item = groups.at(settlement.group).items.at(settlement.position);
        if (item.done || settlement.receipt != item.attempts) {
            return "EB_SETTLED";
        }
    }
    return {};
}

void FakeBus::settle(const OwnedSettlement& settlement) {
    Item& item = groups.at(settlement.group).items.at(settlement.position);
    item.detail = settlement.detail;
    item.out = false;
    const bool spent = item.attempts >= attempts_max;
    if (settlement.verdict == bus::Verdict::nack && !spent) {
        item.not_before = time + settlement.delay.ns;
        return;
    }
    item.done = true;
    item.dead = settlement.verdict != bus::Verdict::ack;
}

void FakeBus::process_request(std::size_t index) {
    const Request request = std::move(requests[index]);
    requests.erase(requests.begin() + static_cast<std::ptrdiff_t>(index));
    Frame answer;
    answer.kind = Frame::Kind::outcome;
    answer.to = request.from;
    answer.batch = request.batch.id;
    answer.code = judge(request.batch);
    answer.accepted = answer.code.empty();
    refused_as_fenced += answer.code == "EB_FENCED" ? 1 : 0;
    if (answer.accepted) {
        for (const OwnedCondition& condition : request.batch.conditions) {
            if (condition.kind == bus::Condition::Kind::fence) {
                fences[condition.name] = std::max(fences[condition.name], condition.value);
            }
        }
        for (const OwnedSettlement& settlement : request.batch.settlements) {
            settle(settlement);
        }
        for (const OwnedEvent& event : request.batch.events) {
            if (event.delay.ns > 0) {
                delayed.push_back({time + event.delay.ns, event});
                answer.positions.push_back(bus::kDelayed);
            } else {
                answer.positions.push_back(append(event));
            }
        }
    }
    if (answer.to != nullptr) {
        frames.push_back(std::move(answer));
    }
}

void FakeBus::refresh(Group& group) {
    const auto& topic = topics[group.topic];
    for (; group.seen < topic.size(); ++group.seen) {
        group.items[group.seen].position = group.seen;
    }
}

bool FakeBus::deliver(Group& group, Item& item) {
    if (group.owner == nullptr || item.done || item.not_before > time) {
        return false;
    }
    ++item.attempts;
    item.out = true;
    Frame frame;
    frame.kind = Frame::Kind::delivery;
    frame.to = group.owner;
    frame.topic = group.topic;
    frame.position = item.position;
    frame.receipt = item.attempts;
    frame.generation = group.generation;
    for (const auto& [name, each] : groups) {
        if (&each == &group) {
            frame.group = name;
        }
    }
    frames.push_back(std::move(frame));
    return true;
}

void FakeBus::appoint(Group& group, FakeClient* owner) {
    group.owner = owner;
    ++group.generation;
    if (owner == nullptr) {
        return;
    }
    Frame frame;
    frame.kind = Frame::Kind::assigned;
    frame.to = owner;
    frame.generation = group.generation;
    for (const auto& [name, each] : groups) {
        if (&each == &group) {
            frame.group = name;
        }
    }
    frames.push_back(std::move(frame));
}

bool FakeBus::release_next_delayed() {
    if (delayed.empty()) {
        return false;
    }
    const auto first = std::min_element(
        delayed.begin(), delayed.end(), [](auto& a, auto& b) { return a.due < b.due; });
    time = std::max(time, first->due);
    release_due();
    return true;
}

void FakeBus::release_due() {
    for (std::size_t i = 0; i < delayed.size();) {
        if (delayed[i].due > time) {
            ++i;
            continue;
        }
        append(std::move(delayed[i].event));
        delayed.erase(delayed.begin() + static_cast<std::ptrdiff_t>(i));
    }
    for (auto& [name, group] : groups) {
        refresh(group);
    }
}

void FakeBus::forget(FakeClient& client) {
    std::erase_if(frames, [&](const Frame& frame) { return frame.to == &client; });
    for (Request& request : requests) {
        if (request.from == &client) {
            request.from = nullptr;
        }
    }
    for (auto& [name, group] : groups) {
        std::erase(group.members, &client);
        if (group.owner == &client) {
            group.owner = nullptr;
        }
    }
}

void FakeBus::hand_over(std::size_t index, Effects& out) {
    const Frame frame = std::move(frames[index]);
    frames.erase(frames.begin() + static_cast<std::ptrdiff_t>(index));
    CHECK(frame.to != nullptr);
    CHECK(frame.to->listener != nullptr);
    bus::Listener& listener = *frame.to->listener;
    switch (frame.kind) {
        case Frame::Kind::ready:
            listener.on_ready(1, now(), out);
            break;
        case Frame::Kind::outcome: {
            bus::BatchOutcome outcome;
            outcome.id = frame.batch;
            outcome.accepted = frame.accepted;
            outcome.code = frame.code;
            outcome.positions = frame.positions;
            listener.on_outcome(outcome, now(), out);
            break;
        }
        case Frame::Kind::delivery:
            tell_delivery(frame, out);
            break;
        case Frame::Kind::records:
            tell_records(frame, out);
            break;
        case Frame::Kind::assigned:
            listener.on_assigned(frame.group, frame.generation, now(), out);
            break;
        case Frame::Kind::revoked:
            listener.on_revoked(frame.group, frame.generation, now(), out);
            break;
    }
    for (auto& [name, group] : groups) {
        refresh(group);
    }
}

void FakeBus::tell_delivery(const Frame& frame, Effects& out) {
    const Stored& stored = topics.at(frame.topic).at(frame.position);
    const std::string audience = "test/" + frame.topic;
    bus::Delivery delivery;
    delivery.group = frame.group;
    delivery.position = frame.position;
    delivery.receipt = frame.receipt;
    delivery.generation = frame.generation;
    delivery.event = stored.event.view(audience);
    delivery.trace_parent = stored.event.trace;
    frame.to->listener->on_delivery(delivery, now(), out);
}

void FakeBus::tell_records(const Frame& frame, Effects& out) {
    const auto& topic = topics.at(frame.topic);
    const std::string audience = "test/" + frame.topic;
    std::vector<bus::Record> records;
    for (bus::Position at = 0; at < frame.end; ++at) {
        records.push_back({at, topic[at].event.view(audience)});
        if (records.size() == 3) {  // in small pieces
            frame.to->listener->on_records(frame.read, records, false, now(), out);
            records.clear();
        }
    }
    frame.to->listener->on_records(frame.read, records, true, now(), out);
}

}  // namespace stormglass::sagas::tests
