// SHA-256 by the processor's own instructions where it has them, else by libsodium, whose code is
// portable: several times as slow, and every event is digested more than once.
#pragma once

#include "runtime/bytes.hpp"
#include "runtime/signing.hpp"

namespace stormglass::crypto {

Digest sha256(Bytes message);

}  // namespace stormglass::crypto
