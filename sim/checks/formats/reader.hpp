// HistoryReader: bytes of a history file, in pieces of any size, to a Recording. Pure: it opens
// nothing. It knows our own format (docs/history.md) and four others, and refuses, with line and
// reason, what is damaged, cut off, contradictory or larger than its limits. What it passes over on
// purpose stands in the recording's notes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/result.hpp"
#include "sim/checks/recording.hpp"

namespace stormglass::sim::checks {

enum class Format : std::uint8_t {
    ndjson,      // our own: one JSON object a line, index dense from 0
    jepsen_log,  // INFO  jepsen.util - 3  :invoke  :write  1
    edn_lines,   // one EDN map a line
    edn,         // one outer EDN vector or list of maps
    json,        // one outer JSON array of objects
};

std::string_view name_of(Format format);
std::optional<Format> format_named(std::string_view name);

struct ReaderLimits {
    std::size_t element_bytes = std::size_t{16} << 20;
    std::size_t entries = 100'000'000;
    std::uint64_t bytes = std::uint64_t{8} << 30;  // of memory
};

class HistoryReader {
  public:
    /// Without a format it is recognised from the first bytes.
    explicit HistoryReader(std::optional<Format> format = std::nullopt, ReaderLimits limits = {});
    ~HistoryReader();
    HistoryReader(HistoryReader&&) noexcept;
    HistoryReader& operator=(HistoryReader&&) noexcept;

    /// After an error only destruction may follow.
    Result<void> feed(std::string_view bytes);
    Result<Recording> finish();

    /// Known once something other than white space was fed.
    std::optional<Format> format() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// The whole text at once.
Result<Recording> read_history(std::string_view text, std::optional<Format> format = std::nullopt);

/// A run's history as a recording.
Result<Recording> read_history(const History& history);

/// Appends entries [from, to) in our own format.
void write_history(const Recording& recording, std::size_t from, std::size_t to, std::string& out);

std::string write_history(const Recording& recording);

}  // namespace stormglass::sim::checks
