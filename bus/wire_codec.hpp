// The two ends of the frame codec: a bounded reader and a writer, the frame's head, and what a
// session needs to send a kept frame again. Private to `bus`; the frames themselves: wire.hpp.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "bus/wire.hpp"
#include "runtime/check.hpp"

namespace stormglass::bus::wire {

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kChecksumAt = 6;  // behind u8 format, u8 kind, u32 length
constexpr std::size_t kHeadBytes = kChecksumAt + 4;
constexpr std::size_t kSourceBytesMax = 256;
constexpr std::size_t kCodeBytesMax = 64;

/// Kinds as they stand on the wire: the index in `Frame` plus one, for ever.
enum class Kind : std::uint8_t {
    attach = 1,
    publish_batch,
    emit,
    subscribe,
    heartbeat,
    read,
    attached,
    unattached,
    outcome,
    deliver,
    assigned,
    revoked,
    records,
};

/// Appends little-endian fields. Bounds are the caller's promise, hence CHECKs.
class Writer {
  public:
    explicit Writer(ByteBuffer& out) : out_(out) {}

    void u8(std::uint8_t value) { out_.push_back(std::byte{value}); }

    void u16(std::uint16_t value) { number(value); }

    void u32(std::uint32_t value) { number(value); }

    void u64(std::uint64_t value) { number(value); }

    void duration(Duration value) {
        CHECK(value.ns >= 0);
        u64(static_cast<std::uint64_t>(value.ns));
    }

    void text(std::string_view value, std::size_t most) {
        CHECK(value.size() <= most);
        u16(static_cast<std::uint16_t>(value.size()));
        append(as_bytes(value));
    }

    /// A text that names something and so cannot be empty.
    void name(std::string_view value, std::size_t most = kNameBytesMax) {
        CHECK(!value.empty());
        text(value, most);
    }

    void event(Bytes value) {
        CHECK(value.size() <= kEventBytesMax);
        u32(static_cast<std::uint32_t>(value.size()));
        append(value);
    }

    void count(std::size_t value, std::size_t most) {
        CHECK(value <= most);
        u16(static_cast<std::uint16_t>(value));
    }

  private:
    template <class Number>
    void number(Number value) {
        const std::size_t at = out_.size();
        out_.resize(at + sizeof(value));
        std::memcpy(out_.data() + at, &value, sizeof(value));  // little-endian hosts only
    }

    void append(Bytes bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }

    ByteBuffer& out_;
};

/// Reads the same fields. The first failure sticks, and everything read after it is zero, so that
/// decoders need no branch per field; loops are bounded by `count`, which fails to zero.
class Reader {
  public:
    /// `base` is the offset of `bytes` in the frame, for the place in errors.
    Reader(Bytes bytes, std::size_t base) : bytes_(bytes), base_(base) {}

    std::uint8_t u8() { return number<std::uint8_t>(); }

    std::uint16_t u16() { return number<std::uint16_t>(); }

    std::uint32_t u32() { return number<std::uint32_t>(); }

    std::uint64_t u64() { return number<std::uint64_t>(); }

    bool boolean() { return one_of(1) != 0; }

    /// A number from 0 to `last`: how enumerations travel.
    std::uint8_t one_of(std::uint8_t last) {
        const std::uint8_t value = u8();
        return value <= last ? value : (fail("EF_FIELD", 1), std::uint8_t{0});
    }

    Duration duration() {
        const std::uint64_t value = u64();
        if (value >> 63 != 0) {
            fail("EF_FIELD", 8);
            return {};
        }
        return {static_cast<std::int64_t>(value)};
    }

    std::string_view text(std::size_t most) {
        const std::size_t size = u16();
        return as_text(size <= most ? take(size) : (fail("EF_LIMIT", 2), Bytes{}));
    }

    std::string_view name(std::size_t most = kNameBytesMax) {
        const std::string_view value = text(most);
        if (value.empty()) {
            fail("EF_FIELD", 2);
        }
        return value;
    }

