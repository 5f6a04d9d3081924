// Strong ids: two of them never mix by accident, and none carries meaning beyond identity.
#pragma once

#include <compare>
#include <cstdint>

namespace stormglass {

template <class Tag, class Rep = std::uint64_t>
struct Id {
    Rep value = 0;

    friend constexpr auto operator<=>(const Id&, const Id&) = default;
};

/// A process (or an adversary's foothold) as its peers address it.
using NodeId = Id<struct NodeTag, std::uint32_t>;
/// A timer, chosen by the node that sets it; setting it again moves it.
using TimerId = Id<struct TimerTag>;
/// Names one storage request; the answer carries it back.
using StorageToken = Id<struct StorageTag>;
/// Names one request of the local application; the reply carries it back.
using RequestId = Id<struct RequestTag>;

}  // namespace stormglass
