#include "bus/reason.hpp"

#include <algorithm>
#include <array>

#include "runtime/check.hpp"

namespace stormglass::bus {
namespace {

struct Row {
    Reason reason;
    std::string_view name;
    int severity;
    bool security;
};

// One row per reason, in the order of the enumeration.
constexpr std::array kRows = {
    Row{Reason::max_deliveries, "MAX_DELIVERIES", 3, false},
    Row{Reason::handler_rejected, "HANDLER_REJECTED", 3, false},
    Row{Reason::no_handler, "NO_HANDLER", 3, false},
    Row{Reason::expired, "EXPIRED", 4, false},
    Row{Reason::schema_invalid, "SCHEMA_INVALID", 3, false},
    Row{Reason::schema_unknown, "SCHEMA_UNKNOWN", 3, false},
    Row{Reason::envelope_invalid, "ENVELOPE_INVALID", 3, false},
    Row{Reason::oversize, "OVERSIZE", 3, false},
    Row{Reason::seq_gap, "SEQ_GAP", 2, false},
    Row{Reason::retention_before_ack, "RETENTION_BEFORE_ACK", 1, false},
    Row{Reason::quota, "QUOTA", 4, false},
    Row{Reason::policy, "POLICY", 3, false},
    Row{Reason::compensation_failed, "COMPENSATION_FAILED", 1, false},
    Row{Reason::sig_missing, "SIG_MISSING", 2, true},
    Row{Reason::sig_invalid, "SIG_INVALID", 2, true},
    Row{Reason::key_revoked, "KEY_REVOKED", 2, true},
    Row{Reason::replay, "REPLAY", 1, true},
    Row{Reason::audience, "AUDIENCE", 2, true},
};

constexpr bool rows_in_order() {
    for (std::size_t i = 0; i < kRows.size(); ++i) {
        if (static_cast<std::size_t>(kRows[i].reason) != i) {
            return false;
        }
    }
    return kRows.size() == static_cast<std::size_t>(Reason::audience) + 1;
}

static_assert(rows_in_order(), "rows are found by index");

struct CodeRow {
    std::string_view code;
    Reason reason;
};

// Every other event code says that the envelope can never become valid.
constexpr std::array kCodes = {
    CodeRow{"EV_EXPIRED", Reason::expired},
    CodeRow{"EV_SCHEMA_INVALID", Reason::schema_invalid},
    CodeRow{"EV_SCHEMA_UNKNOWN", Reason::schema_unknown},
    CodeRow{"EV_LIMIT", Reason::oversize},
    CodeRow{"EV_SEQ_GAP", Reason::seq_gap},
    CodeRow{"EV_SIG_MISSING", Reason::sig_missing},
    CodeRow{"EV_SIG_INVALID", Reason::sig_invalid},
    CodeRow{"EV_KEY_REVOKED", Reason::key_revoked},
    CodeRow{"EV_KEY_NOT_VALID", Reason::key_revoked},
    CodeRow{"EV_KEY_SOURCE", Reason::key_revoked},
    CodeRow{"EV_KEY_UNKNOWN", Reason::key_revoked},
    CodeRow{"EV_REPLAY", Reason::replay},
    CodeRow{"EV_EPOCH_STALE", Reason::replay},
    CodeRow{"EV_EPOCH_JUMP", Reason::replay},
    CodeRow{"EV_SEQ_REUSED", Reason::replay},
    CodeRow{"EV_ID_REUSED", Reason::replay},
    CodeRow{"EV_AUDIENCE", Reason::audience},
};

const Row& row_of(Reason reason) {
    const auto index = static_cast<std::size_t>(reason);
    CHECK(index < kRows.size());
    return kRows[index];
}

}  // namespace

std::string_view name_of(Reason reason) {
    return row_of(reason).name;
}

std::optional<Reason> reason_named(std::string_view name) {
    for (const Row& row : kRows) {
        if (row.name == name) {
            return row.reason;
        }
    }
    return std::nullopt;
}

bool is_security(Reason reason) {
    return row_of(reason).security;
}

int severity_of(Reason reason) {
    return row_of(reason).severity;
}

bool is_about_bytes(std::string_view code) {
    // What is said only once the signature holds, or of the frame around the events.
    static constexpr std::array<std::string_view, 7> kAboutTheSource = {"EV_SEQ_REUSED",
                                                                        "EV_SEQ_GAP",
                                                                        "EV_EPOCH_STALE",
                                                                        "EV_EPOCH_JUMP",
                                                                        "EV_REPLAY",
                                                                        "EV_ID_REUSED",
                                                                        "EV_LIMIT"};
    return code.starts_with("EV_") &&
           std::find(kAboutTheSource.begin(), kAboutTheSource.end(), code) == kAboutTheSource.end();
}

Reason reason_for_code(std::string_view code) {
    for (const CodeRow& row : kCodes) {
        if (row.code == code) {
            return row.reason;
        }
    }
    return Reason::envelope_invalid;
}

}  // namespace stormglass::bus
