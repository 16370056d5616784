// Prefetch: brings the bytes of a chain near before they are wanted. In a chain each entry says where the next one stands (the
// sizes of bodies, of data segments), so a processor can guess ahead only by the pattern of the addresses, and that badly.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace plimsoll {

class Prefetch {
 public:
  // Of a chain whose entries all stand before `end`.
  explicit Prefetch(const std::uint8_t* end) noexcept : end_(end) {}

  // The next entry stands at `position`: what follows it may soon be wanted. What was skipped is not fetched any more.
  void next(const std::uint8_t* position) noexcept {
    const std::uint8_t* const until = position + std::min(end_ - position, ahead);
    for (fetched_ = std::max(fetched_, position); fetched_ < until; fetched_ += line) __builtin_prefetch(fetched_);
  }

 private:
  static constexpr std::ptrdiff_t line = 64;
  static constexpr std::ptrdiff_t ahead = 2048;

  const std::uint8_t* end_;
  const std::uint8_t* fetched_ = nullptr;
};

}  // namespace plimsoll
