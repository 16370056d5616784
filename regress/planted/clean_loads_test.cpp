// No false alarm: a thousand loads of suite modules, modules of our own and real ones by Plimsoll's loader, which copies nothing,
// and not one finding, though its thresholds are as good as zero.
#include <gtest/gtest.h>

#include <cstddef>
#include <new>
#include <span>
#include <string>
#include <vector>

#include "ledger/ledger.hpp"
#include "plimsoll/plimsoll.hpp"
#include "properties/inputs.hpp"

namespace plimsoll::regress::planted {
namespace {

using properties::Input;

std::vector<Finding> findings_of_load(std::span<const std::byte> bytes, const Options& options,
                                      const Recording::Options& recording_options) {
  const auto input = ClockedInput::create(bytes);
  if (!input) throw std::bad_alloc();
  Recording recording;
  recording.begin(*input, recording_options).value();
  const LoadResult loaded = plimsoll::load(BorrowedBytes(input->bytes()), options);
  const Report report = recording.end().value();
  return findings(report, loaded ? Verdict::valid : Verdict::rejected, thresholds_for_ours);
}

// Loads whole and without the last byte, which refuses it.
void expect_silence(const std::string& name, std::span<const std::byte> bytes, Features features,
                    const Recording::Options& recording_options) {
  SCOPED_TRACE(name);
  Options options;
  options.features = features;
  for (const auto part : {bytes, bytes.first(bytes.size() - !bytes.empty())}) {
    for (const Finding& finding : findings_of_load(part, options, recording_options))
      ADD_FAILURE() << part.size() << " bytes: " << finding.text;
  }
}

class CleanLoads : public properties::OnInputs {};

TEST_P(CleanLoads, AreSilent) {
  const auto loads = properties::sample(inputs(), 1000);
  for (const Input& input : loads) {
    // One that is nothing but types, which are compared once they have all been read.
    if (input.name == "bomb_large_rec_groups") continue;
    expect_silence(input.name, input.bytes, input.features, Recording::full());
  }
  if (GetParam() == properties::Source::suites) {
    EXPECT_EQ(loads.size(), 1000U);
  }
}

INSTANTIATE_TEST_SUITE_P(, CleanLoads, testing::ValuesIn(properties::all_sources), properties::source_name);

class CleanLoadsOfTier : public properties::OnTier {};

TEST_P(CleanLoadsOfTier, AreSilent) {
  for (const auto& file : files()) {
    const auto mapped = MappedBytes::open(file.c_str());
    ASSERT_TRUE(mapped.has_value()) << file;
    // The whole ledger takes minutes for tier C.
    expect_silence(file.stem().string(), mapped->view(), Features::browsers(),
                   GetParam() == 'B' ? Recording::full() : Recording::fast());
  }
}

INSTANTIATE_TEST_SUITE_P(, CleanLoadsOfTier, testing::Values('B', 'C'), properties::tier_name);

}  // namespace
}  // namespace plimsoll::regress::planted
