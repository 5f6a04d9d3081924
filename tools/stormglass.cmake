# How this project builds: one options target, one function for libraries, one for tests.
# Sources are listed by name; there are no global flags and nothing is fetched.

find_program(CCACHE ccache)
if(CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE}")
endif()

add_library(stormglass_options INTERFACE)
target_compile_features(stormglass_options INTERFACE cxx_std_20)
target_include_directories(stormglass_options INTERFACE "${PROJECT_SOURCE_DIR}")
# No fused multiply-add: simulated results must not depend on the processor.
target_compile_options(stormglass_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -ffp-contract=off)
# g++ 12 sees an overlap in `"x" + std::to_string(n)` where there is none (GCC bug 105651).
target_compile_options(stormglass_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
option(STORMGLASS_WERROR "Treat warnings as errors (our presets do)" OFF)
if(STORMGLASS_WERROR)
    target_compile_options(stormglass_options INTERFACE -Werror)
    # The same bug again, as an overrun that depends on how long the path of the checkout is.
    target_compile_options(stormglass_options INTERFACE
        $<$<CXX_COMPILER_ID:GNU>:-Wno-error=array-bounds>
        $<$<CXX_COMPILER_ID:GNU>:-Wno-error=stringop-overflow>)
endif()

# What is built whole and seldom (a release, the gate's other compilers) takes a library's files eight
# at a time: a third of the work, for most of it is reading headers. Daily builds take each alone, so
# that a file names all that it needs.
option(STORMGLASS_UNITY "Compile the files of a library eight at a time" OFF)

# stormglass_library(<folder> SOURCES ... [PUBLIC targets] [PRIVATE targets])
function(stormglass_library name)
    cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
    add_library(stormglass_${name} STATIC ${ARG_SOURCES})
    add_library(stormglass::${name} ALIAS stormglass_${name})
    set_target_properties(stormglass_${name} PROPERTIES CXX_EXTENSIONS OFF EXPORT_NAME ${name})
    if(STORMGLASS_UNITY)
        set_target_properties(stormglass_${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
    endif()
    # Warnings are ours alone; who uses an installed library gets the language and the headers.
    target_link_libraries(stormglass_${name} PUBLIC $<BUILD_INTERFACE:stormglass_options>
                          ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
    target_compile_features(stormglass_${name} PUBLIC cxx_std_20)
    target_include_directories(stormglass_${name} INTERFACE $<INSTALL_INTERFACE:include>)
endfunction()

# stormglass_test(<name> SOURCES ... [LINK targets] [LABELS labels])
# One executable of GoogleTest and RapidCheck tests; each test is a ctest of its own.
function(stormglass_test name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LINK;LABELS" ${ARGN})
    add_executable(${name} ${ARG_SOURCES})
    set_target_properties(${name} PROPERTIES CXX_EXTENSIONS OFF)
    target_link_libraries(${name} PRIVATE ${ARG_LINK} stormglass_test_support)
    target_precompile_headers(${name} REUSE_FROM stormglass_test_support)
    gtest_discover_tests(${name} NO_PRETTY_VALUES PROPERTIES LABELS "${ARG_LABELS}" DISCOVERY_TIMEOUT 60)
endfunction()

option(STORMGLASS_BENCHES "Build the benches, which need Google Benchmark" OFF)
add_custom_target(benches)

# stormglass_bench(<name>_bench SOURCES ... [LINK targets])
# One executable of benches; `make bench` builds and runs them all, no test ever does.
function(stormglass_bench name)
    if(NOT STORMGLASS_BENCHES)
        return()
    endif()
    cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
    find_package(benchmark REQUIRED)
    add_executable(${name} EXCLUDE_FROM_ALL ${ARG_SOURCES})
    set_target_properties(${name} PROPERTIES CXX_EXTENSIONS OFF)
    target_link_libraries(${name} PRIVATE ${ARG_LINK} stormglass_options benchmark::benchmark)
    add_dependencies(benches ${name})
endfunction()
