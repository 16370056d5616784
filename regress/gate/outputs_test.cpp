// The same results in each form.
#include "gate/outputs.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "gate/gate_test_support.hpp"

namespace plimsoll::regress::gate {
namespace {

using namespace test_support;

Checked checked() {
  const Pins pinned = pins({line("a"), line("b|<x>&\"%"), line("c")});
  Checked result{.key = pinned.key, .pins = "regress/loadlines.tsv", .results = {}};
  result.results.push_back(compare(&pinned.lines[0], measured(line("a")), {}));
  result.results.push_back(compare(&pinned.lines[1], measured(with(line("b|<x>&\"%"), Column::peak, 1500)), {}));
  result.results.push_back(compare(&pinned.lines[2], measured(with(line("c"), Column::total, 1000)), {}));
  result.results.push_back(compare(nullptr, measured(line("d")), {}));
  return result;
}

Checked well() {
  Checked result = checked();
  result.results.resize(1);
  return result;
}

TEST(GateTable, ShowsWhatChangedAndTheSummary) {
  const std::string text = table(checked(), false, false);
  EXPECT_TRUE(text.contains("c         better  total    2,000  1,000  -1,000  -50.0 %")) << text;
  EXPECT_TRUE(text.contains("b|<x>&\"%  worse   peak     1,000  1,500    +500  +50.0 %")) << text;
  EXPECT_TRUE(text.contains("4 load lines: 1 same, 1 worse, 1 better, 1 new\n")) << text;
  EXPECT_TRUE(text.contains("--reason")) << text;
  EXPECT_FALSE(text.contains("\na ")) << text;
}

TEST(GateTable, OfLinesThatHoldIsOneLine) {
  EXPECT_EQ(table(well(), false, false), "1 load line: 1 same\n");
  EXPECT_TRUE(table(well(), true, false).contains("a       same  allocations")) << table(well(), true, false);
}

TEST(GateJson, HasEveryLine) {
  const auto document = nlohmann::json::parse(json(checked()));
  EXPECT_EQ(document["schema"], "plimsoll-gate/1");
  EXPECT_EQ(document["exit_code"], 1);
  EXPECT_EQ(document["key"]["loader"], "plimsoll");
  ASSERT_EQ(document["lines"].size(), 4U);
  const auto& worse = document["lines"][1];
  EXPECT_EQ(worse["status"], "worse");
  EXPECT_EQ(worse["line"], 5);
  EXPECT_EQ(worse["pinned"]["peak"], 1000);
  EXPECT_EQ(worse["now"]["peak"], 1500);
  EXPECT_EQ(worse["changes"], nlohmann::json::parse(R"([{"column": "peak", "pinned": 1000, "now": 1500}])"));
  EXPECT_TRUE(document["lines"][3]["pinned"].is_null());
}

TEST(GateJUnit, IsXmlWithACaseForEachModule) {
  const std::string text = junit(checked());
  EXPECT_TRUE(text.contains("tests=\"4\" failures=\"3\" errors=\"0\"")) << text;
  EXPECT_TRUE(text.contains("<testcase classname=\"plimsoll\" name=\"a\" file=\"regress/loadlines.tsv\" line=\"4\"/>"))
      << text;
  EXPECT_TRUE(text.contains("name=\"b|&lt;x&gt;&amp;&quot;%\"")) << text;
  EXPECT_TRUE(text.contains("<failure type=\"worse\" message=\"worse: peak 1,000 -&gt; 1,500 (+500, +50.0 %)\"/>"))
      << text;
}

TEST(GateGithub, MarksTheLineOfThePin) {
  const std::string text = github(checked());
  EXPECT_TRUE(
      text.starts_with("::error file=regress/loadlines.tsv,line=5,title=b|<x>&\"%25%3A worse::peak 1,000 -> 1,500 "
                       "(+500, +50.0 %25)\n"))
      << text;
  EXPECT_TRUE(text.contains("line=3,title=d%3A new::has no load line yet\n")) << text;
  EXPECT_EQ(github(well()), "");
}

TEST(GateMarkdown, IsATableWhoseCellsAreText) {
  const std::string text = markdown(checked());
  EXPECT_TRUE(text.contains("| b\\|\\<x\\>\\&\"% | worse | peak | 1,000 | 1,500 | +500 | +50.0 % |\n")) << text;
  EXPECT_EQ(markdown(well()), "### Load lines of plimsoll\n\n1 load line: 1 same\n");
}

}  // namespace
}  // namespace plimsoll::regress::gate
