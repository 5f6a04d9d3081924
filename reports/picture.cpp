// The space-time picture as static SVG, and the same steps as a table for those who read instead.
#include <array>
#include <cmath>
#include <string>

#include "reports/detail/page_parts.hpp"
#include "reports/format.hpp"
#include "reports/picture_layout.hpp"

namespace stormglass::reports::detail {

namespace {

constexpr std::size_t kWordsMost = 84;
constexpr std::size_t kNameMost = 18;
constexpr int kDot = 5;

std::string px(int number) {
    return std::to_string(number);
}

/// "12.004 s": a picture shows milliseconds; the table has them all.
std::string short_time(std::int64_t nanoseconds) {
    constexpr std::int64_t kMillisecond = 1'000'000;
    return virtual_time(nanoseconds / kMillisecond * kMillisecond);
}

/// A fault is drawn alike where it begins and where it ends.
std::string_view css_of(StepKind kind) {
    return name_of(kind == StepKind::fault_end ? StepKind::fault : kind);
}

class Drawing {
  public:
    Drawing(Html& html, const Picture& picture)
        : html_(html),
          picture_(picture),
          layout_(lay_out(picture)) {}

    void write(const std::string& label) {
        html_.open("svg",
                   {{"viewBox", "0 0 " + px(layout_.width) + " " + px(layout_.height)},
                    {"width", px(layout_.width)},
                    {"height", px(layout_.height)},
                    {"role", "img"},
                    {"class", "picture"},
                    {"aria-label", label}});
        html_.line();
        stripes();
        faults();
        lanes();
        for (const PictureArrow& arrow : layout_.arrows) {
            this->arrow(arrow);
        }
        rows();
        html_.close("svg").line();
    }

  private:
    void shape(std::string_view tag, HtmlAttributes attributes) {
        html_.open(tag, attributes).close(tag);
    }

    void line(int x1, int y1, int x2, int y2, std::string_view css) {
        shape("line",
              {{"x1", px(x1)},
               {"y1", px(y1)},
               {"x2", px(x2)},
               {"y2", px(y2)},
               {"class", std::string(css)}});
    }

    void words(int x, int y, const std::string& text, std::string_view css) {
        html_.element("text", text, {{"x", px(x)}, {"y", px(y)}, {"class", std::string(css)}});
    }

    /// Every other row is tinted, to lead the eye from the lanes to the words.
    void stripes() {
        bool tinted = false;
        for (const PictureRow& row : layout_.rows) {
            if (row.kind == PictureRow::Kind::gap) {
                continue;
            }
            const PictureStep& step = picture_.steps[row.step];
            tinted = !tinted;
            const bool violation = step.kind == StepKind::violation;
            if (tinted || violation) {
                shape("rect",
                      {{"x", "0"},
                       {"y", px(row.y - 13)},
                       {"width", px(layout_.width)},
                       {"height", "26"},
                       {"class", violation ? "verdict" : "stripe"}});
            }
        }
        html_.line();
    }

    void faults() {
        for (const PictureStretch& stretch : layout_.faults) {
            const int width = layout_.pitch * 3 / 4;
            shape("rect",
                  {{"x", px(layout_.lanes[stretch.lane] - width / 2)},
                   {"y", px(stretch.y1)},
                   {"width", px(width)},
                   {"height", px(stretch.y2 - stretch.y1)},
                   {"class", "span"}});
        }
        html_.line();
    }

    void lanes() {
        for (std::size_t lane = 0; lane < picture_.lanes.size(); ++lane) {
            const int x = layout_.lanes[lane];
            words(x, 22, fitted(picture_.lanes[lane], kNameMost), "who");
            line(x, layout_.top - 8, x, layout_.height - 8, "lane");
        }
        for (const PictureStretch& stretch : layout_.down) {
            const int x = layout_.lanes[stretch.lane];
            line(x, stretch.y1, x, stretch.y2, "down");
        }
        html_.line();
    }

    void arrow(const PictureArrow& arrow) {
        const StepKind kind = picture_.steps[arrow.step].kind;
        const std::string css(css_of(kind));
        int x = arrow.x2;
        int y = arrow.y2;
        if (kind == StepKind::lost) {  // two thirds of the way, then a cross
            x = arrow.x1 + (arrow.x2 - arrow.x1) * 2 / 3;
            y = arrow.y1 + (arrow.y2 - arrow.y1) * 2 / 3;
            line(x - 5, y - 5, x + 5, y + 5, css + " cross");
            line(x - 5, y + 5, x + 5, y - 5, css + " cross");
        } else {
            head(arrow, css);
        }
        line(arrow.x1, arrow.y1, x, y, css);
        shape("circle",
              {{"cx", px(arrow.x1)}, {"cy", px(arrow.y1)}, {"r", "3"}, {"class", "end " + css}});
        html_.line();
    }

