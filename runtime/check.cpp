#include "runtime/check.hpp"

#include <cstdlib>

namespace stormglass {
namespace {

// layer-ok: read only when the process dies, so no decision ever depends on it; one per thread,
// because seeds run side by side on all cores.
thread_local const CheckContext* current_context = nullptr;

}  // namespace

CheckScope::CheckScope(const CheckContext& context) : before_(current_context) {
    current_context = &context;
}

CheckScope::~CheckScope() {
    current_context = before_;
}

void check_failed(const char* condition, const char* file, int line) {
    // layer-ok: dying words
    std::fprintf(stderr, "stormglass: bug at %s:%d: CHECK(%s)\n", file, line, condition);
    if (current_context != nullptr) {
        current_context->describe(stderr);
    }
    // layer-ok: dying words
    std::fprintf(stderr, "stormglass: please report this with the lines above\n");
    std::abort();
}

}  // namespace stormglass
