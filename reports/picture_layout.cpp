#include "reports/picture_layout.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "reports/format.hpp"
#include "reports/text.hpp"
#include "runtime/check.hpp"

namespace stormglass::reports {

namespace {

constexpr int kRow = 26;
constexpr int kGapRow = 20;
constexpr int kTop = 40;        // names of the lanes
constexpr int kTimeWidth = 84;  // "123.456 s" with room to spare
constexpr int kCharacter = 7;   // of a 13 px font, on the wide side
constexpr int kBoldCharacter = 8;
constexpr int kPitchLeast = 72;
constexpr int kPitchMost = 132;
constexpr std::int64_t kIdle = 100'000'000;  // from 0.1 s on, idle time is said
constexpr std::size_t kWordsMost = 84;
constexpr int kSlope = 9;  // of an arrow within one row, so that it still runs down

std::size_t length(std::string_view text) {
    return columns(visible(text));
}

/// Whether anything of the picture happens while the message is on its way.
bool is_overtaken(const Picture& picture, const PictureStep& message) {
    return std::ranges::any_of(picture.steps, [&](const PictureStep& other) {
        return &other != &message && other.time_ns > message.time_ns &&
               other.time_ns < message.until_ns;
    });
}

std::vector<PictureRow> rows_of(const Picture& picture) {
    std::vector<PictureRow> rows;
    for (std::size_t at = 0; at < picture.steps.size(); ++at) {
        const PictureStep& step = picture.steps[at];
        rows.push_back({PictureRow::Kind::step, at, step.time_ns, 0});
        const bool arrives = is_message(step.kind) && step.kind != StepKind::lost;
        if (arrives && is_overtaken(picture, step)) {
            rows.push_back({PictureRow::Kind::arrival, at, step.until_ns, 0});
        }
    }
    std::ranges::stable_sort(rows, {}, &PictureRow::time_ns);
    std::vector<PictureRow> spaced;
    for (const PictureRow& row : rows) {
        // As unsigned: the times of a hostile file may be as far apart as numbers go.
        const bool idle =
            !spaced.empty() && static_cast<std::uint64_t>(row.time_ns) -
                                       static_cast<std::uint64_t>(spaced.back().time_ns) >=
                                   static_cast<std::uint64_t>(kIdle);
        if (idle) {
            spaced.push_back({PictureRow::Kind::gap, row.step, row.time_ns, 0});
        }
        spaced.push_back(row);
    }
    return spaced;
}

int place_rows(std::vector<PictureRow>& rows) {
    int y = kTop + kRow / 2;
    for (PictureRow& row : rows) {
        const int height = row.kind == PictureRow::Kind::gap ? kGapRow : kRow;
        row.y = y + height / 2;
        y += height;
    }
    return y + kRow / 2;
}

int y_of(const PictureLayout& layout, std::size_t step, PictureRow::Kind kind) {
    for (const PictureRow& row : layout.rows) {
        if (row.step == step && row.kind == kind) {
            return row.y;
        }
    }
    return -1;
}

void place_arrows(const Picture& picture, PictureLayout& layout) {
    for (std::size_t at = 0; at < picture.steps.size(); ++at) {
        const PictureStep& step = picture.steps[at];
        if (!is_message(step.kind) || !step.to.has_value() || *step.to == step.lane) {
            continue;
        }
        const int sent = y_of(layout, at, PictureRow::Kind::step);
        const int arrival = y_of(layout, at, PictureRow::Kind::arrival);
        PictureArrow arrow{at,
                           layout.lanes[step.lane],
                           arrival < 0 ? sent - kSlope / 2 : sent,
                           layout.lanes[*step.to],
                           arrival < 0 ? sent + kSlope / 2 : arrival};
        layout.arrows.push_back(arrow);
    }
}

/// The row at or after a time; the bottom when there is none.
int y_at(const PictureLayout& layout, std::int64_t time_ns) {
    const auto row = std::ranges::find_if(layout.rows, [&](const PictureRow& candidate) {
        return candidate.kind != PictureRow::Kind::gap && candidate.time_ns >= time_ns;
    });
    return row == layout.rows.end() ? layout.height - kRow / 2 : row->y;
}

/// The last row at or before a time, but none above `least`.
int y_until(const PictureLayout& layout, std::int64_t time_ns, int least) {
    int y = least;
    for (const PictureRow& row : layout.rows) {
        if (row.kind != PictureRow::Kind::gap && row.time_ns <= time_ns) {
            y = std::max(y, row.y);
        }
    }
    return y;
}

void place_stretches(const Picture& picture, PictureLayout& layout) {
    std::vector<std::optional<int>> crashed(picture.lanes.size());
    for (const PictureRow& row : layout.rows) {
        const PictureStep& step = picture.steps[row.step];
        if (row.kind != PictureRow::Kind::step) {
            continue;
        }
        if (step.kind == StepKind::crash) {
            crashed[step.lane] = row.y;
        } else if (step.kind == StepKind::restart && crashed[step.lane].has_value()) {
            layout.down.push_back({step.lane, *crashed[step.lane], row.y, 0});
            crashed[step.lane].reset();
        }
    }
    for (std::uint32_t lane = 0; lane < crashed.size(); ++lane) {
        if (crashed[lane].has_value()) {
            layout.down.push_back({lane, *crashed[lane], layout.height - kRow / 2, 0});
        }
    }
    for (std::size_t span = 0; span < picture.spans.size(); ++span) {
        const PictureSpan& fault = picture.spans[span];
        const int from = y_at(layout, fault.from_ns);
        const int until = y_until(layout, fault.until_ns, from + kRow / 2);
        for (const std::uint32_t lane : fault.lanes) {
            layout.faults.push_back({lane, from, until, span});
        }
    }
}

std::string_view kind_words(StepKind kind) {
    switch (kind) {
        case StepKind::event:
        case StepKind::message:
            return "";
        case StepKind::lost:
            return "lost: ";
        case StepKind::copy:
            return "again: ";
        case StepKind::forged:
            return "forged: ";
        case StepKind::crash:
            return "crash: ";
        case StepKind::restart:
            return "restart: ";
        case StepKind::fault:
            return "fault: ";
        case StepKind::fault_end:
            return "fault ends: ";
        case StepKind::violation:
            return "\u2717 ";
    }
    CHECK(false);
}

}  // namespace

bool is_message(StepKind kind) {
    return kind == StepKind::message || kind == StepKind::lost || kind == StepKind::copy ||
           kind == StepKind::forged;
}

std::string fitted(std::string_view text, std::size_t characters) {
    const std::string shown = one_line(text);
    if (columns(shown) <= characters) {
        return shown;
    }
    std::string cut;
    std::size_t width = 0;
    for (std::size_t at = 0; at < shown.size();) {
        std::size_t next = at + 1;
        while (next < shown.size() && (static_cast<unsigned char>(shown[next]) & 0xC0U) == 0x80U) {
            ++next;
        }
        const std::string_view character = std::string_view(shown).substr(at, next - at);
        width += columns(character);
        if (width + 1 > characters) {
            break;
        }
        cut += character;
        at = next;
    }
    return cut + "\u2026";
}

std::string row_words(const Picture& picture, const PictureRow& row) {
    const PictureStep& step = picture.steps[row.step];
    switch (row.kind) {
        case PictureRow::Kind::gap:
            return "";
        case PictureRow::Kind::arrival:
            return "\u2026 arrives: " + step.text;
        case PictureRow::Kind::step:
            return std::string(kind_words(step.kind)) + step.text;
    }
    CHECK(false);
}

PictureLayout lay_out(const Picture& picture) {
    PictureLayout layout;
    layout.top = kTop;
    std::size_t longest_name = 0;
    for (const std::string& name : picture.lanes) {
        longest_name = std::max(longest_name, std::min<std::size_t>(length(name), 18));
    }
    layout.pitch =
        std::clamp(static_cast<int>(longest_name) * kCharacter + 18, kPitchLeast, kPitchMost);
    for (std::size_t lane = 0; lane < picture.lanes.size(); ++lane) {
        layout.lanes.push_back(kTimeWidth + layout.pitch / 2 +
                               static_cast<int>(lane) * layout.pitch);
    }
    layout.words_x = kTimeWidth + static_cast<int>(picture.lanes.size()) * layout.pitch + 14;
    layout.rows = rows_of(picture);
    layout.height = place_rows(layout.rows);
    int longest = 0;
    for (const PictureRow& row : layout.rows) {
        const bool bold = picture.steps[row.step].kind == StepKind::violation;
        const auto characters =
            static_cast<int>(length(fitted(row_words(picture, row), kWordsMost)));
        longest = std::max(longest, characters * (bold ? kBoldCharacter : kCharacter));
    }
    layout.width = layout.words_x + longest + 8;
    place_arrows(picture, layout);
    place_stretches(picture, layout);
    return layout;
}

}  // namespace stormglass::reports
