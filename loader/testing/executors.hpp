// Executors for tests: threads of their own, or strange but allowed ways to do the work.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

#include "plimsoll/executor.hpp"

namespace plimsoll::test {

// Starts threads for each run; the calling one is another.
class Threads final : public Executor {
 public:
  explicit Threads(std::size_t threads) noexcept : threads_(threads) {}
  void run(std::size_t most_useful, Work work) noexcept override {
    ++runs;
    asked = most_useful;
    std::vector<std::thread> others;
    for (std::size_t i = 1; i < std::min(threads_, most_useful); ++i) others.emplace_back(work);
    work();
    for (std::thread& other : others) other.join();
  }
  std::atomic<std::size_t> runs = 0;
  std::atomic<std::size_t> asked = 0;  // by the last run

 private:
  std::size_t threads_;
};

// A pool whose threads are all busy.
class Busy final : public Executor {
 public:
  void run(std::size_t, Work) noexcept override {}
};

// Calls the work on the calling thread, again and again, also when nothing is left.
class Again final : public Executor {
 public:
  void run(std::size_t most_useful, Work work) noexcept override {
    for (std::size_t i = 0; i < 2 * most_useful; ++i) work();
  }
};

}  // namespace plimsoll::test
