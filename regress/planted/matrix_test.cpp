// Each planted copy is found by the ledger that is linked into this program, and named; the clean loader is not accused.
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include "planted/expected.hpp"
#include "planted/generate.hpp"
#include "planted/recorded.hpp"
#include "plimsoll/bytes.hpp"

namespace plimsoll::regress::planted {
namespace {

std::span<const std::byte> generated() {
  static const auto bytes = generate_module(2'100'000);
  return bytes;
}

// For messages.
std::string list(const std::vector<Finding>& found) {
  std::string text;
  for (const Finding& finding : found) text.append("  ").append(finding.text).append("\n");
  return text.empty() ? "  nothing\n" : text;
}

void expect_found(std::span<const FindingKind> expected, const RecordedLoad& load) {
  const auto found = findings(load.report, load.verdict);
  for (const FindingKind kind : expected) {
    // Mappings are seen only where malloc is ours, too: then a copy in one is late and no more.
    const bool in_mapping = expected.data() == expected_findings(Defect::mapped_copy).data();
    if (in_mapping && kind == FindingKind::raw_copy && heap_hooks() == HeapHooks::sanitizer) continue;
    EXPECT_TRUE(std::ranges::find(found, kind, &Finding::kind) != found.end()) << name(kind) << " was not found, but\n"
                                                                               << list(found);
  }
}

void expect_silence(const RecordedLoad& load) {
  const auto found = findings(load.report, load.verdict);
  EXPECT_TRUE(found.empty()) << list(found);
}

void expect_found_or_silence(Defect defect, const RecordedLoad& load) {
  EXPECT_EQ(load.verdict, only_on_errors(defect) ? Verdict::rejected : Verdict::valid);
  EXPECT_EQ(load.report.mismatches, 0U);
  if (defect == Defect::clean)
    expect_silence(load);
  else
    expect_found(expected_findings(defect), load);
}

class Matrix : public testing::TestWithParam<Defect> {};

TEST_P(Matrix, IsFoundAndNamed) {
  expect_found_or_silence(GetParam(), record_shown(generated(), GetParam(), Recording::full()));
}

// SWI-Prolog: 2.2 MB from C.
TEST_P(Matrix, IsFoundAndNamedInARealModule) {
  const std::string file = PLIMSOLL_MODULES "/B/swipl.wasm";
  const auto mapped = MappedBytes::open(file.c_str());
  if (!mapped)
    GTEST_SKIP() << "no " << file
                 << ": run corpus/fetch --tier A,B FOLDER and configure with -DPLIMSOLL_MODULES=FOLDER";
  expect_found_or_silence(GetParam(), record_shown(mapped->view(), GetParam(), Recording::full()));
}

TEST_P(Matrix, IsFoundByTheFastTierWhereItCanBe) {
  const RecordedLoad load = record_shown(generated(), GetParam(), Recording::fast());
  if (expected_fast_findings(GetParam()).empty())
    expect_silence(load);
  else
    expect_found(expected_fast_findings(GetParam()), load);
}

// What shows on the path of errors alone is silent where there is no error.
TEST_P(Matrix, IsSilentWithoutAnError) {
  if (only_on_errors(GetParam())) expect_silence(record_load(generated(), GetParam(), Recording::full()));
}

std::string defect_name(const testing::TestParamInfo<Defect>& info) { return std::string(name(info.param)); }

INSTANTIATE_TEST_SUITE_P(, Matrix, testing::ValuesIn(all_defects), defect_name);

TEST(CleanLoader, IsSilentWhenItRefuses) {
  const auto bytes = generated();
  for (const std::size_t size : {bytes.size() - 1, bytes.size() / 2, bytes.size() / 10}) {
    const RecordedLoad load = record_load(bytes.first(size), Defect::clean, Recording::full());
    EXPECT_EQ(load.verdict, Verdict::rejected);
    EXPECT_EQ(load.report.retained, 0U);
    expect_silence(load);
  }
}

TEST(CleanLoader, KeepsWhatItAllocates) {
  Recording::Options options = Recording::full();
  options.stacks = false;  // which differ: there are two calls
  const Report report = record_load(generated(), Defect::clean, options).report;
  EXPECT_EQ(report.peak, report.retained);
  EXPECT_EQ(report.total, report.retained);
  EXPECT_EQ(report.after, 0U);
  EXPECT_EQ(report.copied_bytes, 0U);
  EXPECT_LE(report.twin_bytes, report.retained / 200);  // two short bodies may be alike
  EXPECT_EQ(report, record_load(generated(), Defect::clean, options).report) << "another run, other figures";
}

}  // namespace
}  // namespace plimsoll::regress::planted
