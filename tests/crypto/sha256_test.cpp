// SHA-256 as this processor computes it: the standard's vectors, and libsodium's answer for
// messages of every length around the ends of blocks.
#include "runtime/crypto/sha256.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/crypto/hex.hpp"

#include <sodium.h>

namespace stormglass::crypto {
namespace {

using tests::hex_of;

Digest by_libsodium(Bytes message) {
    Digest digest;
    crypto_hash_sha256(reinterpret_cast<unsigned char*>(digest.data()),
                       reinterpret_cast<const unsigned char*>(message.data()),
                       message.size());
    return digest;
}

// FIPS 180-4's own examples, as NIST publishes them.
TEST(Sha256, agrees_with_the_standard) {
    EXPECT_EQ(hex_of(sha256(as_bytes("abc"))),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hex_of(sha256(as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(hex_of(sha256(as_bytes(std::string(1'000'000, 'a')))),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

RC_GTEST_PROP(Sha256, agrees_with_libsodium, ()) {
    const auto size = *rc::gen::inRange<std::size_t>(0, 300);
    const auto message = *rc::gen::container<std::string>(size, rc::gen::arbitrary<char>());
    const auto from = *rc::gen::inRange<std::size_t>(0, std::min<std::size_t>(size + 1, 17));
    const Bytes bytes = as_bytes(message).subspan(from);  // at any alignment
    RC_ASSERT(sha256(bytes) == by_libsodium(bytes));
}

}  // namespace
}  // namespace stormglass::crypto
