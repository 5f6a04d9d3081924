// Rows as bytes: whole states (snapshots) and changes, for files and for hands. Canonical: equal
// rows at an equal position give equal bytes. Decoding is bounded and trusts no length.
#pragma once

#include <cstdint>

#include "bus/client.hpp"
#include "runtime/bytes.hpp"
#include "runtime/result.hpp"
#include "sagas/read_model.hpp"

namespace stormglass::sagas {

/// Of which fold, and up to which event.
struct StateHead {
    std::uint64_t identity = 0;
    bus::Position position = 0;

    friend bool operator==(const StateHead&, const StateHead&) = default;
};

enum class StateRecord : std::uint8_t { snapshot = 1, changes = 2 };

/// Append one record: u32 length and u32 CRC32C of its body, then the body.
void encode_snapshot(const StateHead& head, const Tables& tables, ByteBuffer& out);
void encode_changes(const StateHead& head, std::span<const RowChange> changes, ByteBuffer& out);

/// The first record of `bytes`, checked but not yet read.
struct FramedRecord {
    StateRecord kind = StateRecord::snapshot;
    StateHead head;
    Bytes rows;
    std::size_t size = 0;  // of the whole record
};

/// Fails with PR_TORN where the record is not complete or its sum is wrong, PR_RECORD where its
/// kind is unknown.
Result<FramedRecord> next_record(Bytes bytes);

/// Applies the record's rows to `tables`: a snapshot's to empty ones. Fails with PR_RECORD where
/// they do not fit; `tables` may hold a part of them then.
Result<void> read_rows(const FramedRecord& record, Tables& tables);

}  // namespace stormglass::sagas
