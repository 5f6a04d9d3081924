// What this build is; the values are written by tools/build_info.cmake.
#pragma once

#include <string>

namespace stormglass::scenarios {

struct BuildInfo {
    std::string version;
    std::string commit;
    bool dirty = false;
    std::string code_hash;  // SHA-256 over the sources that decide what a run does
    std::string compiler;
    std::string flags;
    std::string build_type;
};

BuildInfo build_info();

}  // namespace stormglass::scenarios
