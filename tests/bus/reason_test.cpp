// Reasons: a closed list whose names are stable, and a code for every road into it.
#include "bus/reason.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace stormglass::bus {
namespace {

constexpr int kReasons = static_cast<int>(Reason::audience) + 1;

TEST(Reason, every_name_leads_back) {
    EXPECT_EQ(kReasons, 18);
    for (int i = 0; i < kReasons; ++i) {
        const auto reason = static_cast<Reason>(i);
        EXPECT_EQ(reason_named(name_of(reason)), reason);
    }
    EXPECT_EQ(name_of(Reason::compensation_failed), "COMPENSATION_FAILED");
    EXPECT_FALSE(reason_named("OTHER").has_value());
    EXPECT_FALSE(reason_named("").has_value());
}

TEST(Reason, security_reasons_are_the_five_of_the_catalogue) {
    std::vector<std::string_view> names;
    for (int i = 0; i < kReasons; ++i) {
        if (is_security(static_cast<Reason>(i))) {
            names.push_back(name_of(static_cast<Reason>(i)));
        }
    }
    const std::vector<std::string_view> expected = {
        "SIG_MISSING", "SIG_INVALID", "KEY_REVOKED", "REPLAY", "AUDIENCE"};
    EXPECT_EQ(names, expected);
}

TEST(Reason, somebody_is_woken_for_three) {
    std::vector<std::string_view> names;
    for (int i = 0; i < kReasons; ++i) {
        const int severity = severity_of(static_cast<Reason>(i));
        EXPECT_GE(severity, 1);
        EXPECT_LE(severity, 4);
        if (severity == 1) {
            names.push_back(name_of(static_cast<Reason>(i)));
        }
    }
    const std::vector<std::string_view> expected = {
        "RETENTION_BEFORE_ACK", "COMPENSATION_FAILED", "REPLAY"};
    EXPECT_EQ(names, expected);
}

TEST(Reason, tells_what_is_said_of_bytes_from_what_is_said_of_their_source) {
    for (const char* code : {"EV_SIG_INVALID", "EV_KEY_SOURCE", "EV_AUDIENCE", "EV_TIME_SKEW"}) {
        EXPECT_TRUE(is_about_bytes(code)) << code;
    }
    for (const char* code : {"EV_SEQ_REUSED", "EV_EPOCH_STALE", "EV_LIMIT", "EB_FENCED", ""}) {
        EXPECT_FALSE(is_about_bytes(code)) << code;
    }
}

TEST(Reason, of_codes) {
    EXPECT_EQ(reason_for_code("EV_EXPIRED"), Reason::expired);
    EXPECT_EQ(reason_for_code("EV_SCHEMA_INVALID"), Reason::schema_invalid);
    EXPECT_EQ(reason_for_code("EV_SCHEMA_UNKNOWN"), Reason::schema_unknown);
    EXPECT_EQ(reason_for_code("EV_LIMIT"), Reason::oversize);
    EXPECT_EQ(reason_for_code("EV_SEQ_GAP"), Reason::seq_gap);
    EXPECT_EQ(reason_for_code("EV_SIG_MISSING"), Reason::sig_missing);
    EXPECT_EQ(reason_for_code("EV_SIG_INVALID"), Reason::sig_invalid);
    EXPECT_EQ(reason_for_code("EV_KEY_REVOKED"), Reason::key_revoked);
    EXPECT_EQ(reason_for_code("EV_KEY_UNKNOWN"), Reason::key_revoked);
    EXPECT_EQ(reason_for_code("EV_REPLAY"), Reason::replay);
    EXPECT_EQ(reason_for_code("EV_SEQ_REUSED"), Reason::replay);
    EXPECT_EQ(reason_for_code("EV_EPOCH_STALE"), Reason::replay);
    EXPECT_EQ(reason_for_code("EV_AUDIENCE"), Reason::audience);
    EXPECT_EQ(reason_for_code("EV_MALFORMED"), Reason::envelope_invalid);
    EXPECT_EQ(reason_for_code("EV_TIME_SKEW"), Reason::envelope_invalid);
    EXPECT_EQ(reason_for_code("EV_ATTR_MISSING"), Reason::envelope_invalid);
}

}  // namespace
}  // namespace stormglass::bus
