// The command as a whole: help, version, misuse.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "command/run_command.hpp"
#include "plimsoll/features.hpp"
#include "plimsoll/version.hpp"

namespace plimsoll::regress {
namespace {

TEST(Usage, HelpOfEverySubcommandGoesToStandardOutputAndHasAnExample) {
  for (const std::string name : {"load", "validate", "inspect", "suite", "errors"}) {
    for (const std::string flag : {"--help", "-h"}) {
      const Outcome outcome = run_command({name, flag});
      EXPECT_EQ(outcome.exit_code, 0) << name;
      EXPECT_TRUE(outcome.out.contains("Example:\n  plimsoll " + name)) << outcome.out;
      EXPECT_TRUE(outcome.out.contains("--json")) << outcome.out;
      EXPECT_EQ(outcome.err, "");
    }
  }
}

TEST(Usage, HelpOfWhatMakesModulesHasAnExample) {
  for (const std::string name : {"smith", "mutate", "minimize"}) {
    const Outcome outcome = run_command({name, "--help"});
    EXPECT_EQ(outcome.exit_code, 0) << name;
    EXPECT_TRUE(outcome.out.contains("Example:\n  plimsoll " + name)) << outcome.out;
  }
}

TEST(Usage, HelpNamesEveryFeature) {
  const Outcome outcome = run_command({"validate", "--help"});
  for (const FeatureRow& row : feature_table()) EXPECT_TRUE(outcome.out.contains(row.name)) << row.name;
}

TEST(Usage, HelpOfTheCommandNamesItsSubcommands) {
  const Outcome outcome = run_command({"--help"});
  EXPECT_EQ(outcome.exit_code, 0);
  for (const std::string name :
       {"load", "validate", "inspect", "suite", "smith", "mutate", "minimize", "errors", "Example:"}) {
    EXPECT_TRUE(outcome.out.contains(name)) << outcome.out;
  }
}

TEST(Usage, Version) {
  const Outcome outcome = run_command({"--version"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.out, "plimsoll " + std::string(version) + "\n");
  EXPECT_EQ(outcome.err, "");
}

TEST(Usage, WithoutArgumentsItIsHelpAndTwo) {
  const Outcome outcome = run_command({});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_TRUE(outcome.err.contains("Usage: plimsoll")) << outcome.err;
  EXPECT_EQ(outcome.out, "");
}

TEST(Usage, MisuseIsTwoAndSaysWhyOnStandardErrorOnly) {
  const std::vector<std::vector<std::string>> misuses = {
      {"sink"},
      {"--sink"},
      {"load"},
      {"validate"},
      {"suite"},
      {"load", "--sink", "a.wasm"},
      {"load", "--repeat", "0", "a.wasm"},
      {"load", "--repeat", "-1", "a.wasm"},
      {"load", "--repeat", "many", "a.wasm"},
      {"load", "--features", "wasm9", "a.wasm"},
      {"load", "-", "-"},
      {"validate", "--threads", "0", "a.wasm"},
      {"validate", "--threads", "257", "a.wasm"},
      {"validate", "--features", "wasm3,-nonsense", "a.wasm"},
      {"validate", "-", "-"},
      {"suite", "--features", "x", "a"},
      {"errors", "sink"},
      {"errors", "--json", "--markdown", "a"},
      {"mutate"},
      {"mutate", "a.wasm", "--seed", "-1"},
      {"mutate", "a.wasm", "--count", "2"},
      {"mutate", "a.wasm", "--style", "sink"},
      {"mutate", "a.wasm", "--style", "mixed", "--donor", "b.wasm"},
      {"minimize"},
      {"minimize", "a.wasm"},
      {"minimize", "a.wasm", "--"},
      {"minimize", "a.wasm", "--timeout", "0", "--", "true"},
      {"minimize", "a.wasm", "-o", "b", "--in-place", "--", "true"},
      {"minimize", "usage_test", "--output-matches", "(", "--", "true"},
      {"smith", "a.wasm"},
      {"smith", "--seed", "-1"},
      {"smith", "--count", "0", "-o", "a"},
      {"smith", "--count", "2"},
      {"smith", "--size", "4G"},
      {"smith", "--features", "wasm9"},
      {"smith", "--from", "a", "--seed", "1"},
      {"smith", "--from", "a", "--count", "2", "-o", "b"},
  };
  for (const auto& arguments : misuses) {
    const Outcome outcome = run_command(arguments);
    EXPECT_EQ(outcome.exit_code, 2) << testing::PrintToString(arguments) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_TRUE(outcome.err.starts_with("plimsoll")) << outcome.err;
    EXPECT_TRUE(outcome.err.contains("--help`")) << outcome.err;
  }
}

TEST(Usage, AnUnknownFeatureIsNamed) {
  const Outcome outcome = run_command({"load", "--features", "wasm3,-nonsense", "a.wasm"});
  EXPECT_TRUE(outcome.err.contains("'-nonsense'") || outcome.err.contains("'nonsense'")) << outcome.err;
}

TEST(Usage, OutputThatCannotBeWrittenIsAnError) {
  const TemporaryFolder folder;
  RunOptions options;
  options.output_file = "/dev/full";
  EXPECT_EQ(run_command({"smith"}, options).exit_code, 1);
  for (const std::string name : {"load", "validate", "inspect"}) {
    const Outcome outcome = run_command({name, folder.write("a.wasm", empty_module)}, options);
    EXPECT_EQ(outcome.exit_code, 1) << name;
    EXPECT_TRUE(outcome.err.contains("cannot write")) << outcome.err;
  }
}

}  // namespace
}  // namespace plimsoll::regress
