// A Chance for tests of nodes without a host: draws are keyed by a seed of the test's choice, and
// rare branches are taken only where the test asks for them.
#pragma once

#include <map>
#include <set>
#include <string>

#include "runtime/effects.hpp"

namespace stormglass::tests {

class TestChance final : public Chance {
  public:
    explicit TestChance(std::uint64_t seed = 1) : seed_(seed) {}

    std::uint64_t draw(Site site) override {
        return keyed_draw(seed_, site.hash, {++visits_[site.hash]});
    }

    std::uint64_t draw(Site site, Subject about) override {
        return keyed_draw(seed_, site.hash, about);
    }

    bool maybe(Site site) override { return rare_.contains(std::string(site.name)); }

    void take_rare_branch(std::string site) { rare_.insert(std::move(site)); }

  private:
    std::uint64_t seed_;
    std::map<std::uint64_t, std::uint64_t> visits_;
    std::set<std::string> rare_;
};

/// Draws of the test itself, in order.
class Stream {
  public:
    explicit Stream(std::uint64_t seed) : state_(seed) {}

    std::uint64_t below(std::uint64_t bound) { return bounded(state_ = mix64(state_ + 1), bound); }

    bool one_in(std::uint64_t n) { return below(n) == 0; }

  private:
    std::uint64_t state_;
};

}  // namespace stormglass::tests
