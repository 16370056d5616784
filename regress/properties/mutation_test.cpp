// 100,000 mutants: none crashes, leaks, strays from its bytes or costs much, and each gets the same answer twice.
//
// A mutant is known by its number. PLIMSOLL_MUTANT=NUMBER runs this one alone, and first saves it as mutant.wasm;
// PLIMSOLL_MUTANTS=COUNT asks for more of them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>

#include "ledger/ledger.hpp"
#include "plimsoll/load.hpp"
#include "properties/guarded_input.hpp"
#include "properties/mutations.hpp"
#include "properties/recorded_load.hpp"
#include "properties/walk.hpp"

namespace plimsoll::regress::properties {
namespace {

constexpr std::uint64_t shards = 8;
constexpr std::size_t most_bytes = std::size_t{1} << 20;

std::optional<std::uint64_t> number_from(const char* variable) {
  const char* const number = std::getenv(variable);
  return number == nullptr ? std::nullopt : std::optional(std::strtoull(number, nullptr, 10));
}

void save(const Input& mutant) {
  std::ofstream stream("mutant.wasm", std::ios::binary);
  stream.write(reinterpret_cast<const char*>(mutant.bytes.data()), static_cast<std::streamsize>(mutant.bytes.size()));
}

class Mutation : public testing::TestWithParam<std::uint64_t> {
 protected:
  void load_mutant(std::uint64_t number) {
    const Input mutant = mutations_.make(number);
    SCOPED_TRACE("mutant " + std::to_string(number) + " of " + mutant.name);
    if (chosen_) save(mutant);
    note_.set("a mutant of " + mutant.name + ": PLIMSOLL_MUTANT =", number);
    const auto bytes = guarded_.place(mutant.bytes, Against::end);

    const RecordedLoad first = record_load(bytes, mutant.features, {.raw_copies = false});
    EXPECT_EQ(first.report.retained, 0U);
    EXPECT_EQ(first.report.mismatches, 0U);
    EXPECT_LE(first.report.allocations, most_allocations);
    EXPECT_LE(first.report.peak, most_heap(bytes.size()));
    if (first.error) {
      EXPECT_EQ(first.held(), 0U);
      EXPECT_LE(first.error->offset, bytes.size());
      EXPECT_NE(kind(first.error->code), ErrorKind::resource);
      EXPECT_FALSE(describe(*first.error).empty());
    }

    Options options;
    options.features = mutant.features;
    const LoadResult second = load(BorrowedBytes(bytes), options);
    ASSERT_EQ(second.has_value(), !first.error.has_value());
    if (!second) {
      EXPECT_TRUE(equal(second.error(), *first.error))
          << to_string(first.error) << "; then " << to_string(second.error());
      return;
    }
    ++accepted_;
    EXPECT_EQ(walk(**second).problem, "");
  }

  Mutations mutations_{all_inputs()};
  GuardedInput guarded_{most_bytes};
  CrashNote note_;
  std::optional<std::uint64_t> chosen_ = number_from("PLIMSOLL_MUTANT");
  std::uint64_t accepted_ = 0;
};

TEST_P(Mutation, NeitherCrashesNorLeaksNorStrays) {
  if (chosen_) return load_mutant(*chosen_);
  const std::uint64_t mutants = number_from("PLIMSOLL_MUTANTS").value_or(100'000);
  for (std::uint64_t number = GetParam(); number < mutants; number += shards) load_mutant(number);
  // Mutants that are all valid, or all not, would show little.
  EXPECT_GT(accepted_, mutants / shards / 100);
  EXPECT_LT(accepted_, mutants / shards * 9 / 10);
}

INSTANTIATE_TEST_SUITE_P(, Mutation, testing::Range(std::uint64_t{0}, shards));

}  // namespace
}  // namespace plimsoll::regress::properties
