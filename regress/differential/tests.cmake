# Tests of the second opinion: its parts, against a peer of their own, and a short run against V8.

add_executable(fake_peer fake_peer.cpp)
target_link_libraries(fake_peer PRIVATE plimsoll_warnings)

add_executable(differential_test differential_test.cpp)
target_compile_definitions(differential_test PRIVATE
  PLIMSOLL_FAKE_PEER="$<TARGET_FILE:fake_peer>"
  PLIMSOLL_KNOWN_DISAGREEMENTS="${CMAKE_CURRENT_SOURCE_DIR}/known.json")
target_link_libraries(differential_test
  PRIVATE plimsoll_differential_parts plimsoll_assemble plimsoll_warnings GTest::gtest_main)
add_dependencies(differential_test fake_peer)
gtest_discover_tests(differential_test TEST_PREFIX "differential.")

add_test(NAME differential.v8
  COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/quick_test.sh $<TARGET_FILE:plimsoll_differential> ${PROJECT_SOURCE_DIR})
set_tests_properties(differential.v8 PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 600)
