// Every figure that the detectors may give, on both sides of where it becomes a finding.
#include "ledger/findings.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace plimsoll::regress {
namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20;

// A load of a 4 MiB module that keeps 8 MiB and did nothing wrong.
Report innocent() {
  Report report;
  report.module_bytes = 4 * mib;
  report.allocations = 1000;
  report.total = 9 * mib;
  report.peak = 8 * mib + 1000;
  report.retained = 8 * mib;
  report.retained_blocks = 900;
  report.searched = true;
  report.stream_samples = 64;
  report.twinned = true;
  report.clocked = true;
  report.page_bytes = 4096;
  report.pages = 1024;
  report.pages_touched = 1000;
  report.touches = 1000;
  report.burst = 4 * mib;
  report.burst_tick = 3;
  report.live_at_last_touch = 8 * mib;
  return report;
}

std::set<FindingKind> kinds(const Report& report, Verdict verdict = Verdict::valid,
                            const Thresholds& thresholds = thresholds_for_any_loader) {
  std::set<FindingKind> result;
  for (const Finding& finding : findings(report, verdict, thresholds)) {
    EXPECT_TRUE(finding.text.starts_with(std::string(name(finding.kind)) + ": ")) << finding.text;
    result.insert(finding.kind);
  }
  return result;
}

using Kinds = std::set<FindingKind>;

TEST(Findings, OfAnInnocentLoadThereAreNone) {
  EXPECT_EQ(kinds(innocent()), Kinds{});
  EXPECT_EQ(kinds(innocent(), Verdict::valid, thresholds_for_ours), Kinds{});
  EXPECT_EQ(kinds(Report{}), Kinds{});
  EXPECT_EQ(kinds(Report{}, Verdict::rejected, thresholds_for_ours), Kinds{});
}

TEST(Findings, RawCopies) {
  Report report = innocent();
  report.copied_bytes = 2 * mib;
  EXPECT_EQ(kinds(report), Kinds{});
  EXPECT_EQ(kinds(report, Verdict::valid, thresholds_for_ours), Kinds{FindingKind::raw_copy});
  report.copied_bytes = 2 * mib + 1;
  EXPECT_EQ(kinds(report), Kinds{FindingKind::raw_copy});
  report.copied_bytes = 64;
  EXPECT_EQ(kinds(report, Verdict::valid, thresholds_for_ours), Kinds{FindingKind::raw_copy});
}

TEST(Findings, StreamedCopies) {
  Report report = innocent();
  report.stream_hits = 32;
  EXPECT_EQ(kinds(report), Kinds{});
  report.stream_hits = 33;
  EXPECT_EQ(kinds(report), Kinds{FindingKind::streamed_copy});
  report.stream_samples = report.stream_hits = 7;  // too few to tell
  EXPECT_EQ(kinds(report), Kinds{});
}

TEST(Findings, TransientCopies) {
  Report report = innocent();
  report.peak = 12 * mib;
  EXPECT_EQ(kinds(report), Kinds{});
  report.peak = 16 * mib;
  EXPECT_EQ(kinds(report), Kinds{FindingKind::transient_copy});
  EXPECT_EQ(kinds(report, Verdict::unknown), Kinds{});
}

TEST(Findings, WhatIsSmallIsNoFinding) {
  Report report = innocent();
  report.retained = report.live_at_last_touch = 1000;
  report.peak = 50'000;
  report.after = 40'000;
  report.twin_bytes = 30'000;
  EXPECT_EQ(kinds(report), Kinds{});
}

TEST(Findings, LateCopiesAndSecondReadings) {
  Report report = innocent();
  report.after = 2 * mib;
  EXPECT_EQ(kinds(report), Kinds{});
  report.after = 2 * mib + 100;
  EXPECT_EQ(kinds(report), Kinds{FindingKind::late_copy});
  report.touches = 2 * report.pages_touched;
  EXPECT_EQ(kinds(report), Kinds{FindingKind::second_reading});
  report.pages_touched = report.touches = 3;  // too few ticks to tell
  EXPECT_EQ(kinds(report), Kinds{});
}

