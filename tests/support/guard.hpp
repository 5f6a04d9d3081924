// The guard: while a world runs, whatever would let the real machine leak into it ends the program
// with the name of what was asked and a stack. Every test program links it (guard.cpp interposes
// the functions); guard_test.cpp plants each leak. It is off under sanitizers, which interpose the
// same functions for themselves.
#pragma once

namespace stormglass::tests {

/// True when the guard watches. Called once by `main`, which also pulls the guard into the program.
bool guard_installed();

}  // namespace stormglass::tests
