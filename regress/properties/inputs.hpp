// What the properties are tried on: the modules of corpus/modules, of the official suites, and real ones.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "plimsoll/features.hpp"

namespace plimsoll::regress::properties {

struct Input {
  std::string name;  // for people
  std::vector<std::byte> bytes;
  Features features;  // to load it with
};

enum class Source : std::uint8_t {
  corpus,  // corpus/modules: always there
  suites,  // the official suites, valid modules and others
  smoke,   // tier A of the real modules
};
inline constexpr std::array all_sources{Source::corpus, Source::suites, Source::smoke};

// All modules of a source, in the same order on every machine. Empty if it is not on this one. A source that is there and
// cannot be read throws, which fails the test.
std::vector<Input> inputs(Source source);

// Those of all sources.
std::vector<Input> all_inputs();

// At most `most` of them, spread evenly, so that every suite has its share.
std::vector<Input> sample(std::vector<Input> inputs, std::size_t most);

// The files of a tier (A, B or C) of the real modules, by name. Empty if they are not on this machine.
std::vector<std::filesystem::path> real_modules(char tier);

// For GTEST_SKIP: what to do to have these modules.
std::string how_to_get(Source source);
std::string how_to_get_tiers();

// A test of every module of one source; skipped where the source is missing.
class OnInputs : public testing::TestWithParam<Source> {
 protected:
  void SetUp() override;
  [[nodiscard]] const std::vector<Input>& inputs() const noexcept { return inputs_; }

 private:
  std::vector<Input> inputs_;
};

// A test of the real modules of tier B or C, which are too large to be held in memory together.
class OnTier : public testing::TestWithParam<char> {
 protected:
  void SetUp() override;
  [[nodiscard]] const std::vector<std::filesystem::path>& files() const noexcept { return files_; }

 private:
  std::vector<std::filesystem::path> files_;
};

// For INSTANTIATE_TEST_SUITE_P: `corpus`, `suites`, `smoke`.
std::string source_name(const testing::TestParamInfo<Source>& info);
std::string tier_name(const testing::TestParamInfo<char>& info);

}  // namespace plimsoll::regress::properties
