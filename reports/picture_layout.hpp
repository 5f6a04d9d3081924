// Where each thing of a space-time picture stands: time runs down in rows of equal height, idle
// time is one narrow row that says how long, processes are lanes, and the words stand to the right
// of them, so that no label ever covers a line. Pixels are whole numbers: equal results, equal
// bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reports/results.hpp"

namespace stormglass::reports {

struct PictureRow {
    enum class Kind : std::uint8_t { step, arrival, gap } kind = Kind::step;
    std::size_t step = 0;  ///< position in the picture's steps; of a gap: the step below it
    std::int64_t time_ns = 0;
    int y = 0;  ///< of its middle
};

/// A message's line, from its departure to its arrival or to where it was lost.
struct PictureArrow {
    std::size_t step = 0;
    int x1 = 0;
    int y1 = 0;
    int x2 = 0;
    int y2 = 0;
};

/// A stretch of a lane on which its process was down, or a fault held.
struct PictureStretch {
    std::uint32_t lane = 0;
    int y1 = 0;
    int y2 = 0;
    std::size_t span = 0;  ///< of a fault: its position in the picture's spans
};

struct PictureLayout {
    int width = 0;
    int height = 0;
    int top = 0;      ///< where the lanes begin, below their names
    int pitch = 0;    ///< from one lane to the next
    int words_x = 0;  ///< where the rows' words begin
    std::vector<int> lanes;
    std::vector<PictureRow> rows;
    std::vector<PictureArrow> arrows;
    std::vector<PictureStretch> down;
    std::vector<PictureStretch> faults;
};

/// Requires: steps in the order of time, lanes and receivers among the picture's lanes.
[[nodiscard]] PictureLayout lay_out(const Picture& picture);

[[nodiscard]] bool is_message(StepKind kind);

/// What a row says: the kind in a word where the text does not, then the text.
[[nodiscard]] std::string row_words(const Picture& picture, const PictureRow& row);

/// At most as many characters as fit, on one line.
[[nodiscard]] std::string fitted(std::string_view text, std::size_t characters);

}  // namespace stormglass::reports
