#include "scenarios/worlds/dashboard.hpp"

#include <charconv>

#include "runtime/check.hpp"
#include "sagas/messages.hpp"
#include "scenarios/worlds/business.hpp"
#include "scenarios/worlds/checkout_saga.hpp"

namespace stormglass::scenarios {
namespace {

using sagas::CellKind;
using Kind = sagas::JournalEvent::Kind;

constexpr Site kMail = "dashboard.mail";  // position: a mail to a customer, outside of everything
constexpr Duration kRetry = milliseconds(50);
constexpr TimerId kRetryTimer{1};
constexpr std::string_view kShow = "show ";
constexpr std::string_view kRebuild = "rebuild";

// Columns of an order.
enum : std::size_t { kState, kCents, kItem, kUpdated };

std::int64_t number(const sagas::Cell& cell) {
    return std::get<std::int64_t>(cell);
}

void count(sagas::Tables& tables, std::string_view total, std::int64_t cents) {
    const sagas::Row* before = tables.find(CheckoutFold::kTotals, total);
    const std::int64_t orders = before == nullptr ? 0 : number((*before)[0]);
    const std::int64_t sum = before == nullptr ? 0 : number((*before)[1]);
    tables.put(CheckoutFold::kTotals, total, {orders + 1, sum + cents});
}

Result<void> start(const sagas::JournalEvent& event,
                   bus::Position position,
                   sagas::Tables& tables) {
    const auto order = Order::decode(event.payload);
    if (!order) {
        return order.error();
    }
    tables.put(CheckoutFold::kOrders,
               event.saga,
               {std::string(sagas::name_of(sagas::SagaState::running)),
                order->price,
                std::int64_t{order->item},
                static_cast<std::int64_t>(position)});
    tables.put(CheckoutFold::kOpenOrders, event.saga, {std::string("start")});
    count(tables, "started", order->price);
    return {};
}

}  // namespace

CheckoutFold::CheckoutFold() : definition_(checkout_definition()) {}

std::vector<sagas::TableShape> CheckoutFold::tables() const {
    return {{"orders",
             "id",
             {{"state", CellKind::text},
              {"cents", CellKind::integer},
              {"item", CellKind::integer},
              {"updated", CellKind::integer}}},
            {"open_orders", "id", {{"waits_for", CellKind::text}}},
            {"totals", "state", {{"orders", CellKind::integer}, {"cents", CellKind::integer}}}};
}

Result<void> CheckoutFold::apply(const bus::Record& record, sagas::Tables& tables) const {
    if (sagas::kind_of(record.event.payload) == sagas::MessageKind::claim) {
        return {};  // about coordinators, not about orders
    }
    const auto event = sagas::decode_journal_event(record.event.payload);
    if (!event) {
        return event.error();
    }
    if (event->kind == Kind::started) {
        return start(event.value(), record.position, tables);
    }
    const sagas::Row* known = tables.find(kOrders, event->saga);
    if (known == nullptr || event->step.value >= definition_.steps.size()) {
        return Error{"CF_ORDER", "about an order or a step that is not known"};
    }
    sagas::Row order = *known;
    order[kUpdated] = static_cast<std::int64_t>(record.position);
    if (event->kind == Kind::command) {
        std::string waits(sagas::name_of(event->direction));
        waits += ' ';
        waits += definition_.steps[event->step.value].name;
        tables.put(kOpenOrders, event->saga, {std::move(waits)});
    } else if (event->kind == Kind::decided && event->course == sagas::Course::abort) {
        order[kState] = std::string(sagas::name_of(sagas::SagaState::compensating));
    } else if (event->kind == Kind::finished) {
        order[kState] = std::string(sagas::name_of(event->state));
        tables.erase(kOpenOrders, event->saga);
        count(tables, sagas::name_of(event->state), number(order[kCents]));
    }
    tables.put(kOrders, event->saga, std::move(order));
    return {};
}

Handled Dashboard::on_request(RequestId id, const Request& request, Moment now, Effects& out) {
    CHECK(projection_ != nullptr);
    const std::string_view text = as_text(request.body);
    if (text.starts_with(kShow)) {
        show_order(id, text.substr(kShow.size()), now, out);
        return Handled::yes;
    }
    std::string_view code = "unknown-request";
    if (text == "snapshot") {
        const auto bytes = projection_->snapshot(out);
        if (bytes) {
            out.reply(id, *bytes);
            return Handled::yes;
        }
        code = bytes.error().code;
    } else if (text.starts_with(kRebuild)) {
        std::optional<Bytes> snapshot;
        if (text.size() > kRebuild.size()) {
            snapshot = request.body.subspan(kRebuild.size() + 1);
        }
        const auto begun = projection_->rebuild(snapshot, now, out);
        if (begun) {
            out.reply(id, as_bytes("rebuilding"));
            return Handled::yes;
        }
        code = begun.error().code;
    }
    out.reply(id, as_bytes("refused " + std::string(code)));
    return Handled::yes;
}

void Dashboard::show_order(RequestId id, std::string_view words, Moment now, Effects& out) {
    const std::size_t blank = words.find(' ');
    sagas::ReadRequest read;
    read.id = id.value;
    if (blank != words.npos) {
        bus::Position written = 0;
        const char* end = words.data() + words.size();
        const auto parsed = std::from_chars(words.data() + blank + 1, end, written);
        if (parsed.ec != std::errc() || parsed.ptr != end) {
            out.reply(id, as_bytes("refused not-a-position"));
            return;
        }
        read.written = written;
    }
    shown_[id.value] = words.substr(0, blank);
    projection_->read(read, now, out);
}

void Dashboard::on_read(const sagas::ReadAnswer& answer, Moment, Effects& out) {
    const auto shown = shown_.find(answer.id);
    CHECK(shown != shown_.end());
    const std::string order = std::move(shown->second);
    shown_.erase(shown);
    std::string text = "refused " + std::string(answer.code);
    if (answer.code.empty()) {
        const sagas::Row* row = answer.tables->find(CheckoutFold::kOrders, order);
        text = row == nullptr ? "no-order " + order
                              : "order " + order + " " + std::get<std::string>((*row)[kState]);
        text += " " + std::to_string(answer.position);
    }
    out.reply({answer.id}, as_bytes(text));
}

void Dashboard::on_live_event(const bus::Record& record, Moment, Effects& out) {
    const auto event = sagas::decode_journal_event(record.event.payload);
    if (event && event->kind == Kind::finished) {
        out.note(kMail, {{"position", record.position}});
    }
}

void Dashboard::on_ready(std::uint32_t epoch, Moment now, Effects& out) {
    CHECK(projection_ != nullptr);
    projection_->on_ready(epoch, now, out);
    bus::Subscription news;
    news.topic = topics::kNotifications;
    news.group = kNewsGroup;
    client_.subscribe(news, now, out);
    // What became of an order's goods, each change after the one before: per key, in order.
    news.topic = topics::kStockEffects;
    client_.subscribe(news, now, out);
}

void Dashboard::on_records(
    bus::ReadId read, std::span<const bus::Record> records, bool last, Moment now, Effects& out) {
    projection_->on_records(read, records, last, now, out);
}

void Dashboard::on_delivery(const bus::Delivery& delivery, Moment now, Effects& out) {
    const auto scope = enter(out);
    news_.push_back({std::string(delivery.topic()), delivery.position, delivery.receipt});
    settle(now, out);
}

void Dashboard::settle(Moment now, Effects& out) {
    batch_.clear();
    for (const News& news : news_) {
        bus::Settlement settlement;
        settlement.group = kNewsGroup;
        settlement.topic = news.topic;
        settlement.position = news.position;
        settlement.receipt = news.receipt;
        batch_.settlements.push_back(settlement);
    }
    if (client_.publish(batch_, bus::Durability::synced, now, out)) {
        news_.clear();
    } else {
        // Too much is outstanding: what is not settled now is settled with the next, or comes back.
        out.set_timer(kRetryTimer, now.monotonic + kRetry);
    }
}

void Dashboard::on_timer(TimerId, Moment now, Effects& out) {
    if (!news_.empty()) {
        settle(now, out);
    }
}

}  // namespace stormglass::scenarios
