#include "tests/operate/sample_bus.hpp"

#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "bus/broker.hpp"
#include "runtime/crypto/ed25519.hpp"
#include "scenarios/program/inputs.hpp"
#include "scenarios/worlds/checkout.hpp"

#include <sys/wait.h>

namespace stormglass::tests {
namespace {

std::string read_all(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

struct SampleBus::Inside {
    explicit Inside(scenarios::Plan the_plan) : plan(std::move(the_plan)) {}

    scenarios::Plan plan;
    std::unique_ptr<scenarios::CheckoutWorld> world;
};

SampleBus::SampleBus(const std::string& scenario, std::uint64_t seed) {
    EXPECT_TRUE(crypto::initialise().ok());
    auto plans = scenarios::load_plans({scenario}, scenarios::make_names({}));
    EXPECT_TRUE(plans.value.has_value()) << plans.refusal.text;
    inside_ = std::make_unique<Inside>(std::move(plans.value->front()));
    scenarios::RunOptions options;
    options.seed = seed;
    inside_->world = std::make_unique<scenarios::CheckoutWorld>(inside_->plan, options);
    EXPECT_TRUE(inside_->world->run()) << inside_->world->end_text();
    sim::World& world = inside_->world->world();
    const NodeId broker = world.find("broker");
    for (std::uint64_t number = 1;; ++number) {
        const std::string name = bus::segment_name(number);
        const auto size = world.file_size(broker, name);
        if (!size.has_value()) {
            break;
        }
        ByteBuffer bytes = world.file_bytes(broker, name);
        bytes.resize(*size);
        std::ofstream(folder_ / name, std::ios::binary) << as_text(bytes);
    }
}

SampleBus::~SampleBus() = default;

std::string SampleBus::segment(std::uint64_t number) const {
    return folder_ / bus::segment_name(number);
}

const bus::Machine& SampleBus::machine() const {
    return inside_->world->broker()->machine();
}

Ran SampleBus::stormglass(std::string arguments) const {
    for (std::size_t at = arguments.find("{}"); at != std::string::npos;
         at = arguments.find("{}", at)) {
        arguments.replace(at, 2, folder_.path());
    }
    const std::filesystem::path err = folder_ / "stderr";
    const std::string command =
        "'" + std::string(STORMGLASS_BINARY) + "' " + arguments + " 2>'" + err.string() + "'";
    Ran ran;
    std::FILE* pipe = popen(command.c_str(), "r");
    std::array<char, 4096> buffer;
    while (std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
        ran.out.append(buffer.data(), count);
    }
    const int status = pclose(pipe);
    ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    ran.err = read_all(err);
    std::filesystem::remove(err);
    return ran;
}

}  // namespace stormglass::tests
