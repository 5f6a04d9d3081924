#include "examples/checkout/demo.hpp"

#include <charconv>
#include <cstdio>
#include <string>
#include <vector>

#include "runtime/crypto/ed25519.hpp"
#include "scenarios/program/inputs.hpp"

#include "examples/checkout/roles.hpp"

namespace stormglass::examples {
namespace {

int usage() {
    std::fputs(
        "usage: checkout-demo ROLE SCENARIO SEED DEFECT|- HOST:PORT DATA\n"
        "  with ROLE orders, stock, payments, shipping, dashboard, place or account\n"
        "usage: checkout-demo simulate|account-files SCENARIO SEED DEFECT|- FOLDER\n",
        stderr);
    return 64;
}

int run_role(const std::string& role, const BusAddress& bus, const Trial& trial) {
    if (role == "orders") {
        return run_orders(bus, trial);
    }
    if (role == "stock" || role == "payments" || role == "shipping") {
        return run_participant(role, bus, trial);
    }
    if (role == "dashboard") {
        return run_dashboard(bus);
    }
    if (role == "place") {
        return place_orders(bus, trial);
    }
    return role == "account" ? account(bus, trial) : usage();
}

}  // namespace

int demo_main(int argc, char** argv, scenarios::PlantedDefects defects) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    const bool files = !words.empty() && (words[0] == "simulate" || words[0] == "account-files");
    if (words.size() != (files ? 5U : 6U)) {
        return usage();
    }
    std::uint64_t seed = 0;
    const char* end = words[2].data() + words[2].size();
    if (const auto [stop, problem] = std::from_chars(words[2].data(), end, seed);
        problem != std::errc{} || stop != end) {
        return usage();
    }
    const scenarios::PlantedDefect* defect = nullptr;
    for (const scenarios::PlantedDefect& planted : defects) {
        defect = planted.name == words[3] ? &planted : defect;
    }
    if (words[3] != "-" && defect == nullptr) {
        std::fprintf(stderr, "checkout-demo: no defect '%s' here\n", words[3].c_str());
        return 64;
    }
    if (auto ready = crypto::initialise(); !ready) {
        std::fprintf(stderr, "checkout-demo: %s\n", ready.error().text.c_str());
        return 70;
    }
    auto plans = scenarios::load_plans({words[1]}, scenarios::make_names(defects));
    if (!plans.value) {
        std::fputs(plans.refusal.text.c_str(), stderr);
        return plans.refusal.exit_code;
    }
    const Trial trial{plans.value->front(), seed, defect};
    if (files) {
        return words[0] == "simulate" ? simulate(words[4], trial) : account_files(words[4], trial);
    }
    return run_role(words[0], {words[4], words[5]}, trial);
}

}  // namespace stormglass::examples
