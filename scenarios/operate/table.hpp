// A table for a terminal: columns as wide as their widest cell, the last one ragged. Cells come
// from outside and are made safe here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stormglass::scenarios {

enum class Align { left, right };

struct Column {
    std::string title;
    Align align = Align::left;
};

class Table {
  public:
    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

    /// Requires: one cell for each column.
    void add(std::vector<std::string> cells);

    bool empty() const { return rows_.empty(); }

    std::string text() const;

  private:
    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

/// Text from outside made safe for a terminal, whole: ids are never cut.
std::string safe_text(std::string_view text);

/// "1 event", "3 events".
std::string counted(std::uint64_t count, std::string_view what);

/// A span for people: "12 ms", "3.21 s", "4 min 5 s".
std::string span_text(std::int64_t ns);

}  // namespace stormglass::scenarios
