# Writes the tree of headers that users see: folders kept, our own includes turned from
# "bus/session.hpp" into <stormglass/bus/session.hpp>, so that no bus/ of a user's own is met.
# public_headers.cmake -DROOT=... -DTO=.../include/stormglass
cmake_minimum_required(VERSION 3.25)
set(written "")
foreach(folder runtime runtime/crypto runtime/asio sim sim/explore sim/checks bus bus/engines sagas sagas/sqlite
        scenarios/gtest)
    file(GLOB headers RELATIVE "${ROOT}" "${ROOT}/${folder}/*.hpp")
    foreach(header IN LISTS headers)
        file(READ "${ROOT}/${header}" text)
        if(text MATCHES "#include \"[a-z_/]*detail/")
            continue()  # of the house itself
        endif()
        string(REGEX REPLACE "(\n[ \t]*#include )\"([^\"\n]*)\"" "\\1<stormglass/\\2>" text "${text}")
        set(path "${TO}/${header}")
        set(before "")
        if(EXISTS "${path}")
            file(READ "${path}" before)
        endif()
        if(NOT before STREQUAL text)
            file(WRITE "${path}" "${text}")
        endif()
        list(APPEND written "${header}")
    endforeach()
endforeach()

# Short names for what users' tests and products include most.
foreach(pair "gtest.hpp=scenarios/gtest/gtest.hpp" "assertions.hpp=runtime/assertions.hpp")
    string(REGEX MATCH "^([^=]*)=(.*)$" ignored "${pair}")
    set(name "${CMAKE_MATCH_1}")
    file(CONFIGURE OUTPUT "${TO}/${name}" CONTENT
         "// The same as <stormglass/${CMAKE_MATCH_2}>.\n#pragma once\n\n#include <stormglass/${CMAKE_MATCH_2}>\n")
    list(APPEND written "${name}")
endforeach()

# What is no longer there must not stay.
file(GLOB_RECURSE there RELATIVE "${TO}" "${TO}/*")
foreach(name IN LISTS there)
    if(NOT name IN_LIST written)
        file(REMOVE "${TO}/${name}")
    endif()
endforeach()
