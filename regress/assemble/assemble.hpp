// Assembles the readable source form of small modules (corpus/modules/*.hex) into bytes.
//
// The form, whole:
//
//   # text, ;; text     comment to the end of the line
//   00 61 736d          bytes: hexadecimal digits, two a byte, spaced as one likes
//   "text"              the bytes of the string; escapes: \" \\ \n \t and \hh (a byte in hexadecimal)
//   leb(N) sleb(N)      N as the shortest unsigned or signed LEB128, up to 64 bits; N is decimal or 0x hexadecimal
//   { ... }             the length of the group's bytes as LEB128, then the bytes: the size of a section, a body
//                       or a name needs no counting
//   digits(N)           N in decimal ASCII digits, at least seven
//   repeat(N) { ... }   the bytes N times, with no length before them
//   each(i, N) { ... }  the same, read anew each time with i from 0 to N - 1
//
// Wherever N stands, names may: i, and n if the caller gives one; and + - * / % and ( ) between them.
//
// The comments before the first byte may hold directives:
//
//   ;; expect: valid
//   ;; expect: invalid REASON         REASON: how the error's code or its message starts; left out: any
//   ;; at: 27                         the offset of the error, in bytes
//   ;; features: wasm3,threads        the feature list to load with; left out: the default features
//   ;; n: 100 20000                   the n of a small module of this kind, and of a large one
//
// Nothing checks that the bytes make a module: malformed ones are written in the same form.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::regress {

// The most bytes that one source may assemble to. More is an error, so a repeat of a repeat cannot eat the machine.
inline constexpr std::size_t assemble_limit = std::size_t{64} << 20;

// Where and why a source does not assemble. Line and column count from 1; a column is a byte.
struct AssembleError {
  std::size_t line = 1;
  std::size_t column = 1;
  std::string message;
};

// Returns the bytes that `source` stands for, with the name n for a number if it is given, or the first error. Keeps nothing of `source`; safe from any thread.
// Time and memory are linear in source plus output, the latter bounded by assemble_limit.
[[nodiscard]] std::expected<std::vector<std::byte>, AssembleError> assemble(
    std::string_view source, std::optional<std::uint32_t> n = std::nullopt);

enum class ExpectedVerdict { unstated, valid, invalid };

// What a source's directives say. `problem` is empty when they are well-formed; otherwise it says what is wrong
// (no verdict, one that is neither valid nor invalid, a directive given twice) and the other fields are not to be used.
struct Expectation {
  ExpectedVerdict verdict = ExpectedVerdict::unstated;
  std::string reason;  // how the error's code or message starts; empty: any. Only with ExpectedVerdict::invalid.
  std::optional<std::uint32_t> offset;   // of the error, in bytes, if it is stated. Only with ExpectedVerdict::invalid.
  std::string features;                  // the list as written; empty: the default features
  std::array<std::uint32_t, 2> sizes{};  // n, small and large; zero: none given
  std::string problem;
};

// Reads the directives in the comments before the first byte; needs no source that assembles. Safe from any thread.
[[nodiscard]] Expectation parse_expectation(std::string_view source);

}  // namespace plimsoll::regress
