// SHA-256 against the standard's examples, and at every length around the padding's edges.
#include "scenarios/files/sha256.hpp"

#include <set>

#include <gtest/gtest.h>

namespace stormglass::scenarios {

TEST(Sha256, examples_of_the_standard) {
    EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256_hex("abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(sha256_hex("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
                         "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"),
              "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
    EXPECT_EQ(sha256_hex(std::string(1'000'000, 'a')),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, every_length_around_two_blocks_gives_another_digest) {
    std::set<std::string> seen;
    for (std::size_t length = 0; length <= 130; ++length) {
        seen.insert(sha256_hex(std::string(length, '\0')));
    }
    EXPECT_EQ(seen.size(), 131U);
}

TEST(Sha256, short_hash_is_the_beginning) {
    EXPECT_EQ(short_hash("abc"), "ba7816bf8f01cfea");
}

}  // namespace stormglass::scenarios
