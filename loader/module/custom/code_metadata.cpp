// The views of `metadata.code.*`.
#include "module/custom/code_metadata.hpp"

namespace plimsoll {

CodeHint read_code_hint(SectionReader& reader) noexcept {
  CodeHint hint;
  hint.offset = reader.offset();
  hint.position = reader.u32();
  const std::uint32_t size = reader.length();
  hint.value = {reader.offset(), size};
  reader.take(size);
  return hint;
}

FunctionHints read_function_hints(SectionReader& reader) noexcept {
  constexpr std::uint32_t least_hint = 2;
  FunctionHints function;
  function.offset = reader.offset();
  function.function = reader.u32();
  function.hints = read_inner_list<CodeHint, read_code_hint>(reader, least_hint);
  return function;
}

CallTarget read_call_target(SectionReader& reader) noexcept {
  CallTarget target;
  target.offset = reader.offset();
  target.function = reader.u32();
  target.percent = reader.u32();
  return target;
}

EntryList<FunctionHints> code_metadata(std::span<const std::byte> module, const CustomSection& section) noexcept {
  constexpr std::uint32_t least_function = 2;
  if (!is_code_metadata(section.kind)) return {};
  SectionReader reader(module, section.contents);
  return read_list<FunctionHints, read_function_hints>(reader, least_function);
}

std::optional<bool> branch_likely(std::span<const std::byte> module, const CodeHint& hint) noexcept {
  SectionReader reader(module, hint.value);
  const std::uint8_t value = reader.byte();
  return reader.ok() && reader.at_end() && value <= 1 ? std::optional(value == 1) : std::nullopt;
}

std::optional<std::uint32_t> trace_mark(std::span<const std::byte> module, const CodeHint& hint) noexcept {
  SectionReader reader(module, hint.value);
  const std::uint32_t mark = reader.u32();
  return reader.ok() && reader.at_end() ? std::optional(mark) : std::nullopt;
}

// Bytes behind the two numbers are for later versions of the proposal.
std::optional<CompilationPriority> compilation_priority(std::span<const std::byte> module,
                                                        const CodeHint& hint) noexcept {
  SectionReader reader(module, hint.value);
  CompilationPriority priority;
  priority.compilation = reader.u32();
  if (reader.ok() && !reader.at_end()) priority.optimization = reader.u32();
  return reader.ok() ? std::optional(priority) : std::nullopt;
}

// The same behind the one.
std::optional<std::uint8_t> instruction_frequency(std::span<const std::byte> module, const CodeHint& hint) noexcept {
  SectionReader reader(module, hint.value);
  const std::uint8_t frequency = reader.byte();
  const bool known = frequency <= InstructionFrequency::most || frequency == InstructionFrequency::always_optimize;
  return reader.ok() && known ? std::optional(frequency) : std::nullopt;
}

EntryList<CallTarget> call_targets(std::span<const std::byte> module, const CodeHint& hint) noexcept {
  constexpr std::uint32_t least_target = 2;
  return {module, hint.value, hint.value.size / least_target, take_entry<CallTarget, read_call_target>};
}

}  // namespace plimsoll
