// One seed, one hash, in two processes with different heap and environment.
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include <sys/wait.h>

namespace stormglass::tests {
namespace {

/// What the twin program prints, run with a filler of so many bytes in its environment.
std::string twin(int seed, std::string_view heap_key, std::size_t environment_bytes) {
    setenv("STORMGLASS_FILLER", std::string(environment_bytes, 'x').c_str(), 1);
    std::string command = SIM_TWIN;
    command.append(" ").append(std::to_string(seed)).append(" ").append(heap_key);
    std::FILE* const pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) {
        return {};
    }
    std::string output;
    char buffer[256];
    while (std::fgets(buffer, sizeof buffer, pipe) != nullptr) {
        output += buffer;
    }
    const int status = pclose(pipe);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? output : std::string();
}

TEST(Twins, agree_whatever_the_heap_and_the_environment) {
    std::set<std::string> outputs;
    for (int seed = 1; seed <= 12; ++seed) {
        const std::string first = twin(seed, "", 1);
        EXPECT_NE(first.find("converged"), std::string::npos) << first;
        EXPECT_EQ(twin(seed, std::to_string(seed * 31), 5000), first);
        outputs.insert(first);
    }
    EXPECT_EQ(outputs.size(), 12U);
}

}  // namespace
}  // namespace stormglass::tests
