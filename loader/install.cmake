# What leaves this build: the library, its headers, and how CMake and pkg-config find them. Included by loader/CMakeLists.txt.
option(PLIMSOLL_INSTALL "Install the library and its headers" ${PROJECT_IS_TOP_LEVEL})

# A shared library exports what plimsoll.map says and nothing else.
set_target_properties(plimsoll PROPERTIES VISIBILITY_INLINES_HIDDEN ON)
if(UNIX AND NOT APPLE)
  set(version_script "${CMAKE_CURRENT_SOURCE_DIR}/package/plimsoll.map")
  set_target_properties(plimsoll PROPERTIES LINK_DEPENDS "${version_script}")
  get_target_property(library_type plimsoll TYPE)
  if(library_type STREQUAL "SHARED_LIBRARY")
    target_link_options(plimsoll PRIVATE "LINKER:--version-script=${version_script}")
  endif()
endif()

if(NOT PLIMSOLL_INSTALL)
  return()
endif()
include(CMakePackageConfigHelpers)

install(TARGETS plimsoll EXPORT plimsollTargets COMPONENT plimsoll
        INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY include/plimsoll DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT plimsoll
        FILES_MATCHING PATTERN "*.hpp" PATTERN "*.h")
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/include/plimsoll/version.hpp"
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/plimsoll COMPONENT plimsoll)

# find_package(plimsoll CONFIG). While the version is 0.x, each minor version is another interface.
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/plimsoll)
install(EXPORT plimsollTargets NAMESPACE plimsoll:: DESTINATION ${package_folder} COMPONENT plimsoll)
configure_package_config_file(package/plimsollConfig.cmake.in plimsollConfig.cmake
                              INSTALL_DESTINATION ${package_folder} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(plimsollConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/plimsollConfig.cmake" "${CMAKE_CURRENT_BINARY_DIR}/plimsollConfigVersion.cmake"
        DESTINATION ${package_folder} COMPONENT plimsoll)

# pkg-config. The prefix is found from where the file stands, so that the tree can be moved.
set(pkgconfig_folder ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
cmake_path(ABSOLUTE_PATH pkgconfig_folder BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX} OUTPUT_VARIABLE from)
set(to_prefix ${CMAKE_INSTALL_PREFIX})
cmake_path(RELATIVE_PATH to_prefix BASE_DIRECTORY ${from})
cmake_path(APPEND pc_libdir "\${prefix}" ${CMAKE_INSTALL_LIBDIR})
cmake_path(APPEND pc_includedir "\${prefix}" ${CMAKE_INSTALL_INCLUDEDIR})
configure_file(package/plimsoll.pc.in plimsoll.pc @ONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/plimsoll.pc" DESTINATION ${pkgconfig_folder} COMPONENT plimsoll)
