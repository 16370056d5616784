// Begin, phases, end, and their misuse.
#include "ledger/recording.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "ledger/ledger.hpp"
#include "ledger/ledger_test_support.hpp"

namespace plimsoll::regress {
namespace {

using test_support::count;
using test_support::keep;
using test_support::pseudo_random;
using test_support::record;

TEST(Recording, WithoutTrafficCountsNothing) {
  const Report report = record({}, {}, [] {});
  Report expected;
  expected.phases = {{.name = "begin"}};
  expected.searched = true;
  EXPECT_EQ(report, expected);
}

TEST(Recording, CountsOnlyBetweenBeginAndEnd) {
  void* const before = keep(std::malloc(1000));
  void* during = nullptr;
  const Report report = count([&] {
    std::free(before);
    during = keep(std::malloc(10));
  });
  void* const after = keep(std::malloc(1000));
  std::free(during);
  std::free(after);
  EXPECT_EQ(report.allocations, 1u);
  EXPECT_EQ(report.releases, 0u) << "a block from before begin is nobody's business";
  EXPECT_EQ(report.total, 10u);
  EXPECT_EQ(report.retained, 10u);
}

TEST(Recording, PeakIsTheMostLiveAtOneTimeAndRetainedWhatRemains) {
  void* kept = nullptr;
  const Report report = count([&] {
    std::free(keep(std::malloc(1000)));
    void* const big = keep(std::malloc(5000));
    kept = keep(std::malloc(300));
    std::free(big);
    std::free(keep(std::malloc(4000)));
  });
  std::free(kept);
  EXPECT_EQ(report.total, 10300u);
  EXPECT_EQ(report.peak, 5300u);
  EXPECT_EQ(report.retained, 300u);
  EXPECT_EQ(report.largest, 5000u);
}

TEST(Recording, PhasesSplitTheCounts) {
  Recording recording;
  ASSERT_TRUE(recording.begin({}, {.raw_copies = false}));
  void* const a = keep(std::malloc(100));
  recording.phase("decode").value();
  void* const b = keep(std::malloc(20));
  std::free(a);
  recording.phase("validate").value();
  std::free(keep(std::malloc(7)));
  recording.phase("decode").value();
  void* const c = keep(std::malloc(3));
  recording.phase("idle").value();
  const Report report = recording.end().value();
  std::free(b);
  std::free(c);
  const std::vector<PhaseCounts> expected = {
      {.name = "begin", .allocations = 1, .total = 100, .released = 0, .moved = 0, .peak = 100, .live = 100},
      {.name = "decode", .allocations = 2, .total = 23, .released = 100, .moved = 0, .peak = 120, .live = 23},
      {.name = "validate", .allocations = 1, .total = 7, .released = 7, .moved = 0, .peak = 27, .live = 20},
      {.name = "idle", .allocations = 0, .total = 0, .released = 0, .moved = 0, .peak = 23, .live = 23},
  };
  EXPECT_EQ(report.phases, expected);
  EXPECT_EQ(report.peak, 120u);
}

TEST(Recording, TooManyPhasesAndTooLongNamesAreCut) {
  Recording recording;
  ASSERT_TRUE(recording.begin({}, {.raw_copies = false}));
  recording.phase(std::string(100, 'n')).value();
  std::array<char, 3> name{'p', '0', '0'};
  for (int i = 0; i < 100; ++i) {
    name[1] = static_cast<char>('0' + i / 10);
    name[2] = static_cast<char>('0' + i % 10);
    recording.phase({name.data(), name.size()}).value();
  }
  std::free(keep(std::malloc(5)));
  const Report report = recording.end().value();
  ASSERT_EQ(report.phases.size(), 32u);
  EXPECT_EQ(report.phases[1].name, std::string(47, 'n'));
  EXPECT_EQ(report.phases[31].name, "p29");
  EXPECT_EQ(report.phases[31].allocations, 1u);
}

TEST(Recording, MisuseIsAnErrorNeverAnEmptyReport) {
  Recording recording;
  EXPECT_EQ(recording.phase("x").error(), RecordingError::not_begun);
  EXPECT_EQ(recording.end().error(), RecordingError::not_begun);
  ASSERT_TRUE(recording.begin({}));
  EXPECT_EQ(recording.begin({}).error(), RecordingError::already_recording);
  Recording other;
  EXPECT_EQ(other.begin({}).error(), RecordingError::already_recording);
  EXPECT_EQ(other.end().error(), RecordingError::not_begun);
  EXPECT_TRUE(recording.end().has_value()) << "misuse does not disturb the recording that is on";
  EXPECT_EQ(recording.end().error(), RecordingError::not_begun);
  EXPECT_FALSE(describe(RecordingError::already_recording).empty());
}

TEST(Recording, DestructionEndsIt) {
  {
    Recording abandoned;
    ASSERT_TRUE(abandoned.begin({}));
  }
  Recording next;
  ASSERT_TRUE(next.begin({}));
  EXPECT_TRUE(next.end().has_value());
}

TEST(Recording, FaultInjectionUnderASanitizerIsRefused) {
  if (!test_support::sanitizer_owns_heap()) GTEST_SKIP() << "not a sanitizer build";
  Recording recording;
  EXPECT_EQ(recording.begin({}, {.fail_allocation = 1}).error(), RecordingError::cannot_fail);
}

// Leaves this process no more address space than it has.
void allow_no_more_memory() {
  std::uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  const rlimit limit{.rlim_cur = pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)),
                     .rlim_max = RLIM_INFINITY};
  if (::setrlimit(RLIMIT_AS, &limit) != 0) std::_Exit(3);
}

