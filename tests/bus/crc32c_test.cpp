// CRC32C against RFC 3720 appendix B.4 and against a bit-by-bit model.
#include "bus/crc32c.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace stormglass::bus {
namespace {

std::uint32_t bit_by_bit(Bytes bytes) {
    std::uint32_t crc = ~0U;
    for (const std::byte byte : bytes) {
        crc ^= std::to_integer<std::uint32_t>(byte);
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78U : 0U);
        }
    }
    return ~crc;
}

TEST(Crc32c, known_answers) {
    EXPECT_EQ(crc32c(as_bytes("123456789")), 0xe3069283U);
    EXPECT_EQ(crc32c(ByteBuffer(32, std::byte{0})), 0x8a9136aaU);
    EXPECT_EQ(crc32c(ByteBuffer(32, std::byte{0xff})), 0x62a8ab43U);
    EXPECT_EQ(crc32c({}), 0U);
}

RC_GTEST_PROP(Crc32c, agrees_with_the_definition, (const std::string& text)) {
    RC_ASSERT(crc32c(as_bytes(text)) == bit_by_bit(as_bytes(text)));
    RC_ASSERT(crc32c_portable(as_bytes(text)) == bit_by_bit(as_bytes(text)));
}

RC_GTEST_PROP(Crc32c, continues_where_it_stopped, (const std::string& a, const std::string& b)) {
    RC_ASSERT(crc32c(as_bytes(b), crc32c(as_bytes(a))) == crc32c(as_bytes(a + b)));
}

}  // namespace
}  // namespace stormglass::bus
