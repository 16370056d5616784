// Every allocation of a recording, by serial number, dead or alive: what the end of a recording looks back on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ledger/mapped_array.hpp"

namespace plimsoll::regress {

struct LoggedBlock {
  std::uint64_t size = 0;    // bytes
  std::uint64_t birth = 0;   // number of the event that allocated it
  std::uint64_t death = 0;   // that freed it; 0 = still there
  std::uint32_t stack = 0;   // of Stacks
  std::uint32_t tick = 0;    // pages of the input touched when it was allocated
  std::uint64_t copied = 0;  // bytes of the module that D2 found in it

  // Whether this block was there when another was born.
  [[nodiscard]] bool lived_at(std::uint64_t event) const noexcept {
    return birth < event && (death == 0 || death > event);
  }
};

// Not thread-safe. Memory: 48 bytes an allocation, mapped; blocks after the first 32 million are not logged.
class BlockLog {
 public:
  constexpr BlockLog() noexcept = default;

  [[nodiscard]] bool begin() noexcept { return blocks_.allocate_up_to(std::size_t{1} << 25, 1024); }
  void clear() noexcept {
    blocks_.release();
    size_ = 0;
  }

  // `serial` counts from 1, without gaps.
  void add(std::uint64_t serial, const LoggedBlock& block) noexcept {
    if (serial > blocks_.size()) return;
    blocks_[serial - 1] = block;
    size_ = serial;
  }

  // nullptr: not logged.
  [[nodiscard]] LoggedBlock* find(std::uint64_t serial) noexcept {
    return serial == 0 || serial > size_ ? nullptr : &blocks_[serial - 1];
  }

  // [serial - 1]
  [[nodiscard]] std::span<const LoggedBlock> blocks() const noexcept { return blocks_.span().first(size_); }

 private:
  MappedArray<LoggedBlock> blocks_;
  std::size_t size_ = 0;
};

}  // namespace plimsoll::regress
