#include "sim/checks/describe.hpp"

namespace stormglass::sim::checks {
namespace {

std::string seconds_text(std::uint64_t ns) {
    std::string digits = std::to_string(ns / 1'000);
    digits.insert(0, digits.size() < 7 ? 7 - digits.size() : 0, '0');
    return digits.insert(digits.size() - 6, ".");
}

Value told(const Recording& recording, const Operation& operation) {
    const bool ok = outcome_of(recording, operation) == OpType::ok;
    const Value asked = recording.value(operation.invoke);
    if (!ok) {
        return asked;
    }
    const Value value = recording.value(operation.complete);
    const bool sees = recording.function(operation.invoke) == OpFunction::read ||
                      recording.function(operation.invoke) == OpFunction::dequeue;
    return value.is_nil() && !sees ? asked : value;
}

std::string_view past_of(OpFunction f) {
    switch (f) {
        case OpFunction::read:
            return "read";
        case OpFunction::write:
            return "wrote";
        case OpFunction::append:
            return "appended";
        case OpFunction::enqueue:
            return "enqueued";
        case OpFunction::dequeue:
            return "dequeued";
        case OpFunction::add:
            return "added";
        case OpFunction::send:
            return "sent";
        case OpFunction::poll:
            return "polled";
        default:
            return name_of(f);
    }
}

}  // namespace

std::string brief(const Recording& recording, Value value, std::size_t size) {
    std::string text = recording.pool.printed(value);
    if (text.size() > size) {
        std::size_t end = size - 3;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) {
            --end;
        }
        text = text.substr(0, end) + "...";
    }
    return text;
}

std::string process_of(const Recording& recording, const Operation& operation) {
    std::string text = "process ";
    return text += std::to_string(recording.process(operation.invoke));
}

std::string deed_of(const Recording& recording, const Operation& operation) {
    const OpFunction f = recording.function(operation.invoke);
    const Value value = told(recording, operation);
    std::string text = process_of(recording, operation) + " ";
    if (f == OpFunction::acquire || f == OpFunction::release) {
        return text + (f == OpFunction::acquire ? "acquired the lock" : "released the lock");
    }
    const auto items = recording.pool.items(value);
    if (f == OpFunction::cas && items.size() == 2) {
        return text + "changed " + brief(recording, items[0]) + " to " + brief(recording, items[1]);
    }
    return text.append(past_of(f)) + " " + brief(recording, value);
}

std::string line_of(const Recording& recording, const Operation& operation) {
    const OpType outcome = outcome_of(recording, operation);
    std::string text = process_of(recording, operation);
    text.resize(std::max<std::size_t>(text.size(), 12), ' ');
    text.append("  ").append(name_of(recording.function(operation.invoke)));
    text.append(" ").append(brief(recording, told(recording, operation), 120));
    text.append("  ").append(outcome == OpType::info ? "in doubt" : name_of(outcome));
    text += "  (";
    const bool open = operation.complete == kOpen;
    text += place_of(recording, operation.invoke);
    if (!open) {
        text += " to ";
        text += std::to_string(recording.line(operation.complete));
    }
    if (recording.time(operation.invoke) != 0 ||
        (!open && recording.time(operation.complete) != 0)) {
        text.append(", ").append(seconds_text(recording.time(operation.invoke)));
        if (!open) {
            text.append(" - ").append(seconds_text(recording.time(operation.complete)));
        }
        text += " s";
    }
    return text + ")";
}

}  // namespace stormglass::sim::checks
