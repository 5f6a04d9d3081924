// What a frame is about: an identity that is equal for equal messages of two runs, although their
// clocks, and with them their bytes, may differ.
#include "bus/attributes.hpp"
#include "bus/wire_codec.hpp"
#include "runtime/random.hpp"

namespace stormglass::bus::wire {
namespace {

/// Chains the words that tell one message of a kind from another.
class About {
  public:
    About(Kind kind, std::string_view source)
        : state_(chain64(static_cast<std::uint64_t>(kind), name_hash(source))) {}

    About& word(std::uint64_t value) {
        state_ = chain64(state_, value);
        return *this;
    }

    About& text(std::string_view value) { return word(name_hash(value)); }

    About& event(Bytes bytes) {
        const EventOutline outline = outline_of(bytes);
        if (outline.source.empty()) {
            return text(as_text(bytes));  // no event of ours: its bytes are all there is
        }
        return text(outline.source)
            .text(outline.topic())
            .word(outline.epoch)
            .word(outline.sequence);
    }

    /// Zero would mean "take the digest of the bytes".
    std::uint64_t value() const { return state_ == 0 ? 1 : state_; }

  private:
    std::uint64_t state_;
};

struct Visitor {
    std::string_view source;

    // Nonces and attachments are drawn anew and say nothing about what is asked.
    About operator()(const Attach&) const { return {Kind::attach, source}; }

    About operator()(const PublishBatch& frame) const {
        return About(Kind::publish_batch, source).word(frame.epoch).word(frame.batch);
    }

    About operator()(const Emit& frame) const {
        return About(Kind::emit, source).event(frame.event);
    }

    About operator()(const Subscribe& frame) const {
        return About(Kind::subscribe, source)
            .text(frame.subscription.topic)
            .text(frame.subscription.group);
    }

    About operator()(const Heartbeat&) const { return {Kind::heartbeat, source}; }

    About operator()(const Read& frame) const {
        return About(Kind::read, source).word(frame.read).word(frame.from);
    }

    About operator()(const Attached& frame) const {
        return About(Kind::attached, source).word(frame.epoch);
    }

    About operator()(const Unattached&) const { return {Kind::unattached, source}; }

    About operator()(const Outcome& frame) const {
        return About(Kind::outcome, source)
            .word(frame.batch)
            .word(static_cast<std::uint64_t>(frame.status));
    }

    About operator()(const Deliver& frame) const {
        return About(Kind::deliver, source)
            .text(frame.group)
            .word(frame.position)
            .word(frame.attempt)
            .event(frame.event);
    }

    About operator()(const Assigned& frame) const {
        return About(Kind::assigned, source).text(frame.group).word(frame.generation);
    }

    About operator()(const Revoked& frame) const {
        return About(Kind::revoked, source).text(frame.group).word(frame.generation);
    }

    About operator()(const Records& frame) const {
        return About(Kind::records, source).word(frame.read).word(frame.from);
    }
};

}  // namespace

std::uint64_t about(const Frame& frame, std::string_view source) {
    return std::visit(Visitor{source}, frame).value();
}

std::uint64_t about_batch(std::string_view source, std::uint32_t epoch, std::uint64_t batch) {
    return About(Kind::publish_batch, source).word(epoch).word(batch).value();
}

}  // namespace stormglass::bus::wire
