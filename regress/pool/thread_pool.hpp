// ThreadPool: threads that wait for work, for loads that may use several (plimsoll/executor.hpp).
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "plimsoll/executor.hpp"

namespace plimsoll::regress {

// An executor of up to `threads` threads, the one that calls run() included. Threads that the system refuses are done without.
// Thread-safe: a run that comes while another is on has its caller's thread to itself.
class ThreadPool final : public Executor {
 public:
  // Starts threads - 1 threads. Throws std::bad_alloc.
  explicit ThreadPool(std::size_t threads);
  ~ThreadPool() override;

  void run(std::size_t most_useful, Work work) noexcept override;

 private:
  void serve() noexcept;

  std::mutex running_;  // held for a run
  std::mutex mutex_;    // guards what follows
  std::condition_variable wake_;
  std::condition_variable done_;
  const Work* work_ = nullptr;  // to be taken by `wanted_` more threads
  std::size_t wanted_ = 0;
  std::size_t busy_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;  // not jthread, which libc++ 19 has not got
};

}  // namespace plimsoll::regress
