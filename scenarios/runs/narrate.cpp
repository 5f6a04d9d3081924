#include "scenarios/runs/narrate.hpp"

#include <algorithm>
#include <charconv>

#include "scenarios/faults/frames.hpp"
#include "scenarios/files/quantity.hpp"
#include "scenarios/files/suggest.hpp"
#include "scenarios/runs/decisions.hpp"
#include "scenarios/worlds/checkout.hpp"
#include "sim/observer.hpp"
#include "sim/trace.hpp"

namespace stormglass::scenarios {
namespace {

constexpr std::size_t kTextShown = 40;  // of a field; the rest is told by an ellipsis

/// Bytes that are not plain text as dots: a terminal must not obey them.
std::string shown(std::string_view text) {
    std::string out;
    for (const char c : text.substr(0, kTextShown)) {
        out += c >= 0x20 && c < 0x7f ? c : '.';
    }
    return text.size() > kTextShown ? out + "..." : out;
}

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(text.size(), width), ' ');
    return text;
}

class Narrator final : public sim::Observer {
  public:
    Narrator(const Plan& plan, const Until& until) : plan_(plan), until_(until) {}

    void follow(sim::World& world) { world_ = &world; }

    std::string take() { return std::move(out_); }

    void on_start(NodeId node, std::uint32_t life, MonotonicTime at) override {
        line(' ', node, at, life == 1 ? "starts" : "starts again, life " + std::to_string(life));
    }

    void on_crash(NodeId node, std::uint32_t life, MonotonicTime at) override {
        line('!', node, at, "CRASH, end of life " + std::to_string(life));
    }

    void on_note(NodeId node, std::uint32_t, MonotonicTime at, const Note& note) override {
        std::string text(note.kind.name);
        for (const NoteField& field : note.fields) {
            text += " " + std::string(field.name) + "=";
            text += field.is_text ? shown(field.text) : std::to_string(field.number);
        }
        line(' ', node, at, text);
        stop_at(note.kind.name);
    }

    void on_cover(NodeId node, std::uint32_t, MonotonicTime at, Site mark) override {
        if (mark.name == until_.place) {
            line(' ', node, at, "reaches " + std::string(mark.name));
            stop_at(mark.name);
        }
    }

    void on_frame_sent(const sim::FrameSeen& frame, MonotonicTime at) override {
        std::string text = "-> " + padded(name(frame.to), 10) + " " + content(frame.bytes);
        text += frame.attempt > 1 ? ", attempt " + std::to_string(frame.attempt) : "";
        line(' ', frame.from, at, text);
    }

    void on_frame_delivered(const sim::FrameSeen& frame, MonotonicTime at) override {
        line(' ', frame.to, at, "<- " + padded(name(frame.from), 10) + " " + content(frame.bytes));
    }

    void on_frame_dropped(const sim::FrameSeen& frame, MonotonicTime at) override {
        line('x', frame.from, at, "-x " + padded(name(frame.to), 10) + " " + content(frame.bytes));
    }

    void on_fault(std::size_t index,
                  const sim::Fault&,
                  sim::FaultEvent event,
                  MonotonicTime at) override {
        if (event == sim::FaultEvent::fired || event == sim::FaultEvent::ended) {
            line('!',
                 {},
                 at,
                 "fault " + fault_title(plan_.schedule, index) + " " +
                     std::string(sim::name_of(event)));
        }
    }

  private:
    std::string name(NodeId id) const {
        return world_ != nullptr && id.value != 0 ? std::string(world_->name(id)) : std::string();
    }

    std::string content(Bytes frame) {
        fields_.clear();
        frames_.describe(frame, fields_);
        std::string text;
        for (const sim::FrameField& field : fields_) {
            if (field.name != "source") {
                text += (text.empty() ? "" : "  ") + shown(field.text);
            }
        }
        return text.empty() ? std::to_string(frame.size()) + " bytes" : text;
    }

    void line(char mark, NodeId node, MonotonicTime at, const std::string& text) {
        if (done_) {
            return;
        }
        ++lines_;
        out_ += padded("#" + std::to_string(lines_), 7) + std::string(1, mark) + " " +
                padded(sim::format_time(at), 14) + "  " + padded(name(node), 10) + "  " + text +
                "\n";
        if (until_.line == lines_) {
            stop();
        }
    }

    void stop_at(std::string_view place) {
        if (!until_.place.empty() && place == until_.place) {
            stop();
        }
    }

    void stop() {
        done_ = true;
        world_->stop();
    }

    const Plan& plan_;
    const Until& until_;
    sim::World* world_ = nullptr;
    BusFrames frames_;
    std::vector<sim::FrameField> fields_;
    std::string out_;
    std::uint64_t lines_ = 0;
    bool done_ = false;
};

}  // namespace

Result<Until> read_until(std::string_view text) {
    Until until;
    const char* end = text.data() + text.size();
    if (text.starts_with('#')) {
        std::uint64_t line = 0;
        const auto [stop, error] = std::from_chars(text.data() + 1, end, line);
        if (error == std::errc{} && stop == end && line > 0) {
            until.line = line;
            return until;
        }
    } else if (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        const bool bare = text.find_first_not_of("0123456789.") == text.npos;
        const QuantityRule rule{"until", ValueKind::duration, 0, kDay};
        const auto time = read_quantity(std::string(text) + (bare ? "s" : ""), rule);
        if (time) {
            until.time = MonotonicTime{static_cast<std::uint64_t>(*time)};
            return until;
        }
    } else if (text.find('.') != text.npos) {
        until.place = text;
        return until;
    }
    return Error{"until",
                 "wants a time such as 12.403s, a line such as #812, or a note such as "
                 "saga.took-over, got " +
                     in_quotes(text)};
}

std::string narrate(const Plan& plan, const RunOptions& options, const Until& until) {
    Narrator narrator(plan, until);
    RunOptions told = options;
    told.observer = &narrator;
    CheckoutWorld world(plan, told);
    narrator.follow(world.world());
    world.run_until(until.time.value_or(MonotonicTime{~std::uint64_t{0}}));
    return narrator.take();
}

}  // namespace stormglass::scenarios
