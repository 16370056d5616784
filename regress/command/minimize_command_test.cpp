// `plimsoll minimize` as it is run.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "command/run_command.hpp"

namespace plimsoll::regress {
namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The body of the second function lacks its result; beside it a memory, an export and a custom section.
const std::string with_more =
    "\0asm\1\0\0\0"
    "\0\5\1xabc"
    "\1\x8\2\x60\0\0\x60\0\1\x7f"
    "\3\3\2\0\1"
    "\5\3\1\0\1"
    "\7\5\1\1f\0\0"
    "\xa\x9\2\4\0\1\1\xb\2\0\xb"s;

TEST(MinimizeCommand, CutsAModuleDown) {
  const TemporaryFolder folder;
  const std::string file = folder.write("a.wasm", with_more);
  const Outcome outcome =
      run_command({"minimize", file, "--output-matches", "type mismatch", "--", PLIMSOLL_COMMAND, "validate"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  const std::string smallest = content(folder.path() / "a.min.wasm");
  EXPECT_LT(smallest.size(), 30U);
  EXPECT_TRUE(outcome.out.starts_with(file + ": 53 -> " + std::to_string(smallest.size()) + " bytes in "))
      << outcome.out;
  EXPECT_TRUE(outcome.out.contains(" runs (status 1): ")) << outcome.out;
  EXPECT_EQ(content(file), with_more);
  EXPECT_TRUE(run_command({"validate", folder.path() / "a.min.wasm"}).out.contains("type mismatch"));
}

TEST(MinimizeCommand, CutsWhatIsNoModule) {
  const TemporaryFolder folder;
  const std::string file = folder.write("junk", std::string(200, 'a') + "X" + std::string(100, 'b'));
  EXPECT_EQ(run_command({"minimize", file, "--", "grep", "-q", "X", "{}"}).exit_code, 0);
  EXPECT_EQ(content(folder.path() / "junk.min"), "X");
}

TEST(MinimizeCommand, KeepsTheSignal) {
  const TemporaryFolder folder;
  const std::string file = folder.write("a.wasm", with_more + "X");
  const std::string output = folder.path() / "b";
  const Outcome outcome =
      run_command({"minimize", file, "-o", output, "--", "sh", "-c", "grep -q X \"$1\" && kill -SEGV $$", "sh", "{}"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(outcome.out.contains("(signal 11)")) << outcome.out;
  EXPECT_EQ(content(output), "X");
}

TEST(MinimizeCommand, EndsWhatTakesTooLong) {
  const TemporaryFolder folder;
  const std::string file = folder.write("a", "aaaaX");
  const auto start = std::chrono::steady_clock::now();
  const Outcome outcome = run_command({"minimize", file, "--timeout", "0.2", "--runs", "8", "--", "sh", "-c",
                                       "if grep -q X \"$1\"; then sleep 60 & sleep 60; fi", "sh"});
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(outcome.out.contains("(no end within the time)")) << outcome.out;
}

TEST(MinimizeCommand, RunsNoMoreThanItMay) {
  const TemporaryFolder folder;
  const std::string file = folder.write("a.wasm", with_more);
  const std::string log = folder.path() / "log";
  const Outcome outcome =
      run_command({"minimize", file, "--runs", "5", "--", "sh", "-c", "echo >> " + log + "; test -s \"$1\"", "sh"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_LE(content(log).size(), 6U);  // and one for the input
}

TEST(MinimizeCommand, OverwritesTheInputOnlyIfToldTo) {
  const TemporaryFolder folder;
  const std::string file = folder.write("a", "aaaaX");
  const Outcome refused = run_command({"minimize", file, "-o", file, "--", "grep", "-q", "X"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_TRUE(refused.err.contains("--in-place")) << refused.err;
  EXPECT_EQ(content(file), "aaaaX");
  EXPECT_EQ(run_command({"minimize", file, "--in-place", "--", "grep", "-q", "X"}).exit_code, 0);
  EXPECT_EQ(content(file), "X");
}

TEST(MinimizeCommand, SaysWhatIsWrong) {
  const TemporaryFolder folder;
  const std::string file = folder.write("a", "aaaaX");
  const Outcome other = run_command({"minimize", file, "--output-matches", "sink", "--", "echo"});
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_TRUE(other.err.contains("does not match")) << other.err;
  EXPECT_EQ(run_command({"minimize", file, "--", "/nowhere/sink"}).exit_code, 1);
  EXPECT_EQ(run_command({"minimize", folder.path() / "missing", "--", "true"}).exit_code, 1);
  EXPECT_EQ(run_command({"minimize", file, "-o", folder.path(), "--", "true"}).exit_code, 1);
}

}  // namespace
}  // namespace plimsoll::regress
