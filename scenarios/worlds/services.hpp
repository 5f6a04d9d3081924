// The services of the checkout world that are not participants: the order desk, which turns a
// client's request into a saga, and the dashboard, which follows the log at its own pace.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "bus/client.hpp"
#include "sagas/coordinator.hpp"

namespace stormglass::scenarios {

/// Takes an encoded Order as a request and replies "started", "known" or "refused CODE".
/// It also tells the world about finished sagas, fire and forget.
class OrderDesk final : public Component, public sagas::CoordinatorObserver {
  public:
    explicit OrderDesk(bus::Client& client) : client_(client) {}

    /// The coordinator is made after the desk, which is its observer.
    void serve(sagas::Coordinator& coordinator) { coordinator_ = &coordinator; }

    Handled on_request(RequestId id, const Request& request, Moment now, Effects& out) override;

    void on_start(std::string_view saga,
                  sagas::StartOutcome outcome,
                  std::string_view code,
                  Moment now,
                  Effects& out) override;
    void on_finished(const sagas::Instance& instance, Moment now, Effects& out) override;

  private:
    static constexpr std::size_t kWaitingMax = 1024;

    bus::Client& client_;
    sagas::Coordinator* coordinator_ = nullptr;
    std::map<std::string, std::vector<RequestId>> waiting_;  // by saga
};

/// Counts what it reads of the sagas' journal, once per event, in order of each key.
class Dashboard final : public Component, public bus::Listener {
  public:
    static constexpr std::string_view kJournalGroup = "dashboard.journal";
    static constexpr std::string_view kNewsGroup = "dashboard.news";

    explicit Dashboard(bus::Client& client) : client_(client) {}

    void on_timer(TimerId timer, Moment now, Effects& out) override;

    void on_ready(std::uint32_t epoch, Moment now, Effects& out) override;
    void on_outcome(const bus::BatchOutcome& outcome, Moment now, Effects& out) override;
    void on_delivery(const bus::Delivery& delivery, Moment now, Effects& out) override;

    void on_records(bus::ReadId, std::span<const bus::Record>, bool, Moment, Effects&) override {}

    void on_assigned(std::string_view, bus::Generation, Moment, Effects&) override {}

    void on_revoked(std::string_view, bus::Generation, Moment, Effects&) override {}

    std::uint64_t seen() const { return seen_; }

  private:
    struct Answer {
        std::string_view group;
        std::string topic;
        bus::Position position = 0;
        std::uint32_t receipt = 0;
    };

    void settle(Moment now, Effects& out);

    bus::Client& client_;
    bus::Batch batch_;
    std::vector<Answer> answers_;  // of deliveries whose settlement could not be sent yet
    std::uint64_t seen_ = 0;
};

}  // namespace stormglass::scenarios
