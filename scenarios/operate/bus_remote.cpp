// A running bus as a view: what it says of itself comes as JSON answers, events come by reading.
#include <algorithm>
#include <atomic>
#include <chrono>

#include <nlohmann/json.hpp>

#include "scenarios/operate/bus_json.hpp"
#include "scenarios/operate/reach.hpp"

namespace stormglass::scenarios {
namespace {

constexpr std::chrono::seconds kPatience{30};  // without any news from the bus

/// Waits for a future, as long as the user does and news come.
template <class T>
Result<T> await(std::future<Result<T>> future, const std::atomic<std::uint64_t>& news) {
    std::uint64_t seen = news;
    auto give_up = std::chrono::steady_clock::now() + kPatience;
    while (future.wait_for(kLook) != std::future_status::ready) {
        if (interrupted().load()) {
            return Error{"interrupted", "interrupted"};
        }
        if (news != seen) {
            seen = news;
            give_up = std::chrono::steady_clock::now() + kPatience;
        }
        if (std::chrono::steady_clock::now() > give_up) {
            return Error{"bus.unreachable", "the bus does not answer"};
        }
    }
    return future.get();
}

class RemoteBus final : public BusView {
  public:
    explicit RemoteBus(bus::ConnectionPtr connection) : connection_(std::move(connection)) {}

    Result<std::vector<bus::TopicInfo>> topics() override {
        return ask<bus::TopicInfo>("topic-infos");
    }

    Result<std::vector<bus::GroupInfo>> groups() override {
        return ask<bus::GroupInfo>("group-infos");
    }

    Result<std::vector<bus::DeadLetterInfo>> dead_letters(const std::string& group) override {
        return ask<bus::DeadLetterInfo>("dead-letters " + group);
    }

    Result<void> read(const std::string& topic, bus::Position from, const Reader& reader) override {
        auto known = topics();
        if (!known) {
            return std::move(known).error();
        }
        const bool there = std::any_of(
            known->begin(), known->end(), [&](const auto& info) { return info.name == topic; });
        if (!there) {
            return Error{"topic.unknown", "there is no topic '" + topic + "'"};
        }

        // Shared with the connection's thread, which may outlive this call when it gives up.
        struct Reading {
            std::promise<Result<bool>> done;
            Reader reader;
            std::atomic<bool> wanted{true};
            std::atomic<std::uint64_t> records{0};
        };

        const auto reading = std::make_shared<Reading>();
        reading->reader = reader;
        auto future = reading->done.get_future();
        connection_->read(
            topic,
            from,
            [reading](const bus::Record& record) {
                ++reading->records;
                if (reading->wanted &&
                    reading->reader(record.position, record.event.bytes) == More::no) {
                    reading->wanted = false;
                }
            },
            [reading](const Result<void>& end) {
                reading->done.set_value(end.ok() ? Result<bool>(true) : Result<bool>(end.error()));
            });
        const auto done = await(std::move(future), reading->records);
        if (!done) {
            connection_->close();  // nothing more comes to a reader that is about to be gone
            return done.error();
        }
        return {};
    }

  private:
    template <class Info>
    Result<std::vector<Info>> ask(const std::string& question) {
        const std::atomic<std::uint64_t> no_news{0};
        auto answer = await(connection_->ask(question), no_news);
        if (!answer) {
            return std::move(answer).error();
        }
        const auto json = nlohmann::ordered_json::parse(*answer, nullptr, false);
        std::vector<Info> infos;
        bool fits = json.is_array();
        for (std::size_t i = 0; fits && i < json.size(); ++i) {
            fits = read_json(json[i], infos.emplace_back());
        }
        if (!fits) {
            return Error{"bus.garbled", "the bus answers what this version does not understand"};
        }
        return infos;
    }

    bus::ConnectionPtr connection_;
};

}  // namespace

std::unique_ptr<BusView> remote_view(bus::ConnectionPtr connection) {
    return std::make_unique<RemoteBus>(std::move(connection));
}

}  // namespace stormglass::scenarios
