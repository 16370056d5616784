// The wide path: what is the same for all bodies, and a body as a whole (checker.hpp).
#include "validate/wide/checker.hpp"

#include <algorithm>

#include "validate/wide/tables.hpp"

namespace plimsoll::wide {

Checker::Checker(const ModuleData& module, Vectors vectors) noexcept
    : module_(module), vectors_(vectors), disabled_(~module.features.bits()) {
  if (module.memories.size() != 0) memory_ = module.memories[0].limits.is_64 ? MemoryKind::large : MemoryKind::small;
  if (module.tables.size() != 0 && module.types.matches(module.tables[0].element, funcref))
    table_address_ = code_of(module.tables[0].address_type());
  tables_.opcode_effects = opcode_effects[static_cast<std::size_t>(memory_)];
  for (std::size_t i = 0; i < opcode_features.size(); ++i)
    if ((disabled_ >> opcode_features[i] & 1U) != 0) tables_.opcode_effects[i] = Group::doubt;
  const std::size_t globals = std::min<std::size_t>(module.globals.size(), DecodeTables::short_indices);
  for (std::size_t i = 0; i < globals; ++i) {
    const FieldType type = module.globals.data()[i].type;
    const auto code = static_cast<std::uint8_t>(code_of(type.storage()));
    tables_.codes[DecodeTables::global_read][i] = code;
    if (type.is_mutable()) tables_.codes[DecodeTables::global_written][i] = code;
  }
  keys_.fill(no_key);
  used_by_.fill(0);
  for (std::size_t i = 0; i < fixed_effect_rows.size(); ++i) effects_[i] = fixed_effect_rows[i];
}

Vectors best_vectors() noexcept {
#ifdef __x86_64__
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi") || !__builtin_cpu_supports("bmi2") ||
      !__builtin_cpu_supports("popcnt"))
    return Vectors::none;
  const bool can_512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                       __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi") &&
                       __builtin_cpu_supports("avx512vbmi2");
  return can_512 ? Vectors::avx512 : Vectors::avx2;
#else
  return Vectors::none;
#endif
}

bool Checker::find_instructions() noexcept {
  switch (vectors_) {
    case Vectors::avx512: return decode_avx512() && classify_avx512();
    case Vectors::avx2: return decode_avx2() && classify_avx2();
    case Vectors::none: return false;
  }
  return false;
}

bool Checker::accepts(const std::uint8_t* begin, const std::uint8_t* end, std::uint32_t type, const Locals& locals,
                      Stacks& stacks) {
  const std::span<const ValueType> results = module_.types.results(type);
  const std::uint32_t result = results.empty() ? 0 : code_of(results.front());
  if (results.size() > 1 || (results.size() == 1 && result == 0)) return false;
  auto& codes = tables_.codes[DecodeTables::local];
  const std::uint32_t count = std::min<std::uint32_t>(locals.flat_size(), DecodeTables::short_indices);
  for (std::uint32_t i = 0; i < count; ++i)
    codes[i] = static_cast<std::uint8_t>(code_of(ValueType::from_bits(locals.flat()[i])));
  if (count < local_count_) std::fill(codes.begin() + count, codes.begin() + local_count_, std::uint8_t{0});
  local_count_ = count;
  locals_ = &locals;
  position_ = begin;
  end_ = end;
  stacks_ = &stacks;
  stacks.reserve(0, 0, 1, static_cast<std::size_t>(end - begin));
  frames_ = stacks.operands();
  frames_[0] = result | result << 4 | no_else;
  depth_ = 1;
  never_goes_on_ = -1;
  stack_ = code::guard;
  spilled_size_ = 0;
  while (depth_ != 0)
    if (position_ >= end || !find_instructions() || !check_calls() || !check_control() || !check_types()) return false;
  return stack_ == result && spilled_size_ == 0;
}

}  // namespace plimsoll::wide
