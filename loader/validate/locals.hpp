// Locals of one function: their types, and which of them have a value (specification 3.0, sections 3.4.3 and 5.5.13).
//
// The first locals are spread out in a flat array that the hot loop indexes; the rest stay as runs, so that 50,000
// locals declared in five bytes cost no more than five bytes should.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "plimsoll/types.hpp"
#include "validate/scratch.hpp"

namespace plimsoll {

class Locals {
 public:
  static constexpr std::uint32_t flat_capacity = 256;
  // Set in a flat entry while the local has no value yet; no value type has this bit, only the fields that are mutable.
  static constexpr std::uint32_t unset_bit = 64;

  explicit Locals(std::pmr::memory_resource* memory) noexcept
      : flat_(memory), runs_(memory), late_(memory), log_(memory) {}

  // Starts a function, in which there can be `limit` declarations, and as many writes, at most: its parameters, which
  // must live as long, all have values. Constant time. Throws std::bad_alloc.
  void begin(std::span<const ValueType> parameters, std::uint32_t limit) {
    limit_ = limit;
    flat_.grow(0, flat_capacity, flat_capacity);
    forget_initialised();
    parameters_ = parameters;
    count_ = static_cast<std::uint32_t>(parameters.size());
    run_count_ = 0;
    for (std::uint32_t i = 0; i < flat_size(); ++i) flat_.data()[i] = parameters[i].bits();
  }
  // Adds `count` locals of one type. The caller has checked the limit. Throws std::bad_alloc.
  void add(std::uint32_t count, ValueType type) {
    if (count == 0) return;
    const std::uint32_t bits = type.bits() | (type.is_defaultable() ? 0 : unset_bit);
    for (std::uint32_t i = count_; i < count_ + count && i < flat_capacity; ++i) flat_.data()[i] = bits;
    count_ += count;
    if (count_ <= flat_capacity) return;
    runs_.grow(run_count_, run_count_ + 1, limit_);
    runs_.data()[run_count_++] = {count_, bits};
  }

  [[nodiscard]] std::uint32_t size() const noexcept { return count_; }
  [[nodiscard]] const std::uint32_t* flat() const noexcept { return flat_.data(); }
  [[nodiscard]] std::uint32_t flat_size() const noexcept { return std::min(count_, flat_capacity); }

  // The type of a local, which must exist, and whether it has a value. Logarithmic in the runs beyond the flat part.
  [[nodiscard]] ValueType type(std::uint32_t index) const noexcept {
    return ValueType::from_bits(bits(index) & ~unset_bit);
  }
  [[nodiscard]] bool has_value(std::uint32_t index) const noexcept {
    return (bits(index) & unset_bit) == 0 || (index >= flat_capacity && late_.has(index));
  }
  // Gives a local its value, to be taken back when the frame at `depth` ends. Throws std::bad_alloc.
  void initialise(std::uint32_t index, std::uint32_t depth) {
    if (has_value(index)) return;
    log_.grow(log_size_, log_size_ + 1, limit_);
    if (index < flat_capacity) {
      flat_.data()[index] &= ~unset_bit;
    } else {
      late_.reserve(count_);
      late_.set(index);
    }
    log_.data()[log_size_++] = {index, depth};
  }
  [[nodiscard]] bool any_initialised() const noexcept { return log_size_ != 0; }
  // Takes back the values given in frames at `depth` and deeper.
  void leave(std::uint32_t depth) noexcept {
    while (log_size_ != 0 && log_.data()[log_size_ - 1].depth >= depth) {
      const std::uint32_t index = log_.data()[--log_size_].index;
      if (index < flat_capacity)
        flat_.data()[index] |= unset_bit;
      else
        late_.clear(index);
    }
  }

 private:
  struct Run {
    std::uint32_t end;
    std::uint32_t bits;
  };
  struct Initialised {
    std::uint32_t index;
    std::uint32_t depth;
  };
  void forget_initialised() noexcept { leave(0); }
  [[nodiscard]] std::uint32_t bits(std::uint32_t index) const noexcept {
    if (index < flat_capacity) return flat_.data()[index];
    if (index < parameters_.size()) return parameters_[index].bits();
    const Run* run = std::upper_bound(runs_.data(), runs_.data() + run_count_, index,
                                      [](std::uint32_t value, const Run& r) { return value < r.end; });
    return run->bits;
  }

  std::span<const ValueType> parameters_;
  ScratchArray<std::uint32_t> flat_;
  ScratchArray<Run> runs_;  // of what is declared
  ScratchBits late_;
  ScratchArray<Initialised> log_;
  std::uint32_t limit_ = 0;
  std::uint32_t count_ = 0;
  std::uint32_t run_count_ = 0;
  std::uint32_t log_size_ = 0;
};

}  // namespace plimsoll