TEST(Findings, ACopyBeforeTheLastPageIsLateToo) {
  Report report = innocent();
  report.burst_tick = report.pages_touched - 1;
  EXPECT_EQ(kinds(report), Kinds{FindingKind::late_copy});
  report.burst_tick = report.pages_touched - 3;
  EXPECT_EQ(kinds(report), Kinds{});
}

TEST(Findings, TwinsAndGrowth) {
  Report report = innocent();
  report.twin_bytes = mib / 2;
  EXPECT_EQ(kinds(report), Kinds{});
  EXPECT_EQ(kinds(report, Verdict::valid, thresholds_for_ours), Kinds{FindingKind::twin_copy});
  report.twin_bytes = 8 * mib;
  EXPECT_EQ(kinds(report), Kinds{FindingKind::twin_copy});
  report.growth_twin_bytes = 5 * mib;
  EXPECT_EQ(kinds(report), Kinds{FindingKind::growth_copy});
}

TEST(Findings, LeaksOfRejectedModulesOnly) {
  Report report = innocent();
  EXPECT_EQ(kinds(report, Verdict::rejected), Kinds{FindingKind::leak});
  report.retained = 0;
  EXPECT_EQ(kinds(report, Verdict::rejected), Kinds{});
  report.retained = 1;
  EXPECT_EQ(kinds(report, Verdict::rejected), Kinds{});
  EXPECT_EQ(kinds(report, Verdict::rejected, thresholds_for_ours), Kinds{FindingKind::leak});
}

TEST(Findings, ACopyOnTheWayToARejectionIsMeasuredByWhatWasThere) {
  Report report = innocent();
  report.retained = 0;
  report.after = 4 * mib;
  EXPECT_EQ(kinds(report, Verdict::rejected), Kinds{FindingKind::late_copy});
}

TEST(Findings, OfAValidatorThatKeepsNothingToo) {
  Report report = innocent();
  report.retained = 0;
  EXPECT_EQ(kinds(report), Kinds{});
  report.after = 4 * mib;
  report.twin_bytes = 4 * mib;
  report.peak = 16 * mib;
  EXPECT_EQ(kinds(report), (Kinds{FindingKind::late_copy, FindingKind::twin_copy, FindingKind::transient_copy}));
}

TEST(Findings, OfAProgramToItsEndAreMeasuredByItsPeak) {
  Report report = innocent();
  report.clocked = false;
  report.live_at_last_touch = 0;
  report.retained = 1000;
  report.twin_bytes = 4 * mib;
  const auto all = findings(report, Verdict::unknown);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_NEAR(all[0].share, 0.5, 0.001);
}

TEST(Findings, TheLoadersOwnAccount) {
  Report report = innocent();
  report.accounted = 3 * mib;
  EXPECT_EQ(kinds(report), Kinds{FindingKind::accounted_copy});
}

TEST(Findings, TheWorstComesFirstWithItsStack) {
  Report report = innocent();
  report.copied_bytes = 3 * mib;
  report.twin_bytes = 16 * mib;
  report.culprits = {{.detector = Detector::counts, .bytes = 1, .blocks = 1, .frames = {}},
                     {.detector = Detector::raw_copies, .bytes = 2, .blocks = 1, .frames = {}}};
  const auto all = findings(report, Verdict::valid);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].kind, FindingKind::twin_copy);
  EXPECT_EQ(all[0].culprit, Finding::no_culprit);
  EXPECT_DOUBLE_EQ(all[0].share, 2);
  EXPECT_EQ(all[1].kind, FindingKind::raw_copy);
  EXPECT_EQ(all[1].culprit, 1u);
  EXPECT_NE(all[1].text.find("75 %"), std::string::npos);
  EXPECT_NE(all[1].text.find("3,145,728"), std::string::npos);
}

}  // namespace
}  // namespace plimsoll::regress
