// What a host tells of its nodes and of itself: notes. Its own have kinds that begin with "host.".
#pragma once

#include "runtime/ids.hpp"
#include "runtime/note.hpp"
#include "runtime/time.hpp"

namespace stormglass::asio {

class Observer {
  public:
    virtual ~Observer() = default;

    /// Called on the loop's thread, during a step; views live until it returns.
    virtual void on_note(NodeId node, Moment at, const Note& note) = 0;
};

}  // namespace stormglass::asio
