#include "sim/checks/examples.hpp"

#include <charconv>
#include <cstdint>

#include "runtime/check.hpp"

namespace stormglass::sim::checks {
namespace {

std::string_view next_word(std::string_view& rest) {
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(word.size());
    return word;
}

/// "12ms" as nanoseconds; false when it is no time.
bool read_time(std::string_view word, std::uint64_t& ns) {
    if (!word.ends_with("ms")) {
        return false;
    }
    word.remove_suffix(2);
    std::uint64_t ms = 0;
    const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), ms);
    CHECK(error == std::errc{} && stop == word.data() + word.size());
    ns = ms * 1'000'000;
    return true;
}

void append_entry(std::string_view line,
                  std::uint64_t index,
                  std::uint64_t& time,
                  std::string& out) {
    std::string_view rest = line;
    std::string_view word = next_word(rest);
    time += 1'000'000;
    if (read_time(word, time)) {
        word = next_word(rest);
    }
    out.append("{\"index\":").append(std::to_string(index));
    out.append(",\"time\":").append(std::to_string(time)).append(",\"process\":");
    out.append(word == "f" ? "\"faults\"" : word);
    out.append(",\"type\":\"").append(next_word(rest)).append("\",\"f\":\"");
    out.append(next_word(rest)).append("\",\"value\":");
    std::string_view value = rest.substr(std::min(rest.find_first_not_of(' '), rest.size()));
    std::string_view group;
    if (const std::size_t at = value.rfind(" @"); at != std::string_view::npos) {
        group = value.substr(at + 2);
        value = value.substr(0, at);
    }
    out.append(value.empty() ? "null" : value);
    if (!group.empty()) {
        out.append(",\"group\":\"").append(group).append("\"");
    }
    out.append("}\n");
}

}  // namespace

std::string history_of_short_hand(std::string_view text) {
    std::string out;
    std::uint64_t index = 0;
    std::uint64_t time = 0;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (line.find_first_not_of(' ') != std::string_view::npos) {
            append_entry(line, index++, time, out);
        }
    }
    return out;
}

}  // namespace stormglass::sim::checks
