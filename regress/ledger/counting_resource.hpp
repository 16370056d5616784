// A memory_resource that counts what goes through it and can be told to fail: for one loader's arena, where the
// process-wide hooks (recording.hpp) would see everybody's heap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <mutex>

#include "ledger/block_table.hpp"

namespace plimsoll::regress {

// What a CountingResource has seen so far. Sizes in bytes, as asked for.
struct ResourceCounts {
  std::uint64_t allocations = 0;    // successful ones
  std::uint64_t deallocations = 0;  // of blocks that were live
  std::uint64_t total = 0;          // sum of the sizes of all allocations
  std::uint64_t live = 0;           // bytes allocated and not yet given back; at the end: retained
  std::uint64_t peak = 0;           // most bytes live at one time
  std::uint64_t largest = 0;        // size of the largest block
  std::uint64_t failures = 0;       // allocations that threw, on purpose or in the upstream
  std::uint64_t mismatches = 0;     // deallocations that no allocation answers to: address, size or alignment differ

  friend bool operator==(const ResourceCounts&, const ResourceCounts&) = default;
};

// Forwards to `upstream`, which must outlive it. Thread-safe if the upstream is. Its own books come from mmap, so
// that process-wide hooks do not see them. Costs a lock and a table operation per call.
//
// A deallocation that does not match is counted and made harmless: an unknown address is not passed on, a wrong size
// or alignment is put right. Blocks still live when it is destroyed stay with the upstream.
class CountingResource final : public std::pmr::memory_resource {
 public:
  explicit CountingResource(std::pmr::memory_resource* upstream = std::pmr::new_delete_resource()) noexcept
      : upstream_(upstream) {}
  CountingResource(const CountingResource&) = delete;
  CountingResource& operator=(const CountingResource&) = delete;

  // The n-th allocation from now (1 = the next) throws std::bad_alloc, once; 0 takes the order back.
  void fail_at(std::uint64_t n) noexcept;

  [[nodiscard]] ResourceCounts counts() const noexcept;

  // Starts counting anew. Blocks that are live stay live: `live`, and `peak` from there on, include them.
  void reset_counts() noexcept;

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override;
  void do_deallocate(void* pointer, std::size_t bytes, std::size_t alignment) override;
  [[nodiscard]] bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }

  // Whether this allocation is the one that fail_at named.
  [[nodiscard]] bool must_fail() noexcept;

  std::pmr::memory_resource* upstream_;
  mutable std::mutex mutex_;  // guards all below; never held while calling the upstream
  BlockTable blocks_;
  ResourceCounts counts_;
  std::uint64_t fail_in_ = 0;  // allocations until the one that fails; 0 = none
};

}  // namespace plimsoll::regress
