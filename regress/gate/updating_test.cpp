// Lines go down freely, and up only for a reason.
#include "gate/updating.hpp"

#include <gtest/gtest.h>

#include "gate/gate_test_support.hpp"

namespace plimsoll::regress::gate {
namespace {

using namespace test_support;

std::vector<Result> results(const Pins& pins, std::vector<LoadLine> now) {
  std::vector<Result> found;
  for (LoadLine& line : now) {
    const Pin* const pin = pins.find(line.name);
    found.push_back(compare(pin, measured(std::move(line)), {}));
  }
  return found;
}

TEST(Update, LowersWithoutAReasonAndKeepsTheOldOne) {
  const Pins pinned = pins({line("a", "once upon a time")});
  const auto updated = update(pinned, results(pinned, {with(line("a"), Column::peak, 900)}), "");
  ASSERT_TRUE(updated.has_value());
  EXPECT_EQ(updated->lowered, 1U);
  EXPECT_EQ(updated->pins.lines.at(0).line, with(line("a", "once upon a time"), Column::peak, 900));
}

TEST(Update, RaisesForAReasonOnly) {
  const Pins pinned = pins({line("a"), line("b")});
  const auto now = results(pinned, {with(line("a"), Column::peak, 1100), with(line("b"), Column::peak, 900)});
  const auto refused = update(pinned, now, "");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().exit_code, exit_worse);
  EXPECT_EQ(refused.error().results.size(), 1U) << "b is not at fault";
  const auto raised = update(pinned, now, "names are kept");
  ASSERT_TRUE(raised.has_value());
  EXPECT_EQ(raised->raised, 1U);
  EXPECT_EQ(raised->pins.lines.at(0).line.reason, "names are kept");
  EXPECT_EQ(raised->pins.lines.at(1).line.reason, "") << "it was lowered";
}

TEST(Update, AnotherVerdictTakesAReason) {
  const Pins pinned = pins({line("a")});
  LoadLine now = line("a");
  now.verdict = "type_mismatch";
  EXPECT_FALSE(update(pinned, results(pinned, {now}), "").has_value());
  const auto updated = update(pinned, results(pinned, {now}), "the rule changed");
  ASSERT_TRUE(updated.has_value());
  EXPECT_EQ(updated->pins.lines.at(0).line.verdict, "type_mismatch");
}

TEST(Update, AnotherModuleThatCostsMoreTakesAReasonToo) {
  const Pins pinned = pins({line("a")});
  LoadLine now = with(line("a"), Column::total, 1'000'000);
  now.sha256 = std::string(64, 'c');
  EXPECT_FALSE(update(pinned, results(pinned, {now}), "").has_value());
  const auto updated = update(pinned, results(pinned, {now}), "the next release of it");
  ASSERT_TRUE(updated.has_value());
  EXPECT_EQ(updated->replaced, 1U);
  EXPECT_EQ(updated->pins.lines.at(0).line.reason, "the next release of it");
}

TEST(Update, AddsSortedReplacesAndDrops) {
  const Pins pinned = pins({line("b"), line("d")});
  LoadLine other = line("b");
  other.sha256 = std::string(64, 'c');
  auto now = results(pinned, {line("a"), other, line("c")});
  now.push_back(gone(pinned.lines[1]));
  const auto updated = update(pinned, now, "");
  ASSERT_TRUE(updated.has_value());
  EXPECT_EQ(updated->added, 2U);
  EXPECT_EQ(updated->replaced, 1U);
  EXPECT_EQ(updated->dropped, 1U);
  EXPECT_TRUE(parse_pins(to_string(updated->pins)).has_value());
  EXPECT_EQ(updated->pins.lines.size(), 3U);
  EXPECT_EQ(updated->pins.find("b")->line.sha256, other.sha256);
}

TEST(Update, WhatIsMissingKeepsItsLine) {
  const Pins pinned = pins({line("a")});
  Measured nothing;
  nothing.name = "a";
  nothing.absent = "there is no a.wasm";
  const std::vector<Result> now{compare(&pinned.lines[0], nothing, {})};
  const auto updated = update(pinned, now, "");
  ASSERT_TRUE(updated.has_value());
  EXPECT_FALSE(updated->changes_anything());
  EXPECT_EQ(to_string(updated->pins), to_string(pinned));
}

TEST(Update, WhatCannotBeTrustedIsNotPinned) {
  const Pins pinned = pins({line("a")});
  Measured twice = measured(line("a"));
  twice.otherwise = with(line("a"), Column::peak, 1001);
  const std::vector<Result> unrepeatable{compare(&pinned.lines[0], twice, {})};
  EXPECT_EQ(update(pinned, unrepeatable, "why not").error().exit_code, exit_unrepeatable);
  Measured crashed;
  crashed.name = "a";
  crashed.problem = "it crashed";
  const std::vector<Result> failed{compare(&pinned.lines[0], crashed, {})};
  EXPECT_EQ(update(pinned, failed, "why not").error().exit_code, exit_failed);
  Measured leaking = measured(line("b"));
  leaking.left = 8;
  const std::vector<Result> leak{compare(nullptr, leaking, {})};
  EXPECT_EQ(update(pinned, leak, "why not").error().exit_code, exit_worse);
}

}  // namespace
}  // namespace plimsoll::regress::gate
