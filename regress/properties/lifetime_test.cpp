// What a Module hands out lies inside its bytes and is there for as long as the Module is, whoever owns them.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "ledger/ledger.hpp"
#include "plimsoll/load.hpp"
#include "properties/inputs.hpp"
#include "properties/mappings.hpp"
#include "properties/recorded_load.hpp"
#include "properties/temporary_folder.hpp"
#include "properties/walk.hpp"

namespace plimsoll::regress::properties {
namespace {

// A walk over a valid module finds nothing wrong and an instruction at least in every body.
Walked expect_sound(const std::string& name, const Module& module) {
  Walked walked = walk(module);
  EXPECT_EQ(walked.problem, "") << name;
  EXPECT_EQ(walked.bodies, module.bodies().size()) << name;
  EXPECT_GE(walked.instructions, walked.bodies) << name;
  return walked;
}

Options options_for(const Input& input) {
  Options options;
  options.features = input.features;
  return options;
}

class Lifetime : public OnInputs {};

TEST_P(Lifetime, EverythingReachableIsInsideTheBytes) {
  std::uint64_t instructions = 0;
  for (const Input& input : inputs()) {
    const LoadResult module = load(BorrowedBytes(input.bytes), options_for(input));
    if (!module) continue;
    EXPECT_EQ((*module)->bytes().data(), input.bytes.data()) << input.name;
    EXPECT_EQ((*module)->bytes().size(), input.bytes.size()) << input.name;
    instructions += expect_sound(input.name, **module).instructions;
  }
  EXPECT_GT(instructions, 0U);
}

TEST_P(Lifetime, AVectorThatIsMovedInStaysWhereItIs) {
  for (const Input& input : sample(inputs(), 300)) {
    auto bytes = input.bytes;
    const std::byte* const data = bytes.data();
    const LoadResult module = load(OwnedBytes(std::move(bytes)), options_for(input));
    if (!module) continue;
    EXPECT_EQ((*module)->bytes().data(), data) << input.name;
    EXPECT_TRUE(std::ranges::equal((*module)->bytes(), input.bytes)) << input.name;
    expect_sound(input.name, **module);
  }
}

TEST_P(Lifetime, AnArrayThatIsMovedInStaysWhereItIs) {
  for (const Input& input : sample(inputs(), 300)) {
    auto bytes = std::make_unique<std::byte[]>(input.bytes.size());
    std::ranges::copy(input.bytes, bytes.get());
    const std::byte* const data = bytes.get();
    const LoadResult module = load(OwnedBytes(std::move(bytes), input.bytes.size()), options_for(input));
    if (!module) continue;
    EXPECT_EQ((*module)->bytes().data(), data) << input.name;
    expect_sound(input.name, **module);
  }
}

// The bytes are allocated while the ledger records: it tells when they go.
TEST_P(Lifetime, OwnedBytesLiveAsLongAsTheModule) {
  for (const Input& input : sample(inputs(), 300)) {
    if (input.bytes.empty()) continue;
    Recording recording;
    recording.begin({}, {.raw_copies = false}).value();
    bool accepted = false;
    {
      const LoadResult module = load(OwnedBytes(std::vector<std::byte>(input.bytes)), options_for(input));
      recording.phase("loaded").value();
      accepted = module.has_value();
    }
    const Report report = recording.end().value();
    const std::uint64_t held = report.phases.at(0).live;
    EXPECT_TRUE(accepted ? held >= input.bytes.size() : held == 0) << input.name << " holds " << held;
    EXPECT_EQ(report.retained, 0U) << input.name;
  }
}

// Even when the file is deleted meanwhile.
TEST_P(Lifetime, MappedBytesLiveAsLongAsTheModule) {
  const TemporaryFolder folder;
  for (const Input& input : sample(inputs(), 100)) {
    if (input.bytes.empty()) continue;
    const std::string file = folder.write("module.wasm", input.bytes);
    auto source = MappedBytes::open(file.c_str());
    ASSERT_TRUE(source.has_value());
    const std::byte* const data = source->view().data();
    {
      const LoadResult module = load(*std::move(source), options_for(input));
      EXPECT_EQ(is_mapped(file), module.has_value()) << input.name;
      ASSERT_EQ(::unlink(file.c_str()), 0);
      if (module) {
        EXPECT_EQ((*module)->bytes().data(), data) << input.name;
        expect_sound(input.name, **module);
      }
    }
    EXPECT_FALSE(is_mapped(file)) << input.name;
  }
}

// A walk finds the same wherever the bytes lie, so nothing of it depends on what is around them.
TEST_P(Lifetime, AWalkDependsOnTheBytesAlone) {
  for (const Input& input : sample(inputs(), 300)) {
    const LoadResult borrowed = load(BorrowedBytes(input.bytes), options_for(input));
    const LoadResult owned = load(OwnedBytes(std::vector<std::byte>(input.bytes)), options_for(input));
    ASSERT_EQ(borrowed.has_value(), owned.has_value()) << input.name;
    if (!borrowed) continue;
    EXPECT_EQ(walk(**borrowed), walk(**owned)) << input.name;
  }
}

INSTANTIATE_TEST_SUITE_P(, Lifetime, testing::ValuesIn(all_sources), source_name);

class LifetimeOfTier : public OnTier {};

TEST_P(LifetimeOfTier, EverythingReachableIsInsideTheBytes) {
  for (const auto& file : files()) {
    auto source = MappedBytes::open(file.c_str());
    ASSERT_TRUE(source.has_value()) << file;
    const LoadResult module = load(*std::move(source));
    if (!module && module.error().code == ErrorCode::component) continue;
    ASSERT_TRUE(module.has_value()) << file << ": " << to_string(module.error());
    expect_sound(file.string(), **module);
  }
}

INSTANTIATE_TEST_SUITE_P(, LifetimeOfTier, testing::Values('B', 'C'), tier_name);

}  // namespace
}  // namespace plimsoll::regress::properties
