# Tests of the document, and of the page in a browser.

add_executable(report_test
  document_test.cpp
  load_test.cpp
  page_test.cpp
  past_test.cpp)
target_link_libraries(report_test
  PRIVATE plimsoll_report plimsoll_trace_parts plimsoll_warnings nlohmann_json::nlohmann_json GTest::gtest_main)
gtest_discover_tests(report_test)

add_test(NAME report.page
  COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/test/run.sh $<TARGET_FILE:plimsoll_command> ${PLIMSOLL_REPORT_TEMPLATE}
          test/page_test.mjs test/access_test.mjs)
# The page of `ci/bench --html`, which needs no command: the test makes its template.
add_test(NAME report.speed
  COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/test/run.sh none ${PLIMSOLL_REPORT_TEMPLATE} test/speed_test.mjs)
set_tests_properties(report.page report.speed PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 1500 LABELS script)
