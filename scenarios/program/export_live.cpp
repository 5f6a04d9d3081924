#include "scenarios/program/export_live.hpp"

#include <algorithm>
#include <future>
#include <utility>

#include <nlohmann/json.hpp>

#include "bus/engines/connection.hpp"

namespace stormglass::scenarios {
namespace {

constexpr std::size_t kLogBytesMax = std::size_t{1} << 30;  // what is exported is held in memory

Result<std::vector<std::string>> topics_of(bus::Connection& connection) {
    auto asked = connection.ask("topics").get();
    if (!asked) {
        return std::move(asked).error();
    }
    const auto list = nlohmann::json::parse(*asked, nullptr, false);
    std::vector<std::string> topics;
    for (const auto& topic : list) {
        const auto name = topic.is_object() ? topic.find("topic") : topic.end();
        if (name == topic.end() || !name->is_string()) {
            return Error{"export.topics", "the bus did not answer with a list of topics"};
        }
        topics.push_back(name->get<std::string>());
    }
    return topics;
}

/// Copies what one topic holds. The callbacks run on the connection's thread; the future says when
/// they are done.
class TopicReader {
  public:
    explicit TopicReader(LiveLog& to) : to_(to) {}

    Result<void> read(bus::Connection& connection, const std::string& topic) {
        std::promise<Result<void>> promise;
        auto done = promise.get_future();
        connection.read(
            topic,
            0,
            [this](const bus::Record& record) { take(record); },
            [&promise](const Result<void>& end) { promise.set_value(end); });
        auto ended = done.get();
        if (ended && size_ > kLogBytesMax) {
            return Error{"export.too-large", "the topics hold more than 1 GiB of events"};
        }
        return ended;
    }

  private:
    void take(const bus::Record& record) {
        size_ += record.event.bytes.size();
        if (size_ > kLogBytesMax) {
            return;
        }
        to_.bytes.emplace_back(record.event.bytes.begin(), record.event.bytes.end());
        auto event = bus::decode_event(to_.bytes.back());
        const auto time =
            event.ok() ? bus::parse_time(event->time) : Result<WallTime>(event.error());
        if (!time || time->ns < 0) {
            to_.bytes.pop_back();  // of a year that nanoseconds do not reach
            return;
        }
        const auto at = static_cast<std::uint64_t>(time->ns);
        to_.log.push_back({at, at, 0, record.position, event.value()});
    }

    LiveLog& to_;
    std::size_t size_ = 0;
};

}  // namespace

Result<LiveLog> read_bus(const std::string& url, const std::string& data) {
    bus::ConnectOptions options;
    options.data = data;
    auto connection = bus::connect(url, std::move(options));
    if (!connection) {
        return std::move(connection).error();
    }
    auto topics = topics_of(**connection);
    if (!topics) {
        return std::move(topics).error();
    }
    LiveLog live;
    TopicReader reader(live);
    for (const std::string& topic : *topics) {
        auto read = reader.read(**connection, topic);
        if (!read) {
            return std::move(read).error();
        }
    }
    std::stable_sort(live.log.begin(),
                     live.log.end(),
                     [](const LoggedEvent& a, const LoggedEvent& b) { return a.sent < b.sent; });
    return live;
}

}  // namespace stormglass::scenarios
