// Entries of the journal as JSON, and the same as a line for people: what `journal dump` prints.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "bus/journal_scan.hpp"

namespace stormglass::scenarios {

/// {"index": ..., "kind": "batch", ...}; an entry of a kind or form that this version does not know
/// has kind "unknown" and its body in base64.
nlohmann::ordered_json entry_json(const bus::ScannedRecord& record);

/// Whether this version can read the entry at all: a broker halts at one that it cannot.
bool understood(const bus::ScannedRecord& record);

/// "#12  batch  2026-03-01T10:00:00.123Z  source=... epoch=1 ..."; events on lines of their own.
std::string entry_text(const bus::ScannedRecord& record);

}  // namespace stormglass::scenarios
