// Scratch memory of the body checker: stacks that grow and are kept from one body to the next.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <type_traits>
#include <utility>

namespace plimsoll {

// A growable array of plain data. Growing copies, so for a moment there are two. The factor of four keeps the copies
// few; and because the caller says how much can be needed at most, the last step goes there at once, from less than a
// quarter of it: the two together never take more than one and a quarter of what a body can need.
template <class T>
class ScratchArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  explicit ScratchArray(std::pmr::memory_resource* memory) noexcept : memory_(memory) {}
  ScratchArray(ScratchArray&& other) noexcept
      : memory_(other.memory_), data_(std::exchange(other.data_, nullptr)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  ScratchArray(const ScratchArray&) = delete;
  ScratchArray& operator=(const ScratchArray&) = delete;
  ~ScratchArray() { release(); }

  [[nodiscard]] T* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

  // Room for `needed` entries, keeping the first `used`; `bound` is more than will ever be needed. Throws
  // std::bad_alloc.
  void grow(std::size_t used, std::size_t needed, std::size_t bound) {
    if (needed <= capacity_) return;
    constexpr std::size_t first = 64;
    std::size_t capacity = 16 * capacity_ >= bound ? bound : std::max(4 * capacity_, first);
    if (capacity < needed) capacity = needed;
    auto* data = static_cast<T*>(memory_->allocate(capacity * sizeof(T), alignof(T)));
    if (used != 0) std::memcpy(data, data_, used * sizeof(T));
    release();
    data_ = data;
    capacity_ = capacity;
  }

 private:
  void release() noexcept {
    if (data_ != nullptr) memory_->deallocate(data_, capacity_ * sizeof(T), alignof(T));
    data_ = nullptr;
  }

  std::pmr::memory_resource* memory_;
  T* data_ = nullptr;
  std::size_t capacity_ = 0;
};

// A set of small numbers, all absent at first.
class ScratchBits {
 public:
  explicit ScratchBits(std::pmr::memory_resource* memory) noexcept : words_(memory) {}
  // Room for numbers below `count`. Throws std::bad_alloc.
  void reserve(std::size_t count) {
    const std::size_t old = words_.capacity();
    const std::size_t needed = (count + 63) / 64;
    if (needed <= old) return;
    words_.grow(old, needed, std::max(needed, 4 * old));
    std::memset(words_.data() + old, 0, (words_.capacity() - old) * sizeof(std::uint64_t));
  }
  void set(std::uint32_t number) noexcept { words_.data()[number / 64] |= std::uint64_t{1} << number % 64; }
  void clear(std::uint32_t number) noexcept { words_.data()[number / 64] &= ~(std::uint64_t{1} << number % 64); }
  [[nodiscard]] bool has(std::uint32_t number) const noexcept {
    return number / 64 < words_.capacity() && (words_.data()[number / 64] >> number % 64 & 1U) != 0;
  }

 private:
  ScratchArray<std::uint64_t> words_;
};

}  // namespace plimsoll
