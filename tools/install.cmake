# What `cmake --install` puts where: headers, archives, CMake and pkg-config files (component dev),
# the program (component program).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(public_headers "${PROJECT_BINARY_DIR}/include/stormglass")
add_custom_target(stormglass_public_headers ALL
    COMMAND "${CMAKE_COMMAND}" "-DROOT=${PROJECT_SOURCE_DIR}" "-DTO=${public_headers}"
            -P "${PROJECT_SOURCE_DIR}/tools/public_headers.cmake"
    VERBATIM)
install(DIRECTORY "${public_headers}" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT dev)

set(package "${CMAKE_INSTALL_LIBDIR}/cmake/stormglass")
foreach(name runtime crypto asio sim bus engines sagas sqlite reports scenarios gtest)
    if(TARGET stormglass_${name})
        install(TARGETS stormglass_${name} EXPORT stormglass_${name}
                ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT dev)
        install(EXPORT stormglass_${name} NAMESPACE stormglass:: FILE "stormglass-${name}.cmake"
                DESTINATION "${package}" COMPONENT dev)
    endif()
endforeach()

configure_package_config_file(tools/stormglass-config.cmake.in
    "${PROJECT_BINARY_DIR}/stormglass-config.cmake" INSTALL_DESTINATION "${package}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/stormglass-config-version.cmake"
    COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/stormglass-config.cmake"
              "${PROJECT_BINARY_DIR}/stormglass-config-version.cmake"
        DESTINATION "${package}" COMPONENT dev)

# Relative to the file, so that the tree may be moved.
file(RELATIVE_PATH STORMGLASS_PREFIX_FROM_PC
     "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
configure_file(tools/stormglass.pc.in "${PROJECT_BINARY_DIR}/stormglass.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/stormglass.pc"
        DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT dev)

install(TARGETS stormglass RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT program)
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT program)
