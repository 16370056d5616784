// When containers grew: copies made then are named for it.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "ledger/mapped_array.hpp"

namespace plimsoll::regress {

// A container that grows allocates, where it allocated before, a block of twice or one and a half times the size, moves
// or copies its elements, and frees the old block. What is allocated in between belongs to the growth. Not thread-safe. Memory, mapped: 16 bytes a growth, of at
// most a million.
class GrowthSpans {
 public:
  static constexpr std::size_t least_block = 256;

  constexpr GrowthSpans() noexcept = default;

  [[nodiscard]] bool begin() noexcept {
    clear();
    return spans_.allocate_up_to(std::size_t{1} << 20, 1024);
  }

  void clear() noexcept {
    spans_.release();
    size_ = 0;
    recent_.fill(Born{});
  }

  // `stack`: who allocates it; the same number for all, where that is not known.
  void allocated(std::uint64_t size, std::uint64_t event, std::uint32_t stack) noexcept {
    if (size >= least_block) recent_[size_class(size)] = {.size = size, .event = event, .stack = stack};
  }

  void released(std::uint64_t size, std::uint64_t birth, std::uint64_t death, std::uint32_t stack) noexcept {
    if (size < least_block || size_ == spans_.size()) return;
    const std::size_t first = size_class(size);
    for (std::size_t i = first; i < std::min(first + 2, recent_.size()); ++i) {
      const Born& born = recent_[i];
      if (born.event <= birth || born.stack != stack || !is_growth(size, born.size)) continue;
      spans_[size_++] = {.begin = born.event, .end = death};
      return;
    }
  }

  // Puts the spans in order and joins those that overlap: before hold.
  void finish() noexcept {
    const auto spans = spans_.span().first(size_);
    std::ranges::sort(spans, {}, &Span::begin);
    std::size_t kept = 0;
    for (const Span span : spans) {
      if (kept != 0 && span.begin <= spans[kept - 1].end) {
        spans[kept - 1].end = std::max(spans[kept - 1].end, span.end);
      } else {
        spans[kept++] = span;
      }
    }
    size_ = kept;
  }

  // Whether a block that was born at `event` was born while a container grew. O(log spans).
  [[nodiscard]] bool hold(std::uint64_t event) const noexcept {
    const auto spans = spans_.span().first(size_);
    const auto after = std::ranges::lower_bound(spans, event, {}, &Span::begin);
    return after != spans.begin() && event < std::prev(after)->end;
  }

 private:
  // One and a half times as many elements: as many bytes, but for one element.
  static constexpr std::uint64_t largest_element = 64;

  struct Born {
    std::uint64_t size = 0;
    std::uint64_t event = 0;
    std::uint32_t stack = 0;
  };
  struct Span {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
  };

  static bool is_growth(std::uint64_t from, std::uint64_t to) noexcept {
    return to == 2 * from || (to >= from + from / 2 - largest_element && to <= from + from / 2 + largest_element);
  }

  static std::size_t size_class(std::uint64_t size) noexcept {
    return static_cast<std::size_t>(std::bit_width(size)) - 1;
  }

  std::array<Born, 64> recent_{};  // the last one of each size class
  MappedArray<Span> spans_;
  std::size_t size_ = 0;
};

}  // namespace plimsoll::regress
