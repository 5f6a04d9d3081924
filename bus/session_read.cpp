// Reading a topic: one piece at a time, each asked for until it came, and handed on once, in order.
#include <algorithm>

#include "bus/attributes.hpp"
#include "bus/session.hpp"
#include "runtime/check.hpp"

namespace stormglass::bus {
namespace {

constexpr std::size_t kReadingsMax = 1024;  // at once; more is a leak of the owner's

/// A piece starts where it was asked to, ascends, and is empty only at the head.
bool is_sound(const wire::Records& frame) {
    Position least = frame.from;
    for (const wire::WireRecord& record : frame.records) {
        if (record.position < least || record.position == kDelayed) {
            return false;
        }
        least = record.position + 1;
    }
    return frame.last || !frame.records.empty();
}

}  // namespace

ReadId Session::read(std::string_view topic, Position from, Moment now, Effects& out) {
    const auto scope = enter(out);
    CHECK(!topic.empty() && topic.size() <= wire::kNameBytesMax);
    CHECK(readings_.size() < kReadingsMax);
    Reading& reading = readings_.emplace_back();
    reading.id = {next_read_++};
    reading.topic = topic;
    reading.next = from;
    if (state_ == State::attached) {
        send_read(reading, now, out);
    }
    return readings_.back().id;
}

void Session::send_read(Reading& reading, Moment now, Effects& out) {
    CHECK(state_ == State::attached);
    if (reading.wire_id == 0) {
        // Unique over lives, so that an answer to an earlier one is not taken for ours.
        reading.wire_id = (std::uint64_t{*epoch_} << 32) | reading.id.value;
    }
    send(wire::Read{reading.wire_id, reading.topic, reading.next, options_.read_bytes_max}, out);
    ++reading.tries;
    reading.retry_at = now.monotonic + backoff(Retry::read, reading.id.value, reading.tries, out);
    wake_at(reading.retry_at, out);
}

void Session::on_records(const wire::Records& frame, Moment now, Effects& out) {
    const auto reading =
        std::find_if(readings_.begin(), readings_.end(), [&](const Reading& candidate) {
            return candidate.wire_id == frame.read && frame.read != 0;
        });
    if (reading == readings_.end() || frame.from != reading->next) {
        drop("EB_STALE", out);  // a copy of a piece that was handed on
        return;
    }
    if (!is_sound(frame)) {
        drop("EF_FIELD", out);  // asked for again when its time is up
        return;
    }
    records_.clear();
    for (const wire::WireRecord& record : frame.records) {
        const auto event = check_event(record.event, reading->topic);
        if (!event) {
            alarm(event.error().code, record.event, out);
            continue;
        }
        records_.push_back({record.position, event.value()});
    }
    const ReadId id = reading->id;
    if (frame.last) {
        readings_.erase(reading);
    } else {
        reading->next = frame.records.back().position + 1;
        reading->tries = 0;
        if (state_ == State::attached) {  // otherwise asked for with everything else
            send_read(*reading, now, out);
        }
    }
    // The listener may read on from within: all of our own state is settled by now.
    listener_->on_records(id, records_, frame.last, now, out);
}

}  // namespace stormglass::bus
