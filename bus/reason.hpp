// Why a message is a dead letter or in quarantine: a closed list. A new reason needs a value here,
// a row in docs/dead_letters.md and a scenario; there is no "other".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace stormglass::bus {

enum class Reason : std::uint8_t {
    max_deliveries,
    handler_rejected,
    no_handler,
    expired,
    schema_invalid,
    schema_unknown,
    envelope_invalid,
    oversize,
    seq_gap,
    retention_before_ack,
    quota,
    policy,
    compensation_failed,
    sig_missing,
    sig_invalid,
    key_revoked,
    replay,
    audience,
};

/// "MAX_DELIVERIES" and so on: stable, for files and people.
std::string_view name_of(Reason reason);
std::optional<Reason> reason_named(std::string_view name);

/// Security reasons never reach a handler and are never redriven.
bool is_security(Reason reason);

/// 1 = wake somebody .. 4 = weekly review.
int severity_of(Reason reason);

/// Whether a refusal with this code speaks of the bytes that arrived and nothing else: it is found
/// before a signature proves who wrote them, so their source may never have sent such bytes.
bool is_about_bytes(std::string_view code);

/// The reason under which a violation code (`EV_*`) is recorded.
Reason reason_for_code(std::string_view code);

}  // namespace stormglass::bus
