// Errors as one line of text.
#include <cstring>
#include <string>

#include "plimsoll/error.hpp"
#include "plimsoll/instructions.hpp"
#include "plimsoll/types.hpp"

namespace plimsoll {
namespace {

// Stack positions that are not value types: see validate/body.hpp. An operand that is not there at all.
constexpr std::uint32_t nothing = 0xFFFF'FFFF;

std::string type_text(std::uint32_t bits) {
  return bits == nothing ? "nothing" : to_string(ValueType::from_bits(bits));
}

std::string hexadecimal(std::uint32_t number) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  do {
    text.insert(text.begin(), digits[number & 15U]);
    number >>= 4;
  } while (number != 0);
  if (text.size() == 1) text.insert(text.begin(), '0');
  return text;
}

std::string detail_text(const Error& error) {
  switch (error.detail) {
    case ErrorDetail::none: return {};
    case ErrorDetail::index:
      if (error.code == ErrorCode::illegal_opcode)
        return (error.expected != 0 ? " " + hexadecimal(error.expected) : std::string()) + " " +
               hexadecimal(error.found);
      return " " + std::to_string(error.found);
    case ErrorDetail::types: return ": expected " + type_text(error.expected) + ", found " + type_text(error.found);
    case ErrorDetail::count:
      return ": " + std::to_string(error.found) + ", expected at most " + std::to_string(error.expected);
    case ErrorDetail::system: return std::string(": ") + std::strerror(static_cast<int>(error.found));
  }
  return {};
}

}  // namespace

std::string describe(const Error& error) {
  std::string text;
  if (error.code == ErrorCode::feature_required)
    text = "feature " + std::string(name(error.feature)) + " is off";
  else
    text = std::string(message(error.code)) + detail_text(error);
  if (error.instruction < instruction_count)
    text += " (in " + std::string(row(static_cast<Opcode>(error.instruction)).name) + ")";
  if (error.function != Error::no_function) text += " in function " + std::to_string(error.function);
  if (error.feature != Feature::none) text += "; enable it with --features " + std::string(name(error.feature));
  return text;
}

}  // namespace plimsoll
