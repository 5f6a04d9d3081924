// From a place in the journal to its bytes: through a bounded cache of the newest entries, else by
// bounded reads. Deliveries, reads and late notes come through here; nothing else keeps payloads.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "bus/journal_fifo.hpp"
#include "bus/journal_format.hpp"
#include "runtime/node.hpp"

namespace stormglass::bus {

constexpr std::uint64_t kLogReaderTokens = 4;

class LogReader {
  public:
    /// Storage tokens in [tokens_from, tokens_from + kLogReaderTokens) are its own.
    LogReader(std::size_t cache_bytes, std::uint64_t tokens_from);

    /// The newest entry's body. Requires: behind all added before.
    void add(Location body_at, Bytes body);

    struct Found {
        Bytes bytes;             // until the next call of anything here
        bool from_disk = false;  // its owner should verify the digest
    };

    /// The bytes, if they are at hand.
    std::optional<Found> find(Location at);

    /// Asks for bytes that are not at hand. When all reads are under way it does nothing: ask
    /// again after the next answer.
    void want(Location at, Effects& out);

    bool owns(StorageToken token) const;
    /// False when the read failed, or the file ends before what was asked for.
    [[nodiscard]] bool on_storage(StorageToken token, const StorageResult& result);

  private:
    /// Bytes of one segment that stand in the ring without a gap in numbering.
    struct Span {
        std::uint32_t segment = 0;
        std::uint32_t offset = 0;
        std::uint64_t at = 0;  // counted from the first byte ever added
    };

    struct Window {
        enum class State : std::uint8_t { empty, reading, ready };
        State state = State::empty;
        std::uint64_t age = 0;
        Location at;               // size: as asked
        std::uint32_t needed = 0;  // bytes without which the file is damaged
        ByteBuffer bytes;
    };

    void grow_to(std::uint64_t end);
    static bool covers(const Window& window, Location at, std::size_t size);

    std::size_t cache_bytes_;
    std::uint64_t tokens_from_;
    ByteBuffer ring_;
    Fifo<Span> spans_;
    std::uint64_t end_ = 0;   // counted
    std::uint64_t from_ = 0;  // counted; older bytes are gone
    Location newest_;         // of what was added
    ByteBuffer scratch_;
    std::array<Window, kLogReaderTokens> windows_;
    std::uint64_t asked_ = 0;
};

}  // namespace stormglass::bus
