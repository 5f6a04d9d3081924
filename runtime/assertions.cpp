#include "runtime/assertions.hpp"

namespace stormglass {
namespace {

// The product's code has no Effects at hand where it asserts. The host of a test sets this around a
// step; nothing reads it back, so it can decide nothing.
// layer-ok: a listener of the thread's, never read by what runs
thread_local AssertionListener* listening = nullptr;

}  // namespace

AssertionScope::AssertionScope(AssertionListener& listener) : outer_(listening) {
    listening = &listener;
}

AssertionScope::~AssertionScope() {
    listening = outer_;
}

void detail::assertion_reached(std::string_view name) {
    if (listening != nullptr) {
        listening->on_reached(name);
    }
}

void detail::assertion_violated(std::string_view name) {
    if (listening != nullptr) {
        listening->on_violated(name);
    }
}

}  // namespace stormglass
