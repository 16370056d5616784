// The recorder among threads, forks and other people's locks. What goes wrong here hangs or crashes.
#include <gtest/gtest.h>
#include <link.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <thread>

#include "ledger/ledger_test_support.hpp"
#include "ledger/recording.hpp"

namespace plimsoll::regress {
namespace {

using test_support::keep;

constexpr unsigned patience = 60;  // seconds, after which a test hangs

void allocate() { std::free(keep(std::malloc(64))); }

// Calls `work` again and again.
class Busy {
 public:
  explicit Busy(void (*work)()) {
    for (std::thread& thread : threads_) {
      thread = std::thread([this, work] {
        while (!done_.load(std::memory_order_relaxed)) work();
      });
    }
  }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;
  ~Busy() {
    done_.store(true);
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  std::atomic<bool> done_ = false;
  std::array<std::thread, 2> threads_;
};

[[noreturn]] void record_while_others(void (*work)()) {
  ::alarm(patience);
  {
    const Busy busy(work);
    for (int i = 0; i < 200; ++i) {
      Recording recording;
      if (!recording.begin({}, {.raw_copies = false, .stacks = true})) std::_Exit(2);
      for (int each = 0; each < 20; ++each) allocate();
      if (!recording.end()) std::_Exit(3);
    }
  }
  std::_Exit(0);
}

TEST(Threads, RecordingsComeAndGoWhileOthersAllocate) {
  EXPECT_EXIT(record_while_others(allocate), testing::ExitedWithCode(0), "");
}

// As an unwinder or a crash reporter does.
TEST(Threads, ARecordingEndsWhileAnotherThreadAllocatesUnderTheLockOfTheDynamicLinker) {
  const auto look_at_objects = [] {
    ::dl_iterate_phdr(
        [](dl_phdr_info*, std::size_t, void*) {
          allocate();
          return 0;
        },
        nullptr);
  };
  EXPECT_EXIT(record_while_others(look_at_objects), testing::ExitedWithCode(0), "");
}

TEST(Threads, AForkedChildCanAllocateWhateverTheOtherThreadsWereAt) {
  Recording recording;
  ASSERT_TRUE(recording.begin({}, {.raw_copies = false, .stacks = true}));
  {
    const Busy busy(allocate);
    for (int i = 0; i < 30; ++i) {
      const pid_t child = ::fork();
      ASSERT_GE(child, 0);
      if (child == 0) {
        ::alarm(patience);
        allocate();
        ::_exit(0);
      }
      int status = 0;
      ASSERT_EQ(::waitpid(child, &status, 0), child);
      ASSERT_TRUE(WIFEXITED(status)) << "child " << i;
    }
  }
  EXPECT_GT(recording.end().value().allocations, 0u);
}

}  // namespace
}  // namespace plimsoll::regress
