// SHA-256 against the standard's vectors and every padding boundary; base64 against RFC 4648.
#include "reports/sha256.hpp"

#include <gtest/gtest.h>

namespace stormglass::reports {
namespace {

TEST(Sha256, gives_the_vectors_of_fips_180) {
    EXPECT_EQ(hex(sha256("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(hex(sha256("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                         "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu")),
              "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
    EXPECT_EQ(hex(sha256(std::string(1'000'000, 'a'))),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, keeps_lengths_apart_at_every_padding_boundary) {
    // A hash of hashes over all lengths up to three blocks, computed once by another program.
    std::string all;
    for (std::size_t size = 0; size <= 192; ++size) {
        all += hex(sha256(std::string(size, 'x')));
    }
    EXPECT_EQ(hex(sha256(all)), "60d791e3fe413c2c186fa59473d44ce5b19affb97254298b42d062c2a5ab891a");
}

TEST(Sha256, short_hash_is_the_beginning) {
    EXPECT_EQ(sha256_hex("abc"), hex(sha256("abc")));
    EXPECT_EQ(short_hash("abc"), "ba7816bf8f01cfea");
}

TEST(Base64, gives_the_vectors_of_rfc_4648) {
    EXPECT_EQ(base64(""), "");
    EXPECT_EQ(base64("f"), "Zg==");
    EXPECT_EQ(base64("fo"), "Zm8=");
    EXPECT_EQ(base64("foo"), "Zm9v");
    EXPECT_EQ(base64("foob"), "Zm9vYg==");
    EXPECT_EQ(base64("fooba"), "Zm9vYmE=");
    EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
    EXPECT_EQ(base64("\xff\xfe"), "//4=");
}

}  // namespace
}  // namespace stormglass::reports
