// What a peer's bytes meet in the bus: every decoder, and every view that a decoder hands out.
#pragma once

#include "bus/attributes.hpp"
#include "bus/event.hpp"
#include "bus/wire.hpp"
#include "runtime/check.hpp"
#include "runtime/stand_in_signing.hpp"

namespace stormglass::bus::fuzz {

/// Decodes, and checks what must hold for whatever was accepted. True when it was.
inline bool exercise_event(Bytes bytes) {
    StandInSigning signing({"orders-key-1"});
    static_cast<void>(outline_of(bytes));
    const auto event = decode_event(bytes);
    if (!event.ok()) {
        CHECK(event.error().code.starts_with("EV_"));
        CHECK(!event.error().text.empty());
        return false;
    }
    CHECK(event->bytes.size() == bytes.size());
    CHECK(parse_time(event->time).ok());
    CHECK(event->sequence > 0);
    CHECK(outline_of(bytes).sequence == event->sequence);
    CHECK(outline_of(bytes).topic() == event->topic());
    static_cast<void>(verify_event(event.value(), signing));
    return true;
}

inline bool exercise_frame(Bytes bytes) {
    const auto frame = wire::decode(bytes);
    if (!frame.ok()) {
        CHECK(frame.error().code.starts_with("EF_"));
        return false;
    }
    CHECK(wire::about(frame.value(), "urn:agent:orders") != 0);
    // Encoding reads every view; one form of a frame is the only one.
    ByteBuffer again;
    wire::encode(frame.value(), again);
    CHECK(as_text(again) == as_text(bytes));
    if (const auto* batch = std::get_if<wire::PublishBatch>(&frame.value())) {
        for (const wire::WireEvent& event : batch->events) {
            exercise_event(event.event);
        }
    } else if (const auto* deliver = std::get_if<wire::Deliver>(&frame.value())) {
        exercise_event(deliver->event);
    }
    return true;
}

}  // namespace stormglass::bus::fuzz
