// A memory resource for tests: fails when told to, knows what has not come back, and minds two threads at once.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <limits>
#include <map>
#include <memory_resource>
#include <new>
#include <thread>
#include <utility>

namespace plimsoll::test {

// Not thread-safe on purpose: what the loader does on several threads must not need it. `wrong` counts what is given back
// and was never taken, or with another size; and calls during a call.
class Bookkeeper final : public std::pmr::memory_resource {
 public:
  std::size_t allocations = 0;
  std::size_t fails_at = 0;                                       // the number of the allocation that fails, from 1
  std::size_t largest = std::numeric_limits<std::size_t>::max();  // bytes: what is larger fails
  std::size_t bytes = 0;                                          // live
  std::size_t peak = 0;
  std::atomic<std::size_t> wrong = 0;
  bool is_slow = false;  // so that two calls meet
  [[nodiscard]] std::size_t live() const { return blocks_.size(); }

 private:
  class Visit {
   public:
    explicit Visit(Bookkeeper& keeper) noexcept : keeper_(keeper) {
      if (keeper_.inside_.exchange(true)) ++keeper_.wrong;
    }
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;
    ~Visit() { keeper_.inside_ = false; }

   private:
    Bookkeeper& keeper_;
  };

  void* do_allocate(std::size_t size, std::size_t alignment) override {
    const Visit visit(*this);
    if (++allocations == fails_at || size > largest) throw std::bad_alloc();
    if (is_slow) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    void* block = std::pmr::new_delete_resource()->allocate(size, alignment);
    std::memset(block, 0xA5, size);  // what is read before it is written leads far away
    blocks_[block] = {size, alignment};
    bytes += size;
    peak = std::max(peak, bytes);
    return block;
  }
  void do_deallocate(void* block, std::size_t size, std::size_t alignment) override {
    const Visit visit(*this);
    const auto found = blocks_.find(block);
    if (found == blocks_.end() || found->second != std::pair(size, alignment)) {
      ++wrong;
      return;
    }
    blocks_.erase(found);
    bytes -= size;
    std::pmr::new_delete_resource()->deallocate(block, size, alignment);
  }
  [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

  std::atomic<bool> inside_ = false;
  std::map<void*, std::pair<std::size_t, std::size_t>> blocks_;
};

}  // namespace plimsoll::test
