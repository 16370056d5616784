// `plimsoll suite`: counting, what is shown of a failure, the exit codes.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "command/run_command.hpp"

namespace plimsoll::regress {
namespace {

using nlohmann::json;

json command(const std::string& type, const std::string& filename, const std::string& text = "") {
  json result = {{"type", type}, {"line", 7}, {"filename", filename}, {"module_type", "binary"}};
  if (!text.empty()) result["text"] = text;
  return result;
}

using Commands = std::vector<json>;

std::string suite_of(const Commands& commands) {
  return json{{"source_filename", "x.wast"}, {"commands", commands}}.dump();
}

// A folder with the binaries that the commands name.
class SuiteCommand : public testing::Test {
 protected:
  SuiteCommand() {
    (void)folder_.write("s/good.wasm", one_function);
    (void)folder_.write("s/bad.wasm", invalid_module);
    (void)folder_.write("s/shared.wasm", empty_module + std::string("\5\4\1\3\1\1", 6));
    (void)folder_.write("s/component.wasm", component);
  }
  std::string add(const std::string& name, const Commands& commands) {
    return folder_.write("s/" + name, suite_of(commands));
  }
  [[nodiscard]] std::string path() const { return (folder_.path() / "s").string(); }

  TemporaryFolder folder_;
};

TEST_F(SuiteCommand, EverythingAsItShouldBe) {
  add("a.json", Commands{command("module", "good.wasm"), command("assert_invalid", "bad.wasm", "type mismatch")});
  add("b.json", Commands{command("assert_unlinkable", "good.wasm", "unknown import"),
                         command("assert_invalid_custom", "good.wasm", "whatever")});
  const Outcome outcome = run_command({"suite", path()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out;
  EXPECT_EQ(outcome.err, "");
  EXPECT_TRUE(outcome.out.contains("a.json")) << outcome.out;
  EXPECT_TRUE(outcome.out.contains("\n4 of 4 passed in 2 files\n")) << outcome.out;
  EXPECT_TRUE(outcome.out.contains("soft: of 1 rejection, 1 are of the suite's kind")) << outcome.out;
  EXPECT_FALSE(outcome.out.contains("\x1b"));
}

TEST_F(SuiteCommand, FailuresAreShownWithLineExpectationAnswerAndOffset) {
  const auto file =
      add("a.json", Commands{command("module", "bad.wasm"), command("assert_malformed", "good.wasm", "no such")});
  const Outcome outcome = run_command({"suite", file});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(outcome.out.contains("line 7: bad.wasm: expected valid, came invalid at 0x18: type mismatch"))
      << outcome.out;
  EXPECT_TRUE(outcome.out.contains("line 7: good.wasm: expected malformed (\"no such\"), came valid")) << outcome.out;
  EXPECT_TRUE(outcome.out.contains("0 of 2 passed")) << outcome.out;
}

TEST_F(SuiteCommand, AnotherReasonIsReportedAndNeverFails) {
  add("a.json", Commands{command("assert_malformed", "bad.wasm", "another reason")});
  const Outcome outcome = run_command({"suite", "--json", path()});
  EXPECT_EQ(outcome.exit_code, 0);
  const json total = json::parse(outcome.out)["total"];
  EXPECT_EQ(total["passed"], 1);
  EXPECT_EQ(total["soft"], (json{{"rejections", 1}, {"kind", 0}, {"text", 0}}));
}

TEST_F(SuiteCommand, JsonHasFilesFailuresAndTotal) {
  add("a.json", Commands{command("module", "good.wasm"), command("module", "bad.wasm")});
  add("b.json", Commands{command("assert_invalid", "bad.wasm", "type mismatch")});
  const Outcome outcome = run_command({"suite", "--json", path()});
  EXPECT_EQ(outcome.exit_code, 1);
  const json root = json::parse(outcome.out);
  ASSERT_EQ(root["files"].size(), 2U);
  EXPECT_EQ(root["files"][0]["passed"], 1);
  EXPECT_EQ(root["files"][0]["failed"], 1);
  const json failure = root["files"][0]["failures"].at(0);
  EXPECT_EQ(failure["line"], 7);
  EXPECT_EQ(failure["filename"], "bad.wasm");
  EXPECT_EQ(failure["expected"], "valid");
  EXPECT_EQ(failure["error"]["offset"], 0x18);
  EXPECT_EQ(root["total"]["passed"], 2);
  EXPECT_EQ(root["total"]["failed"], 1);
  EXPECT_EQ(root["total"]["soft"], (json{{"rejections", 1}, {"kind", 1}, {"text", 1}}));
}

TEST_F(SuiteCommand, ComponentsAreSkippedUnlessAskedFor) {
  json about_component = command("assert_invalid", "component.wasm");
  about_component["component"] = true;
  add("a.json", Commands{command("module", "good.wasm"), about_component});
  const Outcome skipped = run_command({"suite", path()});
  EXPECT_EQ(skipped.exit_code, 0);
  EXPECT_TRUE(skipped.out.contains("1 of 1 passed in 1 file; 1 component skipped")) << skipped.out;
  EXPECT_TRUE(run_command({"suite", "--components", path()}).out.contains(" of 2 passed"));
}

TEST_F(SuiteCommand, FeaturesComeFromTheOptionTheIndexOrTheCommand) {
  add("a.json", Commands{command("assert_invalid", "shared.wasm")});
  EXPECT_EQ(run_command({"suite", path()}).exit_code, 0) << "wasm3 by default: no threads";
  EXPECT_EQ(run_command({"suite", "--features", "wasm3,threads", path()}).exit_code, 1);

  (void)folder_.write("suites.json", R"({"s": {"features": "wasm1,threads"}})");
  EXPECT_EQ(run_command({"suite", path()}).exit_code, 1) << "the index has threads";
  EXPECT_EQ(run_command({"suite", path() + "/"}).exit_code, 1);
  EXPECT_EQ(run_command({"suite", "--features", "wasm3", path()}).exit_code, 0) << "the option overrides the index";

  json own = command("assert_invalid", "shared.wasm");
  own["features"] = "wasm3";
  add("a.json", Commands{own});
  EXPECT_EQ(run_command({"suite", path()}).exit_code, 0) << "the command's own list wins";
  EXPECT_EQ(run_command({"suite", "--features", "wasm3,threads", path()}).exit_code, 0);
}

TEST_F(SuiteCommand, MissingAndDamagedPathsAreTwoAndTheOthersAreStillRun) {
  const auto good = add("good.json", Commands{command("module", "good.wasm")});
  const auto failing = add("failing.json", Commands{command("module", "bad.wasm")});
  const auto no_binary = add("no_binary.json", Commands{command("module", "missing.wasm")});
  const auto not_json = folder_.write("s/not_json.json", "{\"commands\": [");
  const auto empty = folder_.write("empty/readme.txt", "no suites here");
  for (const std::string& path : {no_binary, not_json, folder_.path().string() + "/missing",
                                  folder_.path().string() + "/empty", std::string("/dev/null"), std::string()}) {
    const Outcome outcome = run_command({"suite", path, good, failing});
    EXPECT_EQ(outcome.exit_code, 2) << path;
    EXPECT_TRUE(outcome.err.starts_with("plimsoll: " + path + ": ")) << outcome.err;
    EXPECT_TRUE(outcome.out.contains("1 of 2 passed in 2 files")) << outcome.out;
  }
}

TEST_F(SuiteCommand, AFeatureThatIsNotKnownIsNamed) {
  add("a.json", Commands{command("module", "good.wasm")});
  (void)folder_.write("suites.json", R"({"s": {"features": "wasm3,warp-drive"}})");
  const Outcome outcome = run_command({"suite", path()});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_TRUE(outcome.err.contains("'warp-drive'")) << outcome.err;
  EXPECT_EQ(run_command({"suite", "--features", "wasm3", path()}).exit_code, 0);
}

}  // namespace
}  // namespace plimsoll::regress
