// `plimsoll gate`: each exit code, and what becomes of the file of load lines.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

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

std::string read(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// A folder with two modules and a file of load lines that holds them to what they cost.
class GateCommand : public testing::Test {
 protected:
  void SetUp() override {
    put("good.wasm", one_function);
    put("bad.wasm", invalid_module);
    const Outcome made = gate({"update"}, {"good.wasm", "bad.wasm", "good.wasm:cut"});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    ASSERT_TRUE(made.err.contains("3 new")) << made.err;
  }

  [[nodiscard]] Outcome gate(std::vector<std::string> words, const std::vector<std::string>& modules = {},
                             const RunOptions& options = {}) const {
    words.insert(words.begin(), "gate");
    words.insert(words.end(), {"--pins", pins().string(), "--modules", folder.path().string()});
    words.insert(words.end(), modules.begin(), modules.end());
    return run_command(words, options);
  }
  void put(const std::string& name, const std::string& content) const {
    static_cast<void>(folder.write(name, content));
  }
  [[nodiscard]] fs::path pins() const { return folder.path() / "pins.tsv"; }
  // Sets a column (from 0) of the line of good.wasm.
  void set(std::size_t column, const std::string& value) const {
    std::string text = read(pins());
    std::size_t at = text.find("\ngood.wasm\t") + 1;
    for (std::size_t i = 0; i < column; ++i) at = text.find('\t', at) + 1;
    text.replace(at, text.find_first_of("\t\n", at) - at, value);
    put("pins.tsv", text);
  }
  static constexpr std::size_t sha256 = 1;
  static constexpr std::size_t peak = 6;

  const TemporaryFolder folder;
};

TEST_F(GateCommand, LinesThatHoldAreZero) {
  const Outcome outcome = gate({"check"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.out, "3 load lines: 3 same\n");
  EXPECT_EQ(outcome.err, "");
  EXPECT_TRUE(read(pins()).contains("\nbad.wasm\t")) << read(pins());
  EXPECT_TRUE(read(pins()).contains("\ttype_mismatch\t")) << read(pins());
}

TEST_F(GateCommand, WorseIsOneAndTakesAReason) {
  set(peak, "1");
  const std::string lowered = read(pins());
  const Outcome worse = gate({"check"});
  EXPECT_EQ(worse.exit_code, 1);
  EXPECT_TRUE(worse.out.contains("good.wasm  worse  peak")) << worse.out;
  const Outcome refused = gate({"update"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_TRUE(refused.err.contains("left as it was")) << refused.err;
  EXPECT_EQ(read(pins()), lowered);
  const Outcome updated = gate({"update", "--reason", "because of the test"});
  EXPECT_EQ(updated.exit_code, 0) << updated.err;
  EXPECT_TRUE(updated.err.contains("1 raised")) << updated.err;
  EXPECT_TRUE(read(pins()).contains("\tbecause of the test\n")) << read(pins());
  EXPECT_EQ(gate({"check"}).exit_code, 0);
}

TEST_F(GateCommand, BetterButNotPinnedIsThree) {
  set(peak, "1000000");
  const Outcome better = gate({"check"});
  EXPECT_EQ(better.exit_code, 3);
  EXPECT_TRUE(better.out.contains("pin it with plimsoll gate update")) << better.out;
  EXPECT_EQ(gate({"check", "--tolerance", "peak=100%"}).exit_code, 0);
  EXPECT_EQ(gate({"update"}).exit_code, 0);
  EXPECT_EQ(gate({"check"}).exit_code, 0);
}

TEST_F(GateCommand, MissingNewAndChangedModulesAreFour) {
  put("new.wasm", empty_module);
  EXPECT_EQ(gate({"check"}, {"new.wasm"}).exit_code, 4);
  set(sha256, std::string(64, '0'));
  const Outcome changed = gate({"check"}, {"good.wasm"});
  EXPECT_EQ(changed.exit_code, 4);
  EXPECT_TRUE(changed.out.contains("not the module that was pinned")) << changed.out;
  fs::remove(folder.path() / "good.wasm");
  const Outcome missing = gate({"check"});
  EXPECT_EQ(missing.exit_code, 4);
  EXPECT_TRUE(missing.out.contains("there is no")) << missing.out;
}

TEST_F(GateCommand, DamageIsTwoAndSaysWhere) {
  const std::string good = read(pins());
  put("pins.tsv", good + "<<<<<<< HEAD\n=======\n>>>>>>> other\n");
  const Outcome conflict = gate({"check"});
  EXPECT_EQ(conflict.exit_code, 2);
  EXPECT_TRUE(conflict.err.contains("pins.tsv:7: a merge conflict")) << conflict.err;
  EXPECT_EQ(gate({"update"}).exit_code, 2) << "a damaged file is not replaced";
  EXPECT_TRUE(read(pins()).contains("<<<<<<< HEAD"));
  put("pins.tsv", good.substr(0, good.size() - 3));
  EXPECT_EQ(gate({"check"}).exit_code, 2);
  fs::remove(pins());
  const Outcome absent = gate({"check"});
  EXPECT_EQ(absent.exit_code, 2);
  EXPECT_TRUE(absent.err.contains("there is no such file")) << absent.err;
}

TEST_F(GateCommand, AnotherKeyIsTwo) {
  std::string text = read(pins());
  text.replace(text.find("pointer=64"), 10, "pointer=32");
  put("pins.tsv", text);
  for (const char* command : {"check", "update"}) {
    const Outcome outcome = gate({command});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_TRUE(outcome.err.contains("pointer: pinned 32, here 64")) << outcome.err;
  }
  EXPECT_EQ(read(pins()), text);
}

TEST_F(GateCommand, MisuseIsTwo) {
  EXPECT_EQ(run_command({"gate"}).exit_code, 2);
  EXPECT_EQ(gate({"check", "--tolerance", "depth=1"}).exit_code, 2);
  EXPECT_EQ(gate({"check", "--tier", "D"}).exit_code, 2);
  EXPECT_EQ(gate({"update", "--reason", "two\nlines"}).exit_code, 2);
  EXPECT_EQ(gate({"explain"}).exit_code, 2);
}

TEST_F(GateCommand, OneOutputAtATimeAndOneThatCanBeWritten) {
  const Outcome both = gate({"check", "--json", "--markdown"});
  EXPECT_EQ(both.exit_code, 2);
  EXPECT_EQ(both.out, "");
  EXPECT_TRUE(both.err.contains("standard output")) << both.err;
  const Outcome nowhere = gate({"check", "--json=" + (folder.path() / "none" / "x").string()});
  EXPECT_EQ(nowhere.exit_code, 2) << "1 would say that a line is worse";
  EXPECT_TRUE(nowhere.err.contains("cannot write")) << nowhere.err;
}

TEST_F(GateCommand, ExplainTakesOneModule) {
  const Outcome outcome = gate({"explain"}, {"."});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_TRUE(outcome.err.contains("name one")) << outcome.err;
}

TEST_F(GateCommand, TheFileIsReplacedOrNot) {
  set(peak, "1000000");
  const std::string before = read(pins());
  ASSERT_EQ(::chmod(pins().c_str(), 0666), 0);
  ASSERT_EQ(::chmod(folder.path().c_str(), 0555), 0);
  RunOptions as_nobody;
  as_nobody.as_nobody = ::geteuid() == 0;
  const Outcome outcome = gate({"update"}, {}, as_nobody);
  ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_TRUE(outcome.err.contains("pins.tsv: cannot write a file beside it")) << outcome.err;
  EXPECT_EQ(read(pins()), before);
  fs::rename(pins(), folder.path() / "target.tsv");
  fs::create_symlink("target.tsv", pins());
  EXPECT_EQ(gate({"update"}).exit_code, 2);
  EXPECT_TRUE(fs::is_symlink(pins()));
  EXPECT_EQ(read(folder.path() / "target.tsv"), before);
}

TEST_F(GateCommand, OutputsGoWhereTheyAreSent) {
  set(peak, "1");
  const std::string xml = (folder.path() / "gate.xml").string();
  const std::string page = (folder.path() / "gate.md").string();
  const Outcome outcome = gate({"check", "--json", "--junit=" + xml, "--markdown=" + page});
  EXPECT_EQ(outcome.exit_code, 1);
  const auto document = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(document["exit_code"], 1);
  EXPECT_TRUE(read(xml).contains("<failure type=\"worse\"")) << read(xml);
  EXPECT_TRUE(read(page).contains("| good.wasm | worse | peak | 1 |")) << read(page);
  const Outcome github = gate({"check", "--github"});
  EXPECT_TRUE(github.out.contains("1 load line") || github.out.contains("3 load lines")) << github.out;
  EXPECT_TRUE(github.out.contains("\n::error file=")) << github.out;
  EXPECT_NE(gate({"check", "--json=/dev/full"}).exit_code, 0) << "a file that cannot be written must not pass";
}

TEST_F(GateCommand, ExplainShowsPinFiguresAndPhases) {
  const Outcome outcome = gate({"explain"}, {"good.wasm"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(outcome.out.contains("pinned in ")) << outcome.out;
  EXPECT_TRUE(outcome.out.contains("allocations")) << outcome.out;
  EXPECT_TRUE(outcome.out.contains("no history: ")) << outcome.out;
  EXPECT_TRUE(outcome.out.contains("phase")) << outcome.out;
}

TEST_F(GateCommand, DiffComparesWithGit) {
  if (std::system("git --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "needs git";
  const auto git = [this](const std::string& arguments) {
    const std::string command = "cd '" + folder.path().string() +
                                "' && git -c user.name=t -c user.email=t@example.invalid -c commit.gpgsign=false " +
                                arguments;
    ASSERT_EQ(std::system(command.c_str()), 0);
  };
  git("init -q");
  git("add pins.tsv");
  git("commit -q -m 'Pin them'");
  const auto diff = [this](const std::string& revision) {
    return run_command({"gate", "diff", "--pins", pins().string(), revision});
  };
  EXPECT_EQ(diff("HEAD").out, "3 load lines: 3 same\n");
  set(peak, "1");
  EXPECT_EQ(diff("HEAD").exit_code, 0) << "lower needs no reason";
  set(peak, "1000000");
  const Outcome raised = diff("HEAD");
  EXPECT_EQ(raised.exit_code, 1);
  EXPECT_TRUE(raised.out.contains("raised without a reason")) << raised.out;
  set(9, "it had to be");
  const Outcome explained = diff("HEAD");
  EXPECT_EQ(explained.exit_code, 0) << explained.out;
  EXPECT_TRUE(explained.out.contains("because: it had to be")) << explained.out;
  EXPECT_EQ(diff("nowhere").exit_code, 2);
}

// Other loaders: anything that opens the file will do.
class GateOtherLoader : public testing::Test {
 protected:
  void SetUp() override {
    static_cast<void>(folder.write("good.wasm", one_function));
    const Outcome made = gate("update", {"good.wasm", "good.wasm:cut"}, {"cat", "{}"});
    // Where no program can be traced, there is nothing to try.
    if (made.exit_code == 6 && made.out.contains("tracer")) GTEST_SKIP() << made.out;
    ASSERT_EQ(made.exit_code, 0) << made.out << made.err;
  }
  [[nodiscard]] Outcome gate(const std::string& what, std::vector<std::string> modules,
                             const std::vector<std::string>& command) const {
    std::vector<std::string> words{"gate", what, "--pins", pins().string(), "--modules", folder.path().string()};
    words.insert(words.end(), modules.begin(), modules.end());
    words.emplace_back("--");
    words.insert(words.end(), command.begin(), command.end());
    return run_command(words);
  }
  [[nodiscard]] fs::path pins() const { return folder.path() / "pins.tsv"; }

  const TemporaryFolder folder;
};

TEST_F(GateOtherLoader, IsHeldToLinesOfItsOwn) {
  EXPECT_TRUE(read(pins()).contains("# schema=1 loader=cat through=command")) << read(pins());
  EXPECT_TRUE(read(pins()).contains("\ngood.wasm\t")) << read(pins());
  EXPECT_TRUE(read(pins()).contains("\texit 0\t")) << read(pins());
  const Outcome held = gate("check", {}, {"cat", "{}"});
  EXPECT_EQ(held.exit_code, 0) << held.out << held.err;
  EXPECT_EQ(held.out, "2 load lines: 2 same\n");
  const Outcome other = gate("check", {}, {"head", "{}"});
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_TRUE(other.err.contains("loader: pinned cat, here head")) << other.err;
}

TEST_F(GateOtherLoader, MoreIsWorse) {
  const Outcome worse = gate("check", {"good.wasm"}, {"cat", "-n", "{}"});
  EXPECT_EQ(worse.exit_code, 1) << worse.out << worse.err;
  EXPECT_TRUE(worse.out.contains("good.wasm  worse")) << worse.out;
}

TEST_F(GateOtherLoader, WithoutExactlyOneLoadItIsSix) {
  const auto outcome_of = [this](const std::string& script) {
    fs::remove(pins());
    return gate("update", {"good.wasm"}, {"sh", "-c", script, "{}"});
  };
  const Outcome twice = outcome_of("cat \"$0\"; cat \"$0\"");
  EXPECT_EQ(twice.exit_code, 6);
  EXPECT_TRUE(twice.out.contains("loaded 2 times, by 2 processes")) << twice.out;
  const Outcome never = outcome_of("true");
  EXPECT_EQ(never.exit_code, 6);
  EXPECT_TRUE(never.out.contains("never opened")) << never.out;
  const Outcome crashed = outcome_of("cat \"$0\"; kill -SEGV $$");
  EXPECT_EQ(crashed.exit_code, 6);
  EXPECT_TRUE(crashed.out.contains("crashed: SIGSEGV")) << crashed.out;
  EXPECT_FALSE(fs::exists(pins())) << "nothing was pinned";
}

TEST(GateOtherLoaderMisuse, IsTwo) {
  const auto code = [](const std::vector<std::string>& words) { return run_command(words).exit_code; };
  EXPECT_EQ(code({"gate", "check", "--", "cat", "{}"}), 2) << "its lines are not ours";
  EXPECT_EQ(code({"gate", "check", "--pins", "p", "--", "cat"}), 2) << "no place for the module";
  EXPECT_EQ(code({"gate", "check", "--pins", "p", "--engine", "e", "--", "cat", "{}"}), 2) << "both";
  EXPECT_EQ(code({"gate", "update", "--pins", "/nowhere/p", "--", "cat", "{}"}), 2) << "no modules";
}

}  // namespace
}  // namespace plimsoll::regress
