// Warnings as values and as text, and who is told of them.
#include <gtest/gtest.h>

#include <new>
#include <set>
#include <string>
#include <vector>

#include "plimsoll/custom_warnings.hpp"
#include "plimsoll/load.hpp"
#include "testing/bytes.hpp"
#include "testing/custom.hpp"

namespace plimsoll {
namespace {

using test::Bytes;
using test::custom_section;
using test::Strings;

TEST(WarningCode, HasANameAndWordsOfItsOwn) {
  std::set<std::string_view> names;
  std::set<std::string_view> messages;
  for (std::size_t i = 0; i <= static_cast<std::size_t>(WarningCode::address_out_of_range); ++i) {
    names.insert(name(static_cast<WarningCode>(i)));
    messages.insert(message(static_cast<WarningCode>(i)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(WarningCode::address_out_of_range) + 1);
  EXPECT_EQ(messages.size(), names.size());
}

TEST(CustomWarning, IsOneLineOfText) {
  CustomWarning warning;
  warning.section = "name";
  warning.code = WarningCode::bad_utf8;
  EXPECT_EQ(describe(warning), "custom section 'name': malformed UTF-8 encoding");
  warning.code = WarningCode::index_out_of_range;
  warning.detail = WarningDetail::index;
  warning.found = 7;
  warning.expected = 3;
  EXPECT_EQ(describe(warning), "custom section 'name': index out of range: 7, of 3");
  warning.detail = WarningDetail::value;
  EXPECT_EQ(describe(warning), "custom section 'name': index out of range: 7");
  warning.detail = WarningDetail::limit;
  EXPECT_EQ(describe(warning), "custom section 'name': index out of range: 7, expected at most 3");
}

// Three sections with a warning each.
const Bytes three = test::module(
    {custom_section("name", {0x00}), custom_section("x", {}), custom_section("name", {}), custom_section("name", {})});

std::unique_ptr<const Module> loaded(const Bytes& bytes) { return *load(BorrowedBytes(bytes)); }

TEST(CheckCustomSections, TellsWhereTheSectionIs) {
  const auto module = loaded(three);
  const auto found = custom_warnings(*module);
  ASSERT_TRUE(found.has_value());
  ASSERT_EQ(found->size(), 3U);
  EXPECT_EQ((*found)[0].section, "name");
  EXPECT_EQ((*found)[0].kind, CustomKind::name);
  EXPECT_EQ((*found)[0].section_index, 0U);
  EXPECT_EQ((*found)[0].section_offset, 8U);
  EXPECT_EQ((*found)[0].offset, 16U);
  EXPECT_EQ((*found)[2].section_index, 3U);
  EXPECT_EQ((*found)[2].offset, (*found)[2].section_offset);
}

TEST(CheckCustomSections, EndsWhenTheSinkHasEnough) {
  const auto module = loaded(three);
  int calls = 0;
  const auto count = check_custom_sections(*module, [&](const CustomWarning&) { return ++calls < 2; });
  EXPECT_EQ(count.value(), 2U);
  EXPECT_EQ(calls, 2);
}

TEST(CheckCustomSections, EndsWithTheMostWarnings) {
  EXPECT_EQ(test::warnings(three, {.most = 2}).size(), 2U);
  EXPECT_EQ(test::warnings(three, {.most = 0}).size(), 0U);
}

TEST(CheckCustomSections, SaysWhenThereIsNoMemory) {
  const auto module = loaded(three);
  const auto count = check_custom_sections(*module, [&](const CustomWarning&) -> bool { throw std::bad_alloc(); });
  ASSERT_FALSE(count.has_value());
  EXPECT_EQ(count.error().code, ErrorCode::out_of_memory);
  const auto found = custom_warnings(*module, {.memory = std::pmr::null_memory_resource()});
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().code, ErrorCode::out_of_memory);
}

TEST(CheckCustomSections, HasNothingAgainstSectionsThatItDoesNotKnow) {
  EXPECT_EQ(test::warnings(test::module({custom_section("x", {0xFF}), custom_section("x", {0xFF}),
                                         custom_section("", {0xFF}), custom_section(".debug_info", {0xFF})})),
            Strings{});
}

}  // namespace
}  // namespace plimsoll
