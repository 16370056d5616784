// The document: what of load lines, their past and recorded loads stands where.
#include "report/document.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "gate/gate_test_support.hpp"

namespace plimsoll::regress::report {
namespace {

using namespace gate::test_support;
using Json = nlohmann::ordered_json;

PastPins past(std::string commit, std::vector<gate::LoadLine> lines) {
  PastPins result;
  result.revision.commit = std::move(commit);
  result.lines = pins(std::move(lines)).lines;
  return result;
}

TEST(ReportDocument, HasEachLine) {
  const Json made = document({.pins = pins({line("</script>", "<b>"), with(line("x"), gate::Column::copied, 7)}),
                              .pins_file = "pins.tsv",
                              .past = {},
                              .loads = {},
                              .notes = {"a note"}});
  EXPECT_EQ(problem_of(made), "");
  EXPECT_EQ(made["key"]["loader"], "plimsoll");
  EXPECT_EQ(made["pins"], "pins.tsv");
  EXPECT_EQ(made["notes"], Json::array({"a note"}));
  EXPECT_EQ(made["lines"][0], (Json{{"name", "</script>"},
                                    {"sha256", std::string(64, 'a')},
                                    {"bytes", 4096},
                                    {"verdict", "valid"},
                                    {"allocations", 10},
                                    {"total", 2000},
                                    {"peak", 1000},
                                    {"retained", 500},
                                    {"copied", 0},
                                    {"reason", "<b>"}}));
  EXPECT_EQ(made["lines"][1]["copied"], 7);
}

TEST(ReportDocument, HistoryIsWhereALineChanged) {
  PastPins unreadable = past("3", {});
  unreadable.problem = "damaged";
  Contents contents;
  contents.pins = pins({line("a")});
  contents.past = {past("1", {line("a"), line("b")}), past("2", {line("a")}), unreadable,
                   past("4", {with(line("a"), gate::Column::peak, 9), line("b")})};
  const Json made = document(contents);
  EXPECT_EQ(made["revisions"].size(), 4U);
  EXPECT_EQ(made["revisions"][2]["problem"], "damaged");
  const Json& a = made["history"][0]["points"];
  ASSERT_EQ(a.size(), 2U);
  EXPECT_EQ(a[0]["revision"], 0);
  EXPECT_EQ(a[1]["revision"], 3);
  EXPECT_EQ(a[1]["peak"], 9);
  const Json& b = made["history"][1]["points"];
  ASSERT_EQ(b.size(), 3U);
  EXPECT_EQ(b[1], (Json{{"revision", 1}, {"gone", true}}));
  EXPECT_EQ(b[2]["revision"], 3);
}

TEST(ReportDocument, OfAnotherKindIsRefused) {
  EXPECT_NE(problem_of(Json::array()), "");
  EXPECT_NE(problem_of(Json::object()), "");
  Json made = document({.pins = pins({}), .pins_file = {}, .past = {}, .loads = {}, .notes = {}});
  EXPECT_EQ(problem_of(made), "");
  made["schema"] = 2;
  EXPECT_TRUE(problem_of(made).contains("schema 2"));
  made["schema"] = 1;
  made["modules"] = 3;
  EXPECT_TRUE(problem_of(made).contains("modules"));
}

}  // namespace
}  // namespace plimsoll::regress::report
