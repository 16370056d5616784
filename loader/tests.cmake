# Unit tests, which stand beside the code they test: one program a layer.
function(plimsoll_unit_test layer)
  add_executable(${layer}_test ${ARGN})
  target_link_libraries(${layer}_test PRIVATE plimsoll_internal plimsoll_warnings GTest::gtest_main)
  gtest_discover_tests(${layer}_test DISCOVERY_MODE PRE_TEST)
endfunction()

plimsoll_unit_test(bytes
  bytes/arena_test.cpp
  bytes/cursor_test.cpp
  bytes/error_test.cpp
  bytes/features_test.cpp
  bytes/hash_test.cpp
  bytes/leb128_test.cpp
  bytes/source_test.cpp
  bytes/utf8_test.cpp)

plimsoll_unit_test(types
  types/plain_type_test.cpp
  types/read_types_test.cpp
  types/subtyping_test.cpp
  types/type_store_test.cpp)

plimsoll_unit_test(instr
  instr/instruction_reader_test.cpp
  instr/table_test.cpp)

# What the tests of whole modules share: an assembler and the verdict of a load.
add_library(plimsoll_testing STATIC testing/assemble.cpp testing/body.cpp testing/custom.cpp testing/verdict.cpp)
target_link_libraries(plimsoll_testing PUBLIC plimsoll_internal PRIVATE plimsoll_warnings)

plimsoll_unit_test(module
  module/custom/check_names_test.cpp
  module/custom/code_metadata_test.cpp
  module/custom/dylink_test.cpp
  module/custom/linking_test.cpp
  module/custom/names_test.cpp
  module/custom/relocations_test.cpp
  module/custom/sections_test.cpp
  module/custom/tools_test.cpp
  module/custom/warnings_test.cpp
  module/custom/wasmedge_test.cpp
  module/module_test.cpp)
target_link_libraries(module_test PRIVATE plimsoll_testing)

plimsoll_unit_test(validate
  validate/body_aggregates_test.cpp
  validate/body_call_test.cpp
  validate/body_continuations_test.cpp
  validate/body_control_test.cpp
  validate/body_exceptions_test.cpp
  validate/body_hot_test.cpp
  validate/body_lists_test.cpp
  validate/body_locals_test.cpp
  validate/body_references_test.cpp
  validate/body_shared_test.cpp
  validate/body_signature_test.cpp
  validate/compact_imports_test.cpp
  validate/constant_test.cpp
  validate/descriptors_test.cpp
  validate/error_place_test.cpp
  validate/every_instruction_test.cpp
  validate/features_off_test.cpp
  validate/lazy_test.cpp
  validate/limits_each_test.cpp
  validate/limits_test.cpp
  validate/list_memo_test.cpp
  validate/load_test.cpp
  validate/parallel_test.cpp
  validate/plain_constant_test.cpp
  validate/sections_test.cpp
  validate/stream_test.cpp
  validate/type_section_test.cpp
  validate/wide/checker_test.cpp)
target_link_libraries(validate_test PRIVATE plimsoll_testing)
