// The stand-in for signatures: deterministic, keyed, and sensitive to every bit; nothing more.
#include "runtime/stand_in_signing.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace stormglass {
namespace {

TEST(StandInSigning, knows_its_keys_only) {
    StandInSigning signing({"second-key", "first-key"});
    const Signature signature = signing.sign("first-key", as_bytes("text"));
    EXPECT_TRUE(signing.verify("first-key", as_bytes("text"), signature));
    EXPECT_FALSE(signing.verify("second-key", as_bytes("text"), signature));
    EXPECT_FALSE(StandInSigning({"third-key"}).verify("first-key", as_bytes("text"), signature));
    EXPECT_EQ(signing.name(), "stand-in");
}

TEST(StandInSigningDeathTest, signing_with_a_foreign_key_is_a_bug) {
    StandInSigning signing({"first-key"});
    EXPECT_DEATH(static_cast<void>(signing.sign("other-key", {})), "CHECK");
}

RC_GTEST_PROP(StandInSigning, any_flipped_bit_shows, (std::string text)) {
    RC_PRE(!text.empty());
    StandInSigning signing({"first-key"});
    const Signature signature = signing.sign("first-key", as_bytes(text));
    const Digest digest = signing.digest(as_bytes(text));
    const auto bit = *rc::gen::inRange<std::size_t>(0, text.size() * 8);
    text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << (bit % 8)));
    RC_ASSERT(!signing.verify("first-key", as_bytes(text), signature));
    RC_ASSERT(signing.digest(as_bytes(text)) != digest);
}

RC_GTEST_PROP(StandInSigning, padding_shows, (std::string text)) {
    StandInSigning signing({"first-key"});
    const Digest digest = signing.digest(as_bytes(text));
    text.push_back('\0');
    RC_ASSERT(signing.digest(as_bytes(text)) != digest);
}

}  // namespace
}  // namespace stormglass
