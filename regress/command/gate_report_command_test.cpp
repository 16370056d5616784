// `plimsoll gate report`: what it writes, and what it says when it cannot.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "command/run_command.hpp"

namespace plimsoll::regress {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string read(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// A folder with two modules, one of a hostile name, and their load lines.
class GateReportCommand : public testing::Test {
 protected:
  void SetUp() override {
    static_cast<void>(folder.write("one.wasm", one_function));
    static_cast<void>(folder.write("<b>.wasm", invalid_module));
    const Outcome made =
        run_command({"gate", "update", "--pins", pins(), "--modules", modules(), "one.wasm", "<b>.wasm"});
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }
  [[nodiscard]] Outcome report(std::vector<std::string> words) const {
    words.insert(words.begin(), {"gate", "report", "--pins", pins(), "--modules", modules()});
    return run_command(words);
  }
  [[nodiscard]] std::string pins() const { return (folder.path() / "pins.tsv").string(); }
  [[nodiscard]] std::string modules() const { return folder.path().string(); }
  [[nodiscard]] std::string page() const { return (folder.path() / "page.html").string(); }

  const TemporaryFolder folder;
};

TEST_F(GateReportCommand, TheJsonHasLinesAndLoads) {
  const Outcome outcome = report({"--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_FALSE(outcome.out.contains('<'));
  const json made = json::parse(outcome.out);
  ASSERT_EQ(made["lines"].size(), 2U);
  EXPECT_EQ(made["lines"][0]["name"], "<b>.wasm");
  ASSERT_EQ(made["modules"].size(), 2U);
  for (const json& module : made["modules"]) {
    const bool is_valid = module["name"] == "one.wasm";
    EXPECT_EQ(module["verdict"] == "valid", is_valid);
    EXPECT_GT(module["sections"].size(), 0U);
    EXPECT_EQ(module["findings"].size(), 0U) << module["findings"];
  }
  EXPECT_EQ(report({"--json"}).out, outcome.out) << "the same on every run";
}

TEST_F(GateReportCommand, AModuleIsRecordedByName) {
  const Outcome outcome = report({"--json", "--module", "one.wasm"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json made = json::parse(outcome.out);
  ASSERT_EQ(made["modules"].size(), 1U);
  EXPECT_EQ(made["modules"][0]["name"], "one.wasm");
  const Outcome none = report({"--json", "--module", "none.wasm"});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_TRUE(none.err.contains("none.wasm")) << none.err;
}

TEST_F(GateReportCommand, WithoutModulesAndHistoryItSaysSo) {
  fs::remove(folder.path() / "one.wasm");
  const Outcome outcome = report({"--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json made = json::parse(outcome.out);
  EXPECT_EQ(made["modules"].size(), 1U);
  EXPECT_EQ(made["notes"].size(), 2U) << made["notes"];
}

TEST_F(GateReportCommand, ThePageHasTheJson) {
  const Outcome outcome = report({"-o", page(), "--json"});
  if (outcome.err.contains("ci/setup report")) {
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_FALSE(fs::exists(page()));
    GTEST_SKIP() << outcome.err;
  }
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const std::string made = read(page());
  EXPECT_TRUE(made.starts_with("<!doctype html>"));
  EXPECT_TRUE(made.contains(outcome.out));
  const std::string again = (folder.path() / "again.html").string();
  const std::string document = folder.write("document.json", outcome.out);
  ASSERT_EQ(run_command({"gate", "report", "--from", document, "-o", again}).exit_code, 0);
  EXPECT_EQ(read(again), made);
}

// A copy of the command stands where there is no template.
TEST_F(GateReportCommand, WithoutATemplateItSaysHowToGetIt) {
  const fs::path command = folder.path() / "bin" / "plimsoll";
  fs::create_directory(command.parent_path());
  fs::copy_file(PLIMSOLL_COMMAND, command);
  const std::string said = (folder.path() / "said").string();
  const auto run = [&](const std::string& arguments) {
    return std::system(("'" + command.string() + "' gate report --pins '" + pins() + "' --modules '" + modules() +
                        "' " + arguments + " >/dev/null 2>'" + said + "'")
                           .c_str());
  };
  EXPECT_EQ(WEXITSTATUS(run("-o '" + page() + "'")), 2);
  EXPECT_TRUE(read(said).contains("ci/setup report")) << read(said);
  EXPECT_FALSE(fs::exists(page()));
  EXPECT_EQ(WEXITSTATUS(run("--json")), 0) << read(said);
}

TEST_F(GateReportCommand, WhatCannotBeReadOrWrittenIsAMessage) {
  const auto fails = [](const std::vector<std::string>& words, const std::string& message) {
    std::vector<std::string> all{"gate", "report"};
    all.insert(all.end(), words.begin(), words.end());
    const Outcome outcome = run_command(all);
    EXPECT_EQ(outcome.exit_code, 2) << message;
    EXPECT_TRUE(outcome.err.contains(message)) << outcome.err;
    EXPECT_EQ(outcome.out, "");
  };
  fails({"--pins", pins()}, "-o FILE writes the page");
  fails({"--json", "--pins", modules() + "/none.tsv"}, "there is no such file");
  fails({"--json", "--from", modules() + "/none.json"}, "cannot be read");
  fails({"--json", "--from", modules()}, "cannot be read");
  fails({"--json", "--from", folder.write("a.json", "{")}, "not JSON");
  fails({"--json", "--pins", pins(), "--trace", folder.write("c.json", "{}")},
        "not what `plimsoll trace --json` prints");
  fails({"--json", "--from", folder.write("b.json", "{\"schema\":9}")}, "schema 9");
  fails({"--json=" + modules() + "/none/x.json", "--pins", pins(), "--modules", modules()}, "none/x.json");
}

}  // namespace
}  // namespace plimsoll::regress
