// Call stacks of allocations: each different one kept once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>

#include "ledger/mapped_array.hpp"

namespace plimsoll::regress {

// Who called a hook: where the call returns to, and where on the stack that address stands.
struct CallSite {
  const void* return_address = nullptr;  // nullptr: not known
  const void* slot = nullptr;

  // Of the function that this is inlined into, which must be the hook itself.
  [[gnu::always_inline]] static CallSite here() noexcept {
#if defined(__x86_64__)
    return {.return_address = __builtin_return_address(0),
            .slot = static_cast<const char*>(__builtin_frame_address(0)) + sizeof(void*)};
#else
    return {.return_address = __builtin_return_address(0)};
#endif
  }
};

// Thread-safe. Unwinding a stack costs some microseconds; the same again from the same place costs some nanoseconds,
// because a cache remembers where on the stack its return addresses stood: if all are still there, it is the same stack.
class Stacks {
 public:
  static constexpr std::size_t most_frames = 24;
  static constexpr std::uint32_t none = 0;  // no stack: capturing is off, or there was no memory for it

  constexpr Stacks() noexcept = default;

  [[nodiscard]] bool begin() noexcept;
  void clear() noexcept;

  // Around fork: no other thread is in here when it happens.
  void lock() noexcept { mutex_.lock(); }
  void unlock() noexcept { mutex_.unlock(); }

  // The number, from 1, of the stack that led to `site`. Numbers are given in order of first appearance.
  [[nodiscard]] std::uint32_t capture(CallSite site) noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return count_; }  // of different stacks

  // Return addresses, innermost first. Valid until clear.
  [[nodiscard]] std::span<const std::uintptr_t> frames(std::uint32_t stack) const noexcept;

 private:
  struct Walk;
  struct Entry {
    std::uint64_t hash = 0;
    std::uint32_t first = 0;  // into pool_
    std::uint32_t length = 0;
  };
  struct Remembered {
    std::uint32_t stack = none;
    std::uint32_t length = 0;
    std::array<std::uintptr_t, most_frames> slots{};
  };

  [[nodiscard]] std::uint32_t recall(CallSite site) noexcept;
  [[nodiscard]] std::uint32_t intern(const Walk& walk, CallSite site) noexcept;
  [[nodiscard]] std::uint32_t find_or_add(std::span<const std::uintptr_t> frames) noexcept;
  [[nodiscard]] Remembered& remembered(CallSite site) noexcept;

  std::mutex mutex_;                  // guards all below
  MappedArray<Entry> entries_;        // [stack - 1]
  MappedArray<std::uint32_t> index_;  // hash -> stack, open addressing
  MappedArray<std::uintptr_t> pool_;
  MappedArray<Remembered> cache_;
  std::size_t count_ = 0;
  std::size_t pool_size_ = 0;
};

}  // namespace plimsoll::regress
