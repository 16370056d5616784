// Recorded loads in the document: reports, findings, stacks, sections; of our loader, and of traces.
#include "report/load.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "symbols/symbolizer.hpp"
#include "trace/report_json.hpp"

namespace plimsoll::regress::report {
namespace {

using Json = nlohmann::ordered_json;

std::vector<std::byte> bytes(std::string_view text) {
  std::vector<std::byte> result(text.size());
  std::ranges::transform(text, result.begin(), [](char c) { return static_cast<std::byte>(c); });
  return result;
}

Report example() {
  Report report;
  report.module_bytes = 100;
  report.objects = {"/nowhere"};
  report.frames = {{0, 16}};
  report.culprits = {{Detector::raw_copies, 64, 1, {0}}, {Detector::leak, 1, 1, {}}};
  return report;
}

TEST(ReportLoad, HasReportFindingsAndStacks) {
  RecordedLoad load;
  load.name = "m";
  load.verdict = "valid";
  load.report = example();
  load.findings = {{.kind = FindingKind::raw_copy, .share = 0.64, .bytes = 64, .text = "t", .culprit = 0}, {}};
  load.sections = {{"code", 8, 92}};
  Symbolizer symbolizer;
  const Json made = to_json(load, symbolizer);
  EXPECT_EQ(made["name"], "m");
  EXPECT_EQ(made["report"]["module_bytes"], 100);
  EXPECT_EQ(made["report"]["frames"][0]["offset"], 16);
  EXPECT_EQ(made["report"]["culprits"][0]["frames"], Json::array({0}));
  EXPECT_EQ(made["report"]["culprits"][0]["stack"].size(), 1U);
  EXPECT_EQ(made["report"]["culprits"][0]["who"]["object"], "/nowhere");
  EXPECT_EQ(made["report"]["culprits"][1]["who"], nullptr);
  EXPECT_EQ(made["findings"][0]["culprit"], 0);
  EXPECT_EQ(made["findings"][1]["culprit"], nullptr);
  EXPECT_EQ(made["sections"][0], (Json{{"name", "code"}, {"offset", 8}, {"bytes", 92}}));
}

Json trace(Json loads) {
  return {{"module", "/not/there/m.wasm"},
          {"processes", Json::array({{{"program", "/bin/tool"}, {"loads", std::move(loads)}}})}};
}

Json traced_load() {
  Json load{{"verdict", "unknown"}, {"exact", false}, {"report", to_json(example())}, {"findings", Json::array()}};
  const Json allocator{
      {"function", "operator new(unsigned long)"}, {"object", "/lib/x.so"}, {"file", nullptr}, {"line", nullptr}};
  const Json copier{{"function", "copy()"}, {"object", "/bin/tool"}, {"file", "/src/copy.cpp"}, {"line", 7}};
  load["report"]["culprits"][0]["stack"] = Json::array({allocator, copier});
  load["report"]["culprits"][1]["stack"] = Json::array();
  return load;
}

TEST(ReportLoad, OfATraceIsNamedByModuleAndProgram) {
  const auto one = loads_of_trace(trace(Json::array({traced_load()})));
  ASSERT_TRUE(one.has_value()) << one.error();
  ASSERT_EQ(one->size(), 1U);
  EXPECT_EQ((*one)[0]["name"], "m.wasm by tool");
  EXPECT_EQ((*one)[0]["exact"], false);
  EXPECT_EQ((*one)[0]["report"]["culprits"][0]["who"]["function"], "copy()") << "not the allocator";
  EXPECT_EQ((*one)[0]["sections"], Json::array());
  const auto two = loads_of_trace(trace(Json::array({traced_load(), traced_load()})));
  ASSERT_TRUE(two.has_value()) << two.error();
  EXPECT_EQ((*two)[1]["name"], "m.wasm by tool, load 2");
}

TEST(ReportLoad, OfSomethingElseIsRefused) {
  for (Json other : {Json(), Json::array(), Json::object(), Json{{"module", 1}}, trace(Json::array({1})),
                     trace(Json::array({Json::object()}))})
    EXPECT_FALSE(loads_of_trace(other).has_value()) << other;
  Json damaged = traced_load();
  damaged["report"]["peak"] = "much";
  EXPECT_FALSE(loads_of_trace(trace(Json::array({damaged}))).has_value());
  damaged = traced_load();
  damaged["report"]["culprits"][0].erase("stack");
  EXPECT_FALSE(loads_of_trace(trace(Json::array({damaged}))).has_value());
}

TEST(ReportLoad, HasSectionsOfWhateverCanBeRead) {
  using namespace std::string_view_literals;
  const auto module = bytes("\0asm\1\0\0\0\1\1\0\0\5\2me\7\7\xA\x20\0"sv);
  const std::vector<Section> sections = sections_of(module);
  ASSERT_EQ(sections.size(), 3U);
  EXPECT_EQ(sections[0].name, "type");
  EXPECT_EQ(sections[0].offset, 8U);
  EXPECT_EQ(sections[0].bytes, 3U);
  EXPECT_EQ(sections[1].name, "me");
  EXPECT_EQ(sections[1].bytes, 7U);
  EXPECT_EQ(sections[2].name, "code");
  EXPECT_EQ(sections[2].offset + sections[2].bytes, module.size()) << "cut off with the file";
  EXPECT_TRUE(sections_of(bytes("no module")).empty());
  EXPECT_TRUE(sections_of({}).empty());
}

}  // namespace
}  // namespace plimsoll::regress::report
