#include "trace/report_json.hpp"

#include <gtest/gtest.h>

namespace plimsoll::regress {
namespace {

using Json = nlohmann::ordered_json;

Report filled() {
  Report report;
  report.module_bytes = 1;
  report.allocations = ~std::uint64_t{0};
  report.releases = 3;
  report.total = 4;
  report.peak = 5;
  report.retained = 6;
  report.retained_blocks = 7;
  report.largest = 8;
  report.moved = 9;
  report.failures = 10;
  report.mismatches = 11;
  report.unseen_releases = 12;
  report.phases = {{.name = "begin", .allocations = 1, .total = 2, .released = 3, .moved = 4, .peak = 5, .live = 6},
                   {.name = "\"va\\lidate\""}};
  report.stacked = true;
  report.culprits = {{.detector = Detector::twins, .bytes = 1, .blocks = 2, .frames = {1, 0}}};
  report.frames = {{.object = 1, .offset = 2}, {.object = 0, .offset = 4}};
  report.objects = {"/bin/a", "/lib/b"};
  report.timeline = {{.event = 1, .live = 2, .phase = 3}};
  report.stream_samples = 17;
  report.stream_hits = 18;
  report.stream_block = 19;
  report.twinned = true;
  report.twin_bytes = 20;
  report.twin_blocks = 21;
  report.growth_twin_bytes = 22;
  report.clocked = true;
  report.page_bytes = 23;
  report.pages = 24;
  report.pages_touched = 25;
  report.pages_written = 26;
  report.touches = 27;
  report.after = 28;
  report.burst = 29;
  report.burst_tick = 30;
  report.live_at_last_touch = 31;
  report.accounted = 32;
  report.searched = true;
  report.searched_bytes = 13;
  report.copied_bytes = 14;
  report.copied_block_bytes = 15;
  report.copied_runs = 16;
  report.runs = {{.module_offset = 1, .length = 2, .block_serial = 3, .block_offset = 4, .block_phase = 5}};
  return report;
}

TEST(ReportJson, ComesBackEqual) {
  EXPECT_EQ(report_from_json(Json::parse(to_json(filled()).dump())), filled());
  EXPECT_EQ(report_from_json(to_json(Report{})), Report{});
}

// A member that each_member forgot would come back with its default: filled() sets every one, or the sizes would differ.
TEST(ReportJson, KeysAreTheMembersNames) {
  const Json json = to_json(filled());
  EXPECT_EQ(json.at("module_bytes"), 1);
  EXPECT_EQ(json.at("allocations"), ~std::uint64_t{0});
  EXPECT_EQ(json.at("phases").at(1).at("name"), "\"va\\lidate\"");
  EXPECT_EQ(json.at("runs").at(0).at("block_phase"), 5);
}

TEST(ReportJson, WhatIsMissingIsDefaultAndWhatIsUnknownIsPassedOver) {
  EXPECT_EQ(report_from_json(Json::parse(R"({"colour": "red", "peak": 5})")).peak, 5u);
  EXPECT_EQ(report_from_json(Json::object()), Report{});
}

TEST(ReportJson, ALoadHasItsVerdict) {
  TracedLoad load;
  for (const Verdict verdict : {Verdict::valid, Verdict::rejected, Verdict::unknown}) {
    load.verdict = verdict;
    EXPECT_EQ(traced_load_from_json(to_json(load)).verdict, verdict);
  }
  EXPECT_EQ(to_json(load).at("verdict"), "unknown");
  EXPECT_THROW((void)traced_load_from_json(Json::parse(R"({"verdict": "valid"})")), Json::exception);
}

TEST(ReportJson, AFindingPointsAtItsCulpritOrAtNone) {
  Finding finding{
      .kind = FindingKind::late_copy, .detector = Detector::input_clock, .share = 0.5, .bytes = 7, .text = "x"};
  EXPECT_TRUE(to_json(finding).at("culprit").is_null());
  finding.culprit = 3;
  EXPECT_EQ(to_json(finding).dump(),
            R"({"kind":"late copy","detector":"input_clock","share":0.5,"bytes":7,"text":"x","culprit":3})");
}

TEST(ReportJson, WrongTypesAreRefused) {
  for (const char* text : {"[]", "7", R"({"peak": "5"})", R"({"phases": {}})", R"({"phases": [3]})",
                           R"({"culprits": [{"detector": "luck"}]})"}) {
    EXPECT_THROW((void)report_from_json(Json::parse(text)), Json::exception) << text;
  }
}

}  // namespace
}  // namespace plimsoll::regress
