// What the trace exports write: a run (or a live log) as plain values, of which no writer knows
// where they come from. Times are ns since 1970; a simulated run is mapped to a fixed start before.
// Ids are numbers here and lower-case hex in every file.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace stormglass::reports {

struct ExportAttribute {
    std::string key;
    std::variant<std::string, std::int64_t, bool> value;
};

using ExportAttributes = std::vector<ExportAttribute>;

struct ExportTraceId {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    friend auto operator<=>(const ExportTraceId&, const ExportTraceId&) = default;
};

struct ExportLink {
    ExportTraceId trace;
    std::uint64_t span = 0;
};

/// Something that happened within a span.
struct ExportMoment {
    std::uint64_t at = 0;
    std::string name;
    ExportAttributes attributes;
};

// Values as OpenTelemetry numbers them.
enum class ExportKind : std::uint8_t { internal = 1, producer = 4, consumer = 5 };
enum class ExportStatus : std::uint8_t { unset = 0, ok = 1, error = 2 };

struct ExportSpan {
    ExportTraceId trace;
    std::uint64_t span = 0;
    std::uint64_t parent = 0;  // 0: a root
    std::uint8_t flags = 0;    // of W3C
    std::string name;
    ExportKind kind = ExportKind::internal;
    std::uint64_t start = 0;
    std::uint64_t end = 0;
    ExportStatus status = ExportStatus::unset;
    std::size_t resource = 0;  // place in Export::resources
    ExportAttributes attributes;
    std::vector<ExportLink> links;
    std::vector<ExportMoment> moments;
};

/// A process, or the chaos that was done to all of them.
struct ExportResource {
    std::string name;
    ExportAttributes attributes;
};

/// A message from the span that created it to one that handled it: places in Export::spans.
struct ExportFlow {
    std::size_t from = 0;
    std::size_t to = 0;
};

struct ExportCount {
    std::uint64_t at = 0;
    std::size_t resource = 0;
    std::string name;
    std::int64_t value = 0;
};

/// A line of a process's log with what it could know: host and count for each host.
struct ExportLine {
    std::string host;  // "orders", after a restart "orders#2"
    std::vector<std::pair<std::string, std::uint64_t>> clock;
    std::string text;
};

struct ExportTable {
    std::string name;  // of its file, without ".csv"
    std::vector<std::string> header;
    std::vector<std::vector<std::string>> rows;
};

struct Export {
    std::string version;  // of the program
    std::vector<ExportResource> resources;
    std::vector<ExportSpan> spans;
    std::vector<ExportFlow> flows;
    std::vector<ExportCount> counts;
    std::vector<ExportLine> lines;
    std::vector<ExportTable> tables;
};

}  // namespace stormglass::reports
