// Frames that brokers send: bodies, written and read. The layout is docs/wire_format.md.
#include "bus/wire_codec.hpp"

namespace stormglass::bus::wire {

void write_body(const Attached& frame, Writer& out) {
    out.u64(frame.nonce);
    out.u32(frame.epoch);
    out.u64(frame.attachment);
}

void read_body(Reader& in, Attached& frame) {
    frame.nonce = in.u64();
    frame.epoch = in.u32();
    frame.attachment = in.u64();
}

void write_body(const Unattached& frame, Writer& out) {
    out.u64(frame.attachment);
}

void read_body(Reader& in, Unattached& frame) {
    frame.attachment = in.u64();
}

void write_body(const Outcome& frame, Writer& out) {
    out.u64(frame.batch);
    out.u8(static_cast<std::uint8_t>(frame.status));
    out.u8(frame.duplicate ? 1 : 0);
    out.text(frame.code, kCodeBytesMax);
    out.count(frame.positions.size(), kBatchItemsMax);
    for (const Position position : frame.positions) {
        out.u64(position);
    }
}

void read_body(Reader& in, Outcome& frame) {
    frame.batch = in.u64();
    frame.status =
        static_cast<OutcomeStatus>(in.one_of(static_cast<std::uint8_t>(OutcomeStatus::overloaded)));
    frame.duplicate = in.boolean();
    frame.code = in.text(kCodeBytesMax);
    const std::size_t positions = in.count(kBatchItemsMax, sizeof(Position));
    frame.positions.reserve(positions);
    for (std::size_t i = 0; i < positions && in.ok(); ++i) {
        frame.positions.push_back(in.u64());
    }
}

void write_body(const Deliver& frame, Writer& out) {
    out.name(frame.group);
    out.u64(frame.position);
    out.u32(frame.attempt);
    out.u64(frame.generation);
    out.event(frame.event);
    out.u64(frame.attachment);
}

void read_body(Reader& in, Deliver& frame) {
    frame.group = in.name();
    frame.position = in.u64();
    frame.attempt = in.u32();
    frame.generation = in.u64();
    frame.event = in.event();
    frame.attachment = in.u64();
}

void write_body(const Assigned& frame, Writer& out) {
    out.name(frame.group);
    out.u64(frame.generation);
    out.u64(frame.attachment);
}

void read_body(Reader& in, Assigned& frame) {
    frame.group = in.name();
    frame.generation = in.u64();
    frame.attachment = in.u64();
}

void write_body(const Revoked& frame, Writer& out) {
    out.name(frame.group);
    out.u64(frame.generation);
}

void read_body(Reader& in, Revoked& frame) {
    frame.group = in.name();
    frame.generation = in.u64();
}

void write_body(const Records& frame, Writer& out) {
    out.u64(frame.read);
    out.u64(frame.from);
    out.u8(frame.last ? 1 : 0);
    out.count(frame.records.size(), kRecordsMax);
    for (const WireRecord& record : frame.records) {
        out.u64(record.position);
        out.event(record.event);
    }
}

void read_body(Reader& in, Records& frame) {
    constexpr std::size_t kRecordBytes = 8 + 4;
    frame.read = in.u64();
    frame.from = in.u64();
    frame.last = in.boolean();
    const std::size_t records = in.count(kRecordsMax, kRecordBytes);
    frame.records.reserve(records);
    for (std::size_t i = 0; i < records && in.ok(); ++i) {
        const Position position = in.u64();
        frame.records.push_back({position, in.event()});
    }
}

}  // namespace stormglass::bus::wire
