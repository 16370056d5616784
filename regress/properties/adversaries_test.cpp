// The modules of corpus/adversaries stay within the bound on heap: whole, cut anywhere, with counts that lie, and damaged. What
// they cost in instructions is for ci/adversaries to say, with the same bound for all.
#include "properties/adversaries.hpp"

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <vector>

#include "ledger/ledger.hpp"
#include "plimsoll/load.hpp"
#include "properties/mutations.hpp"
#include "properties/recorded_load.hpp"
#include "properties/section_bounds.hpp"

namespace plimsoll::regress::properties {
namespace {

// Whatever the bytes say: the worst that was found by construction is `allocations`, 36 (loader/README.md).
constexpr std::uint64_t most_adversary_allocations = 64;

RecordedLoad expect_bounded(std::span<const std::byte> bytes, Features features, const std::string& what) {
  const RecordedLoad run = record_load(bytes, features, {.raw_copies = false});
  EXPECT_LE(run.report.peak, most_heap(bytes.size())) << what << ", " << bytes.size() << " bytes";
  EXPECT_LE(run.report.allocations, most_adversary_allocations) << what;
  EXPECT_EQ(run.report.retained, 0U) << what;
  EXPECT_TRUE(!run.error || kind(run.error->code) != ErrorKind::resource) << what;
  return run;
}

class Adversaries : public testing::TestWithParam<std::string> {
 protected:
  Adversary adversary_ = adversary(GetParam(), AdversarySize::small);
  const Input& input() const { return adversary_.input; }
};

TEST_P(Adversaries, GetTheirAnswer) {
  const RecordedLoad run = expect_bounded(input().bytes, input().features, input().name);
  EXPECT_EQ(adversary_.expectation.verdict == ExpectedVerdict::valid, !run.error) << to_string(run.error);
  if (run.error) {
    EXPECT_TRUE(message(run.error->code).starts_with(adversary_.expectation.reason)) << to_string(run.error);
  }
}

TEST_P(Adversaries, WhereverTheyAreCut) {
  constexpr std::size_t cuts = 12;
  const std::span bytes(input().bytes);
  for (std::size_t i = 0; i < cuts; ++i)
    expect_bounded(bytes.first(bytes.size() * i / cuts), input().features, input().name + ", a prefix");
  // The last section of a prefix is most often too long for it, and that is all it is told; so cut sections that say so, too.
  for (const SectionBounds& section : section_bounds(bytes)) {
    const auto module = bytes.first(section.end);
    const auto payload = module.subspan(section.payload);
    for (std::size_t i = 1; i <= cuts; ++i) {
      const auto cut = with_payload(module, section, payload.first(payload.size() * i / (cuts + 1)));
      expect_bounded(cut, input().features, input().name + ", a section cut");
    }
    if (!payload.empty())
      expect_bounded(with_payload(module, section, payload.first(payload.size() - 1)), input().features,
                     input().name + ", a section without its last byte");
  }
}

TEST_P(Adversaries, WhateverTheyCount) {
  const std::span bytes(input().bytes);
  for (const SectionBounds& section : section_bounds(bytes)) {
    const auto payload = bytes.first(section.end).subspan(section.payload);
    std::size_t count = 0;  // bytes that the count takes
    while (count < payload.size() && std::to_integer<unsigned>(payload[count]) >= 0x80) ++count;
    if (count == payload.size()) continue;
    for (const std::uint64_t lie : {std::uint64_t{payload.size()}, std::uint64_t{100'000}, std::uint64_t{1'000'000},
                                    std::uint64_t{0xFFFF'FFFF}}) {
      std::vector<std::byte> changed;
      append_leb(changed, lie);
      changed.insert(changed.end(), payload.begin() + static_cast<std::ptrdiff_t>(count) + 1, payload.end());
      expect_bounded(with_payload(bytes, section, changed), input().features,
                     input().name + ", section " + std::to_string(section.id) + " counts " + std::to_string(lie));
    }
  }
}

std::string parameter(const testing::TestParamInfo<std::string>& info) { return info.param; }
INSTANTIATE_TEST_SUITE_P(, Adversaries, testing::ValuesIn(adversary_names()), parameter);

TEST(AdversaryMutants, AreBoundedToo) {
  std::vector<Input> pool;
  for (const std::string& name : adversary_names()) pool.push_back(adversary(name, AdversarySize::small).input);
  const Mutations mutations(std::move(pool));
  constexpr std::uint64_t mutants = 4'000;
  std::uint64_t accepted = 0;
  for (std::uint64_t number = 0; number < mutants; ++number) {
    const Input mutant = mutations.make(number);
    const RecordedLoad run =
        expect_bounded(mutant.bytes, mutant.features, "mutant " + std::to_string(number) + " of " + mutant.name);
    accepted += run.error ? 0 : 1;
  }
  EXPECT_GT(accepted, mutants / 100);
}

}  // namespace
}  // namespace plimsoll::regress::properties
