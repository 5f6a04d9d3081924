// The inbox of a participant: which commands were answered and how, which steps were undone, and
// which coordinator was heard last of each saga. A pure fold over effect records.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "sagas/messages.hpp"
#include "sagas/rules.hpp"

namespace stormglass::sagas {

/// What is to be done with a command, before any business is asked.
enum class Treatment : std::uint8_t {
    handle,        // new: ask the business
    answer_again,  // answered before: the same answer, no effect
    null_undo,     // an undo of what was never done: ok, no effect, a tombstone
    tell_applied,  // a cancel of what was done: ok, no effect
    prevent,       // a cancel of what was not done: refused, no effect, a tombstone
    refuse_late,   // a do after its undo
    refuse_stale   // of a coordinator that was replaced: no reply, nobody waits for it
};

std::string_view name_of(Treatment treatment);

class Inbox {
  public:
    struct Answer {
        Outcome outcome = Outcome::ok;
        std::string body;
    };

    Treatment treat(const Command& command, const Rules& rules) const;

    /// The binding answer to commands with this key; null: none yet.
    const Answer* find(std::string_view saga, std::string_view step, Direction direction) const;
    bool has_tombstone(std::string_view saga, std::string_view step) const;
    /// The newest coordinator heard of this saga; 0: none.
    Epoch newest(std::string_view saga) const;

    /// Takes one effect record in, live or from the past. A second binding answer for one key
    /// changes nothing: the first stands.
    void take(const EffectRecord& effect);

    void clear();

    std::size_t answers() const { return answers_.size(); }

  private:
    std::map<std::string, Answer, std::less<>> answers_;  // by idempotency key
    std::set<std::string, std::less<>> tombstones_;       // by the do's idempotency key
    std::map<std::string, Epoch, std::less<>> newest_;    // by saga
};

}  // namespace stormglass::sagas
