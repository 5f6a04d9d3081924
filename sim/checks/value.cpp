// Interning of texts by open addressing; lists in one array.
#include "sim/checks/value.hpp"

#include <algorithm>
#include <charconv>

#include "runtime/random.hpp"
#include "sim/history.hpp"

namespace stormglass::sim::checks {

std::uint32_t ValuePool::intern(std::string_view text) {
    if (2 * (ends_.size() + 1) > slots_.size()) {
        std::vector<std::uint32_t> wider(slots_.empty() ? 64 : slots_.size() * 2);
        for (std::uint32_t id = 0; id + 1 < ends_.size(); ++id) {
            const auto old = std::string_view(arena_).substr(ends_[id], ends_[id + 1] - ends_[id]);
            std::size_t at = mix64(name_hash(old)) & (wider.size() - 1);
            while (wider[at] != 0) {
                at = (at + 1) & (wider.size() - 1);
            }
            wider[at] = id + 1;
        }
        slots_.swap(wider);
    }
    std::size_t at = mix64(name_hash(text)) & (slots_.size() - 1);
    for (; slots_[at] != 0; at = (at + 1) & (slots_.size() - 1)) {
        const std::uint32_t id = slots_[at] - 1;
        if (std::string_view(arena_).substr(ends_[id], ends_[id + 1] - ends_[id]) == text) {
            return id;
        }
    }
    const auto id = static_cast<std::uint32_t>(ends_.size() - 1);
    arena_ += text;
    ends_.push_back(arena_.size());
    slots_[at] = id + 1;
    return id;
}

Value ValuePool::text(std::string_view text, ValueKind kind) {
    CHECK(kind == ValueKind::text || kind == ValueKind::word || kind == ValueKind::decimal);
    return {kind, intern(text)};
}

Value ValuePool::list(std::span<const Value> items) {
    const auto place = static_cast<std::int64_t>(cells_.size());
    cells_.push_back(Value::number(static_cast<std::int64_t>(items.size())));
    cells_.insert(cells_.end(), items.begin(), items.end());
    return {ValueKind::list, place};
}

bool ValuePool::map(std::vector<Value>& keys_and_values, Value& out) {
    CHECK(keys_and_values.size() % 2 == 0);
    std::vector<std::pair<Value, Value>> pairs;
    for (std::size_t i = 0; i < keys_and_values.size(); i += 2) {
        if (keys_and_values[i].kind() >= ValueKind::list) {
            return false;
        }
        pairs.emplace_back(keys_and_values[i], keys_and_values[i + 1]);
    }
    std::sort(pairs.begin(), pairs.end());
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        if (i > 0 && pairs[i].first == pairs[i - 1].first) {
            return false;
        }
        keys_and_values[2 * i] = pairs[i].first;
        keys_and_values[2 * i + 1] = pairs[i].second;
    }
    out = {ValueKind::map, list(keys_and_values).payload()};
    return true;
}

std::span<const Value> ValuePool::items(Value value) const {
    if (value.kind() < ValueKind::list) {
        return {};
    }
    const auto place = static_cast<std::size_t>(value.payload());
    return {cells_.data() + place + 1, static_cast<std::size_t>(cells_[place].payload())};
}

void ValuePool::release_last(Value value) {
    const auto place = static_cast<std::size_t>(value.payload());
    CHECK(value.kind() >= ValueKind::list && place + 1 + items(value).size() == cells_.size());
    cells_.resize(place);
}

bool ValuePool::equal(Value a, Value b) const {
    if (a == b) {
        return true;
    }
    if (a.kind() != b.kind() || a.kind() < ValueKind::list) {
        return false;
    }
    const auto left = items(a);
    const auto right = items(b);
    return std::equal(
        left.begin(), left.end(), right.begin(), right.end(), [this](Value x, Value y) {
            return equal(x, y);
        });
}

void ValuePool::print(Value value, std::string& out) const {
    switch (value.kind()) {
        case ValueKind::nil:
            out += "null";
            return;
        case ValueKind::boolean:
            out += value.payload() != 0 ? "true" : "false";
            return;
        case ValueKind::number:
            out += std::to_string(value.payload());
            return;
        case ValueKind::decimal:
            out += text_of(value);
            return;
        case ValueKind::text:
        case ValueKind::word:
            append_json_string(text_of(value), out);
            return;
        case ValueKind::list:
        case ValueKind::map:
            break;
    }
    const bool is_map = value.is(ValueKind::map);
    out += is_map ? '{' : '[';
    std::size_t place = 0;
    for (const Value item : items(value)) {
        if (place > 0) {
            out += is_map && place % 2 == 1 ? ':' : ',';
        }
        if (is_map && place % 2 == 0 && !item.is_name()) {
            append_json_string(printed(item), out);
        } else {
            print(item, out);
        }
        ++place;
    }
    out += is_map ? '}' : ']';
}

std::uint64_t ValuePool::bytes() const {
    return cells_.capacity() * sizeof(Value) + arena_.capacity() +
           ends_.capacity() * sizeof(std::size_t) + slots_.capacity() * sizeof(std::uint32_t);
}

Value as_key(const ValuePool& pool, Value value) {
    if (!value.is(ValueKind::text)) {
        return value;
    }
    const std::string_view text = pool.text_of(value);
    std::int64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    const bool plain = text == "0" || (!text.empty() && text[0] >= '1' && text[0] <= '9');
    if (plain && error == std::errc{} && stop == end && Value::fits(number)) {
        return Value::number(number);
    }
    return value;
}

}  // namespace stormglass::sim::checks
