// `plimsoll load`: the table, the JSON, the exit codes.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "command/run_command.hpp"

namespace plimsoll::regress {
namespace {

using nlohmann::json;

std::set<std::string> keys(const json& object) {
  std::set<std::string> result;
  for (const auto& item : object.items()) result.insert(item.key());
  return result;
}

TEST(LoadCommand, AValidModuleIsARowAndZero) {
  const TemporaryFolder folder;
  const auto file = folder.write("one.wasm", one_function);
  const Outcome outcome = run_command({"load", file});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.err, "");
  EXPECT_TRUE(outcome.out.starts_with("file ")) << outcome.out;
  EXPECT_TRUE(outcome.out.contains(file + "  valid")) << outcome.out;
  EXPECT_FALSE(outcome.out.contains("total")) << "there is nothing to add up";
}

TEST(LoadCommand, ARejectedModuleIsARowWithItsErrorAndOne) {
  const TemporaryFolder folder;
  const auto file = folder.write("bad.wasm", invalid_module);
  const Outcome outcome = run_command({"load", file});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.err, "");
  EXPECT_TRUE(outcome.out.contains("  invalid  ")) << outcome.out;
  EXPECT_TRUE(outcome.out.contains("\n  0x18: type mismatch")) << outcome.out;
}

TEST(LoadCommand, SeveralFilesEndInTotals) {
  const TemporaryFolder folder;
  const Outcome outcome = run_command({"load", folder.write("a.wasm", one_function),
                                       folder.write("b.wasm", one_function), folder.write("c.wasm", invalid_module)});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(outcome.out.contains("total of 3 files")) << outcome.out;
  EXPECT_TRUE(outcome.out.contains("2 valid")) << outcome.out;
  EXPECT_TRUE(outcome.out.contains("geometric mean")) << outcome.out;
}

TEST(LoadCommand, JsonHasExactlyTheAgreedFields) {
  const TemporaryFolder folder;
  const auto good = folder.write("good.wasm", one_function);
  const auto bad = folder.write("bad.wasm", invalid_module);
  const auto missing = (folder.path() / "missing.wasm").string();
  const Outcome outcome = run_command({"load", "--json", "--repeat", "3", good, bad, missing});
  EXPECT_EQ(outcome.exit_code, 1);
  const json rows = json::parse(outcome.out);
  ASSERT_EQ(rows.size(), 3U);
  for (const json& row : rows) {
    EXPECT_EQ(keys(row), (std::set<std::string>{"file", "kind", "valid", "error", "bytes", "functions", "heap",
                                                "copied_bytes", "load_ns"}));
    EXPECT_EQ(keys(row["heap"]), (std::set<std::string>{"allocations", "total", "peak", "retained"}));
    EXPECT_EQ(keys(row["load_ns"]), (std::set<std::string>{"min", "median"}));
    EXPECT_EQ(row["kind"], "module");
    EXPECT_EQ(row["copied_bytes"], 0);
    EXPECT_LE(row["load_ns"]["min"], row["load_ns"]["median"]);
  }
  EXPECT_EQ(rows[0]["file"], good);
  EXPECT_EQ(rows[0]["valid"], true);
  EXPECT_TRUE(rows[0]["error"].is_null());
  EXPECT_EQ(rows[0]["bytes"], one_function.size());
  EXPECT_EQ(rows[0]["functions"], 1);
  EXPECT_GT(rows[0]["load_ns"]["min"], 0);
  EXPECT_GT(rows[0]["heap"]["allocations"], 0);
  EXPECT_GE(rows[0]["heap"]["peak"], rows[0]["heap"]["retained"]);
  EXPECT_EQ(rows[1]["valid"], false);
  EXPECT_EQ(keys(rows[1]["error"]), (std::set<std::string>{"offset", "code", "message", "section", "function",
                                                           "function_name", "instruction", "feature"}));
  EXPECT_EQ(rows[1]["error"]["offset"], 0x18);
  EXPECT_EQ(rows[1]["error"]["code"], "type_mismatch");
  EXPECT_EQ(rows[1]["heap"]["retained"], 0) << "a failed load leaves nothing behind";
  EXPECT_EQ(rows[2]["error"]["code"], "cannot_open");
}