// Ends a child process: 0 if the value has the expected error.
template <typename Expected>
[[noreturn]] void exit_with(const Expected& value, RecordingError error) {
  std::_Exit(!value.has_value() && value.error() == error ? 0 : 1);
}

TEST(RecordingDeathTest, NoMemoryForTheIndexIsAnError) {
  if (test_support::sanitizer_owns_heap()) GTEST_SKIP() << "sanitizers reserve address space without bound";
  const std::vector<std::byte> module_bytes = pseudo_random(std::size_t{1} << 20);
  EXPECT_EXIT(
      {
        allow_no_more_memory();
        Recording recording;
        exit_with(recording.begin(module_bytes), RecordingError::out_of_memory);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST(RecordingDeathTest, NoMemoryForTheBooksMakesNoReport) {
  if (test_support::sanitizer_owns_heap()) GTEST_SKIP() << "sanitizers reserve address space without bound";
  EXPECT_EXIT(
      {
        std::vector<void*> blocks(100000);
        for (void*& block : blocks) block = keep(std::malloc(40));
        for (std::size_t i = 0; i + 1 < blocks.size(); ++i) std::free(blocks[i]);
        Recording recording;
        if (!recording.begin({}, {.raw_copies = false})) std::_Exit(2);
        allow_no_more_memory();
        for (std::size_t i = 0; i + 1 < blocks.size(); ++i) blocks[i] = keep(std::malloc(40));
        exit_with(recording.end(), RecordingError::out_of_memory);
      },
      ::testing::ExitedWithCode(0), "");
}

// Integers to pin: the same work gives an equal report, whatever state the heap is in.
TEST(Recording, TheSameWorkGivesTheSameReport) {
  const std::vector<std::byte> module_bytes = pseudo_random(200000);
  const auto measure = [&] {
    Recording recording;
    recording.begin(module_bytes).value();
    std::vector<std::vector<std::byte>> parts;
    for (std::size_t i = 0; i < 100; ++i) {
      const auto from = module_bytes.begin() + static_cast<std::ptrdiff_t>(i * 1500);
      parts.emplace_back(from, from + static_cast<std::ptrdiff_t>(40 + i * 10));
    }
    recording.phase("shuffle").value();
    void* block = nullptr;
    for (std::size_t size = 1; size < 100000; size *= 3) block = keep(std::realloc(block, size));
    parts.resize(50);
    std::free(block);
    return recording.end().value();
  };
  const Report first = measure();
  std::vector<void*> clutter;
  clutter.reserve(1000);
  for (std::size_t i = 0; i < 1000; ++i) clutter.push_back(std::malloc(i * 7 % 3000 + 1));
  for (std::size_t i = 0; i < 1000; i += 3) std::free(clutter[i]);
  const Report second = measure();
  for (std::size_t i = 0; i < 1000; ++i) {
    if (i % 3 != 0) std::free(clutter[i]);
  }
  EXPECT_EQ(first, second);
  EXPECT_GT(first.copied_runs, 90u);
}

TEST(Recording, KeepsTheLoadersOwnAccount) {
  Recording::account(1);  // nobody records
  Recording recording;
  ASSERT_TRUE(recording.begin({}, Recording::fast()));
  Recording::account(1000);
  Recording::account(234);
  EXPECT_EQ(recording.end().value().accounted, 1234u);
}

}  // namespace
}  // namespace plimsoll::regress
