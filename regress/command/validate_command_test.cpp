// `plimsoll validate`: its lines, the JSON, the exit codes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "command/run_command.hpp"

namespace plimsoll::regress {
namespace {

using nlohmann::json;

TEST(ValidateCommand, SaysValid) {
  const TemporaryFolder folder;
  const auto file = folder.write("a.wasm", empty_module);
  const Outcome outcome = run_command({"validate", file});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.out, file + ": valid\n");
  EXPECT_EQ(outcome.err, "");
}

TEST(ValidateCommand, SaysWhereAndWhyInvalid) {
  const TemporaryFolder folder;
  const auto file = folder.write("a.wasm", invalid_module);
  const Outcome outcome = run_command({"validate", file});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(outcome.out.starts_with(file + ": invalid: 0x18: type mismatch")) << outcome.out;
  EXPECT_EQ(outcome.err, "");
}

TEST(ValidateCommand, EveryProperPrefixIsRejectedInsideTheFile) {
  const TemporaryFolder folder;
  for (std::size_t size = 1; size < one_function.size(); ++size) {
    const auto file = folder.write("prefix.wasm", one_function.substr(0, size));
    if (size == empty_module.size() || size == empty_module.size() + 6) continue;  // ends between sections
    const json rows = json::parse(run_command({"validate", "--json", file}).out);
    EXPECT_EQ(rows.at(0)["valid"], false) << size;
    EXPECT_LE(rows.at(0)["error"]["offset"], size) << size;
  }
}

TEST(ValidateCommand, KeepsTheOrderOfTheArgumentsWhateverTheThreads) {
  const TemporaryFolder folder;
  std::vector<std::string> files;
  for (int i = 0; i < 200; ++i) {
    files.push_back(folder.write(std::to_string(i) + ".wasm", i % 3 == 0 ? invalid_module : one_function));
  }
  std::vector<std::string> arguments = {"validate"};
  arguments.insert(arguments.end(), files.begin(), files.end());
  const Outcome serial = run_command(arguments);
  arguments.insert(arguments.begin() + 1, {"--threads", "7"});
  const Outcome parallel = run_command(arguments);
  EXPECT_EQ(parallel.exit_code, 1);
  EXPECT_EQ(parallel.out, serial.out);
  EXPECT_TRUE(serial.out.contains(files[1] + ": valid\n" + files[2] + ": valid\n" + files[3] + ": invalid: 0x"))
      << serial.out;
}

// One file, several threads: they share its bodies. Functions [ ] -> [ ], one of which leaves an i32 behind.
TEST(ValidateCommand, SharesTheBodiesOfALargeModuleOut) {
  constexpr std::uint32_t count = 100'000;
  const auto number = [](std::size_t value) {  // LEB128, in five bytes
    std::string bytes;
    for (unsigned i = 0; i < 5; ++i) bytes += static_cast<char>((value >> (7 * i) & 0x7F) | (i < 4 ? 0x80 : 0));
    return bytes;
  };
  const auto section = [&](char id, const std::string& payload) { return id + number(payload.size()) + payload; };
  const auto module = [&](std::uint32_t bad) {
    std::string code;
    for (std::uint32_t i = 0; i < count; ++i)
      code += i == bad ? std::string("\x04\x00\x41\x00\x0b", 5) : std::string("\x02\x00\x0b", 3);
    return std::string(empty_module) + section(1, std::string("\x01\x60\x00\x00", 4)) +
           section(3, number(count) + std::string(count, '\0')) + section(10, number(count) + code);
  };
  const TemporaryFolder folder;
  const auto good = folder.write("good.wasm", module(count));
  const auto bad = folder.write("bad.wasm", module(77'777));
  const Outcome serial = run_command({"validate", good, bad});
  const Outcome parallel = run_command({"validate", "--threads", "8", good, bad});
  EXPECT_EQ(serial.exit_code, 1);
  EXPECT_TRUE(serial.out.contains(bad + ": invalid: 0x")) << serial.out;
  EXPECT_TRUE(serial.out.contains("function 77777")) << serial.out;
  EXPECT_EQ(parallel.out, serial.out);
  EXPECT_EQ(run_command({"validate", "--threads", "3", bad}).out, run_command({"validate", bad}).out);
}

TEST(ValidateCommand, JsonHoldsFileVerdictAndError) {
  const TemporaryFolder folder;
  const auto good = folder.write("good.wasm", one_function);
  const auto bad = folder.write("bad.wasm", invalid_module);
  const Outcome outcome = run_command({"validate", "--json", good, bad});
  EXPECT_EQ(outcome.exit_code, 1);
  const json rows = json::parse(outcome.out);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0], (json{{"file", good}, {"valid", true}, {"error", nullptr}}));
  EXPECT_EQ(rows[1]["error"]["code"], "type_mismatch");
  EXPECT_EQ(rows[1]["error"]["offset"], 0x18);
}

// The name section stands behind the code, where a load that fails does not come.
TEST(ValidateCommand, NamesTheFunctionAtFault) {
  const auto section = [](std::string_view map) {
    const std::string name = "\x04name" + std::string(map);
    return std::string(1, '\0') + static_cast<char>(name.size()) + name;
  };
  const std::string named = invalid_module + section(std::string_view("\x01\x06\x01\x00\x03"
                                                                      "f\xC3\xAF",
                                                                      8));
  const TemporaryFolder folder;
  const std::string file = folder.write("named.wasm", named);
  const Outcome text = run_command({"validate", file});
  EXPECT_TRUE(text.out.contains(" in function 0 <f\xC3\xAF>")) << text.out;
  json error = json::parse(run_command({"validate", "--json", file}).out).at(0)["error"];
  EXPECT_EQ(error["function"], 0);
  EXPECT_EQ(error["function_name"], "f\xC3\xAF");
  EXPECT_EQ(error["section"], "code");
  EXPECT_EQ(error["instruction"], "end");
  EXPECT_EQ(error["feature"], nullptr);
  EXPECT_EQ(json::parse(run_command({"load", "--json", file}).out).at(0)["error"], error);
  // Of standard input the rest is not read, and so no name; but `load` reads all of it.
  RunOptions options;
  options.input = named;
  EXPECT_EQ(json::parse(run_command({"load", "--json", "-"}, options).out).at(0)["error"], error);
  error["function_name"] = nullptr;
  error["message"] = json::parse(run_command({"validate", "--json", "-"}, options).out).at(0)["error"]["message"];
  EXPECT_EQ(json::parse(run_command({"validate", "--json", "-"}, options).out).at(0)["error"], error);
  EXPECT_TRUE(run_command({"validate", "-"}, options).out.contains(" in function 0\n"));
  // Names that steer a terminal, that are long, that are of another function, or that are damaged.
  const auto told = [&](const std::string& module) { return run_command({"validate", folder.write("a", module)}).out; };
  EXPECT_TRUE(told(invalid_module + section(std::string_view("\x01\x04\x01\x00\x01\x1B", 6))).contains("<\\x1b>"));
  EXPECT_TRUE(told(invalid_module + section(std::string_view("\x01\x04\x01\x01\x01g", 6))).contains("function 0\n"));
  EXPECT_TRUE(told(invalid_module + section(std::string_view("\x01\x04\x01\x00\x7Fg", 6))).contains("function 0\n"));
  EXPECT_TRUE(told(invalid_module + std::string(1, '\0') + "\x7F\x04name").contains("function 0\n"));
}

TEST(ValidateCommand, ReadsStandardInput) {
  RunOptions options;
  options.input = one_function;
  EXPECT_EQ(run_command({"validate", "-"}, options).out, "-: valid\n");
  options.input = invalid_module;
  const Outcome outcome = run_command({"validate", "-"}, options);
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(outcome.out.starts_with("-: invalid: 0x18: ")) << outcome.out;
}

TEST(ValidateCommand, ReadsMoreOfStandardInputThanOneBufferHolds) {
  // A custom section named "x" of 300,000 bytes in all.
  RunOptions options;
  options.input = empty_module + std::string("\0\xE0\xA7\x12\1x", 6) + std::string(300'000 - 2, 'a');
  const Outcome outcome = run_command({"validate", "-"}, options);
  EXPECT_EQ(outcome.out, "-: valid\n");
  options.input.pop_back();
  EXPECT_EQ(run_command({"validate", "-"}, options).exit_code, 1);
}

TEST(ValidateCommand, FeaturesThatAreOffAreOff) {
  const TemporaryFolder folder;
  const auto file = folder.write("shared.wasm", empty_module + std::string("\5\4\1\3\1\1", 6));
  EXPECT_EQ(run_command({"validate", file}).exit_code, 0);
  EXPECT_EQ(run_command({"validate", "--features", "wasm3", file}).exit_code, 1);
  EXPECT_EQ(run_command({"validate", "--features", "wasm3,threads", file}).exit_code, 0);
}

TEST(ValidateCommand, AFileMayBeNamedLikeAnOption) {
  EXPECT_EQ(run_command({"validate", "--", "--json"}).err,
            "plimsoll: --json: cannot open file: No such file or directory\n");
}

// A name section with nothing but half a subsection, and one too many.
const std::string with_warnings = empty_module + std::string("\0\6\4name\1\0\5\4name", 15);

TEST(ValidateCommand, ChecksCustomSectionsWhenAsked) {
  const TemporaryFolder folder;
  const auto file = folder.write("a.wasm", with_warnings);
  EXPECT_EQ(run_command({"validate", file}).err, "");
  const Outcome outcome = run_command({"validate", "--custom", file});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.out, file + ": valid\n");
  EXPECT_EQ(outcome.err, "plimsoll: " + file + ": warning: 0x10: custom section 'name': unexpected end\n" +
                             "plimsoll: " + file + ": warning: 0x10: custom section 'name': duplicate section\n");
}

TEST(ValidateCommand, WarningsAreInTheJson) {
  const TemporaryFolder folder;
  const auto file = folder.write("a.wasm", with_warnings);
  const Outcome outcome = run_command({"validate", "--custom", "--json", file});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.err, "");
  const json rows = json::parse(outcome.out);
  EXPECT_EQ(rows[0]["valid"], true);
  ASSERT_EQ(rows[0]["warnings"].size(), 2U);
  EXPECT_EQ(rows[0]["warnings"][1], (json{{"offset", 16},
                                          {"section", "name"},
                                          {"code", "duplicate_section"},
                                          {"message", "custom section 'name': duplicate section"}}));
  EXPECT_FALSE(json::parse(run_command({"validate", "--json", file}).out)[0].contains("warnings"));
}

TEST(ValidateCommand, AFileHasAHundredWarningsAtMost) {
  const TemporaryFolder folder;
  std::string bytes = empty_module;
  for (int i = 0; i < 200; ++i) bytes += std::string("\0\5\4name", 7);
  const Outcome outcome = run_command({"validate", "--custom", folder.write("a.wasm", bytes)});
  EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 101);
  EXPECT_TRUE(outcome.err.ends_with(": further warnings are not shown\n"));
}

// Names in warnings cannot steer a terminal; those that are no text for JSON do not come so far.
TEST(ValidateCommand, EscapesTheNamesOfSections) {
  const TemporaryFolder folder;
  const auto file = folder.write("a.wasm", empty_module + std::string("\0\x9\x8reloc.\x1b\n", 11));
  const Outcome outcome = run_command({"validate", "--custom", file});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(std::ranges::count(outcome.err, '\x1b'), 0);
}

}  // namespace
}  // namespace plimsoll::regress
