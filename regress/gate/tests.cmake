# Tests of the gate, and the gate itself on the modules that are on this machine.

add_executable(gate_test
  comparing_test.cpp
  culprits_test.cpp
  git_test.cpp
  measuring_test.cpp
  other_loaders_test.cpp
  outputs_test.cpp
  pins_test.cpp
  replace_file_test.cpp
  updating_test.cpp)
target_link_libraries(gate_test
  PRIVATE plimsoll_gate plimsoll_heap_hooks plimsoll_warnings nlohmann_json::nlohmann_json GTest::gtest_main)
gtest_discover_tests(gate_test)

# Our own loader's load lines: of the small modules everywhere, of the real ones where they are.
add_test(NAME gate.corpus COMMAND plimsoll_command gate check adversaries/* errors/* modules/*
         WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
add_test(NAME gate.tier_A
         COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/check_if_there.sh $<TARGET_FILE:plimsoll_command> "${PLIMSOLL_MODULES}" A
         WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
set_tests_properties(gate.tier_A PROPERTIES SKIP_RETURN_CODE 77)
