#include "scenarios/traces/timeline.hpp"

#include <array>

#include "bus/attributes.hpp"
#include "bus/wire.hpp"
#include "runtime/check.hpp"

namespace stormglass::scenarios {
namespace {

namespace wire = bus::wire;

constexpr std::size_t kAboutMax = 160;  // characters of a note's fields that a table shows

/// The fields by which people recognise what a note is about.
std::string about_of(const Note& note) {
    constexpr std::array<std::string_view, 11> kShown = {"saga",
                                                         "step",
                                                         "direction",
                                                         "outcome",
                                                         "topic",
                                                         "group",
                                                         "source",
                                                         "verdict",
                                                         "reason",
                                                         "code",
                                                         "cause"};
    std::string text;
    for (const NoteField& field : note.fields) {
        const bool shown = std::find(kShown.begin(), kShown.end(), field.name) != kShown.end();
        const bool numbered = field.name == "position" || field.name == "attempt";
        if ((shown && field.is_text && !field.text.empty()) || numbered) {
            text.append(text.empty() ? "" : " ").append(field.name).append("=");
            text.append(field.is_text ? std::string(field.text) : std::to_string(field.number));
        }
    }
    return text.substr(0, kAboutMax);
}

void add_event(Bytes bytes, std::vector<EventName>& events) {
    const bus::EventOutline outline = bus::outline_of(bytes);
    if (!outline.source.empty()) {
        events.push_back({std::string(outline.source), outline.epoch, outline.sequence});
    }
}

}  // namespace

Timeline::Timeline(std::vector<std::string> names, std::vector<std::string> faults)
    : names_(std::move(names)),
      faults_(std::move(faults)) {}

std::string Timeline::name_of(NodeId node) const {
    return node.value < names_.size() && !names_[node.value].empty()
               ? names_[node.value]
               : "node-" + std::to_string(node.value);
}

/// A restarted process is another host, for its clock would run backwards.
std::string Timeline::host(NodeId node) const {
    const auto life = lives_.find(node.value);
    const std::string name = name_of(node);
    return life == lives_.end() || life->second <= 1 ? name
                                                     : name + "#" + std::to_string(life->second);
}

void Timeline::line(NodeId node, std::string text) {
    const std::string name = host(node);
    Clock& clock = clocks_[name];
    ++clock[name];
    lines_.push_back({name, {clock.begin(), clock.end()}, std::move(text)});
}

void Timeline::on_start(NodeId node, std::uint32_t life, MonotonicTime at) {
    now_ = at.ns;
    lives_[node.value] = life;
    happenings_.push_back({at.ns, node, life, "start", {}});
    line(node, "start");
}

void Timeline::on_crash(NodeId node, std::uint32_t life, MonotonicTime at) {
    now_ = at.ns;
    happenings_.push_back({at.ns, node, life, "crash", {}});
    line(node, "crash");
}

void Timeline::on_note(NodeId node, std::uint32_t life, MonotonicTime at, const Note& note) {
    now_ = at.ns;
    std::string about = about_of(note);
    line(node, std::string(note.kind.name) + " " + about);
    happenings_.push_back({at.ns, node, life, std::string(note.kind.name), std::move(about)});
}

const Timeline::FrameInfo& Timeline::info_of(const sim::FrameSeen& frame) {
    const auto [place, fresh] = frames_.try_emplace(frame.identity);
    FrameInfo& info = place->second;
    if (!fresh) {
        return info;
    }
    const auto decoded = wire::decode(frame.bytes);
    if (!decoded) {
        info.text = "frame";
    } else if (const auto* batch = std::get_if<wire::PublishBatch>(&decoded.value())) {
        for (const wire::WireEvent& event : batch->events) {
            add_event(event.event, info.events);
        }
        info.text = "batch of " + std::to_string(batch->events.size()) + " events, " +
                    std::to_string(batch->settlements.size()) + " settlements";
    } else if (const auto* emit = std::get_if<wire::Emit>(&decoded.value())) {
        add_event(emit->event, info.events);
        info.text = "event";
    } else if (const auto* deliver = std::get_if<wire::Deliver>(&decoded.value())) {
        add_event(deliver->event, info.events);
        info.text = "delivery to " + std::string(deliver->group) + " at " +
                    std::to_string(deliver->position) + ", attempt " +
                    std::to_string(deliver->attempt);
    } else if (std::holds_alternative<wire::Outcome>(decoded.value())) {
        info.text = "outcome";
    }
    return info;
}

void Timeline::on_frame_sent(const sim::FrameSeen& frame, MonotonicTime at) {
    now_ = at.ns;
    const FrameInfo& info = info_of(frame);
    if (frame.attempt > 1) {
        for (const EventName& event : info.events) {
            touches_.push_back({at.ns, event, "resend", frame.from, frame.to});
        }
    }
    if (info.text.empty()) {
        return;
    }
    line(frame.from, "send " + info.text + " to " + name_of(frame.to));
    in_flight_[{frame.from.value, frame.to.value, frame.identity, frame.attempt}] =
        clocks_[host(frame.from)];
}

void Timeline::on_frame_delivered(const sim::FrameSeen& frame, MonotonicTime at) {
    now_ = at.ns;
    const auto sent =
        in_flight_.find({frame.from.value, frame.to.value, frame.identity, frame.attempt});
    if (sent == in_flight_.end()) {
        return;  // of a kind that gets no lines, or put on the wire by an adversary
    }
    Clock& clock = clocks_[host(frame.to)];
    for (const auto& [name, count] : sent->second) {
        std::uint64_t& known = clock[name];
        known = std::max(known, count);
    }
    line(frame.to, "receive " + info_of(frame).text + " from " + name_of(frame.from));
}

void Timeline::on_fault(std::size_t index,
                        const sim::Fault&,
                        sim::FaultEvent event,
                        MonotonicTime at) {
    now_ = at.ns;
    fault_moments_.push_back({at.ns, index, event});
}

void Timeline::on_fault_visit(std::size_t index, Subject about, std::uint64_t, bool fired) {
    const auto frame = frames_.find(about.b);  // faults of frames are drawn about link and identity
    if (!fired || frame == frames_.end()) {
        return;
    }
    CHECK(index < faults_.size());
    const NodeId from{static_cast<std::uint32_t>(about.a >> 32)};
    const NodeId to{static_cast<std::uint32_t>(about.a)};
    for (const EventName& event : frame->second.events) {
        touches_.push_back({now_, event, faults_[index], from, to});
    }
}

}  // namespace stormglass::scenarios
