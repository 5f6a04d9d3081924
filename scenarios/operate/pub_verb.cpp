// `pub`: publishes by hand, and says of every event where it stands.
#include <cerrno>
#include <chrono>
#include <cstring>
#include <deque>
#include <fstream>
#include <iostream>
#include <thread>

#include <nlohmann/json.hpp>

#include "scenarios/files/suggest.hpp"
#include "scenarios/operate/reach.hpp"
#include "scenarios/operate/table.hpp"
#include "scenarios/operate/verbs.hpp"

namespace stormglass::scenarios {
namespace {

constexpr std::size_t kOutstandingMax = 512;
constexpr std::string_view kType = "stormglass.text.v1";

/// Publishes ahead of the outcomes, and tells them in order.
class Publisher {
  public:
    Publisher(const Session& session, bus::Connection& connection)
        : session_(session),
          connection_(connection) {}

    /// False when there is no use in going on.
    bool publish(std::string payload) {
        const OperateOptions& asked = session_.options().operate;
        bus::Event event;
        event.topic = asked.operands.front();
        event.type = asked.type.empty() ? std::string(kType) : asked.type;
        event.payload = std::move(payload);
        event.partition_key = asked.key.empty() ? "-" : asked.key;
        waiting_.push_back(connection_.publish(std::move(event)));
        return waiting_.size() < kOutstandingMax || settle_one();
    }

    /// Waits for what is under way.
    bool finish() {
        while (!waiting_.empty()) {
            if (!settle_one()) {
                return false;
            }
        }
        return true;
    }

    std::uint64_t accepted() const { return accepted_; }

    std::size_t open() const { return waiting_.size(); }

    int exit_code() const { return exit_code_; }

  private:
    bool settle_one() {
        while (waiting_.front().wait_for(kLook) != std::future_status::ready) {
            if (interrupted().load()) {
                exit_code_ = kExitInterrupted;
                return false;
            }
        }
        const bus::Published done = waiting_.front().get();
        waiting_.pop_front();
        tell(done);
        if (done.ok()) {
            ++accepted_;
            return true;
        }
        session_.complain(session_.who() + ": " + std::string(bus::name_of(done.status)) +
                          (done.code.empty() ? "" : " " + done.code) + ": " + words(done) + "\n");
        exit_code_ =
            done.status == bus::Published::Status::refused ? kExitBadInput : kExitUnavailable;
        return false;
    }

    /// What the code means for somebody at a terminal.
    std::string words(const bus::Published& done) const {
        if (done.code == "EB_TOPIC_UNKNOWN") {
            return "there is no topic " + in_quotes(session_.options().operate.operands.front()) +
                   ", and none can be opened: a name is letters, digits, '.', '_' "
                   "and '-', and a bus has a bound on how many there are";
        }
        return done.text.empty() ? "the bus gives no reason" : done.text;
    }

    void tell(const bus::Published& done) {
        const std::string& topic = session_.options().operate.operands.front();
        const bus::Position position = done.positions.empty() ? 0 : done.positions.front();
        if (session_.options().json) {
            nlohmann::ordered_json json = {{"status", std::string(bus::name_of(done.status))},
                                           {"topic", topic}};
            if (done.ok()) {
                json["position"] = position;
            } else {
                json["code"] = done.code;
            }
            session_.print(json.dump() + "\n");
        } else if (done.ok()) {
            session_.print(topic + "@" + std::to_string(position) + "\n");
        }
    }

    const Session& session_;
    bus::Connection& connection_;
    std::deque<std::future<bus::Published>> waiting_;
    std::uint64_t accepted_ = 0;
    int exit_code_ = kExitPassed;
};

bool publish_all(Publisher& publisher, std::istream& in, bool whole) {
    if (whole) {
        return publisher.publish({std::istreambuf_iterator<char>(in), {}});
    }
    for (std::string line; std::getline(in, line);) {
        if (!line.empty() && !publisher.publish(std::move(line))) {
            return false;
        }
    }
    return true;
}

}  // namespace

int pub_verb(const Session& session) {
    const OperateOptions& asked = session.options().operate;
    const bool text_given = asked.operands.size() > 1;
    if (text_given && !asked.input.empty()) {
        session.complain(session.program() + " pub: either TEXT or '--from', not both\n");
        return kExitUsage;
    }
    std::ifstream file;
    if (!asked.input.empty() && asked.input != "-") {
        file.open(asked.input, std::ios::binary);
        if (!file) {
            session.complain(session.who() + ": cannot read '" + asked.input +
                             "': " + std::strerror(errno) + "\n");
            return kExitNoInput;
        }
    }
    auto connection = reach(session);
    if (!connection) {
        return complain(session, connection.error());
    }
    Publisher publisher(session, **connection);
    bool going = true;
    if (text_given) {
        going = publisher.publish(asked.operands[1]);
    } else {
        std::istream& in = file.is_open() ? static_cast<std::istream&>(file) : std::cin;
        going = publish_all(publisher, in, asked.whole);
    }
    if (going) {
        publisher.finish();
    }
    if (publisher.open() > 0) {
        session.complain(session.program() + " pub: of " + counted(publisher.open(), "event") +
                         " the outcome is unknown\n");
    }
    return publisher.exit_code();
}

}  // namespace stormglass::scenarios
