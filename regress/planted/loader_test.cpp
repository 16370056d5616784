// The planted loader itself: that it loads, refuses, and does in each way what it says; and the module that it is tried on.
#include "planted/loader.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <span>
#include <vector>

#include "planted/generate.hpp"
#include "plimsoll/plimsoll.hpp"

namespace plimsoll::regress::planted {
namespace {

std::uint64_t fnv(std::span<const std::byte> bytes) {
  std::uint64_t sum = 0xCBF29CE484222325;
  for (const std::byte byte : bytes) sum = (sum ^ static_cast<std::uint64_t>(byte)) * 0x100000001B3;
  return sum;
}

TEST(GeneratedModule, IsTheSameOnEveryMachine) {
  const auto bytes = generate_module(300'000);
  EXPECT_EQ(bytes.size(), 300'299U);
  EXPECT_EQ(fnv(bytes), 13653100438171031582U);
  EXPECT_NE(generate_module(300'000, 2), bytes);
}

TEST(GeneratedModule, IsValidAndAsLargeAsAsked) {
  Options options;
  options.features = Features::wasm2();
  for (const std::size_t size : {0UL, 20'000UL, 100'000UL, 2'100'000UL}) {
    const auto bytes = generate_module(size);
    EXPECT_GE(bytes.size(), size);
    EXPECT_LE(bytes.size(), size + size / 10 + 30'000);
    const auto loaded = plimsoll::load(BorrowedBytes(bytes), options);
    EXPECT_TRUE(loaded.has_value()) << describe(loaded.error()) << " at " << loaded.error().offset;
  }
}

class EveryDefect : public testing::TestWithParam<Defect> {};

TEST_P(EveryDefect, AcceptsTheModuleAndRefusesItCut) {
  const auto bytes = generate_module(100'000);
  const auto loaded = load(bytes, GetParam());
  ASSERT_TRUE(loaded.has_value()) << loaded.error().reason << " at " << loaded.error().offset;
  EXPECT_EQ((*loaded)->module.types.size(), 60U);
  EXPECT_EQ((*loaded)->module.data.size(), 8U);
  EXPECT_EQ((*loaded)->module.exported.contains((*loaded)->module.exports.at(0).name), true);
  EXPECT_EQ((*loaded)->module.function_names.size(),
            (*loaded)->module.functions.size() + (*loaded)->module.imports.size());

  const auto refused = load(std::span(bytes).first(bytes.size() - 1), GetParam());
  ASSERT_FALSE(refused.has_value());
  EXPECT_STREQ(refused.error().reason, "section out of bounds");
}

TEST_P(EveryDefect, HasAName) { EXPECT_EQ(defect_named(name(GetParam())), GetParam()); }

TEST_P(EveryDefect, RefusesWhatIsNoModule) {
  EXPECT_FALSE(load({}, GetParam()).has_value());
  auto bytes = generate_module(20'000);
  for (std::size_t size = 1; size < bytes.size(); size += 97)
    EXPECT_FALSE(load(std::span(bytes).first(size), GetParam()).has_value()) << size;
}

std::string defect_name(const testing::TestParamInfo<Defect>& info) { return std::string(name(info.param)); }

INSTANTIATE_TEST_SUITE_P(, EveryDefect, testing::ValuesIn(all_defects), defect_name);

TEST(PlantedLoader, TheFormsHoldTheSameCode) {
  const auto bytes = generate_module(100'000);
  const auto clean = load(bytes, Defect::clean);
  for (const Defect defect : {Defect::deep_copy, Defect::function_copy, Defect::small_buffer, Defect::decoded_twice}) {
    const auto other = load(bytes, defect);
    ASSERT_EQ((*clean)->module.code.size(), (*other)->module.code.size());
    for (std::size_t i = 0; i < (*clean)->module.code.size(); ++i) {
      const CodeSegment& a = (*clean)->module.code[i];
      const CodeSegment& b = (*other)->module.code[i];
      EXPECT_EQ(a.labels, b.labels);
      ASSERT_EQ(a.instructions.size(), b.instructions.size());
      for (std::size_t j = 0; j < a.instructions.size(); ++j) {
        EXPECT_EQ(a.instructions[j].opcode, b.instructions[j].opcode);
        EXPECT_EQ(a.instructions[j].offset, b.instructions[j].offset);
        EXPECT_EQ(a.instructions[j].value, b.instructions[j].value);
      }
    }
  }
}

}  // namespace
}  // namespace plimsoll::regress::planted
