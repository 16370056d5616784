// A pins file's past, in a repository made for the test.
#include "gate/git.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "gate/gate_test_support.hpp"

namespace plimsoll::regress::gate {
namespace {

using namespace test_support;

class GitHistory : public testing::Test {
 protected:
  void SetUp() override {
    if (::system("git --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "needs git";
    git("init -q");
  }
  void git(const std::string& arguments) {
    const std::string command = "git -C '" + (folder / "") +
                                "' -c user.name=t -c user.email=t@example.invalid -c commit.gpgsign=false " + arguments;
    ASSERT_EQ(::system(command.c_str()), 0) << command;
  }
  void commit(const Pins& pins, const std::string& subject) {
    write(file(), to_string(pins));
    git("add -A");
    git("commit -q -m '" + subject + "'");
  }
  [[nodiscard]] std::string file() const { return folder / "pins.tsv"; }

  const TemporaryFolder folder;
};

TEST_F(GitHistory, OfALineIsWhereItChanged) {
  commit(pins({line("a.b"), line("axb")}), "Pin the first");
  commit(pins({line("a.b"), with(line("axb"), Column::peak, 7)}), "Something else");
  commit(pins({with(line("a.b", "names are kept"), Column::peak, 1500), with(line("axb"), Column::peak, 7)}),
         "Keep names");
  const auto past = history(file(), "a.b");
  ASSERT_TRUE(past.has_value()) << past.error();
  ASSERT_EQ(past->size(), 2U);
  EXPECT_EQ((*past)[0].revision.subject, "Keep names");
  EXPECT_EQ((*past)[0].line[Column::peak], 1500U);
  EXPECT_EQ((*past)[0].line.reason, "names are kept");
  EXPECT_EQ((*past)[1].revision.subject, "Pin the first");
  EXPECT_EQ((*past)[1].line[Column::peak], 1000U);
  EXPECT_EQ((*past)[1].revision.date.size(), 10U);
}

TEST_F(GitHistory, OfALineThatWentAwayEndsThere) {
  commit(pins({line("a"), line("b")}), "Pin both");
  commit(pins({line("b")}), "Drop a");
  const auto past = history(file(), "a");
  ASSERT_TRUE(past.has_value()) << past.error();
  ASSERT_EQ(past->size(), 2U);
  EXPECT_EQ((*past)[0].line.name, "");
  EXPECT_TRUE(history(file(), "never")->empty());
}

TEST_F(GitHistory, ADamagedRevisionIsLeftOut) {
  commit(pins({line("a")}), "Pin it");
  write(file(), "<<<<<<< HEAD\na\tx\n");
  git("commit -q -a -m Damaged");
  commit(pins({with(line("a"), Column::peak, 900)}), "Mend it");
  const auto past = history(file(), "a");
  ASSERT_TRUE(past.has_value()) << past.error();
  EXPECT_EQ(past->size(), 2U);
}

TEST_F(GitHistory, AFileAtARevision) {
  commit(pins({line("a")}), "Pin it");
  commit(pins({line("b")}), "Pin another");
  EXPECT_EQ(file_at(file(), "HEAD~1").value(), to_string(pins({line("a")})));
  EXPECT_TRUE(file_at(file(), "nowhere").error().starts_with("git: ")) << file_at(file(), "nowhere").error();
  EXPECT_FALSE(file_at(file(), "--output=x").has_value());
  EXPECT_EQ(revisions_of(file())->size(), 2U);
}

TEST(GitWithoutARepository, SaysSo) {
  const TemporaryFolder folder;
  write(folder / "pins.tsv", "");
  const auto past = history(folder / "pins.tsv", "a");
  ASSERT_FALSE(past.has_value());
  EXPECT_TRUE(past.error().contains("git")) << past.error();
}

}  // namespace
}  // namespace plimsoll::regress::gate
