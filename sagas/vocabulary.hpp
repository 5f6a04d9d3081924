// The words that every part of a saga shares: which step, which direction, what came of it.
// Names printed here go into keys, notes and reports; changing one is a change for users.
#pragma once

#include <bit>
#include <cstdint>
#include <string_view>

#include "runtime/check.hpp"
#include "runtime/ids.hpp"

namespace stormglass::sagas {

constexpr std::size_t kStepsMax = 64;  // a set of steps is one machine word

/// Place of a step in its definition, from 0.
using StepId = Id<struct StepTag, std::uint8_t>;

/// Incarnation of a coordinator: the generation of its exclusive group on the bus.
using Epoch = std::uint64_t;

/// compensatable: before the pivot, can be undone; pivot: the point of no return; retriable: after
/// it, runs until it holds.
enum class StepKind : std::uint8_t { compensatable, pivot, retriable };

/// What is asked of a participant. cancel: of a step whose outcome is unknown: say whether it was
/// applied and, if it was not, see to it that it never will be. So nothing is undone while
/// something may still be done.
enum class Direction : std::uint8_t { forward, undo, cancel };

/// A participant's answer. failed: certainly not applied; refused: met a tombstone or, to a cancel,
/// left one: not applied and never will be.
enum class Outcome : std::uint8_t { ok, failed, refused };

/// What a command did to the world. noop: nothing (a repeat, an undo of nothing, a business
/// failure); refused: it came too late or from an old coordinator.
enum class Impact : std::uint8_t { applied, noop, refused };

enum class Course : std::uint8_t { commit, abort };

/// The states of an instance; the last three are final.
enum class SagaState : std::uint8_t {
    running,
    compensating,
    completed,
    compensated,
    needs_operator
};

std::string_view name_of(StepKind kind);
std::string_view name_of(Direction direction);  // "do", "undo", "cancel"
std::string_view name_of(Outcome outcome);
std::string_view name_of(Impact impact);
std::string_view name_of(Course course);
std::string_view name_of(SagaState state);  // "needs-operator"

constexpr bool is_final(SagaState state) {
    return state != SagaState::running && state != SagaState::compensating;
}

/// A set of steps of one definition. Iterates in ascending order.
class StepSet {
  public:
    class Iterator {
      public:
        constexpr explicit Iterator(std::uint64_t left) : left_(left) {}

        constexpr StepId operator*() const {
            return {static_cast<std::uint8_t>(std::countr_zero(left_))};
        }

        constexpr Iterator& operator++() {
            left_ &= left_ - 1;
            return *this;
        }

        friend constexpr bool operator==(const Iterator&, const Iterator&) = default;

      private:
        std::uint64_t left_;
    };

    constexpr StepSet() = default;

    constexpr explicit StepSet(std::uint64_t bits) : bits_(bits) {}

    constexpr void insert(StepId step) { bits_ |= bit(step); }

    constexpr void erase(StepId step) { bits_ &= ~bit(step); }

    constexpr bool contains(StepId step) const { return (bits_ & bit(step)) != 0; }

    constexpr bool contains_all(StepSet other) const { return (other.bits_ & ~bits_) == 0; }

    constexpr bool empty() const { return bits_ == 0; }

    constexpr int size() const { return std::popcount(bits_); }

    constexpr std::uint64_t bits() const { return bits_; }

    constexpr Iterator begin() const { return Iterator(bits_); }

    constexpr Iterator end() const { return Iterator(0); }

    friend constexpr StepSet operator|(StepSet a, StepSet b) { return StepSet(a.bits_ | b.bits_); }

    friend constexpr StepSet operator&(StepSet a, StepSet b) { return StepSet(a.bits_ & b.bits_); }

    friend constexpr StepSet operator-(StepSet a, StepSet b) { return StepSet(a.bits_ & ~b.bits_); }

    friend constexpr bool operator==(const StepSet&, const StepSet&) = default;

  private:
    static constexpr std::uint64_t bit(StepId step) {
        CHECK(step.value < kStepsMax);
        return std::uint64_t{1} << step.value;
    }

    std::uint64_t bits_ = 0;
};

}  // namespace stormglass::sagas
