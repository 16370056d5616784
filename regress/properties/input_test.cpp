// The input is never written and never read outside its bytes: it lies in read-only pages between pages without access.
#include <gtest/gtest.h>

#include <algorithm>

#include "plimsoll/load.hpp"
#include "properties/guarded_input.hpp"
#include "properties/inputs.hpp"
#include "properties/recorded_load.hpp"
#include "properties/walk.hpp"

namespace plimsoll::regress::properties {
namespace {

std::size_t largest_size(const std::vector<Input>& inputs) {
  std::size_t size = 0;
  for (const Input& input : inputs) size = std::max(size, input.bytes.size());
  return size;
}

// Loads and, if it loads, walks the Module: its readers must not stray either.
std::string outcome(const std::string& name, std::span<const std::byte> bytes, Features features) {
  Options options;
  options.features = features;
  const LoadResult result = load(BorrowedBytes(bytes), options);
  if (!result) return to_string(result.error());
  const Walked walked = walk(**result);
  EXPECT_EQ(walked.problem, "") << name;
  return "accepted, checksum " + std::to_string(walked.checksum);
}

class InputBetweenGuards : public OnInputs {};

TEST_P(InputBetweenGuards, IsNeverWrittenNorReadOutside) {
  GuardedInput guarded(largest_size(inputs()));
  CrashNote note;
  for (const Input& input : inputs()) {
    note.set(input.name + " against the end");
    const std::string at_end = outcome(input.name, guarded.place(input.bytes, Against::end), input.features);
    note.set(input.name + " against the start");
    const auto view = guarded.place(input.bytes, Against::start);
    EXPECT_EQ(outcome(input.name, view, input.features), at_end)
        << input.name << ": the answer depends on what lies around it";
    EXPECT_TRUE(std::ranges::equal(view, input.bytes)) << input.name;
  }
}

INSTANTIATE_TEST_SUITE_P(, InputBetweenGuards, testing::ValuesIn(all_sources), source_name);

// That the guards guard.

TEST(GuardedInputDeathTest, AReadPastTheEndIsFatal) {
  GuardedInput guarded(100);
  const std::vector<std::byte> bytes(5, std::byte{7});
  const auto* past = const_cast<const volatile std::byte*>(guarded.place(bytes, Against::end).data() + 5);
  CrashNote note;
  note.set("the end of", 5);
  EXPECT_DEATH({ [[maybe_unused]] const std::byte read = *past; }, "while loading the end of 5");
}

TEST(GuardedInputDeathTest, AReadBeforeTheStartIsFatal) {
  GuardedInput guarded(100);
  const std::vector<std::byte> bytes(5, std::byte{7});
  const auto* before = const_cast<const volatile std::byte*>(guarded.place(bytes, Against::start).data() - 1);
  EXPECT_DEATH({ [[maybe_unused]] const std::byte read = *before; }, "");
}

TEST(GuardedInputDeathTest, AWriteIsFatal) {
  GuardedInput guarded(100);
  const std::vector<std::byte> bytes(5, std::byte{7});
  auto* inside = const_cast<volatile std::byte*>(guarded.place(bytes, Against::end).data());
  EXPECT_TRUE(*inside == std::byte{7});
  EXPECT_DEATH({ *inside = std::byte{7}; }, "");
}

}  // namespace
}  // namespace plimsoll::regress::properties
