// The order desk of the checkout world: turns a client's request into a saga, and says where in the
// journal it stands.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "bus/client.hpp"
#include "sagas/coordinator.hpp"

namespace stormglass::scenarios {

/// Takes an encoded Order as a request and replies "started POSITION", "known" or "refused CODE".
/// The position, in the journal, is what a reader of the dashboard may ask to have been seen.
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
    void on_recorded(std::string_view saga,
                     bus::Position position,
                     Moment now,
                     Effects& out) override;
    void on_finished(const sagas::Instance& instance, Moment now, Effects& out) override;

  private:
    static constexpr std::size_t kWaitingMax = 1024;

    bus::Client& client_;
    sagas::Coordinator* coordinator_ = nullptr;
    std::map<std::string, std::vector<RequestId>> waiting_;  // by saga
    bus::Position recorded_ = 0;  // of the saga that is about to be told as started
};

}  // namespace stormglass::scenarios
