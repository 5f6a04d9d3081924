// Known answers for the envelope: events with their signed bytes and real signatures, and events to
// refuse. Payloads as JSON or by reference are not part of this version and refused as such.
#include <fstream>
#include <map>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "bus/event.hpp"
#include "runtime/crypto/ed25519.hpp"
#include "tests/crypto/hex.hpp"

namespace stormglass::bus {
namespace {

using nlohmann::json;

/// Strict base64, empty when it is not canonical.
std::string unbase64(const std::string& text) {
    constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string bytes;
    std::uint32_t word = 0;
    int bits = 0;
    for (const char c : text) {
        if (c == '=') {
            break;
        }
        word = (word << 6) | static_cast<std::uint32_t>(kDigits.find(c));
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes.push_back(static_cast<char>(word >> bits));
        }
    }
    return (word & ((1U << bits) - 1)) == 0 ? bytes : std::string();
}

/// The canonical form of an event in JSON, written down here a second time.
class Canonical {
  public:
    Canonical(const json& event, Signing& signing) {
        std::map<std::string, std::string> attributes;
        for (const auto& [name, value] : event.items()) {
            if (name == "sig" || name == "data" || name == "data_base64") {
                continue;
            }
            const bool text = value.is_string();
            const char kind = text ? 'S' : value.is_boolean() ? 'B' : 'I';
            attributes[name] = kind + (text ? value.get<std::string>() : value.dump());
        }
        signed_bytes.assign("stormglass.event.v1\0\0", 21);
        signed_bytes.push_back(static_cast<char>(attributes.size()));
        for (const auto& [name, value] : attributes) {
            signed_bytes.push_back(static_cast<char>(name.size()));
            signed_bytes.append(name).push_back(value[0]);
            signed_bytes.append(2, '\0');
            signed_bytes.push_back(static_cast<char>((value.size() - 1) >> 8));
            signed_bytes.push_back(static_cast<char>(value.size() - 1));
            signed_bytes.append(value, 1);
        }
        const bool binary = event.contains("data_base64");
        signed_bytes.push_back(binary ? '\2' : '\0');
        if (binary) {
            payload = unbase64(event.at("data_base64").get<std::string>());
            signed_bytes.append(as_text(signing.digest(as_bytes(payload))));
        }
        if (event.contains("sig")) {
            signature = unbase64(event.at("sig").get<std::string>());
        }
    }

    ByteBuffer bytes() const {
        const std::string all = signed_bytes + signature + payload;
        return {as_bytes(all).begin(), as_bytes(all).end()};
    }

    std::string signed_bytes;
    std::string signature;
    std::string payload;
};

class EnvelopeVectors : public testing::Test {
  protected:
    void SetUp() override {
        ASSERT_TRUE(crypto::initialise().ok());
        const std::string path =
            std::string(STORMGLASS_DATA_DIR) + "/conformance/envelope/vectors.json";
        std::ifstream file(path);
        if (!file) {
            GTEST_SKIP() << "not found: " << path;
        }
        document = json::parse(file);
        key_id = document.at("keyid").get<std::string>();
        const auto pair =
            crypto::key_pair_from(tests::array_of<32>(document.at("seed_hex").get<std::string>()));
        EXPECT_EQ(tests::hex_of(pair.public_key), document.at("public_key_hex"));
        signing.hold(key_id, pair);
    }

    static bool in_this_version(const json& event) {
        return !event.contains("data") && !event.contains("dataref");
    }

    std::string code_of(const ByteBuffer& bytes) {
        const auto event = decode_event(bytes);
        if (!event.ok()) {
            return std::string(event.error().code);
        }
        const auto verified = verify_event(event.value(), signing);
        return verified.ok() ? "" : std::string(verified.error().code);
    }

    json document;
    std::string key_id;
    crypto::Ed25519Signing signing;
};

TEST_F(EnvelopeVectors, valid_events_are_accepted_as_signed) {
    int accepted = 0;
    for (const auto& item : document.at("cases")) {
        const auto expected = item.at("signed_bytes_hex").get<std::string>();
        if (!in_this_version(item.at("event"))) {
            // Everything up to the payload's form is in order: that form is what is refused.
            const std::string whole = std::string(as_text(tests::unhex(expected))) +
                                      unbase64(item.at("event").at("sig").get<std::string>()) + "x";
            EXPECT_EQ(code_of({as_bytes(whole).begin(), as_bytes(whole).end()}), "EV_DATA_FORM");
            continue;
        }
        const Canonical canonical(item.at("event"), signing);
        EXPECT_EQ(tests::hex_of(as_bytes(canonical.signed_bytes)), expected) << item.at("name");
        EXPECT_EQ(code_of(canonical.bytes()), "") << item.at("name");
        ++accepted;
    }
    EXPECT_EQ(accepted, 2);
}

TEST_F(EnvelopeVectors, encoding_gives_the_signed_bytes) {
    for (const auto& item : document.at("cases")) {
        const json& event = item.at("event");
        if (!event.contains("data_base64")) {
            continue;
        }
        const Canonical canonical(event, signing);
        const ByteBuffer bytes = canonical.bytes();
        const auto view = decode_event(bytes);
        ASSERT_TRUE(view.ok());
        EventDraft draft;
        draft.id = view->id;
        draft.source = view->source;
        draft.type = view->type;
        draft.data_schema = view->data_schema;
        draft.trace_parent = view->trace_parent;
        draft.correlation_id = view->correlation_id;
        draft.causation_id = view->causation_id;
        draft.partition_key = view->partition_key;
        draft.audience = view->audience;
        draft.key_id = view->key_id;
        draft.time = parse_time(view->time).value();
        draft.sequence = view->sequence;
        draft.epoch = view->epoch;
        draft.payload = view->payload;
        ByteBuffer again;
        encode_event(draft, signing, again);
        const auto rewritten = decode_event(again);
        ASSERT_TRUE(rewritten.ok());
        json without_expiry = event;
        without_expiry.erase("expirytime");  // ours are written with nine digits
        EXPECT_EQ(as_text(rewritten->signed_bytes),
                  Canonical(without_expiry, signing).signed_bytes);
    }
}

TEST_F(EnvelopeVectors, altered_events_are_refused_with_their_code) {
    int refused = 0;
    for (const auto& item : document.at("must_refuse")) {
        if (!in_this_version(item.at("event"))) {
            continue;
        }
        const Canonical canonical(item.at("event"), signing);
        if (item.at("name") == "base64 with non-zero trailing bits") {
            continue;  // a rule of the JSON form
        }
        EXPECT_EQ(code_of(canonical.bytes()), item.at("code")) << item.at("name");
        ++refused;
    }
    EXPECT_EQ(refused, 3) << "the others carry JSON";
}

}  // namespace
}  // namespace stormglass::bus
