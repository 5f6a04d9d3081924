// RFC 3339 in UTC, written and read with integers only. Days are counted in eras of 400 years,
// which all have 146,097 of them; years begin in March, so that the leap day comes last.
#include <algorithm>
#include <limits>

#include "bus/attributes.hpp"
#include "bus/event.hpp"
#include "runtime/check.hpp"

namespace stormglass::bus {
namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr std::int64_t kDaysPerEra = 146'097;
constexpr std::int64_t kDaysToEpoch = 719'468;  // from 0000-03-01 to 1970-01-01

struct Civil {
    std::int64_t year = 0;
    std::int64_t month = 0;  // 1 to 12
    std::int64_t day = 0;    // 1 to 31
};

constexpr Civil civil_from_days(std::int64_t days) {
    days += kDaysToEpoch;
    const std::int64_t era = days / kDaysPerEra;
    const std::int64_t day_of_era = days % kDaysPerEra;
    const std::int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    const std::int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t march_month = (5 * day_of_year + 2) / 153;
    const std::int64_t month = march_month < 10 ? march_month + 3 : march_month - 9;
    return {era * 400 + year_of_era + (month <= 2 ? 1 : 0),
            month,
            day_of_year - (153 * march_month + 2) / 5 + 1};
}

constexpr std::int64_t days_from_civil(Civil date) {
    const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
    const std::int64_t era = year / 400;
    const std::int64_t year_of_era = year % 400;
    const std::int64_t march_month = date.month > 2 ? date.month - 3 : date.month + 9;
    const std::int64_t day_of_year = (153 * march_month + 2) / 5 + date.day - 1;
    const std::int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * kDaysPerEra + day_of_era - kDaysToEpoch;
}

static_assert(days_from_civil({1970, 1, 1}) == 0);
static_assert(days_from_civil({2000, 2, 29}) == 11'016);

constexpr std::int64_t days_in_month(std::int64_t year, std::int64_t month) {
    if (month == 2) {
        const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        return leap ? 29 : 28;
    }
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

void put(char* to, std::int64_t value, int digits) {
    for (int i = digits - 1; i >= 0; --i) {
        to[i] = static_cast<char>('0' + value % 10);
        value /= 10;
    }
}

/// -1 unless all of `digits` characters from `at` are digits.
std::int64_t number(std::string_view text, std::size_t at, std::size_t digits) {
    std::int64_t value = 0;
    for (std::size_t i = at; i < at + digits; ++i) {
        if (i >= text.size() || text[i] < '0' || text[i] > '9') {
            return -1;
        }
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/// Nanoseconds of ".d" to ".ddddddddd" between second and Z; -1 when malformed.
std::int64_t fraction(std::string_view digits) {
    if (digits.empty()) {
        return 0;
    }
    digits.remove_prefix(1);
    std::int64_t value = number(digits, 0, digits.size());
    if (digits.empty() || digits.size() > 9 || value < 0) {
        return -1;
    }
    for (std::size_t i = digits.size(); i < 9; ++i) {
        value *= 10;
    }
    return value;
}

}  // namespace

bool parse_instant(std::string_view text, Instant& instant) {
    constexpr std::size_t kSeconds = 19;  // 2000-01-01T00:00:00
    if (text.size() <= kSeconds || text.size() > kTimeChars || text.back() != 'Z') {
        return false;
    }
    if (text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
        (text[kSeconds] != '.' && text[kSeconds] != 'Z')) {
        return false;
    }
    const Civil date{number(text, 0, 4), number(text, 5, 2), number(text, 8, 2)};
    const std::int64_t hour = number(text, 11, 2);
    const std::int64_t minute = number(text, 14, 2);
    const std::int64_t second = number(text, 17, 2);
    const std::int64_t nanos = fraction(text.substr(kSeconds, text.size() - kSeconds - 1));
    if (date.year < 1970 || date.month < 1 || date.month > 12 || date.day < 1 ||
        date.day > days_in_month(date.year, date.month)) {
        return false;
    }
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 ||
        nanos < 0) {
        return false;
    }
    instant.seconds = days_from_civil(date) * kSecondsPerDay + hour * 3600 + minute * 60 + second;
    instant.nanos = static_cast<std::uint32_t>(nanos);
    return true;
}

void write_time(WallTime time, char* to) {
    CHECK(time.ns >= 0);
    const std::int64_t seconds = time.ns / kNanosPerSecond;
    const Civil date = civil_from_days(seconds / kSecondsPerDay);
    const std::int64_t of_day = seconds % kSecondsPerDay;
    CHECK(date.year >= 1970 && date.year <= 9999);
    std::copy_n("0000-00-00T00:00:00.000000000Z", kTimeChars, to);
    put(to, date.year, 4);
    put(to + 5, date.month, 2);
    put(to + 8, date.day, 2);
    put(to + 11, of_day / 3600, 2);
    put(to + 14, of_day / 60 % 60, 2);
    put(to + 17, of_day % 60, 2);
    put(to + 20, time.ns % kNanosPerSecond, 9);
}

std::string format_time(WallTime time) {
    std::string text(kTimeChars, '0');
    write_time(time, text.data());
    return text;
}

Result<WallTime> parse_time(std::string_view text) {
    Instant instant;
    if (!parse_instant(text, instant)) {
        return Error{"EV_TIME_INVALID", "not an RFC 3339 time in UTC from 1970 to 9999"};
    }
    constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
    if (instant.seconds >= kMax / kNanosPerSecond) {
        return WallTime{kMax};  // later than a WallTime can say: as late as it can
    }
    return WallTime{instant.seconds * kNanosPerSecond + instant.nanos};
}

}  // namespace stormglass::bus
