// For determinism twins: a heap that looks different. Two runs of one seed, one of them after
// `HeapPerturbation`, find code whose result depends on addresses.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace stormglass::sim {

/// Allocates and frees junk of drawn sizes, and keeps some of it while it lives.
class HeapPerturbation {
  public:
    explicit HeapPerturbation(std::uint64_t key);

  private:
    std::vector<std::unique_ptr<char[]>> kept_;
};

}  // namespace stormglass::sim
