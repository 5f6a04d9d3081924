// The four formats. Each writer gives the same bytes for the same values; texts become valid UTF-8.
// Traps that they mind: docs/traces.md.
#pragma once

#include <string>

#include "reports/exports/model.hpp"

namespace stormglass::reports {

/// Spans per line of an OTLP file: collectors take a line at a time.
constexpr std::size_t kOtlpSpansPerLine = 1'000;

/// OTLP/JSON, one object with `resourceSpans` a line; empty when there are no spans.
[[nodiscard]] std::string to_otlp(const Export& run);

/// Chrome's JSON trace events, for Perfetto: a process each, lanes where spans overlap, flows.
[[nodiscard]] std::string to_perfetto(const Export& run);

/// A log with vector clocks; its first line is the expression that ShiViz parses it by.
[[nodiscard]] std::string to_shiviz(const Export& run);

/// RFC 4180 with a header; cells that a spreadsheet would run begin with an apostrophe.
[[nodiscard]] std::string to_csv(const ExportTable& table);

}  // namespace stormglass::reports
