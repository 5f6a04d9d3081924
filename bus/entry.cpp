// Entry bodies: one writer and one reader a kind. `Codec` runs the same field list over both, so
// that they cannot drift apart.
#include "bus/entry.hpp"

#include "bus/wire_codec.hpp"
#include "runtime/check.hpp"

namespace stormglass::bus::entry {
namespace {

using wire::kNameBytesMax;
using wire::kSourceBytesMax;

constexpr std::size_t kListMax = 4096;  // of topics, deliveries, failures in one entry

// Both ends take the same calls; `Writing` reads its arguments, `Reading` fills them.
class Writing {
  public:
    explicit Writing(ByteBuffer& out) : out_(out) {}

    void time(const WallTime& value) { out_.u64(static_cast<std::uint64_t>(value.ns)); }

    void u8(std::uint8_t value) { out_.u8(value); }

    void u16(std::uint16_t value) { out_.u16(value); }

    void u32(std::uint32_t value) { out_.u32(value); }

    void u64(std::uint64_t value) { out_.u64(value); }

    void flag(bool value) { out_.u8(value ? 1 : 0); }

    template <class E>
    void one_of(E value, E) {
        out_.u8(static_cast<std::uint8_t>(value));
    }

    void duration(Duration value) { out_.duration(value); }

    void text(std::string_view value, std::size_t most) { out_.text(value, most); }

    void event(Bytes value) { out_.event(value); }

    void digest(const EventDigest& value) {
        out_.u64(value.high);
        out_.u64(value.low);
    }

    // A part of `whole`, by place and size.
    void part(std::string_view value, Bytes whole) {
        const std::string_view text = as_text(whole);
        const auto at = static_cast<std::size_t>(value.data() - text.data());
        CHECK(at <= whole.size() && value.size() <= whole.size() - at);
        out_.u32(static_cast<std::uint32_t>(at));
        out_.u16(static_cast<std::uint16_t>(value.size()));
    }

    template <class T, class F>
    void list(const std::vector<T>& items, std::size_t most, std::size_t, F each) {
        out_.count(items.size(), most);
        for (const T& item : items) {
            each(*this, item);
        }
    }

    bool ok() const { return true; }

  private:
    wire::Writer out_;
};

class Reading {
  public:
    explicit Reading(Bytes body) : in_(body, 0) {}

    void time(WallTime& value) { value.ns = static_cast<std::int64_t>(in_.u64()); }

    void u8(std::uint8_t& value) { value = in_.u8(); }

    void u16(std::uint16_t& value) { value = in_.u16(); }

    void u32(std::uint32_t& value) { value = in_.u32(); }

    void u64(std::uint64_t& value) { value = in_.u64(); }

    void flag(bool& value) { value = in_.boolean(); }

    template <class E>
    void one_of(E& value, E last) {
        value = static_cast<E>(in_.one_of(static_cast<std::uint8_t>(last)));
    }

    void duration(Duration& value) { value = in_.duration(); }

    void text(std::string_view& value, std::size_t most) { value = in_.text(most); }

    void event(Bytes& value) { value = in_.event(); }

    void digest(EventDigest& value) {
        value.high = in_.u64();
        value.low = in_.u64();
    }

    void part(std::string_view& value, Bytes whole) {
        const std::size_t at = in_.u32();
        const std::size_t size = in_.u16();
        if (!in_.ok() || at > whole.size() || size > whole.size() - at) {
            torn_ = true;
            return;
        }
        value = as_text(whole.subspan(at, size));
    }

    template <class T, class F>
    void list(std::vector<T>& items, std::size_t most, std::size_t bytes_min, F each) {
        items.clear();
        const std::size_t count = in_.count(most, bytes_min);
        for (std::size_t i = 0; i < count && in_.ok(); ++i) {
            each(*this, items.emplace_back());
        }
    }

    bool ok() const { return !torn_ && in_.ok() && in_.at_end(); }

