// From encodings to rows: pages derived from the table of instructions at compile time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "plimsoll/instructions.hpp"

namespace plimsoll {

inline constexpr std::uint16_t no_row = 0xFFFF;

namespace detail {

consteval std::size_t page_size(std::uint8_t prefix) {
  std::size_t size = 0;
  for (const InstructionRow& row : instruction_rows)
    if (row.prefix == prefix && row.code >= size) size = row.code + std::size_t{1};
  return size;
}

template <std::uint8_t prefix, std::size_t size>
consteval std::array<std::uint16_t, size> make_page() {
  std::array<std::uint16_t, size> page{};
  page.fill(no_row);
  for (std::size_t i = 0; i < instruction_count; ++i)
    if (instruction_rows[i].prefix == prefix) page[instruction_rows[i].code] = static_cast<std::uint16_t>(i);
  return page;
}

template <std::uint8_t prefix, std::size_t size = page_size(prefix)>
inline constexpr std::array<std::uint16_t, size> page = make_page<prefix, size>();

template <std::uint8_t prefix>
constexpr std::uint16_t find(std::uint32_t code) noexcept {
  return code < page<prefix>.size() ? page<prefix>[code] : no_row;
}

}  // namespace detail

// The byte of an instruction that has no prefix.
consteval std::uint8_t opcode_byte(std::string_view name) { return static_cast<std::uint8_t>(row(opcode(name)).code); }

// Whether the byte is a prefix that a number follows.
constexpr bool is_prefix(std::uint8_t byte) noexcept { return byte >= 0xFB && byte <= 0xFE; }

// The position in the table of the instruction encoded by `prefix` (0: none) and `code`, or `no_row`.
constexpr std::uint16_t find_row(std::uint8_t prefix, std::uint32_t code) noexcept {
  switch (prefix) {
    case 0xFB: return detail::find<0xFB>(code);
    case 0xFC: return detail::find<0xFC>(code);
    case 0xFD: return detail::find<0xFD>(code);
    case 0xFE: return detail::find<0xFE>(code);
    default: return detail::page<0, 256>[code & 0xFFU];
  }
}

}  // namespace plimsoll
