// `plimsoll smith` as it is run.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "command/run_command.hpp"
#include "plimsoll/load.hpp"

namespace plimsoll::regress {
namespace {

namespace fs = std::filesystem;

bool is_valid(const std::string& module, Features features) {
  Options options;
  options.features = features;
  return load(BorrowedBytes(std::as_bytes(std::span(module))), options).has_value();
}

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(SmithCommand, WritesAValidModuleToStandardOutput) {
  const Outcome outcome = run_command({"smith"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.err, "");
  EXPECT_TRUE(outcome.out.starts_with(empty_module));
  EXPECT_TRUE(is_valid(outcome.out, Features::browsers()));
}

TEST(SmithCommand, TheSameSeedIsTheSameModule) {
  const std::string third = run_command({"smith", "--seed", "3"}).out;
  EXPECT_EQ(run_command({"smith", "--seed", "3"}).out, third);
  EXPECT_NE(run_command({"smith", "--seed", "4"}).out, third);
  EXPECT_LT(run_command({"smith", "--seed", "3", "--size", "64"}).out.size(), third.size());
}

TEST(SmithCommand, KeepsToTheFeatures) {
  for (const std::string seed : {"0", "1", "2", "3", "4", "5", "6", "7"})
    EXPECT_TRUE(is_valid(run_command({"smith", "--seed", seed, "--features", "wasm1"}).out, Features::wasm1())) << seed;
}

TEST(SmithCommand, SaysWhatItLeavesOut) {
  const Outcome outcome = run_command({"smith", "--features", "wasm2,gc"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.err, "plimsoll: smith: without gc: a feature that it builds on is off\n");
  EXPECT_TRUE(is_valid(outcome.out, Features::wasm2()));
}

TEST(SmithCommand, WritesAFile) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "a.wasm";
  const Outcome outcome = run_command({"smith", "--seed", "3", "-o", file});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(content(file), run_command({"smith", "--seed", "3"}).out);
}

TEST(SmithCommand, WritesAFolderOfMany) {
  const TemporaryFolder folder;
  const fs::path target = folder.path() / "new" / "modules";
  const Outcome outcome = run_command({"smith", "--seed", "18446744073709551614", "--count", "4", "-o", target});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(target)) names.insert(entry.path().filename());
  EXPECT_EQ(names, (std::set<std::string>{"smith-0.wasm", "smith-1.wasm", "smith-18446744073709551614.wasm",
                                          "smith-18446744073709551615.wasm"}));
  EXPECT_EQ(content(target / "smith-1.wasm"), run_command({"smith", "--seed", "1"}).out);
}

TEST(SmithCommand, TakesBytesForEntropy) {
  const TemporaryFolder folder;
  EXPECT_EQ(run_command({"smith", "--from", folder.write("nothing", "")}).out, empty_module);
  const std::string bytes(300, '\x55');
  const Outcome outcome = run_command({"smith", "--from", folder.write("bytes", bytes)});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_GT(outcome.out.size(), 20U);
  EXPECT_TRUE(is_valid(outcome.out, Features::browsers()));
  RunOptions options;
  options.input = bytes;
  EXPECT_EQ(run_command({"smith", "--from", "-"}, options).out, outcome.out);
}

TEST(SmithCommand, DoesNotWriteToATerminal) {
  RunOptions options;
  options.terminal = true;
  const Outcome outcome = run_command({"smith"}, options);
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_TRUE(outcome.out.contains("not for a terminal")) << outcome.out;
  EXPECT_FALSE(outcome.out.contains(empty_module));
}

TEST(SmithCommand, WhatCannotBeReadOrWrittenIsAnError) {
  const TemporaryFolder folder;
  const std::string file = folder.write("file", "");
  const std::string there = folder.path();
  for (const auto& arguments : {std::vector<std::string>{"smith", "--from", there + "/missing"},
                                {"smith", "-o", there},
                                {"smith", "-o", there + "/missing/a.wasm"},
                                {"smith", "--count", "2", "-o", file + "/below"}}) {
    const Outcome outcome = run_command(arguments);
    EXPECT_EQ(outcome.exit_code, 1) << testing::PrintToString(arguments);
    EXPECT_EQ(outcome.out, "");
    EXPECT_TRUE(outcome.err.starts_with("plimsoll: " + there)) << outcome.err;
  }
}

TEST(SmithCommand, HelpNamesEveryFeatureAndHasAnExample) {
  const Outcome outcome = run_command({"smith", "--help"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_TRUE(outcome.out.contains("Example:\n  plimsoll smith")) << outcome.out;
  for (const FeatureRow& row : feature_table()) EXPECT_TRUE(outcome.out.contains(row.name)) << row.name;
}

}  // namespace
}  // namespace plimsoll::regress
