// A load that copies is found: the other half of no_copy_test, without which its zeros would mean nothing.
#include <gtest/gtest.h>

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "ledger/ledger.hpp"
#include "plimsoll/plimsoll.hpp"
#include "properties/inputs.hpp"

namespace plimsoll::regress::properties {
namespace {

// As a caller does who has only a view and wants to own.
LoadResult load_from_a_copy(std::span<const std::byte> bytes) {
  return load(OwnedBytes(std::vector<std::byte>(bytes.begin(), bytes.end())));
}

// As a loader does that wants to give its input back: a vector for each function's code.
std::vector<std::vector<std::byte>> load_and_keep_bodies(std::span<const std::byte> bytes) {
  std::vector<std::vector<std::byte>> bodies;
  const LoadResult module = load(BorrowedBytes(bytes));
  if (!module) return bodies;
  for (const ByteRange range : (*module)->bodies()) {
    const auto view = (*module)->bytes(range);
    bodies.emplace_back(view.begin(), view.end());
  }
  return bodies;
}

// As a loader does that reads a file in pieces: only one piece lives at a time.
void load_through_pieces(std::span<const std::byte> bytes) {
  constexpr std::size_t piece = 4096;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    const auto part = bytes.subspan(at, std::min(piece, bytes.size() - at));
    const auto block = std::make_unique<std::vector<std::byte>>(part.begin(), part.end());
    asm volatile("" : : "r"(block->data()) : "memory");
  }
}

template <typename Load>
Report report_of(std::span<const std::byte> bytes, Load copying_load) {
  Recording recording;
  recording.begin(bytes).value();
  {
    [[maybe_unused]] const auto result = copying_load(bytes);
    recording.phase("loaded").value();
  }
  return recording.end().value();
}

class CopyingLoad : public testing::Test {
 protected:
  void SetUp() override {
    inputs_ = inputs(Source::smoke);
    if (inputs_.empty()) GTEST_SKIP() << how_to_get(Source::smoke);
  }
  std::vector<Input> inputs_;
};

TEST_F(CopyingLoad, OfTheWholeModuleIsFound) {
  for (const Input& input : inputs_) {
    const Report report = report_of(input.bytes, load_from_a_copy);
    EXPECT_GT(report.copied_bytes, input.bytes.size() * 9 / 10) << input.name;
    EXPECT_GE(report.largest, input.bytes.size()) << input.name;
    EXPECT_EQ(report.retained, 0U) << input.name;
  }
}

TEST_F(CopyingLoad, OfEveryBodyIsFound) {
  for (const Input& input : inputs_) {
    std::uint64_t long_bodies = 0;
    {
      const LoadResult module = load(BorrowedBytes(input.bytes));
      ASSERT_TRUE(module.has_value()) << input.name;
      for (const ByteRange range : (*module)->bodies()) long_bodies += range.size >= 128 ? range.size : 0;
    }
    const Report report = report_of(input.bytes, load_and_keep_bodies);
    EXPECT_GT(report.copied_bytes, long_bodies * 9 / 10) << input.name;
    EXPECT_GT(report.copied_runs, 0U) << input.name;
  }
}

TEST_F(CopyingLoad, InPiecesIsFound) {
  for (const Input& input : inputs_) {
    const Report report = report_of(input.bytes, [](std::span<const std::byte> bytes) {
      load_through_pieces(bytes);
      return 0;
    });
    EXPECT_GT(report.copied_bytes, input.bytes.size() * 9 / 10) << input.name;
  }
}

}  // namespace
}  // namespace plimsoll::regress::properties
