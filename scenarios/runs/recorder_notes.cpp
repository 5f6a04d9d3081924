// Notes of the bus and of sagas, in words for a reader who does not know them.
#include "bus/notes.hpp"
#include "sagas/notes.hpp"
#include "scenarios/runs/frame_words.hpp"
#include "scenarios/runs/recorder.hpp"

namespace stormglass::scenarios {
namespace {

using reports::StepKind;

std::string place_in_log(const Note& note) {
    return std::string(note.text("topic")) + "[" + std::to_string(note.number("position")) + "]";
}

/// "charge", "undo charge".
std::string step_of(const Note& note) {
    const std::string_view direction = note.text("direction");
    const std::string step(note.text("step"));
    return direction.empty() || direction == "do" ? step : std::string(direction) + " " + step;
}

std::string attempt_of(const Note& note) {
    const std::uint64_t attempt = note.number("attempt");
    return attempt > 1 ? ", attempt " + std::to_string(attempt) : "";
}

}  // namespace

void Recorder::add_saga_note(NodeId node, MonotonicTime at, const Note& note) {
    namespace notes = sagas::notes;
    const auto is = [&](Site kind) { return note.kind.hash == kind.hash; };
    const std::string saga(note.text("saga"));
    std::string text;
    Weight weight = Weight::decisive;
    bool always = false;
    if (is(notes::kStarted)) {
        text = "knows that " + saga + " is started";
    } else if (is(notes::kCommand)) {
        text = "knows that command " + step_of(note) + attempt_of(note) + " is stored";
        weight = Weight::telling;
    } else if (is(notes::kReply)) {
        text = "takes in: " + step_of(note) + " " + std::string(note.text("outcome"));
        weight = Weight::telling;
    } else if (is(notes::kTimeout)) {
        text = "gives up waiting for " + (step_of(note).empty() ? saga : step_of(note));
    } else if (is(notes::kDecided)) {
        text = "decides to " + std::string(note.text("outcome"));
    } else if (is(notes::kFinished)) {
        text = "ends " + saga + " as " + std::string(note.text("outcome"));
    } else if (is(notes::kEffect)) {
        text = step_of(note) + ": " + std::string(note.text("outcome")) + attempt_of(note);
    } else if (is(notes::kLateRefused)) {
        text = "refuses " + step_of(note) + ": " + std::string(note.text("cause"));
    } else if (is(notes::kPoison)) {
        text = "cannot read " + step_of(note) + ": " + std::string(note.text("reason"));
        weight = Weight::telling;  // once for each delivery
    } else if (is(notes::kIgnored)) {
        text = "ignores " + step_of(note) + ": " + std::string(note.text("cause"));
        weight = Weight::telling;
    } else if (is(notes::kRebuilt)) {
        text = "rebuilds " + saga + ": " + std::string(note.text("outcome"));
    } else if (is(notes::kOperator)) {
        text = "needs an operator: " + std::string(note.text("why"));
    } else if (is(notes::kTookOver)) {
        text = "takes over group " + std::string(note.text("group")) + ", generation " +
               std::to_string(note.number("generation"));
        always = note.number("generation") > 1;
    } else if (is(notes::kFenced)) {
        text = "finds itself fenced off: generation " + std::to_string(note.number("generation"));
        always = true;
    } else {
        return;
    }
    std::vector<std::string> keys;
    if (!saga.empty()) {
        keys.push_back(saga);
    }
    happenings_.push_back(
        {StepKind::event, weight, node, {}, at.ns, 0, std::move(text), std::move(keys), always});
}

void Recorder::add_bus_note(NodeId node, MonotonicTime at, const Note& note) {
    namespace notes = bus::notes;
    const auto is = [&](Site kind) { return note.kind.hash == kind.hash; };
    const std::string place = place_in_log(note);
    std::string text;
    Weight weight = Weight::decisive;
    bool always = false;
    if (is(notes::kStored)) {
        key_at_[place] = note.text("key");
        text = "stores " + words_of_event(as_bytes(note.text("event"))).text + " at " + place;
        weight = Weight::minor;
    } else if (is(notes::kDead)) {
        text = "dead letter: " + place + ", " + std::string(note.text("reason"));
    } else if (is(notes::kParked)) {
        text = "parks " + place;
    } else if (is(notes::kRetry)) {
        text = "will try " + place + " again: " + std::string(note.text("cause"));
        weight = Weight::telling;
    } else if (is(notes::kAlarm)) {
        text = "alarm: " + std::string(note.text("cause")) + ", " + std::string(note.text("code"));
    } else if (is(notes::kFenced)) {
        text = "fences off " + std::string(note.text("name"));
    } else if (is(notes::kRecovered)) {
        text = "recovers its journal: " + std::to_string(note.number("entries")) + " entries, " +
               std::to_string(note.number("cut")) + " bytes cut off";
        weight = Weight::essential;
        always = note.number("entries") > 0;
    } else if (is(notes::kAssigned)) {
        const std::string_view source = note.text("source");
        text = "gives group " + std::string(note.text("group")) + " to " +
               std::string(source.substr(source.rfind('/') + 1)) + ", generation " +
               std::to_string(note.number("generation"));
        weight = Weight::telling;
        always = note.number("generation") > 1;
    } else {
        return;
    }
    std::vector<std::string> keys{place};
    if (const auto known = key_at_.find(place); known != key_at_.end()) {
        keys.push_back(known->second);
    }
    if (is(notes::kAlarm) || is(notes::kFenced)) {
        keys = {"attack"};
    }
    happenings_.push_back(
        {StepKind::event, weight, node, {}, at.ns, 0, std::move(text), std::move(keys), always});
}

}  // namespace stormglass::scenarios