    /// A triangle along the arrow whose tip touches the lane, in whole pixels.
    void head(const PictureArrow& arrow, const std::string& css) {
        constexpr double kLength = 9;
        constexpr double kHalf = 4;
        const double dx = arrow.x2 - arrow.x1;
        const double dy = arrow.y2 - arrow.y1;
        const double length = std::sqrt(dx * dx + dy * dy);
        const auto corner = [&](double side) {
            const double x = arrow.x2 - kLength * dx / length - side * dy / length;
            const double y = arrow.y2 - kLength * dy / length + side * dx / length;
            return "L" + px(static_cast<int>(std::lround(x))) + " " +
                   px(static_cast<int>(std::lround(y)));
        };
        shape(
            "path",
            {{"d", "M" + px(arrow.x2) + " " + px(arrow.y2) + corner(kHalf) + corner(-kHalf) + "Z"},
             {"class", "head " + css}});
    }

    void dot(const PictureStep& step, int y) {
        const int x = layout_.lanes[step.lane];
        const std::string css = "dot " + std::string(css_of(step.kind));
        if (step.kind == StepKind::crash || step.kind == StepKind::violation) {
            line(x - kDot, y - kDot, x + kDot, y + kDot, css);
            line(x - kDot, y + kDot, x + kDot, y - kDot, css);
        } else if (step.kind == StepKind::fault || step.kind == StepKind::fault_end) {
            shape("path",
                  {{"d",
                    "M" + px(x) + " " + px(y - 6) + "L" + px(x + 6) + " " + px(y) + "L" + px(x) +
                        " " + px(y + 6) + "L" + px(x - 6) + " " + px(y) + "Z"},
                   {"class", css}});
        } else {
            shape("circle", {{"cx", px(x)}, {"cy", px(y)}, {"r", px(kDot)}, {"class", css}});
        }
    }

    void rows() {
        std::string last;
        std::int64_t before = 0;
        for (const PictureRow& row : layout_.rows) {
            if (row.kind == PictureRow::Kind::gap) {
                const double idle =
                    (static_cast<double>(row.time_ns) - static_cast<double>(before)) / 1e9;
                words(8, row.y + 4, "\u22ee " + span(idle), "idle");
                continue;
            }
            before = row.time_ns;
            const PictureStep& step = picture_.steps[row.step];
            const std::string time = short_time(row.time_ns);
            if (time != last) {
                words(8, row.y + 4, time, "time");
                last = time;
            }
            if (row.kind == PictureRow::Kind::step && !is_message(step.kind)) {
                dot(step, row.y);
            }
            words(layout_.words_x,
                  row.y + 4,
                  fitted(row_words(picture_, row), kWordsMost),
                  "words " + std::string(css_of(step.kind)));
            html_.line();
        }
    }

    Html& html_;
    const Picture& picture_;
    PictureLayout layout_;
};

std::string_view kind_cell(StepKind kind) {
    constexpr std::array<std::string_view, 10> kWords{"event",
                                                      "message",
                                                      "lost message",
                                                      "second copy",
                                                      "forged message",
                                                      "crash",
                                                      "restart",
                                                      "fault",
                                                      "fault ends",
                                                      "violation"};
    return kWords[static_cast<std::size_t>(kind)];
}

void write_steps(Html& html, const Picture& picture, const std::string& id) {
    HtmlTable table(html,
                    "Steps of the picture of " + id,
                    {{"Virtual time", Column::Kind::words, "name"},
                     {"What", Column::Kind::words},
                     {"At", Column::Kind::words},
                     {"To", Column::Kind::words},
                     {"Event", Column::Kind::words, "wide"}});
    for (const PictureStep& step : picture.steps) {
        const bool story = step.kind != StepKind::event && step.kind != StepKind::message;
        table.row(virtual_time(step.time_ns), "", story ? "story" : "");
        table.cell(kind_cell(step.kind));
        table.cell(picture.lanes[step.lane]);
        std::string to = step.to.has_value() ? picture.lanes[*step.to] : std::string("\u2013");
        if (step.to.has_value() && step.kind != StepKind::lost) {
            to += ", " + virtual_time(step.until_ns);
        }
        table.cell(to);
        table.cell(step.text);
    }
    table.end();
}

}  // namespace

void write_picture(Html& html, const Failure& failure, const std::string& id) {
    const Picture& picture = failure.picture;
    if (picture.steps.empty() || picture.lanes.empty()) {
        html.element("p",
                     "No picture: the run was not recorded step by step. Its last events stand "
                     "in the table.",
                     {{"class", "faint"}})
            .line();
        return;
    }
    html.open("figure").line();
    html.open("figcaption");
    html.element("strong",
                 picture.about.empty() ? "What happened" : "What happened to " + picture.about);
    html.text(
        ". Time runs down, each process is a lane, arrows are messages; a dashed arrow with "
        "a cross was lost, a dotted lane is a process that was down, a shaded one a fault.");
    if (picture.left_out > 0) {
        html.text(" The " + counted(picture.steps.size(), "step") +
                  " that matter most are shown; " + count(picture.left_out) + " more are not.");
    }
    html.close("figcaption").line();
    html.open("div",
              {{"class", "scroll drawing"},
               {"tabindex", "0"},
               {"role", "region"},
               {"aria-label", "Space-time picture of " + id}});
    html.line();
    Drawing(html, picture)
        .write("Space-time picture of " + id + "; the same steps stand in the table below it");
    html.close("div").close("figure").line();
    html.open("details").line();
    html.element("summary", "The same steps as a table").line();
    write_steps(html, picture, id);
    html.close("details").line();
}

}  // namespace stormglass::reports::detail
