#include "scenarios/operate/table.hpp"

#include <algorithm>
#include <cstdio>

#include "reports/text.hpp"
#include "runtime/check.hpp"
#include "scenarios/files/quantity.hpp"

namespace stormglass::scenarios {

std::string safe_text(std::string_view text) {
    std::string safe = reports::valid_utf8(text);
    for (char& c : safe) {
        const auto byte = static_cast<unsigned char>(c);
        c = byte < 0x20 || byte == 0x7f ? '?' : c;
    }
    return safe;
}

void Table::add(std::vector<std::string> cells) {
    CHECK(cells.size() == columns_.size());
    for (std::string& cell : cells) {
        cell = cell.empty() ? "-" : safe_text(cell);
    }
    rows_.push_back(std::move(cells));
}

std::string Table::text() const {
    std::vector<std::string> titles;
    std::vector<std::size_t> widths;
    for (const Column& column : columns_) {
        titles.push_back(column.title);
        widths.push_back(column.title.size());
    }
    for (const auto& row : rows_) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], row[i].size());
        }
    }
    std::string text;
    const auto write = [&](const std::vector<std::string>& row) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string gap(widths[i] - row[i].size(), ' ');
            line += i == 0 ? "" : "  ";
            line += columns_[i].align == Align::right ? gap + row[i] : row[i] + gap;
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    };
    write(titles);
    for (const auto& row : rows_) {
        write(row);
    }
    return text;
}

std::string counted(std::uint64_t count, std::string_view what) {
    return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

std::string span_text(std::int64_t ns) {
    if (ns < 0) {
        return "-" + span_text(-(ns + (ns == INT64_MIN ? 1 : 0)));
    }
    if (ns < kSecond) {
        return std::to_string(ns / kMs) + " ms";
    }
    if (ns < kMinute) {
        char text[32];
        std::snprintf(text, sizeof(text), "%.2f s", static_cast<double>(ns) / 1e9);
        return text;
    }
    return std::to_string(ns / kMinute) + " min " + std::to_string(ns % kMinute / kSecond) + " s";
}

}  // namespace stormglass::scenarios
