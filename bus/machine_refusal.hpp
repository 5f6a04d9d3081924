// Why the machine refused a batch: the codes it can remember for retries, as a closed list.
#pragma once

#include <cstdint>
#include <string_view>

namespace stormglass::bus {

/// Values stand in memory only, names travel.
enum class Refusal : std::uint8_t {
    none,
    fenced,            // EB_FENCED: the fence has seen a newer epoch
    condition,         // EB_CONDITION: a length was not the expected one
    settled,           // EB_SETTLED: outdated receipt, or settled already
    unknown_group,     // EB_UNKNOWN_GROUP
    unknown_position,  // EB_UNKNOWN_POSITION: nothing stands there yet
    topic_unknown,     // EB_TOPIC_UNKNOWN: not declared
    seq_gap,           // EV_SEQ_GAP: given up for lost before it came
    seq_reused,        // EV_SEQ_REUSED: the sequence carried other bytes
    epoch_stale,       // EV_EPOCH_STALE: a newer life of the source has begun
    epoch_jump,        // EV_EPOCH_JUMP
    sequence_invalid,  // EV_SEQUENCE_INVALID: too far ahead
    overloaded,        // EB_OVERLOADED: too many holes
    unbound,           // EV_REPLAY: over a link that is not the source's
};

std::string_view code_of(Refusal refusal);

}  // namespace stormglass::bus
