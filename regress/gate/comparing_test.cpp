// What a measured line is when it is held to its pin, and the exit code of many.
#include "gate/comparing.hpp"

#include <gtest/gtest.h>

#include "gate/gate_test_support.hpp"

namespace plimsoll::regress::gate {
namespace {

using namespace test_support;

Result held(const LoadLine& pinned, const LoadLine& now, const Tolerances& tolerances = {}) {
  const Pin pin{.line = pinned, .number = 4};
  return compare(&pin, measured(now), tolerances);
}

Tolerances tolerances(std::string_view text) {
  Tolerances result;
  result.add(text).value();
  return result;
}

int code_of(std::vector<Status> statuses) {
  std::vector<Result> results;
  for (const Status status : statuses)
    results.push_back({.name = "a", .status = status, .pin = {}, .now = {}, .changes = {}, .remarks = {}});
  return exit_code(results);
}

TEST(Compare, EqualFiguresAreTheSame) {
  const Result result = held(line("a", "for a reason"), line("a"));
  EXPECT_EQ(result.status, Status::same);
  EXPECT_TRUE(result.changes.empty());
}

TEST(Compare, OneMoreOfAnyFigureIsWorse) {
  for (const Column column : all_columns) {
    const LoadLine pinned = line("a");
    const Result result = held(pinned, with(pinned, column, pinned[column] + 1));
    EXPECT_EQ(result.status, Status::worse) << name(column);
    EXPECT_EQ(result.changes, (std::vector<Change>{{column, pinned[column], pinned[column] + 1}}));
  }
}

TEST(Compare, OneLessOfAnyFigureIsBetter) {
  for (const Column column : all_columns) {
    const LoadLine now = line("a");
    EXPECT_EQ(held(with(now, column, now[column] + 1), now).status, Status::better) << name(column);
  }
}

TEST(Compare, LessOfOneDoesNotMakeUpForMoreOfAnother) {
  const LoadLine now = with(with(line("a"), Column::peak, 1), Column::allocations, 11);
  EXPECT_EQ(held(line("a"), now).status, Status::worse);
}

TEST(Compare, AnotherVerdictIsWorse) {
  LoadLine now = line("a");
  now.verdict = "type_mismatch";
  const Result result = held(line("a"), now);
  EXPECT_EQ(result.status, Status::worse);
  EXPECT_EQ(sentences(result), std::vector<std::string>{"the verdict is 'type_mismatch', pinned 'valid'"});
}

TEST(Compare, OtherBytesAreAnotherModule) {
  LoadLine now = with(line("a"), Column::peak, 9'999'999);
  now.sha256 = std::string(64, 'b');
  const Result result = held(line("a"), now);
  EXPECT_EQ(result.status, Status::changed);
  EXPECT_TRUE(result.changes.empty()) << "figures of two modules say nothing about the loader";
  EXPECT_TRUE(result.remarks.at(0).contains("not the module that was pinned")) << result.remarks.at(0);
}

TEST(Compare, WithoutAPinItIsNew) { EXPECT_EQ(compare(nullptr, measured(line("a")), {}).status, Status::fresh); }

TEST(Compare, AFileThatIsNotThereIsMissing) {
  Measured nothing;
  nothing.name = "a";
  nothing.absent = "there is no a.wasm";
  const Pin pin{.line = line("a"), .number = 4};
  EXPECT_EQ(compare(&pin, nothing, {}).status, Status::absent);
  EXPECT_EQ(compare(nullptr, nothing, {}).status, Status::absent);
}

TEST(Compare, NoFiguresAreAFailure) {
  Measured nothing;
  nothing.name = "a";
  nothing.problem = "it crashed";
  EXPECT_EQ(compare(nullptr, nothing, {}).status, Status::failed);
}

TEST(Compare, TwoLoadsThatDifferAreNotRepeatable) {
  Measured twice = measured(line("a"));
  twice.otherwise = with(line("a"), Column::peak, 1001);
  const Pin pin{.line = line("a"), .number = 4};
  const Result result = compare(&pin, twice, {});
  EXPECT_EQ(result.status, Status::unrepeatable);
  EXPECT_EQ(sentences(result), std::vector<std::string>{"peak of the first of two loads 1,000, of the second 1,001"});
}

TEST(Compare, WhatIsLeftOnTheHeapIsWorse) {
  Measured leaking = measured(line("a"));
  leaking.left = 64;
  const Pin pin{.line = line("a"), .number = 4};
  const Result result = compare(&pin, leaking, {});
  EXPECT_EQ(result.status, Status::worse);
  EXPECT_EQ(result.remarks.at(0), "64 bytes are left on the heap when the module has been destroyed");
}

TEST(Compare, ToleranceIsOfOneColumn) {
  const LoadLine now = with(line("a"), Column::peak, 1010);
  EXPECT_EQ(held(line("a"), now, tolerances("peak=10")).status, Status::same);
  EXPECT_EQ(held(line("a"), now, tolerances("peak=9")).status, Status::worse);
  EXPECT_EQ(held(line("a"), now, tolerances("peak=1%")).status, Status::same);
  EXPECT_EQ(held(line("a"), now, tolerances("peak=0.9%")).status, Status::worse);
  EXPECT_EQ(held(line("a"), now, tolerances("all=1%")).status, Status::same);
  EXPECT_EQ(held(line("a"), now, tolerances("total=50%")).status, Status::worse);
  EXPECT_EQ(held(now, line("a"), tolerances("peak=10")).status, Status::same) << "a little better need not be pinned";
}

TEST(Tolerance, RefusesWhatIsNone) {
  for (const char* text :
       {"", "peak", "peak=", "peak=x", "peak=-1", "depth=1", "peak=1%%", "peak=-1%", "peak=nan%", "=1"}) {
    Tolerances tolerances;
    EXPECT_FALSE(tolerances.add(text).has_value()) << text;
  }
}

TEST(ExitCode, OfEachStatus) {
  EXPECT_EQ(code_of({}), 0);
  EXPECT_EQ(code_of({Status::same}), 0);
  EXPECT_EQ(code_of({Status::worse}), 1);
  EXPECT_EQ(code_of({Status::better}), 3);
  for (const Status status : {Status::changed, Status::fresh, Status::absent, Status::gone})
    EXPECT_EQ(code_of({status}), 4);
  EXPECT_EQ(code_of({Status::unrepeatable}), 5);
  EXPECT_EQ(code_of({Status::failed}), 6);
}

TEST(ExitCode, OfSeveralTheGravest) {
  EXPECT_EQ(code_of({Status::same, Status::better}), 3);
  EXPECT_EQ(code_of({Status::better, Status::fresh}), 4);
  EXPECT_EQ(code_of({Status::fresh, Status::unrepeatable}), 5);
  EXPECT_EQ(code_of({Status::unrepeatable, Status::failed}), 6);
  EXPECT_EQ(code_of({Status::failed, Status::worse, Status::better}), 1);
}

TEST(Sentences, SayTheFiguresOldAndNew) {
  const Result result = held(line("a"), with(line("a"), Column::peak, 1500));
  EXPECT_EQ(sentences(result), std::vector<std::string>{"peak 1,000 -> 1,500 (+500, +50.0 %)"});
  const Result from_nothing = held(line("a"), with(line("a"), Column::copied, 64));
  EXPECT_EQ(sentences(from_nothing), std::vector<std::string>{"copied 0 -> 64 (+64, from nothing)"});
}

}  // namespace
}  // namespace plimsoll::regress::gate
