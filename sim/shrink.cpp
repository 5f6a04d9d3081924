#include "sim/shrink.hpp"

#include <algorithm>
#include <numeric>

#include "runtime/check.hpp"

namespace stormglass::sim {
namespace {

class Shrinker {
  public:
    Shrinker(Shrunk start, const ShrinkProbe& probe, const ShrinkLimits& limits)
        : best_(std::move(start)),
          probe_(probe),
          limits_(limits) {}

    Shrunk run() {
        no_fault_at_all();
        bool smaller = true;
        while (smaller && !over_) {
            smaller = drop_faults();
            // Choices before decisions: while all of a fault's decisions are kept, none of their
            // numbers can move.
            smaller = drop_choices() || smaller;
            smaller = drop_decisions() || smaller;
        }
        best_.finished = !over_;
        return std::move(best_);
    }

  private:
    bool accept(const Reduction& candidate) {
        if (over_ || best_.tries >= limits_.tries || (limits_.stop && limits_.stop())) {
            over_ = true;
            return false;
        }
        ++best_.tries;
        auto size = probe_(candidate);
        if (!size) {
            return false;
        }
        best_.kept = candidate;
        best_.size = std::move(*size);
        return true;
    }

    std::size_t faults() const { return best_.size.decisions.size(); }

    std::uint64_t kept_of(std::size_t fault) const {
        return best_.kept.of_fault(fault).count_below(best_.size.decisions[fault]);
    }

    /// Most failures of a broken program need no fault: asked once, it saves all the rest.
    void no_fault_at_all() {
        Reduction none = best_.kept;
        for (std::size_t i = 0; i < faults(); ++i) {
            none.fault(i) = IndexSet::none();
        }
        if (faults() > 1) {
            accept(none);
        }
    }

    bool drop_faults() {
        std::vector<std::size_t> order(faults());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
            return kept_of(a) > kept_of(b);
        });
        bool smaller = false;
        for (const std::size_t fault : order) {
            if (best_.kept.of_fault(fault).is_none()) {
                continue;
            }
            Reduction without = best_.kept;
            without.fault(fault) = IndexSet::none();
            smaller = accept(without) || smaller;
        }
        return smaller;
    }

    bool drop_decisions() {
        bool smaller = false;
        for (std::size_t fault = 0; fault < faults(); ++fault) {
            smaller = thin_out(
                          [this, fault]() -> std::vector<std::uint32_t> {
                              return best_.kept.of_fault(fault).below(best_.size.decisions[fault]);
                          },
                          [fault](Reduction& kept, IndexSet set) {
                              kept.fault(fault) = std::move(set);
                          }) ||
                      smaller;
        }
        return smaller;
    }

    bool drop_choices() {
        return thin_out([this] { return best_.kept.choices.below(best_.size.choices); },
                        [](Reduction& kept, IndexSet set) { kept.choices = std::move(set); });
    }

    /// Leaves out halves, quarters ... single ones, as long as the run fails without them. At least
    /// one stays: leaving out a whole fault was asked before, and a run without a workload is none.
    template <class List, class Set>
    bool thin_out(const List& list, const Set& set) {
        bool smaller = false;
        std::vector<std::uint32_t> left = list();
        for (std::size_t piece = left.size() / 2; piece > 0; piece /= 2) {
            for (std::size_t at = 0; at < left.size() && left.size() > 1;) {
                std::vector<std::uint32_t> rest = left;
                const std::size_t end = std::min(at + piece, rest.size());
                rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(at),
                           rest.begin() + static_cast<std::ptrdiff_t>(end));
                Reduction candidate = best_.kept;
                set(candidate, IndexSet::of(rest));
                if (!rest.empty() && accept(candidate)) {
                    smaller = true;
                    left = list();  // decisions that are no longer reached are gone too
                } else {
                    at = end;
                }
                if (over_) {
                    return smaller;
                }
            }
        }
        return smaller;
    }

    Shrunk best_;
    const ShrinkProbe& probe_;
    const ShrinkLimits& limits_;
    bool over_ = false;
};

}  // namespace

std::uint64_t RunSize::kept_decisions(const Reduction& kept) const {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < decisions.size(); ++i) {
        sum += kept.of_fault(i).count_below(decisions[i]);
    }
    return sum;
}

std::uint64_t RunSize::kept_choices(const Reduction& kept) const {
    return kept.choices.count_below(choices);
}

Shrunk shrink(Reduction kept, RunSize size, const ShrinkProbe& probe, const ShrinkLimits& limits) {
    CHECK(probe != nullptr);
    Shrunk start;
    start.kept = std::move(kept);
    start.size = std::move(size);
    return Shrinker(std::move(start), probe, limits).run();
}

}  // namespace stormglass::sim
