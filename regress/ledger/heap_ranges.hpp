// Where the heap is, and what else is in a program, so that a word can be told to look like a pointer.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace plimsoll::regress {

// A few ranges that hold every block seen so far, and more: found by looking, not by what addresses look like on one
// system.
// Not thread-safe. O(1).
class HeapRanges {
 public:
  constexpr HeapRanges() noexcept = default;

  void clear() noexcept { size_ = 0; }

  void add(std::uintptr_t address, std::uint64_t size) noexcept {
    const std::uintptr_t end = address + size;
    for (Range& range : std::span(ranges_).first(size_)) {
      if (address >= range.begin && end <= range.end) return;
      if (end + reach < range.begin || address > range.end + reach) continue;
      if (address < range.begin) range.begin = address;
      if (end > range.end) range.end = end;
      return;
    }
    if (size_ < ranges_.size()) ranges_[size_++] = {address, end};
  }

  // One past the end is a pointer, too.
  [[nodiscard]] bool hold(std::uint64_t word) const noexcept {
    for (const Range& range : std::span(ranges_).first(size_)) {
      if (word >= range.begin && word <= range.end) return true;
    }
    return false;
  }

 private:
  struct Range {
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
  };
  // Blocks that are nearer than this belong to the same range.
  static constexpr std::uintptr_t reach = std::uintptr_t{1} << 30;

  std::array<Range, 8> ranges_{};
  std::size_t size_ = 0;
};

}  // namespace plimsoll::regress
