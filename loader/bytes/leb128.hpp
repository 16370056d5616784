// LEB128 (specification 3.0, section 5.2.2): the variable-length integers of the binary format, read strictly.
//
// The readers return the position behind the number, or null after storing why there is none. The one-byte case, which is
// nearly all of a module, is inline; the rest is out of line so that the caller's loop stays small.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "plimsoll/error.hpp"

namespace plimsoll {

// Where and why a number could not be read.
struct LebFailure {
  const std::uint8_t* at = nullptr;
  ErrorCode code = ErrorCode::unexpected_end_of_section;
};

// Reads an unsigned number of at most `bits` bits from [position, end).
template <std::unsigned_integral T, unsigned bits = std::numeric_limits<T>::digits>
const std::uint8_t* read_unsigned(const std::uint8_t* position, const std::uint8_t* end, T& value,
                                  LebFailure& failure) noexcept {
  T result = 0;
  unsigned shift = 0;
  for (; position != end; ++position, shift += 7) {
    if (shift >= bits) {
      failure = {position, ErrorCode::integer_too_long};
      return nullptr;
    }
    const std::uint8_t byte = *position;
    if (shift + 7 > bits && (byte & 0x7FU) >> (bits - shift) != 0) {
      failure = {position, ErrorCode::integer_too_large};
      return nullptr;
    }
    result = static_cast<T>(result | static_cast<T>(byte & 0x7FU) << shift);
    if ((byte & 0x80U) == 0) {
      value = result;
      return position + 1;
    }
  }
  failure = {end, shift >= bits ? ErrorCode::integer_too_long : ErrorCode::unexpected_end_of_section};
  return nullptr;
}

// Reads a signed number of `bits` bits from [position, end); the unused bits of the last byte must repeat the sign.
template <unsigned bits>
const std::uint8_t* read_signed(const std::uint8_t* position, const std::uint8_t* end, std::int64_t& value,
                                LebFailure& failure) noexcept {
  std::uint64_t result = 0;
  unsigned shift = 0;
  for (; position != end; ++position, shift += 7) {
    if (shift >= bits) {
      failure = {position, ErrorCode::integer_too_long};
      return nullptr;
    }
    const std::uint8_t byte = *position;
    if (shift + 7 > bits) {
      const unsigned unused = (0x7FU << (bits - shift - 1)) & 0x7FU;
      if ((byte & unused) != 0 && (byte & unused) != unused) {
        failure = {position, ErrorCode::integer_too_large};
        return nullptr;
      }
    }
    result |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if ((byte & 0x80U) == 0) {
      const unsigned width = shift + 7;
      if (width < 64 && (byte & 0x40U) != 0) result |= ~std::uint64_t{0} << width;
      value = static_cast<std::int64_t>(result);
      return position + 1;
    }
  }
  failure = {end, shift >= bits ? ErrorCode::integer_too_long : ErrorCode::unexpected_end_of_section};
  return nullptr;
}

// Reads an unsigned number of at most three bytes; there must be three. Its length, or 0 if it is longer. For numbers of
// which one is as long as the last: the length is guessed, and the next read need not wait for it.
inline unsigned read_three(const std::uint8_t* position, std::uint32_t& value) noexcept {
  value = position[0];
  if (value < 0x80) [[likely]]
    return 1;
  value = (value & 0x7F) | static_cast<std::uint32_t>(position[1] & 0x7F) << 7;
  if (position[1] < 0x80) return 2;
  value |= static_cast<std::uint32_t>(position[2]) << 14;
  return position[2] < 0x80 ? 3 : 0;
}

// A number of which eight bytes are there to be read at once. What it says is for numbers in their usual forms; the others are
// for the readers above.
class LebWord {
 public:
  static constexpr std::ptrdiff_t read_at_once = 8;

  // All eight bytes must be there.
  explicit LebWord(const std::uint8_t* position) noexcept {
    for (unsigned i = 0; i < 8; ++i) word_ |= static_cast<std::uint64_t>(position[i]) << (8 * i);
    size_ = (static_cast<unsigned>(std::countr_zero(~word_ & 0x8080'8080'8080'8080U)) >> 3) + 1;
  }

  // Bytes; 9 if there are more than 8.
  [[nodiscard]] unsigned size() const noexcept { return size_; }
  // Whether all of it is there: then it is a well-formed number of 64 bits, signed or not.
  [[nodiscard]] bool is_whole() const noexcept { return size_ <= 8; }
  // Whether it is a well-formed number of 32 bits, signed or not, for certain.
  [[nodiscard]] bool is_short() const noexcept { return size_ <= 4; }
  // Whether it is a well-formed signed number of 32 bits.
  [[nodiscard]] bool is_signed_32() const noexcept {
    const std::uint64_t unused = word_ >> 32 & 0x78;  // of the fifth byte, where the sign is the lowest of them
    return size_ <= 4 || (size_ == 5 && (unused == 0 || unused == 0x78));
  }
  // The unsigned number, if it is a short one.
  [[nodiscard]] std::uint32_t value() const noexcept {
    const auto bytes = static_cast<std::uint32_t>(word_ & ~std::uint64_t{0} >> (64 - 8 * size_));
    return (bytes & 0x7F) | (bytes & 0x7F00) >> 1 | (bytes & 0x7F'0000) >> 2 | (bytes & 0x7F00'0000) >> 3;
  }

 private:
  std::uint64_t word_ = 0;
  unsigned size_;
};

}  // namespace plimsoll
