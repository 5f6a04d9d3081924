// Value: what an operation of a history wrote or saw, as 64 bits; ValuePool: the texts and lists
// that values point to. Equal texts have equal bits, so atoms are compared without looking inside.
// Values belong to the pool that made them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/check.hpp"

namespace stormglass::sim::checks {

/// `word` is a keyword or symbol of EDN, `decimal` a number that is no 61-bit integer (kept as it
/// was written); a map is its keys and values in turn, sorted by the bits of the keys.
enum class ValueKind : std::uint8_t { nil, boolean, number, text, word, decimal, list, map };

class Value {
  public:
    constexpr Value() = default;

    static constexpr Value boolean(bool value) { return {ValueKind::boolean, value ? 1 : 0}; }

    /// Requires: fits(value).
    static constexpr Value number(std::int64_t value) { return {ValueKind::number, value}; }

    static constexpr bool fits(std::int64_t value) {
        constexpr std::int64_t kMax = (std::int64_t{1} << 60) - 1;
        return value >= -kMax && value <= kMax;
    }

    constexpr ValueKind kind() const { return static_cast<ValueKind>(bits_ & 7U); }

    constexpr bool is(ValueKind kind) const { return this->kind() == kind; }

    constexpr bool is_nil() const { return bits_ == 0; }

    constexpr bool is_number() const { return is(ValueKind::number); }

    constexpr bool is_list() const { return is(ValueKind::list); }

    constexpr bool is_name() const { return is(ValueKind::text) || is(ValueKind::word); }

    /// The number, the truth, the id of a text, or the place of a list.
    constexpr std::int64_t payload() const { return static_cast<std::int64_t>(bits_) >> 3; }

    constexpr std::uint64_t bits() const { return bits_; }

    static constexpr Value from_bits(std::uint64_t bits) {
        Value value;
        value.bits_ = bits;
        return value;
    }

    friend constexpr auto operator<=>(const Value&, const Value&) = default;

  private:
    friend class ValuePool;

    constexpr Value(ValueKind kind, std::int64_t payload)
        : bits_((static_cast<std::uint64_t>(payload) << 3) | static_cast<std::uint64_t>(kind)) {}

    std::uint64_t bits_ = 0;
};

class ValuePool {
  public:
    /// A text, word or decimal.
    Value text(std::string_view text, ValueKind kind = ValueKind::text);
    Value list(std::span<const Value> items);
    /// Sorts the pairs. False when a key stands twice or is itself a list or map.
    bool map(std::vector<Value>& keys_and_values, Value& out);

    std::string_view text_of(Value value) const {
        const auto id = static_cast<std::size_t>(value.payload());
        return std::string_view(arena_).substr(ends_[id], ends_[id + 1] - ends_[id]);
    }

    /// Of a list: its items; of a map: keys and values in turn; of an atom: nothing.
    std::span<const Value> items(Value value) const;

    bool is_named(Value value, std::string_view name) const {
        return value.is_name() && text_of(value) == name;
    }

    bool equal(Value a, Value b) const;

    /// As JSON, where a key that is no text is quoted.
    void print(Value value, std::string& out) const;

    std::string printed(Value value) const {
        std::string out;
        print(value, out);
        return out;
    }

    /// Forgets the list or map made last; its items stay.
    void release_last(Value value);

    std::uint64_t bytes() const;

  private:
    std::uint32_t intern(std::string_view text);

    std::vector<Value> cells_;  // of a list: its size as a number, then its items
    std::string arena_;
    std::vector<std::size_t> ends_ = {0};
    std::vector<std::uint32_t> slots_;  // open addressing: text id + 1
};

/// Keys are one thing whether a file writes 7 or "7": JSON can write them as texts only.
Value as_key(const ValuePool& pool, Value value);

}  // namespace stormglass::sim::checks
