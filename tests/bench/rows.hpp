// What a bench has measured: a line each on the screen, and all of them as JSON for programs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stormglass::bench {

enum class Better : std::uint8_t { more, less };

struct Peer {
    std::string name;
    double value = 0;
};

/// A bar stands for the ratio to the best peer, or for the value where there is none. Missing a bar
/// fails the bench; an aim is only reported. 0: none.
struct Row {
    std::string name;
    double value = 0;
    std::string unit;
    Better better = Better::more;
    std::vector<Peer> peers = {};
    double bar = 0;
    double aim = 0;
};

class Rows {
  public:
    /// Keeps it and prints it.
    void add(Row row);

    /// Every bar was met.
    bool good() const { return good_; }

    /// Writes all of them; nothing for an empty name. A file that cannot be written ends the bench.
    void write(std::string_view file) const;

  private:
    std::vector<Row> rows_;
    bool good_ = true;
};

}  // namespace stormglass::bench
