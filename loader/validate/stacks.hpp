// The operand stack and the control stack of the body checker, in one block of memory: operands grow from its front,
// frames from its back, and only one block grows. One bound holds for both: five bytes of a body add at most eight
// words. That is a block in unreachable code that takes three or more parameters: a guard, a bundle and a frame, and
// what opened the code.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <new>

#include "plimsoll/types.hpp"

namespace plimsoll {

// A control frame; its kind is in its guard, at operand height - 1.
struct Frame {
  std::uint32_t height = 0;  // operand stack entries below its operands
  ValueType value;  // the block's type as a word (see namespace block); its one result, if that is what it says

  [[nodiscard]] std::uint32_t type() const noexcept { return value.bits(); }
};

class Stacks {
 public:
  static constexpr std::size_t frame_words = sizeof(Frame) / sizeof(std::uint32_t);

  explicit Stacks(std::pmr::memory_resource* memory) noexcept : memory_(memory) {}
  Stacks(const Stacks&) = delete;
  Stacks& operator=(const Stacks&) = delete;
  ~Stacks() { release(); }

  // The bottom of the operands.
  [[nodiscard]] std::uint32_t* operands() const noexcept { return words_; }
  // The frame at a depth counted from the outermost, 0.
  [[nodiscard]] Frame& frame(std::uint32_t depth) const noexcept {
    return *(std::launder(reinterpret_cast<Frame*>(words_ + size_)) - 1 - depth);
  }
  void put_frame(std::uint32_t depth, const Frame& value) noexcept {
    ::new (words_ + size_ - frame_words * (depth + std::size_t{1})) Frame(value);
  }

  // Words left between the two, when there are so many operands and frames.
  [[nodiscard]] std::size_t free_words(std::size_t operands, std::uint32_t frames) const noexcept {
    return size_ - operands - frame_words * frames;
  }

  // Makes `extra` words free. `bytes_left` is how much of the body is still to come. Throws std::bad_alloc; amortised
  // constant time per word, and the old and the new block together stay below 7 bytes per byte of the body.
  void reserve(std::size_t operands, std::uint32_t frames, std::size_t extra, std::size_t bytes_left) {
    if (size_ != 0 && free_words(operands, frames) >= extra) return;
    constexpr std::size_t first = 512;
    constexpr std::size_t small = 8192;
    const std::size_t used = operands + frame_words * frames;
    const std::size_t bound = used + extra + bytes_left + bytes_left * 2 / 3 + 4 * frame_words;
    // Large stacks are made by large bodies: there the last step comes early, so that the block it leaves is small.
    const bool last_step = size_ >= small && 64 * size_ >= bound;
    std::size_t size = last_step ? bound : std::min(bound, std::max(4 * size_, first));
    size = std::max({size, used + extra, size_ + size_ / 4});  // a quarter more, should the bound ever be wrong
    auto* words = static_cast<std::uint32_t*>(memory_->allocate(size * sizeof(std::uint32_t), alignof(std::uint32_t)));
    if (operands != 0) std::memcpy(words, words_, operands * sizeof(std::uint32_t));
    if (frames != 0)
      std::memcpy(words + size - frame_words * frames, words_ + size_ - frame_words * frames, frames * sizeof(Frame));
    release();
    words_ = words;
    size_ = size;
  }

 private:
  void release() noexcept {
    if (words_ != nullptr) memory_->deallocate(words_, size_ * sizeof(std::uint32_t), alignof(std::uint32_t));
    words_ = nullptr;
  }

  std::pmr::memory_resource* memory_;
  std::uint32_t* words_ = nullptr;
  std::size_t size_ = 0;  // words
};

}  // namespace plimsoll
