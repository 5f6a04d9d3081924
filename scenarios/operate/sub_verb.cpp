// `sub`: prints events as they come. Alone it reads, and settles nothing; as a member of a group
// what it has printed is settled.
#include <chrono>
#include <mutex>
#include <thread>

#include <nlohmann/json.hpp>

#include "scenarios/operate/event_json.hpp"
#include "scenarios/operate/reach.hpp"
#include "scenarios/operate/verbs.hpp"

namespace stormglass::scenarios {
namespace {

constexpr std::chrono::milliseconds kTailLook{20};
constexpr std::chrono::milliseconds kPoll{200};  // of a topic that is read to its head

class Printer {
  public:
    explicit Printer(const Session& session) : session_(session) {}

    /// Called on the connection's thread. False when enough was printed.
    bool print(bus::Position position, Bytes event) {
        const std::uint64_t limit = session_.options().operate.limit.value_or(~std::uint64_t{0});
        if (printed_ >= limit) {
            return false;
        }
        const std::string& topic = session_.options().operate.operands.front();
        if (session_.options().json) {
            session_.print(nlohmann::ordered_json{{"topic", topic},
                                                  {"position", position},
                                                  {"event", event_json(event)}}
                               .dump() +
                           "\n");
        } else {
            session_.print(event_line({topic, position}, event) + "\n");
        }
        return ++printed_ < limit;
    }

    bool enough() const {
        return printed_ >= session_.options().operate.limit.value_or(~std::uint64_t{0});
    }

  private:
    const Session& session_;
    std::atomic<std::uint64_t> printed_{0};
};

int consume(const Session& session, bus::Connection& connection) {
    const OperateOptions& asked = session.options().operate;
    const auto printer = std::make_shared<Printer>(session);
    bus::Subscription as;
    as.topic = asked.operands.front();
    as.group = asked.group;
    // What is handed out beyond the limit would cost its event an attempt.
    constexpr std::uint64_t kInFlightMax = 64;
    as.in_flight_max = static_cast<std::uint32_t>(
        std::clamp<std::uint64_t>(asked.limit.value_or(kInFlightMax), 1, kInFlightMax));
    connection.subscribe(as, [printer](const bus::Delivery& delivery) {
        if (printer->enough()) {
            return bus::Answer::nack();  // for another member
        }
        printer->print(delivery.position, delivery.event.bytes);
        return bus::Answer::ack();
    });
    while (!printer->enough() && !interrupted().load()) {
        std::this_thread::sleep_for(kTailLook);
    }
    connection.close();
    return kExitPassed;
}

/// Where a reader begins that wants what comes from now on.
Result<bus::Position> head_of(BusView& view, const std::string& name) {
    auto topics = view.topics();
    if (!topics) {
        return std::move(topics).error();
    }
    for (const bus::TopicInfo& topic : *topics) {
        if (topic.name == name) {
            return topic.length;
        }
    }
    return bus::Position{0};
}

int follow(const Session& session, BusView& view) {
    const OperateOptions& asked = session.options().operate;
    const std::string& topic = asked.operands.front();
    const auto printer = std::make_shared<Printer>(session);
    bus::Position next = asked.from.value_or(0);
    if (!asked.from.has_value() && !asked.once) {
        auto head = head_of(view, topic);
        if (!head) {
            return complain(session, head.error());
        }
        next = *head;
    }
    while (!printer->enough() && !interrupted().load()) {
        const auto read = view.read(topic, next, [&](bus::Position position, Bytes event) {
            next = position + 1;
            return printer->print(position, event) ? More::yes : More::no;
        });
        // A topic that nobody has opened yet may come.
        if (!read && (asked.once || read.error().code != "topic.unknown")) {
            return interrupted().load() ? kExitPassed : complain(session, read.error());
        }
        if (asked.once) {
            break;
        }
        std::this_thread::sleep_for(kPoll);
    }
    return kExitPassed;
}

}  // namespace

int sub_verb(const Session& session) {
    const OperateOptions& asked = session.options().operate;
    if (!asked.group.empty() && (asked.from.has_value() || asked.once)) {
        session.complain(session.program() +
                         " sub: a group goes on where it stopped; '--from' and '--once' are for "
                         "reading without one\n");
        return kExitUsage;
    }
    auto connection = reach(session);
    if (!connection) {
        return complain(session, connection.error());
    }
    if (!asked.group.empty()) {
        return consume(session, **connection);
    }
    auto view = remote_view(std::move(connection).value());
    // A bus that no server runs answers nothing about itself; its files do, as they are now.
    if (const auto topics = view->topics(); !topics && topics.error().code == "question.unknown") {
        view.reset();
        if (!asked.once) {
            session.complain(session.who() +
                             ": no server runs for this folder, so nothing can come: begin "
                             "`stormglass serve`, or read what is there with --once\n");
            return kExitUnavailable;
        }
        auto files = view_of(session);
        if (!files) {
            return complain(session, files.error());
        }
        return follow(session, **files);
    }
    return follow(session, *view);
}

}  // namespace stormglass::scenarios
