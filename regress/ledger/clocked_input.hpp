// The bytes of a module in pages of their own, so that the input clock (D4: input_clock.hpp) can see which were read.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <utility>

#include "ledger/mapped_array.hpp"

namespace plimsoll::regress {

// A private mapping of a copy of the module, from the start of a page on. Give the loader bytes(), and the object to
// Recording::begin. Costs the module's size in memory, none of it heap, and reading it once. Movable; bytes() stay where
// they are. A const ClockedInput may be read by any number of threads.
class ClockedInput {
 public:
  // Nothing: out of memory.
  [[nodiscard]] static std::optional<ClockedInput> create(std::span<const std::byte> module_bytes) noexcept;

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return pages_.span().first(size_); }

  // All of the pages: bytes() and the zeros behind them.
  [[nodiscard]] std::span<const std::byte> pages() const noexcept { return pages_.span(); }

 private:
  ClockedInput(MappedArray<std::byte>&& pages, std::size_t size) noexcept : pages_(std::move(pages)), size_(size) {}

  MappedArray<std::byte> pages_;
  std::size_t size_ = 0;
};

}  // namespace plimsoll::regress
