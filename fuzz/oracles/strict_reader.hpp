// Reads numbers and names the slow way, for oracles that do not want to believe the loader's own cursor: one byte at a time, every
// bit looked at. What is not well-formed breaks the oracle `valid`, because only modules that the loader accepted come here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "oracles/require.hpp"

namespace plimsoll::fuzz {

class StrictReader {
 public:
  // Reads [position, end) of the module. Offsets count from its start.
  StrictReader(std::span<const std::byte> module, std::uint64_t position, std::uint64_t end)
      : module_(module), position_(position), end_(end) {
    if (position > end || end > module.size()) refuse("a part of the module lies in it", "one that does not");
  }

  [[nodiscard]] std::uint64_t offset() const noexcept { return position_; }
  [[nodiscard]] bool at_end() const noexcept { return position_ == end_; }
  [[nodiscard]] std::uint8_t peek() const noexcept { return at_end() ? std::uint8_t{0} : at(position_); }

  std::uint8_t byte() {
    if (at_end()) refuse("a part of the module goes on", "its end");
    return at(position_++);
  }
  void skip(std::uint64_t size) {
    if (size > end_ - position_) refuse("a part of the module is long enough", "a length beyond it");
    position_ += size;
  }
  void go_to(std::uint64_t position) {
    if (position < position_ || position > end_) refuse("a view lies where its entry does", std::to_string(position));
    position_ = position;
  }

  // Section 5.2.2: at most ceil(bits / 7) bytes, and no bit that does not belong to the number.
  std::uint64_t number(unsigned bits) {
    std::uint64_t value = 0;
    for (unsigned done = 0;; done += 7) {
      const unsigned next = byte();
      const unsigned room = bits > done ? bits - done : 0;
      if (room == 0) refuse("an unsigned number has no byte too many", "one more");
      if (room < 7 && (next & 0x7FU) >> room != 0) refuse("an unsigned number has no bit too many", "one more");
      value |= std::uint64_t{next & 0x7FU} << done;
      if (next < 0x80) return value;
    }
  }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(32)); }

  std::int64_t signed_number(unsigned bits) {
    std::uint64_t value = 0;
    for (unsigned done = 0;; done += 7) {
      const unsigned next = byte();
      const unsigned room = bits > done ? bits - done : 0;
      if (room == 0) refuse("a signed number has no byte too many", "one more");
      if (room < 7) {
        const unsigned rest = (next & 0x7FU) >> (room - 1);  // the sign and what must repeat it
        if (rest != 0 && rest != 0x7FU >> (room - 1)) refuse("a signed number repeats its sign", "another bit");
      }
      value |= std::uint64_t{next & 0x7FU} << done;
      if (next >= 0x80) continue;
      if (done + 7 < 64 && (next & 0x40U) != 0) value |= ~std::uint64_t{0} << (done + 7);
      return static_cast<std::int64_t>(value);
    }
  }

  // Where the name stands; whether it is UTF-8 is not asked here.
  std::string_view name() {
    const std::uint32_t size = u32();
    const std::uint64_t start = position_;
    skip(size);
    return {reinterpret_cast<const char*>(module_.data()) + start, size};
  }

  [[noreturn]] void refuse(std::string_view promise, std::string_view found) const {
    broken("valid", promise, std::string(found) + " at " + std::to_string(position_), "none in a module that is valid");
  }

 private:
  [[nodiscard]] std::uint8_t at(std::uint64_t position) const noexcept {
    return std::to_integer<std::uint8_t>(module_[static_cast<std::size_t>(position)]);
  }

  std::span<const std::byte> module_;
  std::uint64_t position_;
  std::uint64_t end_;
};

}  // namespace plimsoll::fuzz
