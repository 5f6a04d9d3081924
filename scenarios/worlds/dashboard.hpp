// The dashboard of the checkout world: a read model of all orders, folded from the sagas' journal,
// and the service that shows it. The same fold fills SQL tables on a real machine.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "bus/client.hpp"
#include "sagas/definition.hpp"
#include "sagas/projection.hpp"

namespace stormglass::scenarios {

/// Orders as the journal tells of them. An order whose start cannot be read is in none of the
/// tables, nor is what follows about it: see the table of skipped events.
class CheckoutFold final : public sagas::Fold {
  public:
    enum Table : std::size_t {
        kOrders,      // order: state, cents, item, position of its last event
        kOpenOrders,  // order: what it waits for; only while it is not finished
        kTotals       // state: how many orders ended in it, cents of them; and "started"
    };

    CheckoutFold();

    std::string_view name() const override { return "checkout"; }

    std::uint32_t version() const override { return 1; }

    std::vector<sagas::TableShape> tables() const override;
    Result<void> apply(const bus::Record& record, sagas::Tables& tables) const override;

  private:
    sagas::Definition definition_;
};

/// Requests, with their replies:
///   show ORDER [POSITION]   "order ORDER STATE POSITION", "no-order ORDER POSITION"
///   snapshot                the bytes of one
///   rebuild [BYTES]         "rebuilding", from a snapshot or from the beginning
/// or "refused CODE". POSITION: of an event that the answer must have seen; of the next event.
class Dashboard final : public Component, public bus::Listener, public sagas::ProjectionObserver {
  public:
    static constexpr std::string_view kNewsGroup = "dashboard.news";

    explicit Dashboard(bus::Client& client) : client_(client) {}

    /// The projection is made after the dashboard, which is its observer.
    void show(sagas::Projection& projection) { projection_ = &projection; }

    Handled on_request(RequestId id, const Request& request, Moment now, Effects& out) override;
    void on_timer(TimerId timer, Moment now, Effects& out) override;

    void on_read(const sagas::ReadAnswer& answer, Moment now, Effects& out) override;
    void on_live_event(const bus::Record& record, Moment now, Effects& out) override;

    void on_ready(std::uint32_t epoch, Moment now, Effects& out) override;
    void on_delivery(const bus::Delivery& delivery, Moment now, Effects& out) override;
    void on_records(bus::ReadId read,
                    std::span<const bus::Record> records,
                    bool last,
                    Moment now,
                    Effects& out) override;

    void on_outcome(const bus::BatchOutcome&, Moment, Effects&) override {
        // A refused settlement means that the news is settled already, or will come again.
    }

    void on_assigned(std::string_view, bus::Generation, Moment, Effects&) override {}

    void on_revoked(std::string_view, bus::Generation, Moment, Effects&) override {}

  private:
    struct News {
        std::string topic;
        bus::Position position = 0;
        std::uint32_t receipt = 0;
    };

    void show_order(RequestId id, std::string_view words, Moment now, Effects& out);
    void settle(Moment now, Effects& out);

    bus::Client& client_;
    sagas::Projection* projection_ = nullptr;
    std::map<std::uint64_t, std::string> shown_;  // order by request
    bus::Batch batch_;
    std::vector<News> news_;  // whose settlement could not be sent yet
};

}  // namespace stormglass::scenarios
