# Tests of the command: its parts, the built binary, and the official suites run through it.

add_executable(command_parts_test
  bus_guard_test.cpp
  error_pages_test.cpp
  load_report_test.cpp
  measure_test.cpp
  table_test.cpp)
target_link_libraries(command_parts_test
  PRIVATE plimsoll_command_parts plimsoll_assemble plimsoll_heap_hooks plimsoll_warnings GTest::gtest_main)
gtest_discover_tests(command_parts_test)

add_executable(command_test
  bad_files_test.cpp
  errors_command_test.cpp
  inspect_command_test.cpp
  features_command_test.cpp
  gate_command_test.cpp
  gate_report_command_test.cpp
  load_command_test.cpp
  minimize_command_test.cpp
  mutate_command_test.cpp
  run_command.cpp
  smith_command_test.cpp
  suite_command_test.cpp
  trace_command_test.cpp
  usage_test.cpp
  validate_command_test.cpp)
target_compile_definitions(command_test PRIVATE
  PLIMSOLL_COMMAND="$<TARGET_FILE:plimsoll_command>"
  PLIMSOLL_TRACED_PROGRAM="$<TARGET_FILE:traced_program>"
  PLIMSOLL_STATIC_PROGRAM="$<TARGET_FILE:static_program>"
  PLIMSOLL_TEST_ENGINE="$<TARGET_FILE:test_engine>"
  PLIMSOLL_NO_ENGINE="$<TARGET_FILE:no_engine>")
target_link_libraries(command_test
  PRIVATE nlohmann_json::nlohmann_json plimsoll plimsoll_warnings GTest::gtest_main)
target_include_directories(command_test PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/..)
add_dependencies(command_test plimsoll_command plimsoll_trace traced_program static_program test_engine no_engine)
gtest_discover_tests(command_test)

# The official suites, with the features that suites.json lists. Skipped where they are absent.
foreach(suite core custom legacy proposals-threads proposals-wide-arithmetic proposals-custom-page-sizes
                 proposals-custom-descriptors)
  add_test(NAME suite.${suite}
    COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/run_official_suite.sh
      $<TARGET_FILE:plimsoll_command> ${PLIMSOLL_SHARED}/spec/${suite})
  set_tests_properties(suite.${suite} PROPERTIES SKIP_RETURN_CODE 77)
endforeach()
foreach(way parallel lazy stream)
  add_test(NAME suite.core.${way}
    COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/run_official_suite.sh
      $<TARGET_FILE:plimsoll_command> ${PLIMSOLL_SHARED}/spec/core --by ${way})
  set_tests_properties(suite.core.${way} PROPERTIES SKIP_RETURN_CODE 77)
endforeach()

# The disassembly beside wasm-objdump's, on the small real modules. Skipped without either.
add_test(NAME inspect.objdump COMMAND ${PROJECT_SOURCE_DIR}/ci/objdump ${PLIMSOLL_MODULES}/A)
set_tests_properties(inspect.objdump PROPERTIES
  SKIP_RETURN_CODE 77 ENVIRONMENT "PLIMSOLL=$<TARGET_FILE:plimsoll_command>")
