// Files that are no use: each is a clear error and exit code 1, and the other files are still done.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "command/run_command.hpp"

namespace plimsoll::regress {
namespace {

using nlohmann::json;

// Runs `load` and `validate` on the file, between two good ones.
void expect_refused(const std::string& file, std::string_view reason, const std::string& code,
                    const RunOptions& options = {}) {
  SCOPED_TRACE(file);
  const TemporaryFolder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms::others_exec, std::filesystem::perm_options::add);
  const auto first = folder.write("first.wasm", one_function);
  const auto last = folder.write("last.wasm", one_function);

  const Outcome validate = run_command({"validate", first, file, last}, options);
  EXPECT_EQ(validate.exit_code, 1);
  EXPECT_EQ(validate.out, first + ": valid\n" + last + ": valid\n");
  EXPECT_TRUE(validate.err.starts_with("plimsoll: " + file + ": ")) << validate.err;
  EXPECT_TRUE(validate.err.contains(reason)) << validate.err;

  const Outcome load = run_command({"load", first, file, last}, options);
  EXPECT_EQ(load.exit_code, 1);
  EXPECT_EQ(load.err, validate.err);
  EXPECT_TRUE(load.out.contains(first)) << load.out;
  EXPECT_TRUE(load.out.contains(last)) << load.out;
  EXPECT_FALSE(load.out.contains(file)) << load.out;

  for (const std::string command : {"load", "validate"}) {
    const Outcome outcome = run_command({command, "--json", first, file, last}, options);
    EXPECT_EQ(outcome.exit_code, 1);
    const json rows = json::parse(outcome.out);
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0]["valid"], true);
    EXPECT_EQ(rows[1]["valid"], false);
    EXPECT_EQ(rows[1]["error"]["code"], code);
    EXPECT_EQ(rows[2]["valid"], true);
  }
}

TEST(BadFiles, Missing) {
  const TemporaryFolder folder;
  expect_refused((folder.path() / "missing.wasm").string(), "No such file or directory", "cannot_open");
}

TEST(BadFiles, Folder) {
  const TemporaryFolder folder;
  expect_refused(folder.path().string(), "not a regular file", "not_a_file");
}

TEST(BadFiles, Device) { expect_refused("/dev/zero", "not a regular file", "not_a_file"); }

TEST(BadFiles, FifoWithoutAWriter) {
  const TemporaryFolder folder;
  const auto file = (folder.path() / "fifo").string();
  ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
  expect_refused(file, "not a regular file", "not_a_file");
}

TEST(BadFiles, Unreadable) {
  const TemporaryFolder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
  const auto file = folder.write("secret.wasm", one_function);
  std::filesystem::permissions(file, std::filesystem::perms::none);
  RunOptions options;
  options.as_nobody = ::geteuid() == 0;
  if (options.as_nobody && run_command({"--version"}, options).exit_code != 0) {
    GTEST_SKIP() << "root can read everything, and nobody cannot run " << PLIMSOLL_COMMAND
                 << ": build in a folder that everybody may enter";
  }
  expect_refused(file, "Permission denied", "cannot_open", options);
}

TEST(BadFiles, FourGibibytesAndMore) {
  const TemporaryFolder folder;
  for (const std::uint64_t size : {std::uint64_t{1} << 32, (std::uint64_t{1} << 32) + 1, std::uint64_t{1} << 36}) {
    const auto file = folder.write("large.wasm", one_function);
    if (::truncate(file.c_str(), static_cast<off_t>(size)) != 0) GTEST_SKIP() << "no sparse files here";
    expect_refused(file, "larger than the limit", "limit_module_size");
  }
}

// Judged, because it can be mapped, but without looking at the bytes.
TEST(BadFiles, LargerThanTheLimit) {
  const TemporaryFolder folder;
  const auto file = folder.write("large.wasm", one_function);
  if (::truncate(file.c_str(), 0xFFFF'FFFF) != 0) GTEST_SKIP() << "no sparse files here";
  const Outcome validate = run_command({"validate", file});
  EXPECT_EQ(validate.exit_code, 1);
  EXPECT_TRUE(validate.out.contains("larger than the limit")) << validate.out;
  const Outcome load = run_command({"load", "--json", file});
  EXPECT_EQ(load.exit_code, 1);
  EXPECT_EQ(json::parse(load.out).at(0)["error"]["code"], "limit_module_size");
  EXPECT_EQ(json::parse(load.out).at(0)["bytes"], 0xFFFF'FFFF);
}

TEST(BadFiles, Empty) {
  const TemporaryFolder folder;
  const auto file = folder.write("empty.wasm", "");
  for (const std::string command : {"load", "validate"}) {
    const Outcome outcome = run_command({command, file});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_TRUE(outcome.out.contains("0x0: unexpected end")) << outcome.out;
    EXPECT_TRUE(outcome.err.contains(file + ": unexpected end: the file is empty\n")) << outcome.err;
  }
}

TEST(BadFiles, EmptyStandardInput) {
  const Outcome outcome = run_command({"validate", "-"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(outcome.out.starts_with("-: invalid: 0x0: unexpected end")) << outcome.out;
}

TEST(BadFiles, StandardInputThatIsAFolder) {
  const TemporaryFolder folder;
  RunOptions options;
  options.input_file = folder.path().string();
  for (const std::string command : {"load", "validate"}) {
    const Outcome outcome = run_command({command, "-"}, options);
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_EQ(outcome.out, "");
    EXPECT_TRUE(outcome.err.contains("cannot read standard input: Is a directory")) << outcome.err;
  }
}

}  // namespace
}  // namespace plimsoll::regress