  private:
    wire::Reader in_;
    bool torn_ = false;
};

// Field lists. `T` is const where the entry is written.

template <class C, class T>
void attempt_ref(C& codec, T& of) {
    codec.text(of.group, kNameBytesMax);
    codec.text(of.topic, kNameBytesMax);
    codec.u64(of.position);
    codec.u32(of.attempt);
}

constexpr std::size_t kAttemptRefBytes = 2 + 2 + 8 + 4;

template <class C, class T>
void boot(C& codec, T& entry) {
    codec.time(entry.at);
    codec.list(entry.topics, kListMax, 2, [](C& c, auto& topic) { c.text(topic, kNameBytesMax); });
}

template <class C, class T>
void grant(C& codec, T& entry) {
    codec.time(entry.at);
    codec.text(entry.source, kSourceBytesMax);
    codec.u64(entry.nonce);
    codec.u32(entry.epoch);
}

template <class C, class T>
void group(C& codec, T& entry) {
    codec.time(entry.at);
    codec.text(entry.topic, kNameBytesMax);
    codec.text(entry.group, kNameBytesMax);
    codec.one_of(entry.mode, GroupMode::effectively_once);
    codec.one_of(entry.order, KeyOrder::none);
    codec.one_of(entry.on_dead, OnDead::skip);
    codec.one_of(entry.sharing, Sharing::exclusive);
    codec.u32(entry.attempts_max);
}

template <class C, class T>
void assignment(C& codec, T& entry) {
    codec.time(entry.at);
    codec.text(entry.group, kNameBytesMax);
    codec.text(entry.source, kSourceBytesMax);
    codec.u32(entry.epoch);
    codec.u64(entry.generation);
}

template <class C, class T>
void condition(C& codec, T& item) {
    codec.one_of(item.kind, Condition::Kind::topic_length);
    codec.text(item.name, kNameBytesMax);
    codec.text(item.key, kNameBytesMax);
    codec.u64(item.value);
}

template <class C, class T>
void settlement(C& codec, T& item) {
    codec.text(item.group, kNameBytesMax);
    codec.text(item.topic, kNameBytesMax);
    codec.u64(item.position);
    codec.u32(item.receipt);
    codec.one_of(item.verdict, Verdict::reject);
    codec.duration(item.delay);
    codec.text(item.detail, wire::kDetailBytesMax);
}

template <class C, class T>
void batch_event(C& codec, T& item) {
    codec.duration(item.delay);
    codec.digest(item.digest);
    codec.event(item.event);
    codec.part(item.topic, item.event);
    codec.part(item.key, item.event);
}

template <class C, class T>
void batch(C& codec, T& entry) {
    codec.time(entry.at);
    codec.text(entry.source, kSourceBytesMax);
    codec.u32(entry.epoch);
    codec.u64(entry.batch);
    codec.u64(entry.first);
    codec.flag(entry.link_bound);
    codec.one_of(entry.answer, Answer::outcome);
    codec.list(entry.conditions, wire::kBatchItemsMax, 13, [](C& c, auto& i) { condition(c, i); });
    codec.list(
        entry.settlements, wire::kBatchItemsMax, 27, [](C& c, auto& i) { settlement(c, i); });
    codec.list(entry.events, wire::kBatchItemsMax, 40, [](C& c, auto& i) { batch_event(c, i); });
}

template <class C, class T>
void delivered(C& codec, T& entry) {
    codec.time(entry.at);
    codec.list(entry.items, kListMax, kAttemptRefBytes + 2, [](C& c, auto& item) {
        attempt_ref(c, item.of);
        c.text(item.member, kSourceBytesMax);
    });
}

template <class C, class T>
void failed(C& codec, T& entry) {
    codec.time(entry.at);
    codec.list(entry.items, kListMax, kAttemptRefBytes + 1, [](C& c, auto& item) {
        attempt_ref(c, item.of);
        c.one_of(item.end, AttemptEnd::rejected);
    });
}

template <class C, class T>
void dead(C& codec, T& entry) {
    codec.time(entry.at);
    attempt_ref(codec, entry.of);
    codec.one_of(entry.end, AttemptEnd::rejected);
    codec.one_of(entry.reason, Reason::audience);
    codec.text(entry.code, wire::kCodeBytesMax);
    codec.text(entry.detail, wire::kDetailBytesMax);
}

template <class C, class T>
void buried(C& codec, T& entry) {
    codec.time(entry.at);
    attempt_ref(codec, entry.of);
}

template <class C, class T>
void release(C& codec, T& entry) {
    codec.time(entry.at);
    codec.u32(entry.count);
}

template <class C, class T>
void refused(C& codec, T& entry) {
    codec.time(entry.at);
    codec.text(entry.source, kSourceBytesMax);
    codec.u32(entry.from);
    codec.one_of(entry.reason, Reason::audience);
    codec.text(entry.code, wire::kCodeBytesMax);
    codec.event(entry.bytes);
}

template <class C, class T>
void gap(C& codec, T& entry) {
    codec.time(entry.at);
    codec.text(entry.source, kSourceBytesMax);
    codec.u32(entry.epoch);
    codec.u64(entry.upto);
}

template <class T, class F>
void write(const T& from, ByteBuffer& out, F fields) {
    Writing writing(out);
    fields(writing, from);
}

template <class T, class F>
bool read(Bytes body, T& to, F fields) {
    Reading reading(body);
    fields(reading, to);
    return reading.ok();
}

}  // namespace

std::string_view name_of(AttemptEnd end) {
    switch (end) {
        case AttemptEnd::open:
            return "open";
        case AttemptEnd::acked:
            return "acked";
        case AttemptEnd::nacked:
            return "nacked";
        case AttemptEnd::timed_out:
            return "timed-out";
        case AttemptEnd::lapsed:
            return "lapsed";
        case AttemptEnd::rejected:
            return "rejected";
    }
    CHECK(false);
}

// One line a kind: the field list above, run both ways.
#define STORMGLASS_ENTRY(Type, fields)                                  \
    void encode(const Type& from, ByteBuffer& out) {                    \
        write(from, out, [](auto& c, const Type& e) { fields(c, e); }); \
    }                                                                   \
    bool decode(Bytes body, Type& to) {                                 \
        return read(body, to, [](auto& c, Type& e) { fields(c, e); });  \
    }

STORMGLASS_ENTRY(Boot, boot)
STORMGLASS_ENTRY(Grant, grant)
STORMGLASS_ENTRY(Group, group)
STORMGLASS_ENTRY(Assignment, assignment)
STORMGLASS_ENTRY(Batch, batch)
STORMGLASS_ENTRY(Delivered, delivered)
STORMGLASS_ENTRY(Failed, failed)
STORMGLASS_ENTRY(Dead, dead)
STORMGLASS_ENTRY(Buried, buried)
STORMGLASS_ENTRY(Release, release)
STORMGLASS_ENTRY(Refused, refused)
STORMGLASS_ENTRY(Gap, gap)

#undef STORMGLASS_ENTRY

}  // namespace stormglass::bus::entry
