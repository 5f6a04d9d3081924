// What the journal's entries say: every change of the bus is one of these, and the machine's state
// is a function of them alone. Bounded like frames; views point into the entry's body.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "bus/client.hpp"
#include "bus/reason.hpp"
#include "bus/replay_state.hpp"
#include "bus/wire.hpp"

namespace stormglass::bus::entry {

/// Kinds as they stand in the journal, for ever.
enum class Kind : std::uint8_t {
    boot = 1,
    grant,
    group,
    assignment,
    batch,
    delivered,
    failed,
    dead,
    buried,
    release,
    refused,
    gap,
};

/// A new life of the leader: the topics that its configuration declares.
struct Boot {
    WallTime at;
    std::vector<std::string_view> topics;
};

/// An epoch for one life of a source.
struct Grant {
    WallTime at;
    std::string_view source;
    std::uint64_t nonce = 0;
    std::uint32_t epoch = 0;
};

/// A group comes into being on a topic; what later decides over its deliveries is fixed here.
struct Group {
    WallTime at;
    std::string_view topic;
    std::string_view group;
    GroupMode mode = GroupMode::at_least_once;
    KeyOrder order = KeyOrder::per_key;
    OnDead on_dead = OnDead::block_key;
    Sharing sharing = Sharing::shared;
    std::uint32_t attempts_max = 0;
};

/// An exclusive group gets an owner; its generation becomes the fence of that name.
struct Assignment {
    WallTime at;
    std::string_view group;
    std::string_view source;
    std::uint32_t epoch = 0;
    Generation generation = 0;
};

/// One publication of an admitted batch. Topic and key are parts of the event, found by offset.
struct BatchEvent {
    Bytes event;
    Duration delay;
    EventDigest digest;
    std::string_view topic;
    std::string_view key;
};

enum class Answer : std::uint8_t { none, outcome };

/// The one write. What needed a clock or a key was judged before; the rest the machine judges.
struct Batch {
    WallTime at;
    std::string_view source;
    std::uint32_t epoch = 0;
    std::uint64_t batch = 0;
    std::uint64_t first = 0;  // sequence of the first event; 0: there are none
    bool link_bound = true;   // it came over a link that is the source's own
    Answer answer = Answer::outcome;
    std::vector<Condition> conditions;
    std::vector<Settlement> settlements;
    std::vector<BatchEvent> events;
};

/// Which delivery of which event to which group.
struct AttemptRef {
    std::string_view group;
    std::string_view topic;
    Position position = 0;
    std::uint32_t attempt = 0;
};

struct DeliveredItem {
    AttemptRef of;
    std::string_view member;  // source
};

struct Delivered {
    WallTime at;
    std::vector<DeliveredItem> items;
};

/// How an attempt ended.
enum class AttemptEnd : std::uint8_t { open, acked, nacked, timed_out, lapsed, rejected };

std::string_view name_of(AttemptEnd end);

struct FailedItem {
    AttemptRef of;
    AttemptEnd end = AttemptEnd::timed_out;
};

struct Failed {
    WallTime at;
    std::vector<FailedItem> items;
};

/// A dead letter and, unless the rules say otherwise, the settlement of its delivery.
struct Dead {
    WallTime at;
    AttemptRef of;
    AttemptEnd end = AttemptEnd::timed_out;
    Reason reason = Reason::max_deliveries;
    std::string_view code;
    std::string_view detail;
};

/// The settlement of a delivery whose letter was written before.
struct Buried {
    WallTime at;
    AttemptRef of;
};

/// The first `count` of the delayed events that are due at `at` become visible.
struct Release {
    WallTime at;
    std::uint32_t count = 0;
};

/// A security refusal, for the quarantine.
struct Refused {
    WallTime at;
    std::string_view source;  // as claimed
    std::uint32_t from = 0;   // link
    Reason reason = Reason::replay;
    std::string_view code;
    Bytes bytes;  // of the event, as it arrived; empty when only counted
};

/// Sequences below `upto` that never came are given up: the holes they left are closed.
struct Gap {
    WallTime at;
    std::string_view source;
    std::uint32_t epoch = 0;
    std::uint64_t upto = 0;
};

// Each appends one entry's body to `out`.
void encode(const Boot& from, ByteBuffer& out);
void encode(const Grant& from, ByteBuffer& out);
void encode(const Group& from, ByteBuffer& out);
void encode(const Assignment& from, ByteBuffer& out);
void encode(const Batch& from, ByteBuffer& out);
void encode(const Delivered& from, ByteBuffer& out);
void encode(const Failed& from, ByteBuffer& out);
void encode(const Dead& from, ByteBuffer& out);
void encode(const Buried& from, ByteBuffer& out);
void encode(const Release& from, ByteBuffer& out);
void encode(const Refused& from, ByteBuffer& out);
void encode(const Gap& from, ByteBuffer& out);

// Each fills `to`, reusing its vectors; false where the body does not hold such an entry.
[[nodiscard]] bool decode(Bytes body, Boot& to);
[[nodiscard]] bool decode(Bytes body, Grant& to);
[[nodiscard]] bool decode(Bytes body, Group& to);
[[nodiscard]] bool decode(Bytes body, Assignment& to);
[[nodiscard]] bool decode(Bytes body, Batch& to);
[[nodiscard]] bool decode(Bytes body, Delivered& to);
[[nodiscard]] bool decode(Bytes body, Failed& to);
[[nodiscard]] bool decode(Bytes body, Dead& to);
[[nodiscard]] bool decode(Bytes body, Buried& to);
[[nodiscard]] bool decode(Bytes body, Release& to);
[[nodiscard]] bool decode(Bytes body, Refused& to);
[[nodiscard]] bool decode(Bytes body, Gap& to);

}  // namespace stormglass::bus::entry
