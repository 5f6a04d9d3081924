// Whether this build runs under AddressSanitizer: g++ says it with a macro, clang with a feature.
#pragma once

#if defined(__SANITIZE_ADDRESS__)
#define STORMGLASS_ADDRESS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define STORMGLASS_ADDRESS_SANITIZED 1
#endif
#endif
#ifndef STORMGLASS_ADDRESS_SANITIZED
#define STORMGLASS_ADDRESS_SANITIZED 0
#endif
