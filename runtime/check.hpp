// CHECK: a rule of our own that must hold. Always on; a broken one ends the process after it has
// printed where, and what the host knows (seed, time, node, last trace lines).
// Whatever a peer, disk, file, clock or user can cause is input and returns a Result instead.
#pragma once

#include <cstdio>

namespace stormglass {

/// What a host can say about the step under way. Hosts install one around each step.
class CheckContext {
  public:
    virtual ~CheckContext() = default;
    /// Prints seed, time, node and the last trace lines; called once, from a dying process.
    virtual void describe(std::FILE* out) const = 0;
};

/// Installs a context for the current thread and restores the one before it.
class CheckScope {
  public:
    explicit CheckScope(const CheckContext& context);
    ~CheckScope();
    CheckScope(const CheckScope&) = delete;
    CheckScope& operator=(const CheckScope&) = delete;

  private:
    const CheckContext* before_;
};

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace stormglass

#define CHECK(condition)                                                \
    do {                                                                \
        if (!(condition)) [[unlikely]] {                                \
            ::stormglass::check_failed(#condition, __FILE__, __LINE__); \
        }                                                               \
    } while (false)
