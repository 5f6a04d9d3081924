#include "scenarios/worlds/business.hpp"

#include <charconv>

namespace stormglass::scenarios {
namespace {

constexpr Site kDecline = "workload.decline";
constexpr Site kPrice = "workload.price";
constexpr Site kItemDraw = "workload.item";
constexpr std::uint64_t kItems = 8;
constexpr std::uint64_t kPriceMax = 20'000;  // cents
constexpr std::string_view kPoison = "<<unreadable>>";

std::string part_key(std::string_view saga, std::string_view step) {
    std::string key(saga);
    key += '/';
    key += step;
    return key;
}

/// What a step changes: which resource, and by how much for one order.
struct Change {
    std::string resource;
    std::int64_t amount = 0;
};

Change change_of(std::string_view step, const Order& order) {
    const std::string item = std::to_string(order.item);
    if (step == "reserve") {
        return {"free-item-" + item, -1};
    }
    if (step == "charge") {
        return {"account-" + order.id, -order.price};
    }
    if (step == "label") {
        return {"labels-" + order.id, 1};
    }
    if (step == "confirm") {
        return {"sold-item-" + item, 1};
    }
    return {"parcels-" + order.id, 1};
}

Result<std::int64_t> number_in(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) {
        return Error{"order.number", "not a whole number: '" + std::string(text) + "'"};
    }
    return number;
}

}  // namespace

std::string Order::encode() const {
    std::string text = id + "|" + std::to_string(price) + "|" + std::to_string(item);
    return poisoned ? text + std::string(kPoison) : text;
}

Result<Order> Order::decode(Bytes body) {
    const std::string_view text = as_text(body);
    const std::size_t first = text.find('|');
    const std::size_t second = first == text.npos ? first : text.find('|', first + 1);
    if (second == text.npos) {
        return Error{"order.form", "an order reads ID|PRICE|ITEM"};
    }
    const auto price = number_in(text.substr(first + 1, second - first - 1));
    const auto item = number_in(text.substr(second + 1));
    if (!price) {
        return price.error();
    }
    if (!item) {
        return item.error();
    }
    return Order{std::string(text.substr(0, first)), *price, static_cast<std::uint32_t>(*item)};
}

Order order_of(std::uint64_t seed, std::uint64_t number) {
    Order order;
    order.id = "order-" + std::to_string(number + 1);
    order.price =
        1 + static_cast<std::int64_t>(bounded(keyed_draw(seed, kPrice.hash, {number}), kPriceMax));
    order.item =
        static_cast<std::uint32_t>(bounded(keyed_draw(seed, kItemDraw.hash, {number}), kItems));
    return order;
}

bool CheckoutBusiness::declines(const sagas::Command& command) const {
    const auto rate = rates_.find(std::string(command.step));
    if (rate == rates_.end()) {
        return false;
    }
    const std::uint64_t draw =
        keyed_draw(seed_, kDecline.hash, {name_hash(command.saga), name_hash(command.step)});
    return happens(draw, static_cast<std::uint32_t>(rate->second));
}

sagas::Decision CheckoutBusiness::decide(const sagas::Command& command) {
    using Kind = sagas::Decision::Kind;
    const auto order = Order::decode(command.body);
    if (command.direction == sagas::Direction::undo) {
        const auto done = applied_.find(part_key(command.saga, command.step));
        const Change change = order ? change_of(command.step, *order) : Change{};
        return {Kind::ok, done == applied_.end() ? 0 : -done->second, change.resource, {}};
    }
    // The stock keeper does not look at the bill: only who charges trips over a poisoned order.
    if (!order && command.step != "reserve" && command.step != "label") {
        return {Kind::cannot, 0, {}, order.error().text};
    }
    if (!order) {
        return {Kind::ok, 0, "unread-" + std::string(command.saga), {}};
    }
    if (declines(command)) {
        return {Kind::failed, 0, {}, "declined"};
    }
    const Change change = change_of(command.step, *order);
    return {Kind::ok, change.amount, change.resource, {}};
}

void CheckoutBusiness::apply(const sagas::EffectRecord& effect) {
    if (effect.effect != sagas::Impact::applied) {
        return;
    }
    totals_[std::string(effect.resource)] += effect.amount;
    if (effect.direction == sagas::Direction::forward) {
        applied_[part_key(effect.saga, effect.step)] = effect.amount;
    }
}

void CheckoutBusiness::reset() {
    totals_.clear();
    applied_.clear();
}

}  // namespace stormglass::scenarios
