// `plimsoll mutate` as it is run.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "command/run_command.hpp"
#include "plimsoll/load.hpp"

namespace plimsoll::regress {
namespace {

namespace fs = std::filesystem;

bool is_valid(const std::string& module) { return load(BorrowedBytes(std::as_bytes(std::span(module)))).has_value(); }

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(MutateCommand, TheSameSeedIsTheSameMutant) {
  const TemporaryFolder folder;
  const std::string file = folder.write("a.wasm", one_function);
  const Outcome third = run_command({"mutate", file, "--seed", "3"});
  EXPECT_EQ(third.exit_code, 0);
  EXPECT_EQ(third.err, "");
  EXPECT_NE(third.out, one_function);
  EXPECT_EQ(run_command({"mutate", file, "--seed", "3"}).out, third.out);
  EXPECT_NE(run_command({"mutate", file, "--seed", "4"}).out, third.out);
  RunOptions options;
  options.input = one_function;
  EXPECT_EQ(run_command({"mutate", "-", "--seed", "3"}, options).out, third.out);
}

TEST(MutateCommand, TakesWhatIsNoModule) {
  const TemporaryFolder folder;
  for (const std::string style : {"structural", "mixed"}) {
    EXPECT_EQ(run_command({"mutate", folder.write("junk", "some text"), "--style", style}).exit_code, 0);
    EXPECT_EQ(run_command({"mutate", folder.write("nothing", ""), "--style", style}).exit_code, 0);
  }
  EXPECT_EQ(
      run_command({"mutate", folder.write("junk", "some text"), "--donor", folder.write("nothing", "")}).exit_code, 0);
}

TEST(MutateCommand, BreaksARuleAndSaysWhich) {
  const TemporaryFolder folder;
  const std::string file = folder.write("a.wasm", one_function);
  for (const std::string seed : {"0", "1", "2", "3", "4", "5"}) {
    const Outcome outcome = run_command({"mutate", file, "--style", "broken", "--seed", seed});
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_TRUE(outcome.err.starts_with("plimsoll: mutate: broken: ")) << outcome.err;
    EXPECT_FALSE(is_valid(outcome.out)) << seed;
  }
  const Outcome refused = run_command({"mutate", folder.write("b.wasm", invalid_module), "--style", "broken"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_TRUE(refused.err.contains("no rule to break")) << refused.err;
}

TEST(MutateCommand, WritesAFolderOfMany) {
  const TemporaryFolder folder;
  const std::string file = folder.write("a.wasm", one_function);
  const fs::path target = folder.path() / "mutants";
  const Outcome outcome = run_command({"mutate", file, "--count", "3", "-o", target});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(content(target / "mutant-2.wasm"), run_command({"mutate", file, "--seed", "2"}).out);
}

TEST(MutateCommand, PutsPartsOfADonorIn) {
  const TemporaryFolder folder;
  const std::string empty = folder.write("empty.wasm", empty_module);
  const std::string donor = folder.write("donor.wasm", one_function);
  std::size_t grown = 0;
  for (const std::string seed : {"0", "1", "2", "3", "4", "5", "6", "7"})
    grown +=
        run_command({"mutate", empty, "--donor", donor, "--seed", seed}).out.size() > empty_module.size() ? 1U : 0U;
  EXPECT_GT(grown, 4U);
}

TEST(MutateCommand, WhatCannotBeReadOrWrittenIsAnError) {
  const TemporaryFolder folder;
  const std::string file = folder.write("a.wasm", one_function);
  const std::string there = folder.path();
  EXPECT_EQ(run_command({"mutate", there + "/missing"}).exit_code, 1);
  EXPECT_EQ(run_command({"mutate", file, "--donor", there + "/missing"}).exit_code, 1);
  EXPECT_EQ(run_command({"mutate", file, "-o", there}).exit_code, 1);
}

}  // namespace
}  // namespace plimsoll::regress
