# Writes what this build is: commit, whether it is clean, and a hash of the code that decides.
# Run at every build; the file changes only when its content does.
# build_info.cmake -DOUT=... -DENGINE=... -DROOT=... -DCOMPILER=... -DFLAGS=... -DBUILD_TYPE=... -DVERSION=...
execute_process(COMMAND git -c safe.directory=* -C "${ROOT}" rev-parse --short=12 HEAD
                OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(commit STREQUAL "")
    set(commit "unknown")
endif()
execute_process(COMMAND git -c safe.directory=* -C "${ROOT}" status --porcelain
                OUTPUT_VARIABLE changes OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
set(dirty "false")
if(NOT changes STREQUAL "")
    set(dirty "true")
endif()

# The seeds of a review are drawn anew with every change of this code, and with nothing else.
set(sources "")
foreach(folder runtime bus sagas sim scenarios)
    file(GLOB_RECURSE found RELATIVE "${ROOT}" "${ROOT}/${folder}/*.cpp" "${ROOT}/${folder}/*.hpp")
    list(APPEND sources ${found})
endforeach()
list(SORT sources)
set(all "")
foreach(source IN LISTS sources)
    file(SHA256 "${ROOT}/${source}" hash)
    string(APPEND all "${source} ${hash}\n")
endforeach()
string(SHA256 code_hash "${all}")
string(STRIP "${FLAGS}" FLAGS)

# What a history depends on, for replay tokens: less than the above, or every change of a message
# would make them tokens of another build.
set(all "")
foreach(source IN LISTS sources)
    if(NOT source MATCHES "^scenarios/(cli|program|checks|gtest)/|^runtime/asio/|^bus/engines/")
        file(SHA256 "${ROOT}/${source}" hash)
        string(APPEND all "${source} ${hash}\n")
    endif()
endforeach()
string(SHA256 engine "${all}")
string(SUBSTRING "${engine}" 0 16 engine)

set(body "// Generated at every build; do not edit.
#include \"scenarios/program/build_info.hpp\"

namespace stormglass::scenarios {

BuildInfo build_info() {
    return {\"${VERSION}\", \"${commit}\", ${dirty}, \"${code_hash}\",
            \"${COMPILER}\", \"${FLAGS}\", \"${BUILD_TYPE}\"};
}

}  // namespace stormglass::scenarios
")
set(engine_body "// Generated at every build; do not edit.
#include \"scenarios/runs/engine.hpp\"

namespace stormglass::scenarios {

std::uint64_t engine_code() {
    return 0x${engine};
}

}  // namespace stormglass::scenarios
")
foreach(name OUT body ENGINE engine_body)
    if(name MATCHES "^[A-Z]+$")
        set(path "${${name}}")
        continue()
    endif()
    set(before "")
    if(EXISTS "${path}")
        file(READ "${path}" before)
    endif()
    if(NOT before STREQUAL "${${name}}")
        file(WRITE "${path}" "${${name}}")
    endif()
endforeach()
