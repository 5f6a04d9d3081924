// Node: one process of a distributed system as a state machine. Hosts call it, one step at a time;
// it never calls a host, and it knows no clock, thread, socket, file or random device.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "runtime/bytes.hpp"
#include "runtime/effects.hpp"
#include "runtime/ids.hpp"
#include "runtime/time.hpp"

namespace stormglass {

/// A file that a new life finds. Contents are read through effects, so that recovery is bounded.
struct RecoveredFile {
    std::string_view name;
    std::uint64_t size = 0;
};

/// What outlived the process: its files, in ascending order of name.
struct Recovered {
    std::span<const RecoveredFile> files;
};

enum class StorageStatus : std::uint8_t { ok, not_found, already_exists, out_of_space, io_error };

std::string_view name_of(StorageStatus status);

/// Answers one storage request. `bytes` holds what was read (shorter than asked at the end of a
/// file) and, for `list`, nothing: `files` does. Views live until the step returns.
struct StorageResult {
    StorageStatus status = StorageStatus::ok;
    Bytes bytes;
    std::span<const RecoveredFile> files;
};

/// What the local application asks; the node answers with `Effects::reply`, now or later.
struct Request {
    Bytes body;
};

enum class LinkState : std::uint8_t {
    down,     // frames will not pass until further notice
    up,       // a new connection: whatever was in flight before may be lost
    writable  // was full, has room again
};

std::string_view name_of(LinkState state);

class Node {
  public:
    virtual ~Node() = default;

    /// A new life, after boot or crash. Called once, before everything else.
    virtual void start(const Recovered& disk, Moment now, Effects& out) = 0;

    /// A frame that may be late, doubled, reordered, corrupted. `from` is authenticated by the
    /// host; what the frame says of itself is not.
    virtual void on_message(NodeId from, Bytes frame, Moment now, Effects& out) = 0;

    virtual void on_timer(TimerId timer, Moment now, Effects& out) = 0;

    virtual void on_storage(StorageToken token,
                            const StorageResult& result,
                            Moment now,
                            Effects& out) = 0;

    virtual void on_request(RequestId id, const Request& request, Moment now, Effects& out) = 0;

    virtual void on_link(NodeId peer, LinkState state, Moment now, Effects& out) = 0;
};

}  // namespace stormglass
