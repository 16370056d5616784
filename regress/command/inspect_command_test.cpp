// `plimsoll inspect` as a command: what it answers to files that are no use, to misuse, and to a reader that goes.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "command/run_command.hpp"

namespace plimsoll::regress {
namespace {

using nlohmann::json;

TEST(InspectCommand, ShowsTheSectionsUnlessAskedForMore) {
  const TemporaryFolder folder;
  const auto file = folder.write("a.wasm", one_function);
  const Outcome outcome = run_command({"inspect", file});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(outcome.out.starts_with(file + ": module of ")) << outcome.out;
  EXPECT_EQ(outcome.out, run_command({"inspect", "--sections", file}).out);
  EXPECT_EQ(outcome.err, "");
}

TEST(InspectCommand, ShowsViewsInTheOrderInWhichTheyAreAskedFor) {
  const TemporaryFolder folder;
  const auto file = folder.write("a.wasm", empty_module);
  EXPECT_EQ(run_command({"inspect", file, "--types", "--data"}).out, "types: none\n\ndata: none\n");
  EXPECT_EQ(run_command({"inspect", "--data", file, "--types"}).out, "data: none\n\ntypes: none\n");
}

TEST(InspectCommand, ReadsStandardInput) {
  RunOptions options;
  options.input = one_function;
  const Outcome outcome = run_command({"inspect", "-", "--disassemble", "0"}, options);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(outcome.out.ends_with("end\n")) << outcome.out;
}

TEST(InspectCommand, TellsWhyAModuleIsNotValidOnStandardError) {
  const TemporaryFolder folder;
  const auto file = folder.write("a.wasm", invalid_module);
  for (const std::string option : {"--disassemble", "--types", "--json"}) {
    const Outcome outcome = run_command({"inspect", file, option});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_TRUE(outcome.err.starts_with("plimsoll: " + file + ": invalid: 0x18: type mismatch")) << outcome.err;
    EXPECT_NE(outcome.out, "");
  }
}

TEST(InspectCommand, JsonIsOneDocument) {
  const TemporaryFolder folder;
  const auto file = folder.write("a.wasm", invalid_module);
  const json document = json::parse(run_command({"inspect", file, "--json", "--sections", "--disassemble"}).out);
  EXPECT_EQ(document["name"], file);
  EXPECT_EQ(document["error"]["offset"], 0x18);
  EXPECT_EQ(document["sections"][0]["section"], "type");
  EXPECT_EQ(document["disassembly"][0]["instructions"].back()["error"]["code"], "type_mismatch");
}

TEST(InspectCommand, FilesThatAreNoUseAreOne) {
  const TemporaryFolder folder;
  const auto expect = [](const std::string& file, const std::string& reason) {
    const Outcome outcome = run_command({"inspect", file, "--json"});
    EXPECT_EQ(outcome.exit_code, 1) << file;
    EXPECT_TRUE(outcome.err.contains(reason)) << outcome.err;
  };
  expect((folder.path() / "missing.wasm").string(), "No such file or directory");
  expect(folder.path().string(), "not a regular file");
  expect(folder.write("text.wasm", "GIF89a and so on"), "magic header not detected");
  expect(folder.write("empty.wasm", ""), "unexpected end");
  expect(folder.write("cut.wasm", one_function.substr(0, one_function.size() - 1)), "0x");
}

TEST(InspectCommand, MisuseIsTwo) {
  const TemporaryFolder folder;
  const auto file = folder.write("a.wasm", one_function);
  const std::vector<std::pair<std::vector<std::string>, std::string>> misuses = {
      {{"inspect"}, "FILE is required"},
      {{"inspect", file, "--sink"}, "--sink"},
      {{"inspect", file, "main"}, "with --disassemble only"},
      {{"inspect", file, "--disassemble", "main"}, "no function is named \"main\""},
      {{"inspect", file, "--disassemble", "0", "1"}, "no function 1"},
      {{"inspect", file, "--features", "wasm9"}, "wasm9"},
      {{"inspect", file + "#core0"}, "there is no #core0"},
  };
  for (const auto& [arguments, reason] : misuses) {
    const Outcome outcome = run_command(arguments);
    EXPECT_EQ(outcome.exit_code, 2) << testing::PrintToString(arguments) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_TRUE(outcome.err.contains(reason)) << outcome.err;
  }
}

TEST(InspectCommand, APartOfAComponentCanBeNamed) {
  const TemporaryFolder folder;
  const auto file = folder.write("a.wasm", component + '\1' + static_cast<char>(empty_module.size()) + empty_module);
  EXPECT_TRUE(run_command({"inspect", file}).out.contains("\n" + file + "#core0: module of 8 bytes\n"));
  const Outcome outcome = run_command({"inspect", file + "#core0", "--json"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(json::parse(outcome.out)["name"], file + "#core0");
  EXPECT_EQ(json::parse(outcome.out)["offset"], 10);
}

// The file itself may have such a name.
TEST(InspectCommand, AFileNamedLikeAPartIsAFile) {
  const TemporaryFolder folder;
  EXPECT_EQ(run_command({"inspect", folder.write("a#core0", empty_module), "--types"}).out, "types: none\n");
}

// Runs the command with its output into a pipe whose reader is gone after the first byte. `ignored`: as under a parent that
// ignores SIGPIPE, where writing fails instead.
Outcome run_without_reader(const std::string& file, bool ignored) {
  std::array<int, 2> out{};
  std::array<int, 2> err{};
  if (::pipe(out.data()) != 0 || ::pipe(err.data()) != 0) return {};
  const pid_t child = ::fork();
  if (child == 0) {
    if (ignored) std::signal(SIGPIPE, SIG_IGN);
    ::dup2(out[1], STDOUT_FILENO);
    ::dup2(err[1], STDERR_FILENO);
    for (const int descriptor : {out[0], out[1], err[0], err[1]}) ::close(descriptor);
    ::execl(PLIMSOLL_COMMAND, "plimsoll", "inspect", file.c_str(), "--disassemble", nullptr);
    ::_exit(127);
  }
  ::close(out[1]);
  ::close(err[1]);
  Outcome outcome;
  char byte = 0;
  EXPECT_EQ(::read(out[0], &byte, 1), 1);
  ::close(out[0]);
  while (::read(err[0], &byte, 1) == 1) outcome.err += byte;
  ::close(err[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  outcome.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  return outcome;
}

TEST(InspectCommand, SaysNothingWhenItsReaderGoes) {
  // A body of 500,000 nops, far more text than a pipe holds.
  const std::string nops(500'000, '\1');
  const auto leb = [](std::size_t number) {
    std::string text;
    for (; number > 0x7F; number >>= 7U) text += static_cast<char>((number & 0x7FU) | 0x80U);
    return text + static_cast<char>(number);
  };
  const std::string body = std::string(1, '\0') + nops + '\x0B';
  const std::string code = '\1' + leb(body.size()) + body;
  const std::string front = empty_module + std::string("\1\4\1\x60\0\0\3\2\1\0\x0A", 11);
  const TemporaryFolder folder;
  const auto file = folder.write("nops.wasm", front + leb(code.size()) + code);
  const Outcome killed = run_without_reader(file, false);
  EXPECT_EQ(killed.signal, SIGPIPE);
  EXPECT_EQ(killed.err, "");
  const Outcome told = run_without_reader(file, true);
  EXPECT_EQ(told.signal, 0);
  EXPECT_EQ(told.exit_code, 1);
  EXPECT_EQ(told.err, "");
}

}  // namespace
}  // namespace plimsoll::regress
