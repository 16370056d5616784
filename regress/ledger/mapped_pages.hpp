// Looks into memory that may be closed or not there yet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ledger/mapped_array.hpp"

namespace plimsoll::regress {

// Copies of what a mapping holds. Not thread-safe; memory, mapped: as large as the largest mapping looked at.
class MappedPages {
 public:
  // Of a larger mapping, the rest is not looked at.
  static constexpr std::size_t most_bytes = std::size_t{1} << 30;

  constexpr MappedPages() noexcept = default;

  [[nodiscard]] static std::size_t page_bytes() noexcept;

  // The bytes from `address` on, as far as pages are there; zeros where none is in between, or none may be read. Valid
  // until the next call. Touches no page that is not there already. Empty also when there is no memory for it.
  [[nodiscard]] std::span<const std::byte> read(std::uintptr_t address, std::uint64_t size) noexcept;

  void clear() noexcept { bytes_.release(); }

 private:
  void copy(std::uintptr_t address, std::size_t offset, std::size_t length, std::size_t page) noexcept;

  MappedArray<std::byte> bytes_;
};

}  // namespace plimsoll::regress