    Bytes event() {
        const std::size_t size = u32();
        return size <= kEventBytesMax ? take(size) : (fail("EF_LIMIT", 4), Bytes{});
    }

    /// How many items follow, of at least `item_bytes` each: never more than the input could hold.
    std::size_t count(std::size_t most, std::size_t item_bytes) {
        CHECK(item_bytes > 0);
        const std::size_t value = u16();
        if (value > most) {
            fail("EF_LIMIT", 2);
            return 0;
        }
        if (value > (bytes_.size() - at_) / item_bytes) {
            fail("EF_CUT", 0);
            return 0;
        }
        return value;
    }

    bool ok() const { return code_.empty(); }

    bool at_end() const { return at_ == bytes_.size(); }

    std::string_view code() const { return code_; }

    std::size_t offset() const { return base_ + (ok() ? at_ : failed_at_); }

  private:
    Bytes take(std::size_t size) {
        CHECK(at_ <= bytes_.size());
        if (!ok() || bytes_.size() - at_ < size) {
            fail("EF_CUT", 0);
            return {};
        }
        const Bytes taken = bytes_.subspan(at_, size);
        at_ += size;
        return taken;
    }

    template <class Number>
    Number number() {
        const Bytes taken = take(sizeof(Number));
        Number value = 0;
        if (!taken.empty()) {
            std::memcpy(&value, taken.data(), sizeof(Number));
        }
        return value;
    }

    /// `back`: how many bytes before here the offending field began.
    void fail(std::string_view code, std::size_t back) {
        if (ok()) {
            code_ = code;
            failed_at_ = at_ >= back ? at_ - back : 0;
        }
    }

    Bytes bytes_;
    std::size_t base_ = 0;
    std::size_t at_ = 0;
    std::size_t failed_at_ = 0;
    std::string_view code_;
};

// Bodies, one pair per kind (wire_client.cpp: what sessions say, wire_broker.cpp: what brokers
// say).
void write_body(const Attach& frame, Writer& out);
void write_body(const PublishBatch& frame, Writer& out);
void write_body(const Emit& frame, Writer& out);
void write_body(const Subscribe& frame, Writer& out);
void write_body(const Heartbeat& frame, Writer& out);
void write_body(const Read& frame, Writer& out);
void write_body(const Attached& frame, Writer& out);
void write_body(const Unattached& frame, Writer& out);
void write_body(const Outcome& frame, Writer& out);
void write_body(const Deliver& frame, Writer& out);
void write_body(const Assigned& frame, Writer& out);
void write_body(const Revoked& frame, Writer& out);
void write_body(const Records& frame, Writer& out);

void read_body(Reader& in, Attach& frame);
void read_body(Reader& in, PublishBatch& frame);
void read_body(Reader& in, Emit& frame);
void read_body(Reader& in, Subscribe& frame);
void read_body(Reader& in, Heartbeat& frame);
void read_body(Reader& in, Read& frame);
void read_body(Reader& in, Attached& frame);
void read_body(Reader& in, Unattached& frame);
void read_body(Reader& in, Outcome& frame);
void read_body(Reader& in, Deliver& frame);
void read_body(Reader& in, Assigned& frame);
void read_body(Reader& in, Revoked& frame);
void read_body(Reader& in, Records& frame);

/// Appends a batch's frame without a detour through `Frame`, which would copy its lists.
void encode_batch(const PublishBatch& frame, ByteBuffer& out);

/// Changes `follows` in an encoded PublishBatch. The signed events stay byte for byte.
void set_follows(std::span<std::byte> frame, std::uint64_t follows);

/// `about` of a PublishBatch by its parts, for a frame that is kept encoded.
std::uint64_t about_batch(std::string_view source, std::uint32_t epoch, std::uint64_t batch);

}  // namespace stormglass::bus::wire
