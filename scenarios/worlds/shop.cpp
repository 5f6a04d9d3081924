#include "scenarios/worlds/shop.hpp"

#include <charconv>

#include "runtime/check.hpp"

namespace stormglass::scenarios {
namespace {

constexpr std::string_view kStarted = "started ";
constexpr std::uint32_t kTriesMax = 1000;  // of one order: its number is a client's of its own

}  // namespace

Shop::Shop(sim::World& world, ShopOptions options) : world_(world), options_(std::move(options)) {
    CHECK(options_.orders > 0);
    CHECK(!options_.desks.empty());
}

void Shop::open() {
    CHECK(orders_.empty());
    for (int i = 0; i < options_.orders; ++i) {
        Placed placed;
        placed.order = order_of(world_.seed(), static_cast<std::uint64_t>(i));
        orders_.push_back(std::move(placed));
    }
    wanted_ = options_.placed.count_below(static_cast<std::uint32_t>(options_.orders));
    for (std::size_t i = 0; i < orders_.size(); ++i) {
        const bool wanted = options_.placed.contains(static_cast<std::uint32_t>(i));
        const Duration wait = options_.first + options_.every * static_cast<std::int64_t>(i);
        world_.after(wait, [this, i, wanted] {
            if (!options_.poison.empty()) {
                const auto visit = world_.visit(options_.poison, options_.desks.front(), {i});
                orders_[i].order.poisoned = visit.has_value();
                orders_[i].poison = visit ? std::optional(visit->fault) : std::nullopt;
            }
            if (wanted) {  // asked last: what poisons the others must not move
                place(i);
            }
        });
    }
}

void Shop::place(std::size_t index) {
    Placed& placed = orders_[index];
    if (placed.confirmed || placed.tries >= kTriesMax) {
        return;
    }
    const std::uint32_t attempt = ++placed.tries;
    const NodeId desk = options_.desks[(attempt - 1) % options_.desks.size()];
    record(index, attempt, sim::OpType::invoke);
    const std::string body = placed.order.encode();
    world_.request(desk, as_bytes(body), [this, index, attempt](const sim::Reply& reply) {
        answer(index, attempt, reply);
    });
    // Asking twice is harmless: the saga's id is the order's.
    world_.after(options_.patience, [this, index, attempt] {
        if (orders_[index].tries == attempt) {
            place(index);
        }
    });
}

void Shop::answer(std::size_t index, std::uint32_t attempt, const sim::Reply& reply) {
    Placed& placed = orders_[index];
    const std::string_view text = as_text(reply.body);
    const bool started = text.starts_with(kStarted);
    const bool yes = reply.status == sim::ReplyStatus::answered && (started || text == "known");
    if (yes) {
        record(index, attempt, sim::OpType::ok);
        if (!placed.confirmed) {
            placed.confirmed = true;
            ++confirmed_;
            tell(placed.order.id, started ? text.substr(kStarted.size()) : std::string_view());
        }
    } else if (reply.status == sim::ReplyStatus::refused) {
        record(index, attempt, sim::OpType::fail);
    } else {
        record(index, attempt, sim::OpType::info);
    }
}

void Shop::tell(const std::string& order, std::string_view position) const {
    if (!options_.on_confirmed) {
        return;
    }
    bus::Position written = 0;
    const bool known =
        std::from_chars(position.data(), position.data() + position.size(), written).ec ==
        std::errc();
    options_.on_confirmed(order, known ? std::optional(written) : std::nullopt);
}

void Shop::record(std::size_t index, std::uint32_t attempt, sim::OpType type) {
    sim::OpEntry entry;
    entry.time = world_.now();
    // Each try is a client of its own: one whose call ended unknown must not call again.
    entry.process = static_cast<std::uint32_t>(index) * kTriesMax + attempt;
    entry.type = type;
    entry.f = sim::OpFunction::send;
    entry.value = sim::OpValue::of(std::string_view(orders_[index].order.id));
    history_.append(entry);
}

std::optional<std::size_t> Shop::poisoned_by(std::string_view order) const {
    for (const Placed& placed : orders_) {
        if (placed.order.id == order) {
            return placed.poison;
        }
    }
    return std::nullopt;
}

}  // namespace stormglass::scenarios
