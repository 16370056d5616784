// The modules of corpus/modules get the answer that their directives expect, and the bombs stay small.
#include <gtest/gtest.h>

#include <string_view>

#include "ledger/ledger.hpp"
#include "properties/corpus_modules.hpp"
#include "properties/recorded_load.hpp"

namespace plimsoll::regress::properties {
namespace {

bool starts_as_expected(const Error& error, std::string_view reason) {
  return message(error.code).starts_with(reason) || name(error.code).starts_with(reason);
}

TEST(CorpusModules, GetTheAnswerThatTheyExpect) {
  for (const auto& [input, expectation] : corpus_modules()) {
    Options options;
    options.features = input.features;
    const LoadResult result = load(BorrowedBytes(input.bytes), options);
    if (expectation.verdict == ExpectedVerdict::valid) {
      EXPECT_TRUE(result.has_value()) << input.name << ": " << to_string(result.error());
      continue;
    }
    EXPECT_EQ(expectation.verdict, ExpectedVerdict::invalid) << input.name;
    ASSERT_FALSE(result.has_value()) << input.name << " is accepted; expected: " << expectation.reason;
    EXPECT_NE(kind(result.error().code), ErrorKind::resource) << input.name;
    EXPECT_TRUE(starts_as_expected(result.error(), expectation.reason))
        << input.name << ": expected: " << expectation.reason << "; got: " << to_string(result.error());
    EXPECT_LE(result.error().offset, input.bytes.size()) << input.name;
    // A source that says why it is refused says where, too.
    EXPECT_EQ(expectation.offset.has_value(), !expectation.reason.empty()) << input.name;
    if (expectation.offset) {
      EXPECT_EQ(result.error().offset, *expectation.offset) << input.name;
    }
  }
}

// Most of them cost a careless loader gigabytes.
TEST(CorpusModules, BombsStaySmall) {
  constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;
  std::size_t bombs = 0;
  for (const auto& [input, expectation] : corpus_modules()) {
    if (!input.name.starts_with("bomb_")) continue;
    ++bombs;
    const bool large = input.name.starts_with("bomb_large_");
    EXPECT_LE(input.bytes.size(), large ? 64 * 1024U : 300U) << input.name;
    const RecordedLoad run = record_load(input.bytes, input.features, {.raw_copies = false});
    EXPECT_LT(run.report.peak, large ? most_heap(input.bytes.size()) : mebibyte) << input.name;
  }
  EXPECT_GE(bombs, 20U);
}

}  // namespace
}  // namespace plimsoll::regress::properties
