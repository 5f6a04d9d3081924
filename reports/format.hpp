// How counts, times, seeds and lists are written, the same in every output. No locale is asked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reports/results.hpp"

namespace stormglass::reports {

/// "10,000"
[[nodiscard]] std::string count(std::uint64_t number);

/// "3 runs", "1 run": `noun` in the singular, its plural with an s.
[[nodiscard]] std::string counted(std::uint64_t number, std::string_view noun);

/// "3 of 6,120"
[[nodiscard]] std::string of(std::uint64_t part, std::uint64_t whole);

/// Virtual time in seconds with at least three decimals: "12.004 s", "0.000000001 s".
[[nodiscard]] std::string virtual_time(std::int64_t nanoseconds);

/// A span for people: "0.8 s", "118 s", "8 h 12 min".
[[nodiscard]] std::string span(double seconds);

/// "0x5ee1d0c4", the form that `--seed` reads.
[[nodiscard]] std::string seed(std::uint64_t number);

/// With at most one decimal, none for whole numbers: "3", "2.5".
[[nodiscard]] std::string short_number(double number);

/// "95 %", "99.9 %"
[[nodiscard]] std::string confidence(double share);

/// "15.6 GiB"
[[nodiscard]] std::string memory(std::uint64_t bytes);

[[nodiscard]] std::string join(const std::vector<std::string>& words, std::string_view between);

/// "scenarios/data/a.yaml:21", the file alone without a line, empty without a file.
[[nodiscard]] std::string place(const FilePlace& place);

/// `kind` or `kind@role`
[[nodiscard]] std::string fault_name(const FaultCount& fault);

[[nodiscard]] std::string_view name_of(Status status);    ///< "not tested"
[[nodiscard]] std::string_view symbol_of(Status status);  ///< one sign that needs no colour
[[nodiscard]] std::string_view name_of(ClaimKind kind);
[[nodiscard]] std::string_view name_of(Method method);
[[nodiscard]] std::string_view name_of(Settled settled);
[[nodiscard]] std::string_view name_of(Rule rule);
[[nodiscard]] std::string_view name_of(StepKind kind);  ///< "fault-end"

}  // namespace stormglass::reports