TEST(LoadCommand, AComponentIsToldFromAModule) {
  const TemporaryFolder folder;
  const Outcome outcome = run_command({"load", "--json", folder.write("c.wasm", component)});
  EXPECT_EQ(outcome.exit_code, 1);
  const json rows = json::parse(outcome.out);
  EXPECT_EQ(rows.at(0)["kind"], "component");
  EXPECT_EQ(rows.at(0)["valid"], false);
}

TEST(LoadCommand, HeapFiguresAreTheSameOnEveryRun) {
  const TemporaryFolder folder;
  const auto file = folder.write("one.wasm", one_function);
  const json first = json::parse(run_command({"load", "--json", file}).out);
  const json second = json::parse(run_command({"load", "--json", "--repeat", "5", file}).out);
  EXPECT_EQ(first.at(0)["heap"], second.at(0)["heap"]);
}

TEST(LoadCommand, ReadsStandardInput) {
  RunOptions options;
  options.input = one_function;
  const Outcome outcome = run_command({"load", "--json", "-"}, options);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const json rows = json::parse(outcome.out);
  EXPECT_EQ(rows.at(0)["file"], "-");
  EXPECT_EQ(rows.at(0)["bytes"], one_function.size());
}

TEST(LoadCommand, FeaturesThatAreOffAreOff) {
  const TemporaryFolder folder;
  // One shared memory: threads.
  const auto file = folder.write("shared.wasm", empty_module + std::string("\5\4\1\3\1\1", 6));
  EXPECT_EQ(run_command({"load", file}).exit_code, 0);
  const Outcome outcome = run_command({"load", "--features", "-threads", file});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(outcome.out.contains("threads")) << outcome.out;
}

TEST(LoadCommand, ANameThatCouldSteerATerminalIsEscaped) {
  const TemporaryFolder folder;
  const Outcome outcome = run_command({"load", folder.write("\x1b[31m\n.wasm", one_function)});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_FALSE(outcome.out.contains("\x1b"));
  EXPECT_TRUE(outcome.out.contains("\\x1b[31m\\x0a.wasm")) << outcome.out;
}

TEST(LoadCommand, ANameThatIsNotUtf8DoesNotBreakTheJson) {
  const TemporaryFolder folder;
  const Outcome outcome = run_command({"load", "--json", folder.write("\xff.wasm", one_function)});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(json::parse(outcome.out).size(), 1U);
}

TEST(LoadCommand, ColourAndProgressOnATerminalOnly) {
  const TemporaryFolder folder;
  std::vector<std::string> arguments = {"load"};
  for (int i = 0; i < 8; ++i) arguments.push_back(folder.write(std::to_string(i) + ".wasm", one_function));
  const Outcome piped = run_command(arguments);
  EXPECT_FALSE(piped.out.contains("\x1b"));
  EXPECT_EQ(piped.err, "");

  RunOptions options;
  options.terminal = true;
  options.environment = {"TERM=xterm"};
  const Outcome coloured = run_command(arguments, options);
  EXPECT_EQ(coloured.exit_code, 0);
  EXPECT_TRUE(coloured.out.contains("\x1b[32mvalid")) << coloured.out;
  EXPECT_TRUE(coloured.out.contains("] 7/8 ")) << coloured.out;

  options.environment = {"TERM=xterm", "NO_COLOR=1"};
  EXPECT_FALSE(run_command(arguments, options).out.contains("\x1b[32m"));
  options.environment = {"TERM=dumb"};
  EXPECT_FALSE(run_command(arguments, options).out.contains("\x1b"));
}

}  // namespace
}  // namespace plimsoll::regress
