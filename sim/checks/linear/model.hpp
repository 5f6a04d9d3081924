// Model: a sequential object (a register, a queue) as the search for a linear order sees it: states
// are small numbers, a step takes an operation to the next state or refuses it. ValueModel makes
// one of any small value type; docs/history.md adds a model in under thirty lines.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/checks/recording.hpp"

namespace stormglass::sim::checks {

/// Places in LinHistory::values; 0 is nil.
using ValueId = std::uint32_t;

inline constexpr ValueId kNilId = 0;
inline constexpr ValueId kUnknownId = std::numeric_limits<ValueId>::max();

/// One operation. `complete` is kOpen when it may take effect at any later time, or never.
struct LinOp {
    OpFunction f = OpFunction::read;
    ValueId key = kNilId;
    ValueId a = kNilId;           // what it writes, adds, expects
    ValueId b = kNilId;           // what a compare-and-set sets
    ValueId result = kUnknownId;  // what it saw
    std::uint32_t process = 0;
    std::uint32_t invoke = 0;
    std::uint32_t complete = kOpen;
    std::uint32_t operation = 0;  // place in the list of operations
};

using StateId = std::uint32_t;

inline constexpr StateId kRefused = std::numeric_limits<StateId>::max();

class Model {
  public:
    virtual ~Model() = default;
    virtual StateId initial() = 0;
    /// The state after `op`, or kRefused when `op` cannot have happened in `state`.
    virtual StateId step(StateId state, const LinOp& op) = 0;
    /// Whether `op` never changes a state that accepts it. Such operations need no search.
    virtual bool observes(const LinOp& op) const = 0;
    virtual std::string describe(StateId state) const = 0;

    virtual std::uint64_t bytes() const { return 0; }
};

/// A model of a value type M with
///   using State = (a type with operator<);
///   State initial() const;
///   std::optional<State> step(const State&, const LinOp&) const;   // nothing: refused
///   bool observes(const LinOp&) const;
///   std::string describe(const State&) const;
template <class M>
class ValueModel final : public Model {
  public:
    explicit ValueModel(M model = {}) : model_(std::move(model)) {}

    StateId initial() override { return id_of(model_.initial()); }

    StateId step(StateId state, const LinOp& op) override {
        std::optional<typename M::State> next = model_.step(*states_[state], op);
        return next.has_value() ? id_of(std::move(*next)) : kRefused;
    }

    bool observes(const LinOp& op) const override { return model_.observes(op); }

    std::string describe(StateId state) const override { return model_.describe(*states_[state]); }

    std::uint64_t bytes() const override {
        return states_.size() * (sizeof(typename M::State) + 48);
    }

  private:
    StateId id_of(typename M::State state) {
        const auto [at, fresh] =
            ids_.try_emplace(std::move(state), static_cast<StateId>(states_.size()));
        if (fresh) {
            states_.push_back(&at->first);  // nodes of a map stay where they are
        }
        return at->second;
    }

    M model_;
    std::map<typename M::State, StateId> ids_;
    std::vector<const typename M::State*> states_;
};

}  // namespace stormglass::sim::checks
