# Writes what this build is: commit, whether it is clean, and a hash of the code that decides.
# Run at every build; the file changes only when its content does.
# build_info.cmake -DOUT=... -DROOT=... -DCOMPILER=... -DFLAGS=... -DBUILD_TYPE=... -DVERSION=...
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

set(body "// Generated at every build; do not edit.
#include \"scenarios/program/build_info.hpp\"

namespace stormglass::scenarios {

BuildInfo build_info() {
    return {\"${VERSION}\", \"${commit}\", ${dirty}, \"${code_hash}\",
            \"${COMPILER}\", \"${FLAGS}\", \"${BUILD_TYPE}\"};
}

}  // namespace stormglass::scenarios
")
set(before "")
if(EXISTS "${OUT}")
    file(READ "${OUT}" before)
endif()
if(NOT before STREQUAL body)
    file(WRITE "${OUT}" "${body}")
endif()
