// Dead letters: events that a group gave up on, kept with the reason and the history of every
// attempt. Nothing here retries. States, reasons and what people do with them:
// docs/dead_letters.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bus/entry.hpp"
#include "bus/journal_format.hpp"
#include "bus/reason.hpp"

namespace stormglass::bus {

/// One delivery as the bus recorded it when it was made; the consumer has no say in it.
struct Attempt {
    std::uint32_t number = 0;  // from 1
    std::uint32_t member = 0;  // the machine's name for a source (Machine::name)
    WallTime started;
    WallTime ended;
    entry::AttemptEnd end = entry::AttemptEnd::open;
};

/// The first and the last attempts in full; the middle is only counted.
class AttemptHistory {
  public:
    static constexpr std::size_t kFirst = 8;
    static constexpr std::size_t kLast = 8;

    void add(const Attempt& attempt);

    const std::vector<Attempt>& kept() const { return kept_; }

    std::uint32_t omitted() const { return omitted_; }

    /// When the first attempt ended; the zero time if none did.
    WallTime first_failed_at() const { return kept_.empty() ? WallTime{} : kept_.front().ended; }

  private:
    std::vector<Attempt> kept_;
    std::uint32_t omitted_ = 0;
};

struct DeadLetter {
    std::uint64_t id = 0;  // of (group, topic, position): the same failure is recorded once
    std::string group;
    std::string topic;
    Position position = 0;
    Location event_at;         // the bytes as accepted; never copied, never re-encoded
    std::uint64_t digest = 0;  // first 8 bytes of theirs
    std::string key;
    Reason reason = Reason::max_deliveries;
    std::string code;
    std::string detail;
    std::uint32_t attempts = 0;
    AttemptHistory history;
    WallTime first_failed_at;
    WallTime dead_at;
};

/// Names a dead letter by what failed, not by when.
std::uint64_t dead_letter_id(std::string_view group, std::string_view topic, Position position);

/// What a consumer's `reject` means: "NO_HANDLER: ..." names a reason of the closed list, anything
/// else is HANDLER_REJECTED. Security reasons are not a consumer's to give.
Reason reason_of_reject(std::string_view detail);

}  // namespace stormglass::bus
