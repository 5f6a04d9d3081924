#include "bus/wire.hpp"

#include "bus/attributes.hpp"
#include "bus/crc32c.hpp"
#include "bus/wire_codec.hpp"
#include "runtime/check.hpp"

namespace stormglass::bus::wire {
namespace {

static_assert(kEventBytesMax == kEventSizeMax);
static_assert(std::variant_size_v<Frame> == static_cast<std::size_t>(Kind::records));

/// Makes room for the head and returns where the frame starts.
std::size_t begin_frame(ByteBuffer& out) {
    const std::size_t start = out.size();
    out.resize(start + kHeadBytes);
    return start;
}

/// Of the whole frame but the checksum itself: a kind that flips must not become another message.
std::uint32_t checksum_of(Bytes frame) {
    return crc32c(frame.subspan(kHeadBytes), crc32c(frame.first(kChecksumAt)));
}

void write_checksum(std::span<std::byte> frame) {
    const std::uint32_t crc = checksum_of(frame);
    std::memcpy(frame.data() + kChecksumAt, &crc, 4);
}

void end_frame(std::size_t start, Kind kind, ByteBuffer& out) {
    const std::span<std::byte> frame = std::span(out).subspan(start);
    CHECK(frame.size() <= kFrameBytesMax);
    frame[0] = std::byte{kFormat};
    frame[1] = static_cast<std::byte>(kind);
    const auto length = static_cast<std::uint32_t>(frame.size() - kHeadBytes);
    std::memcpy(frame.data() + 2, &length, 4);
    write_checksum(frame);
}

Error frame_error(std::string_view code, std::size_t offset) {
    std::string text("frame, at byte ");
    text.append(std::to_string(offset));
    return {code, std::move(text)};
}

Result<Kind> read_head(Bytes bytes) {
    if (bytes.size() > kFrameBytesMax) {
        return frame_error("EF_LIMIT", 0);
    }
    Reader head(bytes, 0);
    const std::uint8_t format = head.u8();
    const std::uint8_t kind = head.u8();
    const std::size_t length = head.u32();
    const std::uint32_t crc = head.u32();
    if (!head.ok()) {
        return frame_error("EF_CUT", bytes.size());
    }
    if (format != kFormat) {
        return frame_error("EF_FORMAT", 0);
    }
    if (kind < 1 || kind > static_cast<std::uint8_t>(Kind::records)) {
        return frame_error("EF_KIND", 1);
    }
    if (length != bytes.size() - kHeadBytes) {
        return frame_error("EF_LENGTH", 2);
    }
    if (crc != checksum_of(bytes)) {
        return frame_error("EF_CHECKSUM", kChecksumAt);
    }
    return static_cast<Kind>(kind);
}

template <class Body>
Result<Frame> body_of(Reader in) {
    Result<Frame> result{Frame{std::in_place_type<Body>}};
    read_body(in, std::get<Body>(result.value()));
    if (!in.ok()) {
        return frame_error(in.code(), in.offset());
    }
    if (!in.at_end()) {
        return frame_error("EF_TRAILING", in.offset());
    }
    return result;
}

}  // namespace

void encode(const Frame& frame, ByteBuffer& out) {
    const std::size_t start = begin_frame(out);
    Writer writer(out);
    std::visit([&](const auto& body) { write_body(body, writer); }, frame);
    end_frame(start, static_cast<Kind>(frame.index() + 1), out);
}

void encode_batch(const PublishBatch& frame, ByteBuffer& out) {
    const std::size_t start = begin_frame(out);
    Writer writer(out);
    write_body(frame, writer);
    end_frame(start, Kind::publish_batch, out);
}

void set_follows(std::span<std::byte> frame, std::uint64_t follows) {
    constexpr std::size_t kFollowsAt = kHeadBytes + 13;  // behind batch, epoch and durability
    CHECK(frame.size() >= kFollowsAt + 8);
    CHECK(frame[1] == static_cast<std::byte>(Kind::publish_batch));
    std::memcpy(frame.data() + kFollowsAt, &follows, 8);
    write_checksum(frame);
}

Result<Frame> decode(Bytes bytes) {
    const auto kind = read_head(bytes);
    if (!kind) {
        return kind.error();
    }
    const Reader body(bytes.subspan(kHeadBytes), kHeadBytes);
    switch (kind.value()) {
        case Kind::attach:
            return body_of<Attach>(body);
        case Kind::publish_batch:
            return body_of<PublishBatch>(body);
        case Kind::emit:
            return body_of<Emit>(body);
        case Kind::subscribe:
            return body_of<Subscribe>(body);
        case Kind::heartbeat:
            return body_of<Heartbeat>(body);
        case Kind::read:
            return body_of<Read>(body);
        case Kind::attached:
            return body_of<Attached>(body);
        case Kind::unattached:
            return body_of<Unattached>(body);
        case Kind::outcome:
            return body_of<Outcome>(body);
        case Kind::deliver:
            return body_of<Deliver>(body);
        case Kind::assigned:
            return body_of<Assigned>(body);
        case Kind::revoked:
            return body_of<Revoked>(body);
        case Kind::records:
            return body_of<Records>(body);
    }
    CHECK(false);
}

}  // namespace stormglass::bus::wire
