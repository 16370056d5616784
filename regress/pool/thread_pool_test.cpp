// ThreadPool: every run is done when it returns, on as many threads as there are and are of use.
#include "pool/thread_pool.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <set>
#include <thread>
#include <vector>

namespace plimsoll::regress {
namespace {

TEST(ThreadPool, DoesTheWorkOnAtMostItsThreads) {
  ThreadPool pool(4);
  for (const std::size_t most : {2U, 3U, 4U, 100U}) {
    for (int again = 0; again < 200; ++again) {
      std::atomic<int> left = 1000;
      std::atomic<std::size_t> calls = 0;
      auto task = [&]() noexcept {
        ++calls;
        while (left.fetch_sub(1) > 0) {
        }
      };
      pool.run(most, Work(task));
      EXPECT_LE(left, 0);
      EXPECT_GE(calls, 1U);
      EXPECT_LE(calls, std::min<std::size_t>(most, 4));
    }
  }
}

// Each call waits until another one is there too.
TEST(ThreadPool, RunsCallsAtTheSameTime) {
  ThreadPool pool(2);
  std::atomic<int> there = 0;
  auto task = [&]() noexcept {
    ++there;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (there < 2 && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  };
  pool.run(2, Work(task));
  EXPECT_EQ(there, 2);
}

TEST(ThreadPool, OfOneThreadUsesTheCallers) {
  ThreadPool pool(1);
  std::thread::id on;
  auto task = [&]() noexcept { on = std::this_thread::get_id(); };
  pool.run(10, Work(task));
  EXPECT_EQ(on, std::this_thread::get_id());
}

TEST(ThreadPool, ServesSeveralRunsAtOnce) {
  ThreadPool pool(3);
  std::atomic<int> done = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&] {
      for (int again = 0; again < 100; ++again) {
        std::atomic<int> left = 50;
        auto task = [&]() noexcept {
          while (left.fetch_sub(1) > 0) {
          }
        };
        pool.run(8, Work(task));
        if (left <= 0) ++done;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(done, 400);
}

}  // namespace
}  // namespace plimsoll::regress
