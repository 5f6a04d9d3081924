// Hostile trace headers: mutated ones, each in memory of exactly its size.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/fuzz/exercise_trace.hpp"
#include "tests/fuzz/mutate.hpp"

namespace stormglass::bus::fuzz {
namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr std::uint64_t kInputs = 500'000;
#else
constexpr std::uint64_t kInputs = 50'000;
#endif

TEST(TraceHeaders, survive_mutation) {
    constexpr std::string_view kSample =
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\n"
        "sg=00f067aa0ba902b7, tenant@sys=t61rcWkgMzE,rojo=1\t,,long=xxxxxxxxxxxxxxxxxxxxxxxx";
    ASSERT_TRUE(exercise_trace(kSample));
    std::uint64_t accepted = 0;
    for (std::uint64_t seed = 0; seed < kInputs; ++seed) {
        const Bytes sample = as_bytes(kSample);
        ByteBuffer bytes(sample.begin(), sample.end());
        Mutator(chain64(seed, 3)).mutate(bytes);
        const std::vector<char> exact(reinterpret_cast<const char*>(bytes.data()),
                                      reinterpret_cast<const char*>(bytes.data()) + bytes.size());
        accepted += exercise_trace({exact.data(), exact.size()}) ? 1 : 0;
    }
    EXPECT_GT(accepted, kInputs / 100) << "the mutations no longer reach what lies behind";
    EXPECT_LT(accepted, kInputs);
}

}  // namespace
}  // namespace stormglass::bus::fuzz
