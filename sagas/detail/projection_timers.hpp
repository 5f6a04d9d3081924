// Timers of a projection; private to its .cpp files.
#pragma once

#include "runtime/ids.hpp"

namespace stormglass::sagas {

constexpr TimerId kProjectionPoll{1};
constexpr TimerId kProjectionBatch{2};
constexpr TimerId kProjectionWatch{3};
constexpr TimerId kProjectionReads{4};
constexpr TimerId kProjectionStore{5};

}  // namespace stormglass::sagas
