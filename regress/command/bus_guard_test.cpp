// The guard against files that are truncated while they are mapped.
#include "command/bus_guard.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <system_error>
#include <thread>
#include <vector>

namespace plimsoll::regress {
namespace {

constexpr std::size_t page = 4096;

// A mapped file of sevens without a name.
class MappedFile {
 public:
  explicit MappedFile(std::size_t size) : size_(size) {
    std::string name = testing::TempDir() + "plimsoll-bus-XXXXXX";
    file_ = ::mkstemp(name.data());
    ::unlink(name.c_str());
    const std::string content(size, '\7');
    if (::write(file_, content.data(), size) != static_cast<ssize_t>(size)) {
      throw std::system_error(errno, std::generic_category(), name);
    }
    address_ = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file_, 0);
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile() {
    ::munmap(address_, size_);
    ::close(file_);
  }

  void truncate(std::size_t size) const { ASSERT_EQ(::ftruncate(file_, static_cast<off_t>(size)), 0); }
  [[nodiscard]] std::span<const std::byte> bytes() const { return {static_cast<const std::byte*>(address_), size_}; }
  [[nodiscard]] int sum() const {
    int result = 0;
    for (std::size_t i = 0; i < size_; ++i) result += *static_cast<volatile char*>(static_cast<char*>(address_) + i);
    return result;
  }

 private:
  std::size_t size_;
  int file_;
  void* address_;
};

TEST(BusGuard, AFileThatStaysDoesNotTripIt) {
  const MappedFile file(3 * page + 5);
  const BusGuard guard(file.bytes());
  EXPECT_EQ(file.sum(), 7 * (3 * static_cast<int>(page) + 5));
  EXPECT_FALSE(guard.tripped());
}

TEST(BusGuard, ATruncatedFileReadsAsZerosAndTripsIt) {
  const MappedFile file(3 * page + 5);
  const BusGuard guard(file.bytes());
  file.truncate(page);
  EXPECT_EQ(file.sum(), 7 * static_cast<int>(page));
  EXPECT_TRUE(guard.tripped());
}

TEST(BusGuard, OnlyTheGuardOfTheMappingIsTripped) {
  const MappedFile kept(3 * page);
  const MappedFile cut(3 * page);
  const BusGuard guard_of_kept(kept.bytes());
  const BusGuard guard_of_cut(cut.bytes());
  cut.truncate(0);
  EXPECT_EQ(cut.sum() + kept.sum(), 7 * 3 * static_cast<int>(page));
  EXPECT_FALSE(guard_of_kept.tripped());
  EXPECT_TRUE(guard_of_cut.tripped());
}

TEST(BusGuard, AGuardAfterATrippedOneStartsAfresh) {
  for (int i = 0; i < 600; ++i) {  // more often than there are slots
    const MappedFile file(page);
    const BusGuard guard(file.bytes());
    EXPECT_FALSE(guard.tripped());
    if (i % 2 == 0) continue;
    file.truncate(0);
    EXPECT_EQ(file.sum(), 0);
    EXPECT_TRUE(guard.tripped());
  }
}

TEST(BusGuard, WorksOnEveryThread) {
  std::vector<std::jthread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([t] {
      for (int i = 0; i < 50; ++i) {
        const MappedFile file(2 * page);
        const BusGuard guard(file.bytes());
        if (t % 2 == 0) file.truncate(page);
        EXPECT_EQ(file.sum(), 7 * static_cast<int>(t % 2 == 0 ? page : 2 * page));
        EXPECT_EQ(guard.tripped(), t % 2 == 0);
      }
    });
  }
}

TEST(BusGuard, NothingIsNothingToGuard) { EXPECT_FALSE(BusGuard({}).tripped()); }

// Whatever would have happened without any guard, happens.
TEST(BusGuardDeathTest, AFaultElsewhereStillEndsTheProcess) {
  const MappedFile guarded(page);
  const MappedFile other(2 * page);
  EXPECT_DEATH(
      {
        const BusGuard guard(guarded.bytes());
        other.truncate(0);
        (void)other.sum();
      },
      "");
}

TEST(BusGuardDeathTest, AFaultAfterTheGuardHasGoneEndsTheProcess) {
  const MappedFile file(2 * page);
  EXPECT_DEATH(
      {
        {
          const BusGuard guard(file.bytes());
        }
        file.truncate(0);
        (void)file.sum();
      },
      "");
}

TEST(BusGuardDeathTest, ASignalThatSomebodySendsIsNotSwallowed) {
  const MappedFile file(page);
  EXPECT_DEATH(
      {
        const BusGuard guard(file.bytes());
        ::raise(SIGBUS);
      },
      "");
}

}  // namespace
}  // namespace plimsoll::regress
