// The examples, as users run them: against a server, one after the other.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/asio/serving.hpp"
#include "tests/support/temp_dir.hpp"

namespace stormglass::bus {
namespace {

/// What the program printed; its exit status must be 0.
std::string run(const std::string& command, const std::string& out) {
    EXPECT_EQ(std::system((command + " > " + out + " 2>&1").c_str()), 0) << command;
    std::stringstream text;
    text << std::ifstream(out).rdbuf();
    return text.str();
}

TEST(Examples, work_against_a_server) {
    const tests::TempDir data;
    const tests::TempDir outputs;
    tests::Serving server(data.path());
    const std::string out = outputs / "out";
    const std::string with = server.url() + " ";
    const std::string publish = std::string(EXAMPLE_PUBLISH) + " " + with + data.path();
    const std::string consume = std::string(EXAMPLE_CONSUME) + " " + with + "4 " + data.path();
    const std::string coroutine = std::string(EXAMPLE_COROUTINE) + " " + with + data.path();
    EXPECT_EQ(run(publish, out), "stored at 0 and 1\n");
    EXPECT_EQ(run(publish, out), "stored at 2 and 3\n");
    EXPECT_NE(run(consume, out).find("order 0: apples\n"), std::string::npos);
    EXPECT_EQ(run(coroutine, out), "accepted\naccepted\naccepted\n7 orders stored\n");
}

TEST(Examples, work_without_a_server) {
    const tests::TempDir data;
    const tests::TempDir outputs;
    const std::string out = outputs / "out";
    const std::string url = " file:" + data.path();
    EXPECT_EQ(run(std::string(EXAMPLE_PUBLISH) + url, out), "stored at 0 and 1\n");
    EXPECT_NE(run(std::string(EXAMPLE_CONSUME) + url + " 2", out).find("pears"), std::string::npos);
}

}  // namespace
}  // namespace stormglass::bus
