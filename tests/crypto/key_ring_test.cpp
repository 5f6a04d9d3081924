// The key ring: a local secret signs for every local key and for no other, and pairs stay pairs.
#include "runtime/crypto/key_ring.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace stormglass::crypto {
namespace {

Bytes bytes_of(const std::string& text) {
    return as_bytes(text);
}

RC_GTEST_PROP(KeyRing, the_local_secret_signs_for_its_keys_and_no_others, ()) {
    RC_ASSERT(initialise().ok());
    KeyRing ring;
    KeyRing stranger;
    ring.hold_local(fresh_secret());
    stranger.hold_local(fresh_secret());
    const auto source = *rc::gen::arbitrary<std::string>();
    auto message = *rc::gen::nonEmpty<std::string>();
    const std::string key = local_key_id(source);
    const std::string other = local_key_id(source + "x");
    Signature signature = ring.sign(key, bytes_of(message));
    RC_ASSERT(ring.verify(key, bytes_of(message), signature));
    RC_ASSERT(ring.sign(key, bytes_of(message)) == signature);
    RC_ASSERT(!ring.verify(other, bytes_of(message), signature));
    RC_ASSERT(!stranger.verify(key, bytes_of(message), signature));
    RC_ASSERT(!KeyRing().verify(key, bytes_of(message), signature));
    const auto at = *rc::gen::inRange<std::size_t>(0, message.size());
    message[at] = static_cast<char>(message[at] ^ 1);
    RC_ASSERT(!ring.verify(key, bytes_of(message), signature));
    message[at] = static_cast<char>(message[at] ^ 1);
    const auto bit = *rc::gen::inRange<std::size_t>(0, signature.size());
    signature[bit] ^= std::byte{1};
    RC_ASSERT(!ring.verify(key, bytes_of(message), signature));
}

TEST(KeyRing, a_pair_verifies_with_its_public_half_alone) {
    ASSERT_TRUE(initialise().ok());
    const KeyPair pair = key_pair_from(fresh_secret());
    KeyRing writer;
    writer.pairs().hold("billing-2026", pair);
    KeyRing reader;
    ASSERT_TRUE(reader.pairs().trust("billing-2026", pair.public_key).ok());
    const Signature signature = writer.sign("billing-2026", as_bytes("an order"));
    EXPECT_TRUE(reader.verify("billing-2026", as_bytes("an order"), signature));
    EXPECT_FALSE(reader.verify("billing-2027", as_bytes("an order"), signature));
    EXPECT_FALSE(reader.verify(local_key_id("x"), as_bytes("an order"), signature));
}

TEST(KeyRing, local_key_ids_are_legal_in_events) {
    const std::string id = local_key_id("urn:stormglass:local:shop");
    EXPECT_TRUE(id.starts_with(kLocalKeyPrefix));
    EXPECT_GE(id.size(), 8U);
    EXPECT_LE(id.size(), 64U);
}

}  // namespace
}  // namespace stormglass::crypto
