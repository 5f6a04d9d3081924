// The models that come with the program, and how the operations of a recording are read for each.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/checks/linear/model.hpp"

namespace stormglass::sim::checks {

enum class LinModel : std::uint8_t { reg, cas_register, kv, queue, mutex, set };

struct LinSpec {
    LinModel model = LinModel::reg;
    Value initial;                // of a register; of the pool that its history belongs to
    bool nil_read_legal = false;  // a read of nil says nothing and is always right
    bool keyed = false;           // values are [key, value]; kv always is
    bool owned = false;           // a lock is released by its holder alone
    bool sessions = false;        // L2: the order of each process counts, time does not
};

/// What a search reads: operations that did not fail, their values as small numbers.
struct LinHistory {
    std::vector<LinOp> ops;
    std::vector<Value> values = {Value()};          // by ValueId; equal values have one id
    std::vector<std::vector<std::uint32_t>> parts;  // by key, places in `ops`; smallest first
};

/// Refuses, with line and reason, what the model has no meaning for.
Result<LinHistory> read_linear(const Recording& recording,
                               const std::vector<Operation>& operations,
                               const LinSpec& spec);

/// A fresh model for one part. `recording` and `history` must outlive it.
std::unique_ptr<Model> make_model(const LinSpec& spec,
                                  const Recording& recording,
                                  const LinHistory& history);

/// The same with all keys in one part, to be searched without splitting.
std::unique_ptr<Model> make_unsplit_model(const LinSpec& spec,
                                          const Recording& recording,
                                          const LinHistory& history);

}  // namespace stormglass::sim::checks
