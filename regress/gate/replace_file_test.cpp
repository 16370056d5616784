// Whole or not at all.
#include "gate/replace_file.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gate/gate_test_support.hpp"

namespace plimsoll::regress::gate {
namespace {

using namespace test_support;
using Names = std::vector<std::string>;

mode_t mode_of(const std::string& file) {
  struct stat status{};
  EXPECT_EQ(::stat(file.c_str(), &status), 0);
  return status.st_mode & 07777;
}

// Runs in a child, whose limits and user are its own. 0: it returned true.
int in_a_child(auto run) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(run() ? 0 : 1);
  int status = -1;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return status;
}

TEST(ReplaceFile, PutsNewContentInPlaceOfTheOldAndKeepsTheMode) {
  const TemporaryFolder folder;
  const std::string file = folder / "pins.tsv";
  write(file, "old");
  ASSERT_EQ(::chmod(file.c_str(), 0640), 0);
  ASSERT_TRUE(replace_file(file, "new").has_value());
  EXPECT_EQ(read(file), "new");
  EXPECT_EQ(mode_of(file), 0640U);
  EXPECT_EQ(names_in(folder / ""), Names{"pins.tsv"});
}

TEST(ReplaceFile, MakesAFileThatIsNotThere) {
  const TemporaryFolder folder;
  const std::string file = folder / "pins.tsv";
  const mode_t mask = ::umask(027);
  const auto made = replace_file(file, "new");
  ::umask(mask);
  ASSERT_TRUE(made.has_value()) << made.error();
  EXPECT_EQ(read(file), "new");
  EXPECT_EQ(mode_of(file), 0640U);
}

TEST(ReplaceFile, WhoHasTheOldFileOpenKeepsIt) {
  const TemporaryFolder folder;
  const std::string file = folder / "pins.tsv";
  write(file, "old");
  std::ifstream stream(file, std::ios::binary);
  ASSERT_TRUE(replace_file(file, "new").has_value());
  EXPECT_EQ((std::string{std::istreambuf_iterator<char>(stream), {}}), "old");
}

TEST(ReplaceFile, RefusesWhatIsNoRegularFile) {
  const TemporaryFolder folder;
  write(folder / "target", "old");
  ASSERT_EQ(::symlink("target", (folder / "link").c_str()), 0);
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  ASSERT_EQ(::mkdir((folder / "folder").c_str(), 0700), 0);
  EXPECT_EQ(replace_file(folder / "link", "new").error(), "is a symbolic link: name the file that it leads to");
  EXPECT_EQ(replace_file(folder / "pipe", "new").error(), "is not a regular file");
  EXPECT_EQ(replace_file(folder / "folder", "new").error(), "is not a regular file");
  EXPECT_EQ(replace_file("/dev/full", "new").error(), "is not a regular file");
  EXPECT_EQ(read(folder / "target"), "old");
  EXPECT_EQ(names_in(folder / ""), (Names{"folder", "link", "pipe", "target"}));
}

TEST(ReplaceFile, AFullDiskLeavesTheOldFileAndNothingElse) {
  const TemporaryFolder folder;
  const std::string file = folder / "pins.tsv";
  write(file, "old");
  const int status = in_a_child([&file] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = 1000, .rlim_max = 1000};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return false;
    const auto replaced = replace_file(file, std::string(100'000, 'x'));
    return !replaced && replaced.error().contains("cannot write its new content");
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(read(file), "old");
  EXPECT_EQ(names_in(folder / ""), Names{"pins.tsv"});
}

TEST(ReplaceFile, AFolderThatCannotBeWrittenLeavesTheOldFile) {
  const TemporaryFolder folder;
  const std::string file = folder / "pins.tsv";
  write(file, "old");
  ASSERT_EQ(::chmod(file.c_str(), 0666), 0);
  ASSERT_EQ(::chmod((folder / "").c_str(), 0555), 0);
  const int status = in_a_child([&file] {
    if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) return false;
    const auto replaced = replace_file(file, "new");
    return !replaced && replaced.error().contains("cannot write a file beside it");
  });
  ASSERT_EQ(::chmod((folder / "").c_str(), 0755), 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(read(file), "old");
}

}  // namespace
}  // namespace plimsoll::regress::gate
