// One load by another loader, or why it is none.
#include "gate/other_loaders.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace plimsoll::regress::gate {
namespace {

TracedLoad load_with_peak(std::uint64_t peak, Verdict verdict = Verdict::unknown) {
  TracedLoad load;
  load.report.allocations = 3;
  load.report.total = 2 * peak;
  load.report.peak = peak;
  load.report.retained = 5;
  load.report.copied_bytes = 7;
  load.verdict = verdict;
  return load;
}

Trace trace_of(std::vector<std::vector<TracedLoad>> processes) {
  Trace trace;
  for (auto& loads : processes) {
    TracedProcess process;
    process.loads = std::move(loads);
    trace.processes.push_back(std::move(process));
  }
  return trace;
}

TEST(OtherLoader, OneLoadIsAnObservation) {
  const auto seen = observation_of(trace_of({{load_with_peak(100)}}));
  ASSERT_TRUE(seen.has_value()) << seen.error();
  EXPECT_EQ(seen->figures, (std::array<std::uint64_t, 5>{3, 200, 100, 5, 7}));
  EXPECT_EQ(seen->verdict, "exit 0");
  EXPECT_EQ(seen->report.peak, 100U);
}

TEST(OtherLoader, TheVerdictIsWhatTheLoaderSaysOrItsExitStatus) {
  EXPECT_EQ(observation_of(trace_of({{load_with_peak(1, Verdict::valid)}}))->verdict, "valid");
  EXPECT_EQ(observation_of(trace_of({{load_with_peak(1, Verdict::rejected)}}))->verdict, "rejected");
  Trace trace = trace_of({{load_with_peak(1)}});
  trace.exit_status = 2;
  EXPECT_EQ(observation_of(trace)->verdict, "exit 2");
}

TEST(OtherLoader, AProcessThatOnlyOpenedItIsNoLoad) {
  EXPECT_TRUE(observation_of(trace_of({{}, {load_with_peak(1)}})).has_value());
  EXPECT_EQ(observation_of(trace_of({{}})).error(), "the module was never loaded");
}

TEST(OtherLoader, TwoLoadsAreNotOne) {
  EXPECT_EQ(observation_of(trace_of({{load_with_peak(1), load_with_peak(1)}})).error(),
            "the module was loaded 2 times, by one process; a load line is of one load");
  EXPECT_EQ(observation_of(trace_of({{load_with_peak(1)}, {load_with_peak(1)}})).error(),
            "the module was loaded 2 times, by 2 processes; a load line is of one load");
}

TEST(OtherLoader, ACrashIsNoLoad) {
  Trace trace = trace_of({{load_with_peak(1)}});
  trace.signal = SIGSEGV;
  EXPECT_EQ(observation_of(trace).error(), "the command crashed: SIGSEGV");
}

TEST(OtherLoader, TheModulesPlaceIsMarked) {
  EXPECT_TRUE(holds_place({"loader", "{}"}));
  EXPECT_TRUE(holds_place({"loader", "--file={}"}));
  EXPECT_FALSE(holds_place({"loader", "file"}));
}

TEST(OtherLoader, TheKeySaysWhichLoaderAndHow) {
  EXPECT_EQ(CommandSubject({"/usr/bin/my loader", "{}"}).key().value("loader"), "my_loader");
  EXPECT_EQ(CommandSubject({"loader", "{}"}).key().value("through"), "command");
  EXPECT_EQ(EngineSubject("/lib/libengine.so").key().value("loader"), "libengine.so");
  EXPECT_FALSE(difference(EngineSubject("loader").key(), CommandSubject({"loader"}).key()).empty());
}

}  // namespace
}  // namespace plimsoll::regress::gate
