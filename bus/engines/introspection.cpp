#include "bus/engines/introspection.hpp"

#include <nlohmann/json.hpp>

namespace stormglass::bus {
namespace {

using Json = nlohmann::ordered_json;

Json topics_of(const Machine& machine) {
    Json topics = Json::array();
    for (TopicId id = 0; id < machine.topics().size(); ++id) {
        const Topic& topic = machine.topics()[id];
        topics.push_back({{"topic", topic.name()}, {"length", topic.length()}});
    }
    return topics;
}

Json groups_of(const Machine& machine) {
    Json groups = Json::array();
    for (GroupId id = 0; id < machine.group_count(); ++id) {
        const GroupState& group = machine.group(id);
        const GroupTraits& traits = group.traits();
        const Position head = machine.topics()[traits.topic_id].length();
        groups.push_back({{"group", traits.group},
                          {"topic", traits.topic},
                          {"settled_below", group.floor()},
                          {"lag", head - group.floor()},
                          {"dead", group.dead_letters().size()}});
    }
    return groups;
}

std::string_view name_of(Broker::State state) {
    switch (state) {
        case Broker::State::recovering:
            return "recovering";
        case Broker::State::serving:
            return "serving";
        case Broker::State::halted:
            return "halted";
    }
    return "";
}

// Names are ours to check, not the reader's to choke on.
std::string text_of(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string describe_status(const Broker& broker,
                            std::string_view bus_id,
                            const asio::LinkCounts& links) {
    Json status;
    status["bus"] = bus_id;
    status["state"] = name_of(broker.state());
    if (broker.state() == Broker::State::halted) {
        status["failure"] = {{"code", broker.failure().code}, {"text", broker.failure().text}};
    }
    status["links"] = {{"open", links.open},
                       {"accepted", links.accepted},
                       {"refused", links.refused},
                       {"frames_in", links.frames_in},
                       {"frames_out", links.frames_out},
                       {"frames_dropped", links.frames_dropped}};
    status["topics"] = topics_of(broker.machine());
    status["groups"] = groups_of(broker.machine());
    return text_of(status);
}

std::string describe_topics(const Machine& machine) {
    return text_of(topics_of(machine));
}

std::string describe_groups(const Machine& machine) {
    return text_of(groups_of(machine));
}

}  // namespace stormglass::bus
