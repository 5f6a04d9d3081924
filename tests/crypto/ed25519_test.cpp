// Ed25519 behind the seam: RFC 8032's own vectors, Wycheproof's hostile ones, and the memory of
// verifications, which must never answer another question than the one asked.
#include "runtime/crypto/ed25519.hpp"

#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>

#include "tests/crypto/hex.hpp"

namespace stormglass::crypto {
namespace {

using tests::array_of;
using tests::hex_of;
using tests::unhex;

class Ed25519 : public testing::Test {
  protected:
    void SetUp() override { ASSERT_TRUE(initialise().ok()); }
};

struct Vector {
    std::string_view seed;
    std::string_view public_key;
    std::string_view message;
    std::string_view signature;
};

// RFC 8032, section 7.1, tests 1 to 3.
constexpr Vector kRfc8032[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
     "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
     "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
     "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc"
     "6594a7c15e9716ed28dc027beceea1ec40a"},
};

TEST_F(Ed25519, agrees_with_rfc_8032) {
    for (const Vector& vector : kRfc8032) {
        const KeyPair pair = key_pair_from(array_of<32>(vector.seed));
        EXPECT_EQ(hex_of(pair.public_key), vector.public_key);
        Ed25519Signing signing;
        signing.hold("rfc-8032", pair);
        const ByteBuffer message = unhex(vector.message);
        const Signature signature = signing.sign("rfc-8032", message);
        EXPECT_EQ(hex_of(signature), vector.signature);
        EXPECT_TRUE(signing.verify("rfc-8032", message, signature));
    }
}

TEST_F(Ed25519, digest_is_sha_256) {
    Ed25519Signing signing;
    EXPECT_EQ(hex_of(signing.digest(as_bytes("abc"))),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hex_of(signing.digest({})),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_F(Ed25519, answers_wycheproof) {
    const std::string path =
        std::string(STORMGLASS_DATA_DIR) + "/conformance/wycheproof/ed25519_test.json";
    std::ifstream file(path);
    if (!file) {
        GTEST_SKIP() << "not found: " << path;
    }
    const auto document = nlohmann::json::parse(file);
    int valid = 0;
    int invalid = 0;
    for (const auto& group : document.at("testGroups")) {
        Ed25519Signing signing;
        const auto key = array_of<32>(group.at("publicKey").at("pk").get<std::string>());
        ASSERT_TRUE(signing.trust("wycheproof", key).ok());
        for (const auto& test : group.at("tests")) {
            const ByteBuffer message = unhex(test.at("msg").get<std::string>());
            const ByteBuffer claimed = unhex(test.at("sig").get<std::string>());
            const bool expected = test.at("result") == "valid";
            ++(expected ? valid : invalid);
            if (claimed.size() != sizeof(Signature)) {
                EXPECT_FALSE(expected) << "the envelope has room for 64 bytes, no more, no less";
                continue;
            }
            Signature signature;
            std::copy(claimed.begin(), claimed.end(), signature.begin());
            EXPECT_EQ(signing.verify("wycheproof", message, signature), expected)
                << "tcId " << test.at("tcId") << ": " << test.at("comment");
        }
    }
    EXPECT_EQ(valid + invalid, document.at("numberOfTests").get<int>());
    EXPECT_GT(valid, 40);
    EXPECT_GT(invalid, 20);
}

TEST_F(Ed25519, refuses_public_keys_of_small_order) {
    Ed25519Signing signing;
    PublicKey identity{};
    identity[0] = std::byte{1};
    EXPECT_EQ(signing.trust("weak-key", identity).error().code, "CRYPTO_BAD_KEY");
    EXPECT_EQ(signing.trust("weak-key", PublicKey{}).error().code, "CRYPTO_BAD_KEY");
    EXPECT_FALSE(signing.verify("weak-key", {}, Signature{}));
}

TEST_F(Ed25519, knows_its_keys_only) {
    const Ed25519Keys keys(7);
    Ed25519Signing orders;
    Ed25519Signing others;
    orders.hold("orders-key", keys.pair("orders-key"));
    ASSERT_TRUE(others.trust("orders-key", keys.pair("orders-key").public_key).ok());
    const Signature signature = orders.sign("orders-key", as_bytes("text"));
    EXPECT_TRUE(others.verify("orders-key", as_bytes("text"), signature));
    EXPECT_FALSE(others.verify("stock-key", as_bytes("text"), signature));
    ASSERT_TRUE(others.trust("orders-key", keys.pair("stock-key").public_key).ok());
    EXPECT_FALSE(others.verify("orders-key", as_bytes("text"), signature)) << "key was replaced";
}

TEST_F(Ed25519, a_trusted_key_cannot_sign) {
    Ed25519Signing signing;
    ASSERT_TRUE(signing.trust("orders-key", Ed25519Keys(7).pair("orders-key").public_key).ok());
    EXPECT_DEATH(static_cast<void>(signing.sign("orders-key", {})), "CHECK");
}

TEST_F(Ed25519, derived_keys_depend_on_seed_and_name_alone) {
    EXPECT_EQ(Ed25519Keys(1).pair("a-key").public_key, Ed25519Keys(1).pair("a-key").public_key);
    EXPECT_NE(Ed25519Keys(1).pair("a-key").public_key, Ed25519Keys(2).pair("a-key").public_key);
    EXPECT_NE(Ed25519Keys(1).pair("a-key").public_key, Ed25519Keys(1).pair("b-key").public_key);
}

TEST_F(Ed25519, remembers_signatures_where_it_is_told_to) {
    Ed25519Signing signing;
    Ed25519Signing forgetful;
    signing.remember_signatures(2);
    for (const char* id : {"orders-key", "stock-key"}) {
        signing.hold(id, Ed25519Keys(7).pair(id));
        forgetful.hold(id, Ed25519Keys(7).pair(id));
    }
    for (const char* text : {"text", "text", "other", "third", "text"}) {
        for (const char* id : {"orders-key", "stock-key"}) {
            EXPECT_EQ(signing.sign(id, as_bytes(std::string_view(text))),
                      forgetful.sign(id, as_bytes(std::string_view(text))));
        }
    }
    signing.remember_signatures(64);
    for (int round = 0; round < 3; ++round) {
        signing.sign("orders-key", as_bytes("text"));
    }
    EXPECT_GE(signing.signatures_remembered(), 2U);
    EXPECT_EQ(forgetful.signatures_remembered(), 0U);
}

TEST_F(Ed25519, knows_that_its_own_signatures_hold_and_takes_no_other_for_them) {
    constexpr int kTexts = 64;
    Ed25519Signing signing(1'024);
    signing.remember_signatures(1'024);
    signing.hold("orders-key", Ed25519Keys(7).pair("orders-key"));
    signing.hold("stock-key", Ed25519Keys(7).pair("stock-key"));
    for (int i = 0; i < kTexts; ++i) {
        std::string text = "text " + std::to_string(i);
        Signature signature = signing.sign("orders-key", as_bytes(text));
        EXPECT_TRUE(signing.verify("orders-key", as_bytes(text), signature));
        EXPECT_FALSE(signing.verify("stock-key", as_bytes(text), signature));
        signature[static_cast<std::size_t>(i)] ^= std::byte{4};
        EXPECT_FALSE(signing.verify("orders-key", as_bytes(text), signature));
        signature[static_cast<std::size_t>(i)] ^= std::byte{4};
        text[0] = 'T';
        EXPECT_FALSE(signing.verify("orders-key", as_bytes(text), signature));
    }
    EXPECT_GE(signing.remembered(), kTexts / 2U) << "most slots are not shared";
    EXPECT_LE(signing.remembered(), kTexts - kTexts / 16U) << "one in sixteen is verified";
}

TEST_F(Ed25519, remembers_answers_of_both_kinds) {
    Ed25519Signing signing(16);
    signing.hold("orders-key", Ed25519Keys(7).pair("orders-key"));
    const Signature good = signing.sign("orders-key", as_bytes("text"));
    Signature bad = good;
    bad[0] ^= std::byte{1};
    for (int round = 0; round < 3; ++round) {
        EXPECT_TRUE(signing.verify("orders-key", as_bytes("text"), good));
        EXPECT_FALSE(signing.verify("orders-key", as_bytes("text"), bad));
    }
    EXPECT_EQ(signing.verifications(), 6U);
    EXPECT_GE(signing.remembered(), 2U);
}

RC_GTEST_FIXTURE_PROP(Ed25519, memory_changes_no_answer, (std::uint64_t seed)) {
    // Two slots, many questions: nearly every answer evicts another.
    RC_ASSERT(initialise().ok());
    Ed25519Signing forgetful(2);
    Ed25519Signing fresh(1 << 12);
    for (Ed25519Signing* signing : {&forgetful, &fresh}) {
        signing->hold("a-key", Ed25519Keys(seed).pair("a-key"));
        signing->hold("b-key", Ed25519Keys(seed).pair("b-key"));
    }
    for (int i = 0; i < 8; ++i) {
        const std::string message(1, static_cast<char>('a' + *rc::gen::inRange(0, 3)));
        const std::string signer = *rc::gen::element<std::string>("a-key", "b-key");
        const std::string claimed = *rc::gen::element<std::string>("a-key", "b-key");
        const Signature signature = fresh.sign(signer, as_bytes(message));
        const bool first = forgetful.verify(claimed, as_bytes(message), signature);
        RC_ASSERT(first == (signer == claimed));
        RC_ASSERT(fresh.verify(claimed, as_bytes(message), signature) == first);
    }
}

}  // namespace
}  // namespace stormglass::crypto
