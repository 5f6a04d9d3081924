// Reading exports back: small parsers that share nothing with the writers, so that a file which a
// tool would silently show half of is noticed here. They count and check the form.
#pragma once

#include <cstdint>
#include <string_view>

#include "reports/exports/model.hpp"
#include "runtime/result.hpp"

namespace stormglass::reports {

struct OtlpCounts {
    std::uint64_t lines = 0;
    std::uint64_t resources = 0;  // different ones, by service.name
    std::uint64_t spans = 0;
    std::uint64_t links = 0;
    std::uint64_t moments = 0;

    friend bool operator==(const OtlpCounts&, const OtlpCounts&) = default;
};

/// Fails with EXPORT_SYNTAX or EXPORT_FORM and what is wrong: ids that are no hex, a span twice, a
/// time that is no string, an end before a start.
[[nodiscard]] Result<OtlpCounts> read_otlp(std::string_view text);

struct PerfettoCounts {
    std::uint64_t slices = 0;
    std::uint64_t flows = 0;  // with both ends, each within a slice
    std::uint64_t counters = 0;
    std::uint64_t instants = 0;

    friend bool operator==(const PerfettoCounts&, const PerfettoCounts&) = default;
};

/// Also fails where slices of a lane overlap without one holding the other.
[[nodiscard]] Result<PerfettoCounts> read_perfetto(std::string_view text);

/// Lines; fails where a clock is not ahead of the last one of its host, or knows more of another
/// host than that one has told.
[[nodiscard]] Result<std::uint64_t> read_shiviz(std::string_view text);

/// Rows without the header; fails where a row is shorter or longer than the header.
[[nodiscard]] Result<std::uint64_t> read_csv(std::string_view text);

// What the files of a run must hold.
[[nodiscard]] OtlpCounts otlp_counts(const Export& run);
[[nodiscard]] PerfettoCounts perfetto_counts(const Export& run);

}  // namespace stormglass::reports
