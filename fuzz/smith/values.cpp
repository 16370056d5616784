#include "smith/values.hpp"

#include <algorithm>
#include <array>

namespace plimsoll::fuzz {
namespace {

constexpr unsigned most_depth = 3;

bool all_defaultable(std::span<const FieldType> fields) noexcept {
  return std::ranges::all_of(fields, [](FieldType field) { return field.storage().is_defaultable(); });
}

}  // namespace

void write_indexed(Writer& out, Opcode opcode, std::uint32_t first, std::uint32_t second) {
  Instruction instruction;
  instruction.opcode = opcode;
  instruction.index[0] = first;
  instruction.index[1] = second;
  write_instruction(out, instruction);
}

std::uint64_t Values::number_bits() {
  const unsigned how = entropy_.byte();
  if (how < 128) return entropy_.byte();
  if (how < 192) {
    const std::uint64_t power = std::uint64_t{1} << entropy_.below(64);
    return power - entropy_.below(2);
  }
  if (how < 224) return ~std::uint64_t{0} - entropy_.below(64);
  return entropy_.bits(8);
}

bool Values::make(Writer& out, ValueType type, Place place, unsigned depth) {
  constexpr std::size_t long_enough = 200;  // bytes
  const std::size_t start = out.size();
  if (depth == 0) long_ = start + long_enough;
  if (start > long_) depth = most_depth;
  if (entropy_.one_in(3) && make_global(out, type, place)) return true;
  if (!type.is_reference()) {
    make_number(out, type, place, depth);
    return true;
  }
  if (make_reference(out, type, place, depth)) return true;
  out.truncate(start);
  return false;
}

// --- Numbers ------------------------------------------------------------------------------------------------------------

void Values::make_number(Writer& out, ValueType type, Place place, unsigned depth) {
  if (depth < most_depth && entropy_.one_in(4) && make_arithmetic(out, type, place, depth)) return;
  Instruction instruction;
  std::array<std::byte, 16> vector{};
  if (type == i32) {
    instruction.opcode = opcode("i32.const");
    instruction.value = number_bits();
  } else if (type == i64) {
    instruction.opcode = opcode("i64.const");
    instruction.value = number_bits();
  } else if (type == f32) {
    instruction.opcode = opcode("f32.const");
    instruction.value = entropy_.bits(4);
  } else if (type == f64) {
    instruction.opcode = opcode("f64.const");
    instruction.value = entropy_.bits(8);
  } else {
    instruction.opcode = opcode("v128.const");
    for (std::byte& byte : vector) byte = static_cast<std::byte>(entropy_.byte());
    instruction.bytes = vector.data();
  }
  write_instruction(out, instruction);
}

// An instruction that extended constant expressions may have, on operands of its own type.
bool Values::make_arithmetic(Writer& out, ValueType type, Place place, unsigned depth) {
  if (!features_.has(Feature::extended_const) || (type != i32 && type != i64)) return false;
  constexpr Opcode for_i32[] = {opcode("i32.add"), opcode("i32.sub"), opcode("i32.mul")};
  constexpr Opcode for_i64[] = {opcode("i64.add"), opcode("i64.sub"), opcode("i64.mul")};
  static_assert(row(for_i32[0]).constant == Const::extended && row(for_i64[2]).constant == Const::extended);
  make(out, type, place, depth + 1);
  make(out, type, place, depth + 1);
  write_indexed(out, type == i32 ? entropy_.pick(std::span(for_i32)) : entropy_.pick(std::span(for_i64)), 0);
  return true;
}

// --- References ---------------------------------------------------------------------------------------------------------

bool Values::make_reference(Writer& out, ValueType type, Place place, unsigned depth) {
  if (type.is_nullable() && (depth >= most_depth || entropy_.below(2) == 0)) return make_null(out, type);
  const std::size_t start = out.size();
  const auto undo = [&] {
    out.truncate(start);
    return false;
  };
  if (depth < most_depth) {
    if (entropy_.one_in(4) && (make_converted(out, type, place, depth) || undo())) return true;
    if (make_function(out, type, place)) return true;
    if (entropy_.one_in(2) && make_i31(out, type, place, depth)) return true;
    if (make_aggregate(out, type, place, depth) || undo()) return true;
  }
  if (make_i31(out, type, place, depth)) return true;
  if (type.is_nullable()) return make_null(out, type);
  if (place.in_body) return make_non_null(out, type);
  return make_global(out, type, place) || make_function(out, type, place);
}

bool Values::make_null(Writer& out, ValueType type) {
  Instruction instruction;
  instruction.opcode = opcode("ref.null");
  instruction.type = types_.narrower(type).with_null(true);
  write_instruction(out, instruction);
  return true;
}

bool Values::make_non_null(Writer& out, ValueType type) {
  make_null(out, type.with_null(true));
  write_indexed(out, opcode("ref.as_non_null"), 0);
  return true;
}

bool Values::make_global(Writer& out, ValueType type, Place place) {
  const auto count = static_cast<std::uint32_t>(plan_.globals.size());
  if (count == 0) return false;
  // Before gc, a constant expression could read imported globals only: the plan has those alone then.
  const std::uint32_t first = entropy_.below(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t index = (first + i) % count;
    const PlannedGlobal& global = plan_.globals[index];
    if ((global.is_mutable && !place.in_body) || (place.is_shared && !global.is_shared)) continue;
    if (!types_.store().matches(global.type, type)) continue;
    write_indexed(out, opcode("global.get"), index);
    return true;
  }
  return false;
}

bool Values::make_function(Writer& out, ValueType type, Place place) {
  const auto count = static_cast<std::uint32_t>(plan_.functions.size());
  if (count == 0) return false;
  const std::uint32_t first = entropy_.below(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t index = (first + i) % count;
    const PlannedFunction& function = plan_.functions[index];
    if (place.in_body && !function.is_declared) continue;
    const ValueType made = types_.made(function.type);
    if (!types_.store().matches(function.is_exact ? made : made.with_exact(false), type)) continue;
    write_indexed(out, opcode("ref.func"), index);
    return true;
  }
  return false;
}

bool Values::make_i31(Writer& out, ValueType type, Place place, unsigned depth) {
  if (!features_.has(Feature::gc)) return false;
  const ValueType made = ValueType::reference(HeapType::i31, false);
  const bool plain = types_.store().matches(made, type);
  const bool shared =
      features_.has(Feature::shared_everything_threads) && types_.store().matches(made.with_shared(true), type);
  if (!plain && !shared) return false;
  make(out, i32, place, depth + 1);
  write_indexed(out, plain ? opcode("ref.i31") : opcode("ref.i31_shared"), 0);
  return true;
}

bool Values::make_aggregate(Writer& out, ValueType type, Place place, unsigned depth) {
  if (!features_.has(Feature::gc)) return false;
  const TypeStore& store = types_.store();
  const std::uint32_t index = types_.find([&](std::uint32_t i) {
    const bool aggregate = store.is(i, CompositeKind::struct_) || store.is(i, CompositeKind::array);
    return aggregate && store.matches(types_.made(i), type);
  });
  return index != types_.size() && make_aggregate_of(out, index, place, depth);
}

bool Values::make_aggregate_of(Writer& out, std::uint32_t index, Place place, unsigned depth) {
  const TypeStore& store = types_.store();
  const bool is_array = store.is(index, CompositeKind::array);
  if (is_array) return make_array(out, index, place, depth);
  const std::span<const FieldType> fields = store.fields(index);
  const bool defaults = all_defaultable(fields) && entropy_.below(2) == 0;
  if (!defaults) {
    for (const FieldType field : fields)
      if (!make(out, field.storage().unpacked(), place, depth + 1)) return false;
  }
  const std::uint32_t descriptor = store.descriptor(index);
  const bool described = descriptor != TypeRecord::no_supertype;
  if (described && !make(out, types_.reference(descriptor, true).with_exact(true), place, depth + 1)) return false;
  if (described)
    write_indexed(out, defaults ? opcode("struct.new_default_desc") : opcode("struct.new_desc"), index);
  else
    write_indexed(out, defaults ? opcode("struct.new_default") : opcode("struct.new"), index);
  return true;
}

bool Values::make_array(Writer& out, std::uint32_t index, Place place, unsigned depth) {
  const ValueType element = types_.store().fields(index).front().storage().unpacked();
  const bool defaults = element.is_defaultable() && entropy_.below(2) == 0;
  const std::uint32_t count = entropy_.below(4);
  if (!defaults && entropy_.one_in(2)) {
    for (std::uint32_t i = 0; i < count; ++i)
      if (!make(out, element, place, depth + 1)) return false;
    write_indexed(out, opcode("array.new_fixed"), index, count);
    return true;
  }
  if (!defaults && !make(out, element, place, depth + 1)) return false;
  make(out, i32, place, depth + 1);
  write_indexed(out, defaults ? opcode("array.new_default") : opcode("array.new"), index);
  return true;
}

// A reference from outside made one from inside, or the other way round.
bool Values::make_converted(Writer& out, ValueType type, Place place, unsigned depth) {
  if (!features_.has(Feature::gc) || type.is_concrete()) return false;
  const bool outside = type.heap_type() == HeapType::extern_;
  if (!outside && type.heap_type() != HeapType::any) return false;
  const ValueType from = ValueType::reference(outside ? HeapType::any : HeapType::extern_, type.is_nullable())
                             .with_shared(type.is_shared_abstract());
  if (!make(out, from, place, depth + 1)) return false;
  write_indexed(out, outside ? opcode("extern.convert_any") : opcode("any.convert_extern"), 0);
  return true;
}

}  // namespace plimsoll::fuzz
