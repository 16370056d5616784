// Errors as one line of text.
#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>

#include "plimsoll/error.hpp"
#include "plimsoll/instructions.hpp"
#include "plimsoll/types.hpp"

namespace plimsoll {
namespace {

std::string type_text(std::uint64_t bits) {
  return bits == Error::no_operand ? "nothing" : to_string(ValueType::from_bits(static_cast<std::uint32_t>(bits)));
}

// What an operand should have been: the bottom types stand for all types, or all references.
std::string expected_text(std::uint64_t bits) {
  if (bits == bottom.bits()) return "a value";
  const std::string text = type_text(bits);
  return text == "(ref bottom)" ? "a reference" : text;
}

std::string hexadecimal(std::uint64_t number) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  do {
    text.insert(text.begin(), digits[number & 15U]);
    number >>= 4;
  } while (number != 0);
  if (text.size() == 1) text.insert(text.begin(), '0');
  return text;
}

std::string byte_list(std::uint64_t bytes, std::uint64_t count) {
  std::string text;
  for (std::uint64_t i = 0; i < std::min<std::uint64_t>(count, 4); ++i)
    text += (i == 0 ? "" : " ") + hexadecimal(bytes >> (8 * i) & 0xFFU);
  return text;
}

std::string counted(std::uint64_t number, std::string_view thing) {
  return std::to_string(number) + " " + std::string(thing) + (number == 1 ? "" : "s");
}

// By CompositeKind.
std::string composite_text(std::uint64_t kind) {
  constexpr std::string_view names[] = {"a function type", "a struct type", "an array type", "a continuation type"};
  return std::string(kind < std::size(names) ? names[kind] : "another type");
}

std::string section_text(std::uint64_t id) {
  return std::string(section_name(static_cast<std::uint8_t>(id))) + " section";
}

std::string both(const std::string& expected, const std::string& found) {
  return ": expected " + expected + ", found " + found;
}

std::string detail_text(const Error& error) {
  const std::string found = std::to_string(error.found);
  const std::string expected = std::to_string(error.expected);
  switch (error.detail) {
    case ErrorDetail::none: return {};
    case ErrorDetail::index: return " " + found + ": there are " + (error.expected == 0 ? "none" : expected);
    case ErrorDetail::number: return " " + found;
    case ErrorDetail::types: return both(expected_text(error.expected), type_text(error.found));
    case ErrorDetail::type: return ": found " + type_text(error.found);
    case ErrorDetail::composite: return both(composite_text(error.expected), composite_text(error.found));
    case ErrorDetail::arity: return both(counted(error.expected, "value"), found);
    case ErrorDetail::exact: return both(expected, found);
    case ErrorDetail::count: return both("at most " + expected, found);
    case ErrorDetail::minimum: return ": minimum " + found + ", maximum " + expected;
    case ErrorDetail::alignment:
      return both(
          (error.code == ErrorCode::bad_alignment ? "at most " : "") + counted(1ULL << (error.expected & 63U), "byte"),
          error.found < 64 ? std::to_string(1ULL << error.found) : "2^" + found);
    case ErrorDetail::byte: return ": found 0x" + hexadecimal(error.found);
    case ErrorDetail::bytes:
      return ": found " + (error.expected == 0 ? "nothing" : byte_list(error.found, error.expected));
    case ErrorDetail::opcode:
      return " " + (error.expected != 0 ? hexadecimal(error.expected) + " " : "") + hexadecimal(error.found);
    case ErrorDetail::section:
      return ": found the " + section_text(error.found) +
             (error.found == error.expected ? " a second time" : " behind the " + section_text(error.expected));
    case ErrorDetail::system: return ": " + std::generic_category().message(static_cast<int>(error.found));
  }
  return {};
}

std::string place_text(const Error& error, std::string_view function_name) {
  std::string text;
  if (error.instruction < instruction_count)
    text += " (in " + std::string(row(static_cast<Opcode>(error.instruction)).name) + ")";
  if (error.function != Error::no_function) {
    text += " in function " + std::to_string(error.function);
    if (!function_name.empty()) text += " <" + std::string(function_name) + ">";
  } else if (error.section != Error::no_section) {
    text += " in the " + section_text(error.section);
  }
  return text;
}

}  // namespace

std::string_view section_name(std::uint8_t id) noexcept {
  constexpr std::string_view names[] = {"custom", "type",  "import",  "function", "table", "memory",     "global",
                                        "export", "start", "element", "code",     "data",  "data count", "tag"};
  return id < std::size(names) ? names[id] : "unknown";
}

std::string describe(const Error& error, std::string_view function_name) {
  const std::string feature(name(error.feature));
  std::string text = error.code == ErrorCode::feature_required ? "feature " + feature + " is off"
                                                               : std::string(message(error.code)) + detail_text(error);
  text += place_text(error, function_name);
  if (error.feature == Feature::none) return text;
  if (error.code != ErrorCode::feature_required) text += "; needs " + feature;
  return text + "; enable it with --features " + feature;
}

}  // namespace plimsoll
