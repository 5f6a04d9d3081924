#include "tests/bench/rows.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <string>

#include "runtime/check.hpp"

namespace stormglass::bench {
namespace {

const Peer* best_of(const Row& row) {
    const auto worse = [&](const Peer& one, const Peer& other) {
        return row.better == Better::more ? one.value < other.value : one.value > other.value;
    };
    const auto best = std::max_element(row.peers.begin(), row.peers.end(), worse);
    return best == row.peers.end() ? nullptr : &*best;
}

double measured_by(const Row& row) {
    const Peer* best = best_of(row);
    return best == nullptr ? row.value : row.value / best->value;
}

bool reaches(const Row& row, double mark) {
    const double is = measured_by(row);
    return row.better == Better::more ? is >= mark : is <= mark;
}

void print_mark(const Row& row, const char* what, double mark) {
    if (mark != 0) {
        std::printf("  %s %s %g %s",
                    what,
                    row.better == Better::more ? ">=" : "<=",
                    mark,
                    reaches(row, mark) ? "met" : "MISSED");
    }
}

std::string number(double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.6g", value);
    return text;
}

std::string json_of(const Row& row) {
    std::string out = R"({"name": ")" + row.name + R"(", "value": )" + number(row.value) +
                      R"(, "unit": ")" + row.unit + R"(", "bar": )" + number(row.bar);
    out += R"(, "aim": )" + number(row.aim) + R"(, "better": ")" +
           (row.better == Better::more ? "more" : "less") + '"';
    if (const Peer* best = best_of(row)) {
        out += R"(, "ratio": )" + number(measured_by(row)) + R"(, "best": ")" + best->name +
               R"(", "peers": {)";
        for (const Peer& peer : row.peers) {
            out += (&peer == &row.peers.front() ? "\"" : ", \"") + peer.name +
                   "\": " + number(peer.value);
        }
        out += '}';
    }
    return out + '}';
}

}  // namespace

void Rows::add(Row row) {
    CHECK(std::isfinite(measured_by(row)));
    std::printf("%-50s %10.*f %-9s",
                row.name.c_str(),
                row.value < 100 ? 2 : 0,
                row.value,
                row.unit.c_str());
    for (const Peer& peer : row.peers) {
        std::printf("  %s %.*f", peer.name.c_str(), peer.value < 100 ? 2 : 0, peer.value);
    }
    if (!row.peers.empty()) {
        std::printf("  ratio %.2f", measured_by(row));
    }
    print_mark(row, "bar", row.bar);
    print_mark(row, "aim", row.aim);
    std::printf("\n");
    std::fflush(stdout);
    good_ = good_ && (row.bar == 0 || reaches(row, row.bar));
    rows_.push_back(std::move(row));
}

void Rows::write(std::string_view file) const {
    if (file.empty()) {
        return;
    }
    std::ofstream out{std::string(file)};
    out << "[\n";
    for (const Row& row : rows_) {
        out << "  " << json_of(row) << (&row == &rows_.back() ? "\n" : ",\n");
    }
    out << "]\n";
    CHECK(out.flush().good());
}

}  // namespace stormglass::bench
