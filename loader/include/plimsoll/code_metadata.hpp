// Hints for instructions and functions in the custom sections `metadata.code.*` (the conventions of WebAssembly's tools,
// CodeMetadata; the proposals branch-hinting and compilation-hints).
// See custom_sections.hpp for what holds of all views.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "plimsoll/custom_sections.hpp"

namespace plimsoll {

// One hint.
struct CodeHint {
  std::uint32_t offset = 0;  // bytes from the start of the module, of the hint itself
  std::uint32_t position =
      0;            // bytes from the start of the function's body, local declarations included, to the instruction
  ByteRange value;  // what it says: see the functions below
};

// The hints of one function.
struct FunctionHints {
  std::uint32_t offset = 0;    // bytes, of the entry
  std::uint32_t function = 0;  // function index
  EntryList<CodeHint> hints;
};

// The functions that a section `metadata.code.*` has hints for; empty if it is another section. Constant time.
EntryList<FunctionHints> code_metadata(std::span<const std::byte> module, const CustomSection& section) noexcept;

// What the hints say, by the kind of their section. Each gives nothing for a value of another form. Constant time.

// Of branch_hints: whether the condition of `br_if` or `if` is likely to hold.
std::optional<bool> branch_likely(std::span<const std::byte> module, const CodeHint& hint) noexcept;

// Of trace_marks: the number of the mark.
std::optional<std::uint32_t> trace_mark(std::span<const std::byte> module, const CodeHint& hint) noexcept;

// Of compilation_priorities: functions with smaller numbers are compiled, and optimised, earlier.
struct CompilationPriority {
  static constexpr std::uint32_t run_once = 127;  // an optimisation priority
  std::uint32_t compilation = 0;
  std::optional<std::uint32_t> optimization;
};
std::optional<CompilationPriority> compilation_priority(std::span<const std::byte> module,
                                                        const CodeHint& hint) noexcept;

// Of instruction_frequencies: the logarithm to base two, plus 32, of how often the instruction is executed per call.
struct InstructionFrequency {
  static constexpr std::uint8_t never_optimize = 0;
  static constexpr std::uint8_t most = 64;
  static constexpr std::uint8_t always_optimize = 127;
};
std::optional<std::uint8_t> instruction_frequency(std::span<const std::byte> module, const CodeHint& hint) noexcept;

// Of call_targets: whom `call_indirect` or `call_ref` calls, and how often of a hundred times.
struct CallTarget {
  std::uint32_t offset = 0;  // bytes, of the entry
  std::uint32_t function = 0;
  std::uint32_t percent = 0;
};
EntryList<CallTarget> call_targets(std::span<const std::byte> module, const CodeHint& hint) noexcept;

}  // namespace plimsoll
