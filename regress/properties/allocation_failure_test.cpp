// When an allocation fails, whichever it is, a load says out_of_memory, holds nothing, and has released its source.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "ledger/ledger.hpp"
#include "plimsoll/load.hpp"
#include "properties/inputs.hpp"
#include "properties/mappings.hpp"
#include "properties/recorded_load.hpp"
#include "properties/temporary_folder.hpp"

namespace plimsoll::regress::properties {
namespace {

// More than any load does: the tests below stop when one succeeds.
constexpr std::uint64_t too_many = most_allocations + 1;

bool ran_out(const std::optional<Error>& error) { return error && error->code == ErrorCode::out_of_memory; }

std::optional<Error> error_of(const LoadResult& result) {
  return result ? std::nullopt : std::optional(result.error());
}

class AllocationFailure : public OnInputs {
 protected:
  void SetUp() override {
    OnInputs::SetUp();
    inputs_ = sample(OnInputs::inputs(), 200);
  }
  [[nodiscard]] const std::vector<Input>& inputs() const { return inputs_; }

 private:
  std::vector<Input> inputs_;
};

TEST_P(AllocationFailure, OfTheResourceIsAnErrorWithoutALeak) {
  std::uint64_t failed = 0;
  for (const Input& input : inputs()) {
    SCOPED_TRACE(input.name);
    const std::string answer = to_string(record_load(input.bytes, input.features, {.raw_copies = false}).error);
    CountingResource resource;
    Options options;
    options.features = input.features;
    options.memory = &resource;
    std::uint64_t nth = 1;
    for (; nth <= too_many; ++nth) {
      resource.reset_counts();
      resource.fail_at(nth);
      // The exception itself is on the heap while it flies.
      const RecordedLoad run = record_load(input.bytes, options, {.raw_copies = false});
      const ResourceCounts counts = resource.counts();
      EXPECT_EQ(counts.live, 0U) << "allocation " << nth;
      EXPECT_EQ(counts.mismatches, 0U) << "allocation " << nth;
      EXPECT_EQ(run.report.retained, 0U) << "allocation " << nth;
      if (counts.failures == 0) {
        EXPECT_EQ(to_string(run.error), answer);
        EXPECT_EQ(counts.allocations, nth - 1);
        break;
      }
      EXPECT_TRUE(ran_out(run.error)) << "allocation " << nth << ": " << to_string(run.error);
      EXPECT_EQ(run.held(), 0U) << "allocation " << nth;
      ++failed;
    }
    EXPECT_LT(nth, too_many);
  }
  EXPECT_GE(failed, inputs().size()) << "every load has at least one allocation";
}

TEST_P(AllocationFailure, OfTheProcessIsAnErrorWithoutALeak) {
  if (heap_hooks() == HeapHooks::sanitizer) GTEST_SKIP() << describe(RecordingError::cannot_fail);
  for (const Input& input : inputs()) {
    SCOPED_TRACE(input.name);
    const RecordedLoad usual = record_load(input.bytes, input.features, {.raw_copies = false});
    std::uint64_t nth = 1;
    for (; nth <= too_many; ++nth) {
      const RecordedLoad run = record_load(input.bytes, input.features, {.raw_copies = false, .fail_allocation = nth});
      EXPECT_EQ(run.report.retained, 0U) << "allocation " << nth;
      EXPECT_EQ(run.report.mismatches, 0U) << "allocation " << nth;
      if (run.report.failures == 0) {
        EXPECT_EQ(to_string(run.error), to_string(usual.error));
        EXPECT_EQ(run.report, usual.report) << "the heap is as it was";
        break;
      }
      EXPECT_TRUE(ran_out(run.error)) << "allocation " << nth << ": " << to_string(run.error);
      EXPECT_EQ(run.held(), 0U) << "allocation " << nth;
    }
    EXPECT_EQ(nth, usual.report.allocations + 1);
  }
}

// The bytes are allocated while the ledger records, so it would see them if they stayed.
TEST_P(AllocationFailure, ReleasesOwnedBytes) {
  for (const Input& input : sample(inputs(), 30)) {
    SCOPED_TRACE(input.name);
    CountingResource resource;
    Options options;
    options.features = input.features;
    options.memory = &resource;
    for (std::uint64_t nth = 1; nth <= too_many; ++nth) {
      for (const bool as_vector : {true, false}) {
        resource.reset_counts();
        resource.fail_at(nth);
        Recording recording;
        recording.begin(input.bytes, {.raw_copies = false}).value();
        std::optional<Error> error;
        if (as_vector) {
          error = error_of(load(OwnedBytes(std::vector<std::byte>(input.bytes)), options));
        } else {
          auto array = std::make_unique<std::byte[]>(input.bytes.size());
          std::ranges::copy(input.bytes, array.get());
          error = error_of(load(OwnedBytes(std::move(array), input.bytes.size()), options));
        }
        const Report report = recording.end().value();
        EXPECT_EQ(report.retained, 0U) << "allocation " << nth;
        EXPECT_EQ(ran_out(error), resource.counts().failures == 1) << "allocation " << nth;
      }
      if (resource.counts().failures == 0) break;
    }
  }
}

TEST_P(AllocationFailure, UnmapsMappedBytes) {
  const TemporaryFolder folder;
  for (const Input& input : sample(inputs(), 30)) {
    if (input.bytes.empty()) continue;
    SCOPED_TRACE(input.name);
    const std::string file = folder.write("module.wasm", input.bytes);
    CountingResource resource;
    Options options;
    options.features = input.features;
    options.memory = &resource;
    for (std::uint64_t nth = 1; nth <= too_many; ++nth) {
      resource.reset_counts();
      resource.fail_at(nth);
      auto source = MappedBytes::open(file.c_str());
      ASSERT_TRUE(source.has_value());
      ASSERT_TRUE(is_mapped(file));
      const auto error = error_of(load(*std::move(source), options));
      EXPECT_FALSE(is_mapped(file)) << "allocation " << nth;
      EXPECT_EQ(ran_out(error), resource.counts().failures == 1) << "allocation " << nth;
      if (resource.counts().failures == 0) break;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, AllocationFailure, testing::ValuesIn(all_sources), source_name);

}  // namespace
}  // namespace plimsoll::regress::properties
