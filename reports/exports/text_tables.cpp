// ShiViz logs and CSV tables.
#include "reports/exports/detail/json_text.hpp"
#include "reports/exports/writers.hpp"
#include "reports/text.hpp"

namespace stormglass::reports {
namespace {

// A spreadsheet takes what begins so for a formula.
constexpr std::string_view kFormulaStarts = "=+-@\t\r";

void append_cell(std::string_view value, std::string& to) {
    std::string cell = valid_utf8(value);
    if (!cell.empty() && kFormulaStarts.find(cell.front()) != std::string_view::npos) {
        cell.insert(0, 1, '\'');
    }
    if (cell.find_first_of("\",\r\n") == std::string::npos) {
        to.append(cell);
        return;
    }
    to.push_back('"');
    for (const char c : cell) {
        to.append(c == '"' ? 2 : 1, c);
    }
    to.push_back('"');
}

void append_row(const std::vector<std::string>& row, std::string& to) {
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (i > 0) {
            to.push_back(',');
        }
        append_cell(row[i], to);
    }
    to.append("\r\n");
}

}  // namespace

std::string to_shiviz(const Export& run) {
    // The expression, a blank line (there is one execution), then two lines an entry.
    std::string text = "(?<host>\\S+) (?<clock>\\{.*\\})\\n(?<event>.*)\n\n";
    for (const ExportLine& line : run.lines) {
        text.append(line.host).push_back(' ');
        detail::JsonText json(text);
        json.open('{');
        for (const auto& [host, count] : line.clock) {
            json.key(host).number(static_cast<std::int64_t>(count));
        }
        json.close('}');
        text.append("\n").append(one_line(line.text)).append("\n");
    }
    return text;
}

std::string to_csv(const ExportTable& table) {
    std::string text;
    append_row(table.header, text);
    for (const auto& row : table.rows) {
        append_row(row, text);
    }
    return text;
}

}  // namespace stormglass::reports
