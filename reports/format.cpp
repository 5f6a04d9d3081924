// Numbers and words, written once for all outputs.
#include "reports/format.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "runtime/check.hpp"

namespace stormglass::reports {

namespace {

std::string fixed(double number, int decimals) {
    std::array<char, 400> buffer{};  // the longest double has 309 digits before its point
    const auto [end, failure] = std::to_chars(
        buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::fixed, decimals);
    CHECK(failure == std::errc{});
    return {buffer.data(), end};
}

}  // namespace

std::string count(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3; at -= 3) {
        digits.insert(at - 3, ",");
    }
    return digits;
}

std::string counted(std::uint64_t number, std::string_view noun) {
    std::string text = count(number) + " " + std::string(noun);
    if (number != 1) {
        text += 's';
    }
    return text;
}

std::string of(std::uint64_t part, std::uint64_t whole) {
    return count(part) + " of " + count(whole);
}

std::string virtual_time(std::int64_t nanoseconds) {
    const bool negative = nanoseconds < 0;
    // Negated as unsigned, so that the smallest value has a magnitude too.
    std::uint64_t magnitude = static_cast<std::uint64_t>(nanoseconds);
    if (negative) {
        magnitude = 0 - magnitude;
    }
    constexpr std::uint64_t kSecond = 1'000'000'000;
    std::string part = std::to_string(magnitude % kSecond);
    part.insert(0, 9 - part.size(), '0');
    while (part.size() > 3 && part.back() == '0') {
        part.pop_back();
    }
    return (negative ? "-" : "") + std::to_string(magnitude / kSecond) + "." + part + " s";
}

std::string span(double seconds) {
    if (!std::isfinite(seconds) || seconds < 0) {
        return "unknown";
    }
    if (seconds < 99.95) {
        return fixed(seconds, 1) + " s";
    }
    if (seconds < 600) {
        return fixed(seconds, 0) + " s";
    }
    const double minutes = std::floor(seconds / 60.0);
    const double hours = std::floor(minutes / 60.0);
    if (hours < 1) {
        return fixed(minutes, 0) + " min";
    }
    if (hours >= 48) {
        return fixed(hours, 0) + " h";
    }
    return fixed(hours, 0) + " h " + fixed(minutes - hours * 60.0, 0) + " min";
}

std::string seed(std::uint64_t number) {
    std::array<char, 16> buffer{};
    const auto [end, failure] =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, 16);
    CHECK(failure == std::errc{});
    return "0x" + std::string(buffer.data(), end);
}

std::string short_number(double number) {
    if (!std::isfinite(number)) {
        return "unknown";
    }
    std::string text = fixed(number, 1);
    if (text.ends_with(".0")) {
        text.resize(text.size() - 2);
    }
    return text;
}

std::string confidence(double share) {
    std::string text = fixed(share * 100.0, 3);
    while (text.ends_with('0')) {
        text.pop_back();
    }
    if (text.ends_with('.')) {
        text.pop_back();
    }
    return text + " %";
}

std::string memory(std::uint64_t bytes) {
    constexpr double kGibibyte = 1024.0 * 1024.0 * 1024.0;
    return fixed(static_cast<double>(bytes) / kGibibyte, 1) + " GiB";
}

std::string join(const std::vector<std::string>& words, std::string_view between) {
    std::string text;
    for (const std::string& word : words) {
        if (!text.empty()) {
            text += between;
        }
        text += word;
    }
    return text;
}

std::string place(const FilePlace& place) {
    if (place.file.empty() || place.line == 0) {
        return place.file;
    }
    return place.file + ":" + std::to_string(place.line);
}

std::string fault_name(const FaultCount& fault) {
    return fault.role.empty() ? fault.kind : fault.kind + "@" + fault.role;
}

std::string_view name_of(Status status) {
    switch (status) {
        case Status::refuted:
            return "refuted";
        case Status::inconclusive:
            return "inconclusive";
        case Status::not_tested:
            return "not tested";
        case Status::waived:
            return "waived";
        case Status::supported:
            return "supported";
    }
    CHECK(false);
}

std::string_view symbol_of(Status status) {
    switch (status) {
        case Status::refuted:
            return "\u2717";  // ballot x
        case Status::inconclusive:
            return "?";
        case Status::not_tested:
            return "\u25cb";  // empty circle
        case Status::waived:
            return "~";
        case Status::supported:
            return "\u2713";  // check mark
    }
    CHECK(false);
}

std::string_view name_of(ClaimKind kind) {
    switch (kind) {
        case ClaimKind::assumption:
            return "assumption";
        case ClaimKind::decision:
            return "decision";
        case ClaimKind::rationale:
            return "rationale";
        case ClaimKind::alternative:
            return "alternative";
        case ClaimKind::consequence:
            return "consequence";
        case ClaimKind::question:
            return "question";
    }
    CHECK(false);
}

std::string_view name_of(Method method) {
    switch (method) {
        case Method::sampled:
            return "sampled";
        case Method::exhaustive:
            return "exhaustive";
        case Method::contract:
            return "contract";
        case Method::comparison:
            return "comparison";
        case Method::artefact:
            return "artefact";
        case Method::control:
            return "control";
    }
    CHECK(false);
}

std::string_view name_of(Settled settled) {
    switch (settled) {
        case Settled::yes:
            return "yes";
        case Settled::partly:
            return "partly";
        case Settled::no:
            return "no";
    }
    CHECK(false);
}

std::string_view name_of(Rule rule) {
    switch (rule) {
        case Rule::violated:
            return "violated";
        case Rule::control_failed:
            return "control-failed";
        case Rule::nondeterministic:
            return "nondeterministic";
        case Rule::text_changed:
            return "text-changed";
        case Rule::vacuous:
            return "vacuous";
        case Rule::effect_unproven:
            return "effect-unproven";
        case Rule::incomplete:
            return "incomplete";
        case Rule::too_few:
            return "too-few";
        case Rule::oracle_unproven:
            return "oracle-unproven";
        case Rule::waived:
            return "waived";
        case Rule::not_tested:
            return "not-tested";
        case Rule::supported:
            return "supported";
    }
    CHECK(false);
}

std::string_view name_of(StepKind kind) {
    switch (kind) {
        case StepKind::event:
            return "event";
        case StepKind::message:
            return "message";
        case StepKind::lost:
            return "lost";
        case StepKind::copy:
            return "copy";
        case StepKind::forged:
            return "forged";
        case StepKind::crash:
            return "crash";
        case StepKind::restart:
            return "restart";
        case StepKind::fault:
            return "fault";
        case StepKind::fault_end:
            return "fault-end";
        case StepKind::violation:
            return "violation";
    }
    CHECK(false);
}

}  // namespace stormglass::reports
