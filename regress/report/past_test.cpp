// The past of a pins file, in a repository made for the test.
#include "report/past.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "gate/gate_test_support.hpp"

namespace plimsoll::regress::report {
namespace {

using namespace gate::test_support;

class ReportPast : public testing::Test {
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
  void commit(const std::string& text, const std::string& subject) {
    write(file(), text);
    git("add -A");
    git("commit -q -m '" + subject + "'");
  }
  [[nodiscard]] std::string file() const { return folder / "pins.tsv"; }

  const TemporaryFolder folder;
};

TEST_F(ReportPast, IsEachRevisionOldestFirst) {
  const gate::Pins first = pins({line("a")});
  const gate::Pins second = pins({line("a"), line("b")});
  commit(to_string(first), "Pin a");
  commit(to_string(second), "Pin b");
  const auto past = past_of(file(), second);
  ASSERT_TRUE(past.has_value()) << past.error();
  ASSERT_EQ(past->size(), 2U);
  EXPECT_EQ((*past)[0].revision.subject, "Pin a");
  EXPECT_EQ((*past)[0].lines.size(), 1U);
  EXPECT_EQ((*past)[1].lines.size(), 2U);
  EXPECT_NE((*past)[1].revision.commit, "");
}

TEST_F(ReportPast, EndsInWhatIsNotCommitted) {
  commit(to_string(pins({line("a")})), "Pin a");
  const auto past = past_of(file(), pins({line("a"), line("b")}));
  ASSERT_TRUE(past.has_value()) << past.error();
  ASSERT_EQ(past->size(), 2U);
  EXPECT_EQ((*past)[1].revision.commit, "");
  EXPECT_EQ((*past)[1].lines.size(), 2U);
}

TEST_F(ReportPast, HasNoLinesWhereTheyCannotBeReadOrCompared) {
  gate::Pins others = pins({line("a")});
  others.key = gate::other_key("another", "engine");
  commit("<<<<<<< ours\n", "Break it");
  commit(to_string(others), "Of another loader");
  const auto past = past_of(file(), pins({line("a")}));
  ASSERT_TRUE(past.has_value()) << past.error();
  ASSERT_EQ(past->size(), 3U);
  EXPECT_TRUE((*past)[0].problem.contains("merge conflict")) << (*past)[0].problem;
  EXPECT_TRUE((*past)[1].problem.contains("another")) << (*past)[1].problem;
  EXPECT_TRUE((*past)[0].lines.empty() && (*past)[1].lines.empty());
  EXPECT_EQ((*past)[2].problem, "");
}

TEST(ReportPastWithoutGit, IsAReason) {
  const TemporaryFolder folder;
  EXPECT_FALSE(past_of(folder / "pins.tsv", pins({line("a")})).has_value());
}

}  // namespace
}  // namespace plimsoll::regress::report
