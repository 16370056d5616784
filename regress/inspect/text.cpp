#include "inspect/text.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace plimsoll::regress::inspect {
namespace {

unsigned char at(std::string_view text, std::size_t index) { return static_cast<unsigned char>(text[index]); }

// Control characters beyond ASCII, and those that turn the direction of writing: they make a terminal show what is not there.
bool steers(std::string_view character) {
  if (character.size() == 2) return at(character, 0) == 0xC2 && at(character, 1) < 0xA0;
  if (character.size() != 3 || at(character, 0) != 0xE2) return false;
  const unsigned last_two = unsigned{at(character, 1)} << 8U | at(character, 2);
  return (last_two >= 0x80A8 && last_two <= 0x80AE) || last_two == 0x808E || last_two == 0x808F ||
         (last_two >= 0x81A6 && last_two <= 0x81A9);
}

bool is_identifier_character(char c) {
  constexpr std::string_view marks = "!#$%&'*+-./:<=>?@\\^_`|~";
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || marks.find(c) != marks.npos;
}

template <class Float, class Bits>
std::string float_text(Bits bits, unsigned fraction_bits) {
  const auto number = std::bit_cast<Float>(bits);
  std::string text = (bits >> (sizeof(Bits) * 8 - 1)) != 0 ? "-" : "";
  if (std::isnan(number)) {
    const Bits payload = bits & ((Bits{1} << fraction_bits) - 1);
    text += "nan";
    if (payload != Bits{1} << (fraction_bits - 1)) text += ":" + hexadecimal(payload);
    return text;
  }
  std::array<char, 40> digits;
  text.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), std::fabs(number)).ptr);
  return text;
}

}  // namespace

std::size_t utf8_character(std::string_view text) noexcept {
  const unsigned char first = at(text, 0);
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((at(text, i) & 0xC0U) != 0x80) return 0;
  }
  const unsigned char second = at(text, 1);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool surrogate_or_beyond = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
  return overlong || surrogate_or_beyond ? 0 : size;
}

std::string hexadecimal_byte(unsigned char byte) {
  constexpr std::string_view digits = "0123456789abcdef";
  return {digits[byte >> 4U], digits[byte & 15U]};
}

std::string hexadecimal(std::uint64_t number) {
  std::array<char, 18> digits = {'0', 'x'};
  return {digits.data(), std::to_chars(digits.data() + 2, digits.data() + digits.size(), number, 16).ptr};
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  while (!text.empty()) {
    const std::size_t size = utf8_character(text);
    const std::string_view character = text.substr(0, std::max<std::size_t>(size, 1));
    const unsigned char first = at(text, 0);
    if (first == '"' || first == '\\') {
      result += '\\';
      result += character;
    } else if (size == 0 || first < 0x20 || first == 0x7F || steers(character)) {
      for (const char c : character) result += '\\' + hexadecimal_byte(static_cast<unsigned char>(c));
    } else {
      result += character;
    }
    text.remove_prefix(character.size());
  }
  return result + '"';
}

std::string cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  while (most != 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
  return std::string(text.substr(0, most)) + "...";
}

std::string identifier(std::string_view name) {
  if (!name.empty() && std::ranges::all_of(name, is_identifier_character)) return '$' + std::string(name);
  return '$' + quoted(name);
}

std::string float32_text(std::uint32_t bits) { return float_text<float>(bits, 23); }
std::string float64_text(std::uint64_t bits) { return float_text<double>(bits, 52); }

}  // namespace plimsoll::regress::inspect
