// Errors: every code has a name, a wording and a kind, and describe() says what an error carries.
#include "plimsoll/error.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <set>
#include <string>
#include <type_traits>

#include "plimsoll/instructions.hpp"
#include "plimsoll/types.hpp"
#include "types/type_store.hpp"

namespace plimsoll {
namespace {

static_assert(std::is_trivially_copyable_v<Error>, "an error is a plain value");
static_assert(std::is_nothrow_default_constructible_v<Error>);

constexpr auto last_code = static_cast<unsigned>(ErrorCode::not_a_file);

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

Error error_of(ErrorCode code) {
  Error error;
  error.code = code;
  return error;
}

TEST(Error, EveryCodeHasANameAndAWordingOfItsOwn) {
  std::set<std::string> seen;
  for (unsigned i = 0; i <= last_code; ++i) {
    const auto code = static_cast<ErrorCode>(i);
    EXPECT_TRUE(seen.emplace(name(code)).second) << name(code);
    EXPECT_EQ(name(code).find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"), std::string_view::npos);
    EXPECT_FALSE(name(code).empty());
    EXPECT_FALSE(message(code).empty()) << name(code);
    EXPECT_EQ(message(code).find_first_of("\n\r\t"), std::string_view::npos) << name(code);
    EXPECT_LE(static_cast<unsigned>(kind(code)), static_cast<unsigned>(ErrorKind::resource)) << name(code);
  }
}

TEST(Error, KindsAreWhereTheSpecificationHasThem) {
  EXPECT_EQ(kind(ErrorCode::unexpected_end), ErrorKind::malformed);
  EXPECT_EQ(kind(ErrorCode::data_count_required), ErrorKind::malformed);
  EXPECT_EQ(kind(ErrorCode::type_mismatch), ErrorKind::invalid);
  EXPECT_EQ(kind(ErrorCode::offset_out_of_range), ErrorKind::invalid);
  EXPECT_EQ(kind(ErrorCode::bad_delegate), ErrorKind::invalid);
  EXPECT_EQ(kind(ErrorCode::feature_required), ErrorKind::feature);
  EXPECT_EQ(kind(ErrorCode::limit_module_size), ErrorKind::limit);
  EXPECT_EQ(kind(ErrorCode::limit_subtype_depth), ErrorKind::limit);
  EXPECT_EQ(kind(ErrorCode::out_of_memory), ErrorKind::resource);
  EXPECT_EQ(kind(ErrorCode::not_a_file), ErrorKind::resource);
}

// The wording of the specification's own tests (their assert_malformed and assert_invalid), which messages start with.
TEST(Error, WordingsStartAsTheSpecificationsTestsHaveThem) {
  const std::pair<ErrorCode, std::string_view> wordings[] = {
      {ErrorCode::unexpected_end, "unexpected end"},
      {ErrorCode::unexpected_end_of_section, "unexpected end of section or function"},
      {ErrorCode::bad_magic, "magic header not detected"},
      {ErrorCode::unknown_version, "unknown binary version"},
      {ErrorCode::component, "unknown binary version"},
      {ErrorCode::bad_section_id, "malformed section id"},
      {ErrorCode::section_out_of_order, "unexpected content after last section"},
      {ErrorCode::section_size_mismatch, "section size mismatch"},
      {ErrorCode::length_out_of_bounds, "length out of bounds"},
      {ErrorCode::integer_too_long, "integer representation too long"},
      {ErrorCode::integer_too_large, "integer too large"},
      {ErrorCode::bad_utf8, "malformed UTF-8 encoding"},
      {ErrorCode::bad_import_kind, "malformed import kind"},
      {ErrorCode::bad_mutability, "malformed mutability"},
      {ErrorCode::bad_limits_flags, "malformed limits flags"},
      {ErrorCode::zero_byte_expected, "zero byte expected"},
      {ErrorCode::illegal_opcode, "illegal opcode"},
      {ErrorCode::end_expected, "END opcode expected"},
      {ErrorCode::too_many_locals, "too many locals"},
      {ErrorCode::function_code_mismatch, "function and code section have inconsistent lengths"},
      {ErrorCode::data_count_mismatch, "data count and data section have inconsistent lengths"},
      {ErrorCode::data_count_required, "data count section required"},
      {ErrorCode::type_mismatch, "type mismatch"},
      {ErrorCode::constant_required, "constant expression required"},
      {ErrorCode::unknown_type, "unknown type"},
      {ErrorCode::unknown_function, "unknown function"},
      {ErrorCode::unknown_table, "unknown table"},
      {ErrorCode::unknown_memory, "unknown memory"},
      {ErrorCode::unknown_global, "unknown global"},
      {ErrorCode::unknown_tag, "unknown tag"},
      {ErrorCode::unknown_local, "unknown local"},
      {ErrorCode::unknown_label, "unknown label"},
      {ErrorCode::unknown_data, "unknown data segment"},
      {ErrorCode::unknown_element, "unknown elem segment"},
      {ErrorCode::unknown_field, "unknown field"},
      {ErrorCode::uninitialized_local, "uninitialized local"},
      {ErrorCode::undeclared_function, "undeclared function reference"},
      {ErrorCode::duplicate_export, "duplicate export name"},
      {ErrorCode::start_function, "start function"},
      {ErrorCode::tag_results, "non-empty tag result type"},
      {ErrorCode::not_function_type, "unknown type"},
      {ErrorCode::supertype_mismatch, "sub type"},
      {ErrorCode::bad_alignment, "alignment must not be larger than natural"},
      {ErrorCode::atomic_alignment, "atomic alignment must be natural"},
      {ErrorCode::offset_out_of_range, "offset out of range"},
      {ErrorCode::bad_lane, "invalid lane index"},
      {ErrorCode::bad_select_arity, "invalid result arity"},
      {ErrorCode::immutable_global, "immutable global"},
      {ErrorCode::immutable_field, "immutable field"},
      {ErrorCode::immutable_array, "immutable array"},
      {ErrorCode::packed_field, "type mismatch"},
      {ErrorCode::array_not_numeric, "array type is not numeric or vector"},
      {ErrorCode::array_types_mismatch, "array types do not match"},
      {ErrorCode::limits_order, "size minimum must not be greater than maximum"},
      {ErrorCode::memory_size, "memory size"},
      {ErrorCode::table_size, "table size"},
      {ErrorCode::multiple_memories, "multiple memories"},
      {ErrorCode::multiple_tables, "multiple tables"},
      {ErrorCode::shared_without_maximum, "shared memory must have maximum"},
  };
  for (const auto& [code, wording] : wordings) EXPECT_TRUE(message(code).starts_with(wording)) << name(code);
}

TEST(Error, DescribeStartsWithTheWordingAndIsOneLine) {
  for (unsigned i = 0; i <= last_code; ++i) {
    const auto code = static_cast<ErrorCode>(i);
    Error error = error_of(code);
    error.feature = code == ErrorCode::feature_required ? Feature::gc : Feature::none;
    const std::string text = describe(error);
    EXPECT_EQ(text.find('\n'), std::string::npos);
    if (code != ErrorCode::feature_required) {
      EXPECT_TRUE(text.starts_with(message(code))) << text;
    }
  }
}

TEST(Error, DescribeSaysTheIndex) {
  Error error = error_of(ErrorCode::unknown_type);
  error.detail = ErrorDetail::index;
  error.found = 4711;
  error.expected = 3;
  EXPECT_EQ(describe(error), "unknown type 4711: there are 3");
  error.expected = 0;
  EXPECT_EQ(describe(error), "unknown type 4711: there are none");
}

TEST(Error, DescribeSaysTheOpcode) {
  Error error = error_of(ErrorCode::illegal_opcode);
  error.detail = ErrorDetail::opcode;
  error.found = 0xFF;
  EXPECT_EQ(describe(error), "illegal opcode ff");
  error.found = 0x06;
  EXPECT_EQ(describe(error), "illegal opcode 06");
  error.expected = 0xFD;
  error.found = 0x114;
  EXPECT_EQ(describe(error), "illegal opcode fd 114");
}

TEST(Error, DescribeSaysTheTypes) {
  Error error = error_of(ErrorCode::type_mismatch);
  error.detail = ErrorDetail::types;
  error.expected = i32.bits();
  error.found = ValueType::reference(7, true).bits();
  EXPECT_EQ(describe(error), "type mismatch: expected i32, found (ref null 7)");
  error.expected = funcref.bits();
  error.found = 0xFFFF'FFFF;  // no operand was there
  EXPECT_EQ(describe(error), "type mismatch: expected funcref, found nothing");
}

// The types of unreachable code are types too, and no table has a name for the reference among them.
TEST(Error, DescribeKnowsTheBottomTypes) {
  Error error = error_of(ErrorCode::type_mismatch);
  error.detail = ErrorDetail::types;
  error.expected = i32.bits();
  for (const ValueType type : {bottom, bottom_reference}) {
    error.found = type.bits();
    EXPECT_TRUE(contains(describe(error), "bottom")) << describe(error);
  }
}

TEST(Error, DescribeSaysTheCounts) {
  Error error = error_of(ErrorCode::limit_count);
  error.detail = ErrorDetail::count;
  error.found = 1001;
  error.expected = 1000;
  const std::string text = describe(error);
  EXPECT_TRUE(contains(text, "1001")) << text;
  EXPECT_TRUE(contains(text, "1000")) << text;
}

std::string detailed(ErrorCode code, ErrorDetail detail, std::uint64_t found, std::uint64_t expected = 0) {
  Error error = error_of(code);
  error.detail = detail;
  error.found = found;
  error.expected = expected;
  return describe(error);
}

TEST(Error, DescribeSaysWhatWasExpectedAndFound) {
  EXPECT_EQ(detailed(ErrorCode::uninitialized_local, ErrorDetail::number, 3), "uninitialized local 3");
  EXPECT_EQ(detailed(ErrorCode::type_mismatch, ErrorDetail::types, Error::no_operand, bottom.bits()),
            "type mismatch: expected a value, found nothing");
  EXPECT_EQ(detailed(ErrorCode::type_mismatch, ErrorDetail::types, f32.bits(), bottom_reference.bits()),
            "type mismatch: expected a reference, found f32");
  EXPECT_EQ(detailed(ErrorCode::type_mismatch, ErrorDetail::types, f32.bits(), Error::no_operand),
            "type mismatch: expected nothing, found f32");
  EXPECT_EQ(detailed(ErrorCode::packed_field, ErrorDetail::type, i8.bits()),
            "type mismatch: field is packed: found i8");
  EXPECT_EQ(detailed(ErrorCode::not_struct_type, ErrorDetail::composite, 2, 1),
            "unknown type: not a struct type: expected a struct type, found an array type");
  EXPECT_EQ(detailed(ErrorCode::type_mismatch, ErrorDetail::arity, 2, 1), "type mismatch: expected 1 value, found 2");
  EXPECT_EQ(detailed(ErrorCode::unknown_version, ErrorDetail::exact, 2, 1),
            "unknown binary version: expected 1, found 2");
  EXPECT_EQ(detailed(ErrorCode::limits_order, ErrorDetail::minimum, 2, 1),
            "size minimum must not be greater than maximum: minimum 2, maximum 1");
  EXPECT_EQ(detailed(ErrorCode::bad_alignment, ErrorDetail::alignment, 3, 2),
            "alignment must not be larger than natural: expected at most 4 bytes, found 8");
  EXPECT_EQ(detailed(ErrorCode::atomic_alignment, ErrorDetail::alignment, 63, 0),
            "atomic alignment must be natural: expected 1 byte, found 9223372036854775808");
  EXPECT_EQ(detailed(ErrorCode::bad_alignment, ErrorDetail::alignment, 64, 1),
            "alignment must not be larger than natural: expected at most 2 bytes, found 2^64");
  EXPECT_EQ(detailed(ErrorCode::bad_mutability, ErrorDetail::byte, 2), "malformed mutability: found 0x02");
  EXPECT_EQ(detailed(ErrorCode::bad_magic, ErrorDetail::bytes, 0x0046'4C7F, 3),
            "magic header not detected: found 7f 4c 46");
  EXPECT_EQ(detailed(ErrorCode::section_out_of_order, ErrorDetail::section, 1, 10),
            "unexpected content after last section: found the type section behind the code section");
  EXPECT_EQ(detailed(ErrorCode::section_out_of_order, ErrorDetail::section, 1, 1),
            "unexpected content after last section: found the type section a second time");
}

TEST(Error, DescribeSaysWhatTheSystemSaid) {
  Error error = error_of(ErrorCode::cannot_open);
  error.detail = ErrorDetail::system;
  error.found = ENOENT;
  EXPECT_EQ(describe(error), "cannot open file: " + std::string(std::strerror(ENOENT)));
}

TEST(Error, DescribeSaysWhereAndWhatWouldHelp) {
  Error error = error_of(ErrorCode::type_mismatch);
  error.instruction = static_cast<std::uint32_t>(opcode("i64.add"));
  error.function = 12;
  EXPECT_EQ(describe(error), "type mismatch (in i64.add) in function 12");
  EXPECT_EQ(describe(error, "fib"), "type mismatch (in i64.add) in function 12 <fib>");
  Error section = error_of(ErrorCode::duplicate_export);
  section.section = 7;
  EXPECT_EQ(describe(section), "duplicate export name in the export section");
  EXPECT_EQ(describe(section, "nobody"), "duplicate export name in the export section");
  Error feature = error_of(ErrorCode::feature_required);
  feature.feature = Feature::tail_call;
  const std::string text = describe(feature);
  EXPECT_TRUE(text.starts_with("feature tail-call is off")) << text;
  EXPECT_TRUE(contains(text, "--features tail-call")) << text;
  Error other = error_of(ErrorCode::constant_required);
  other.feature = Feature::extended_const;
  EXPECT_EQ(describe(other),
            "constant expression required; needs extended-const; enable it with --features extended-const");
  EXPECT_FALSE(contains(describe(error_of(ErrorCode::type_mismatch)), "feature"));
}

TEST(Error, AnErrorWithoutAPlaceNamesNone) {
  const Error error;
  EXPECT_EQ(error.function, Error::no_function);
  EXPECT_EQ(error.instruction, Error::no_instruction);
  EXPECT_EQ(error.section, Error::no_section);
  const std::string text = describe(error);
  EXPECT_FALSE(contains(text, "function")) << text;
  EXPECT_FALSE(contains(text, "(in ")) << text;
}

}  // namespace
}  // namespace plimsoll
