// Storage: who performs storage requests, and when. One small interface, two executors: on the
// loop's own thread (a hop to another costs more than a sync that is waited for anyway), or on
// threads beside it (the loop goes on answering while the disk works).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "runtime/asio/directory.hpp"

namespace stormglass::asio {

enum class StorageMode : std::uint8_t {
    on_loop,    // embedded: least delay for one caller at a time
    on_thread,  // servers: many callers, none of whom should wait for another's sync
};

/// Requests on one file complete in the order asked; `list`, `rename` and `remove` come after all
/// that was asked before and before all that is asked later.
class Storage {
  public:
    using Request = std::unique_ptr<StorageRequest>;

    virtual ~Storage() = default;

    /// `directory` must outlive the answer.
    virtual void submit(Request request, Directory& directory) = 0;

    /// The next one that was carried out; nullptr when there is none yet.
    virtual Request take_done() = 0;

    /// Whether `take_done` would do work now: never true for threads.
    virtual bool has_work() const = 0;

    /// Requests without an answer taken.
    virtual std::size_t outstanding() const = 0;
};

/// `wake` is called, on any thread, when an answer stands ready and the taker has seen the last
/// one: it should make the loop call `take_done` until that returns nothing.
std::unique_ptr<Storage> make_storage(StorageMode mode, std::function<void()> wake);

}  // namespace stormglass::asio
