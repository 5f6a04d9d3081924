// Decimal text to scaled integers, unit tables, and the messages for what people get wrong: a bare
// number for a duration, a percentage for a probability, a unit of another kind.
#include "scenarios/files/quantity.hpp"

#include <array>
#include <limits>
#include <optional>
#include <span>

#include "runtime/check.hpp"
#include "scenarios/files/suggest.hpp"

namespace stormglass::scenarios {

namespace {

__extension__ using Wide = __int128;  // a product of value and unit cannot overflow it unnoticed

constexpr std::size_t kDigitsMax = 18;
constexpr std::int64_t kMillion = 1'000'000;
constexpr std::int64_t kBillion = 1'000'000'000;

struct Unit {
    std::string_view name;
    std::int64_t size;
};

// Largest first: writing takes the first one that divides.
constexpr std::array<Unit, 7> kTimes = {{{"d", 86'400 * kBillion},
                                         {"h", 3'600 * kBillion},
                                         {"min", 60 * kBillion},
                                         {"s", kBillion},
                                         {"ms", kMillion},
                                         {"us", 1'000},
                                         {"ns", 1}}};
constexpr std::array<Unit, 4> kSizes = {
    {{"GiB", 1LL << 30}, {"MiB", 1LL << 20}, {"KiB", 1LL << 10}, {"B", 1}}};
constexpr std::array<Unit, 1> kParts = {{{"ppm", 1}}};
constexpr std::array<Unit, 1> kWhole = {{{"", 1}}};
constexpr std::array<Unit, 1> kMillionths = {{{"", kMillion}}};

std::span<const Unit> units_of(ValueKind kind) {
    switch (kind) {
        case ValueKind::duration:
            return kTimes;
        case ValueKind::bytes:
            return kSizes;
        case ValueKind::ppm:
            return kParts;
        case ValueKind::probability:
            return kMillionths;
        case ValueKind::count:
        case ValueKind::word:
            return kWhole;
    }
    return kWhole;
}

/// Digits and their scale: 0.05 is 5 with two decimals.
struct Decimal {
    Wide digits = 0;
    int decimals = 0;
    std::string_view rest;  // the unit
};

std::optional<Decimal> read_decimal(std::string_view text) {
    Decimal result;
    const bool negative = text.starts_with('-');
    if (negative) {
        text.remove_prefix(1);
    }
    std::size_t count = 0;
    bool point = false;
    std::size_t at = 0;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '.' && !point && at > 0) {
            point = true;
        } else if (c >= '0' && c <= '9' && count < kDigitsMax) {
            result.digits = result.digits * 10 + (c - '0');
            result.decimals += point ? 1 : 0;
            ++count;
        } else {
            break;
        }
    }
    if (count == 0 || (at > 0 && text[at - 1] == '.') || (at < text.size() && text[at] == '.')) {
        return std::nullopt;
    }
    result.digits = negative ? -result.digits : result.digits;
    result.rest = text.substr(at);
    return result;
}

Error bad(std::string text) {
    return {"bad-quantity", std::move(text)};
}

std::string range_text(const QuantityRule& rule) {
    return "between " + write_quantity(rule.low, rule.kind) + " and " +
           write_quantity(rule.high, rule.kind);
}

std::string example_of(std::string_view text, ValueKind kind) {
    switch (kind) {
        case ValueKind::duration:
            return std::string(text) + "s";
        case ValueKind::bytes:
            return std::string(text) + "KiB";
        default:
            return std::string(text) + "ppm";
    }
}

/// Whatever cannot be taken apart into a number and a known unit.
Error explain(std::string_view text, const QuantityRule& rule, std::string_view unit) {
    const std::string got = ", got " + printable(text);
    const std::string name(rule.name);
    switch (rule.kind) {
        case ValueKind::duration:
            if (unit == "m") {
                return bad(name + ": 'm' is not a unit, got " + printable(text) +
                           " (write min or ms)");
            }
            return bad(name + " must be a time such as 250ms, 15s or 2min" + got);
        case ValueKind::bytes:
            return bad(name + " must be a size such as 512B or 64KiB" + got);
        case ValueKind::ppm:
            return bad(name + " must be parts per million such as 200ppm" + got);
        case ValueKind::probability:
            return bad(name + " must be a number such as 0.05" + got);
        case ValueKind::count:
        case ValueKind::word:
            return bad(name + " must be a whole number" + got);
    }
    return bad(name + ": cannot read" + got);
}

/// "5" meant as per cent is the usual cause of a probability above one.
std::string percent_hint(const Decimal& number, std::string_view text, const QuantityRule& rule) {
    if (rule.kind != ValueKind::probability || number.decimals > 0 || number.digits <= 1 ||
        number.digits > 100) {
        return "";
    }
    const auto ppm = static_cast<std::int64_t>(number.digits) * 10'000;
    return " (" + std::string(text) + " % is " + write_quantity(ppm, ValueKind::probability) + ")";
}

}  // namespace

Result<std::int64_t> read_quantity(std::string_view text, const QuantityRule& rule) {
    const std::optional<Decimal> number = read_decimal(text);
    if (!number.has_value()) {
        return explain(text, rule, "");
    }
    const std::string_view unit = number->rest;
    std::int64_t size = 0;
    for (const Unit& known : units_of(rule.kind)) {
        if (known.name == unit) {
            size = known.size;
        }
    }
    const bool zero = number->digits == 0 && unit.empty();
    if (size == 0 && zero && rule.low <= 0) {
        return std::int64_t{0};  // zero of anything is zero
    }
    if (size == 0 && unit.empty()) {
        return bad(std::string(rule.name) + " needs a unit, got " + std::string(text) + " (write " +
                   example_of(text, rule.kind) + ")");
    }
    if (size == 0) {
        return explain(text, rule, unit);
    }
    Wide scale = 1;
    for (int i = 0; i < number->decimals; ++i) {
        scale *= 10;
    }
    const Wide scaled = number->digits * size;
    const Wide value = scaled / scale;
    const Wide limit = std::numeric_limits<std::int64_t>::max();
    const bool fits = value <= limit && value >= -limit;
    if (rule.kind == ValueKind::probability && (value < 0 || value > kMillion)) {
        // No probability at all: the kind's own bounds would distract from that.
        return bad(std::string(rule.name) + " must be between 0 and 1, got " + printable(text) +
                   percent_hint(*number, text, rule));
    }
    if (!fits || value < rule.low || value > rule.high) {
        return bad(std::string(rule.name) + " must be " + range_text(rule) + ", got " +
                   printable(text));
    }
    if (scaled % scale != 0) {
        return bad(std::string(rule.name) +
                   (rule.kind == ValueKind::count ? " must be a whole number, got "
                                                  : " is finer than can be kept, got ") +
                   printable(text));
    }
    return static_cast<std::int64_t>(value);
}

std::string write_quantity(std::int64_t value, ValueKind kind) {
    if (kind == ValueKind::count || kind == ValueKind::word) {
        return std::to_string(value);
    }
    if (kind == ValueKind::probability) {
        std::string decimals = std::to_string(kMillion + value % kMillion).substr(1);
        while (!decimals.empty() && decimals.back() == '0') {
            decimals.pop_back();
        }
        return std::to_string(value / kMillion) + (decimals.empty() ? "" : "." + decimals);
    }
    for (const Unit& unit : units_of(kind)) {
        if (unit.size != 0 && value % unit.size == 0 && (value != 0 || unit.size == 1)) {
            return std::to_string(value / unit.size) + std::string(unit.name);
        }
    }
    return std::to_string(value);
}

std::vector<std::string> unit_names(ValueKind kind) {
    std::vector<std::string> names;
    for (const Unit& unit : units_of(kind)) {
        names.emplace_back(unit.name);
    }
    return names;
}

Result<double> read_fraction(std::string_view text, std::string_view name) {
    const std::optional<Decimal> number = read_decimal(text);
    if (!number.has_value() || !number->rest.empty() || number->decimals > 9) {
        return bad(std::string(name) + " must be a number such as 0.001, got " + printable(text));
    }
    std::int64_t scale = 1;
    for (int i = 0; i < number->decimals; ++i) {
        scale *= 10;
    }
    if (number->digits <= 0 || number->digits >= scale) {
        const QuantityRule percent{name, ValueKind::probability, 0, kMillion};
        return bad(std::string(name) + " must lie between 0 and 1, got " + printable(text) +
                   percent_hint(*number, text, percent));
    }
    return static_cast<double>(number->digits) / static_cast<double>(scale);
}

}  // namespace stormglass::scenarios
