// FrameAdapter: how faults look into frames without knowing any protocol. A scenario supplies one;
// without it, content matches match nothing and altering or forging never fires.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/bytes.hpp"

namespace stormglass::sim {

/// One named field of a frame; the text may be raw bytes and lives as long as the frame.
struct FrameField {
    std::string_view name;  // a literal: "kind", "topic", "source" ...
    std::string_view text;
};

class FrameAdapter {
  public:
    virtual ~FrameAdapter() = default;

    /// Appends the frame's fields to `out` (empty on entry); nothing for a frame it cannot read.
    virtual void describe(Bytes frame, std::vector<FrameField>& out) = 0;

    /// Writes to `out` the frame with this field changed as the draw says (empty name: a field of
    /// the draw's choice), checksums made right again. False when the frame has no such field.
    virtual bool alter(std::string_view field,
                       std::uint64_t draw,
                       Bytes frame,
                       ByteBuffer& out) = 0;

    /// Writes to `out` the frame with its source agent replaced (empty: of the draw's choice).
    virtual bool forge_source(std::string_view agent,
                              std::uint64_t draw,
                              Bytes frame,
                              ByteBuffer& out) = 0;
};

}  // namespace stormglass::sim
