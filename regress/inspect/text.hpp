// Words of the text format (specification 3.0, section 6.3): strings, identifiers, numbers.
#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace plimsoll::regress::inspect {

// Characters of the UTF-8 character that `text` starts with, in bytes; 0 if it starts with none. `text` is not empty.
[[nodiscard]] std::size_t utf8_character(std::string_view text) noexcept;

// Two hexadecimal digits.
[[nodiscard]] std::string hexadecimal_byte(unsigned char byte);
// `0x1f`.
[[nodiscard]] std::string hexadecimal(std::uint64_t number);
[[nodiscard]] std::string decimal(std::integral auto number) {
  std::array<char, 24> digits;
  return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr};
}

// The text between double quotes. Whatever could steer a terminal, or is not UTF-8, is escaped as `\hh`.
[[nodiscard]] std::string quoted(std::string_view text);
// `$name`, or `$"some name"` where its characters need the quotes.
// The text, or its first `most` bytes, less where a character would be cut, and `...`.
[[nodiscard]] std::string cut(std::string_view text, std::size_t most);
[[nodiscard]] std::string identifier(std::string_view name);

// The number that these bits are, so that reading it back gives the same bits: the shortest decimal, `inf`, `nan`, or
// `nan:0x200001` for a payload other than the canonical one.
[[nodiscard]] std::string float32_text(std::uint32_t bits);
[[nodiscard]] std::string float64_text(std::uint64_t bits);

}  // namespace plimsoll::regress::inspect
