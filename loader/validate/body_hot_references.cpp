// The hot loop's instructions of references, structs and arrays that are less frequent. Each accepts what the rule of
// the same name in body_references.cpp or body_aggregates.cpp does, or leaves it to that.
#include "validate/hot_loop.hpp"

namespace plimsoll {

bool HotLoop::value_type(Byte& p, ValueType& type) const noexcept {
  const std::uint32_t byte = *p;
  if (byte == 0x63 || byte == 0x64) {
    ++p;
    if (is_off(Feature::function_references) || !heap_type(p, type)) return false;
    type = type.with_null(byte == 0x63);
    return true;
  }
  if (byte - 0x7B < 5) {  // v128, f64, f32, i64, i32
    ++p;
    type = ValueType::from_bits(0x80 - byte);
    return type != v128 || !is_off(Feature::simd);
  }
  if (!is_abstract_heap_type(static_cast<std::uint8_t>(byte)) || !heap_type(p, type)) return false;
  type = type.with_null(true);
  return true;
}

HotLoop::At HotLoop::select_typed(At at) const noexcept {
  ValueType type;
  if (*at.p++ != 1 || !value_type(at.p, type)) return {};
  if (at.sp[-1] != i32.bits() || !fits(at.sp[-2], type.bits()) || !fits(at.sp[-3], type.bits())) return {};
  at.sp -= 2;
  at.sp[-1] = type.bits();
  return at;
}

HotLoop::At HotLoop::br_on_null(At at) const noexcept {
  const Frame* const frame = frame_at(at.p);
  const std::uint32_t reference = at.sp[-1];
  if (frame == nullptr || !is_reference(reference)) return {};
  const std::span<const ValueType> types = checker_.label_types(*frame);
  at.sp = take(at.sp - 1, types);
  if (at.sp == nullptr) return {};
  at.sp = put_label(at.sp, *frame, types);
  *at.sp++ = ValueType::from_bits(reference).with_null(false).bits();
  return at;
}

HotLoop::At HotLoop::br_on_non_null_listed(At at) const noexcept {
  const Frame* const frame = frame_at(at.p);
  if (frame == nullptr) return {};
  const std::span<const ValueType> types = checker_.label_types(*frame);
  if (types.empty() || !types.back().is_reference() || !fits(at.sp[-1], types.back().with_null(true).bits())) return {};
  const std::span<const ValueType> below = types.first(types.size() - 1);
  at.sp = take(at.sp - 1, below);
  if (at.sp != nullptr) at.sp = put_label(at.sp, *frame, below);
  return at;
}

HotLoop::At HotLoop::br_on_cast(At at, bool fail) const noexcept {
  const TypeStore& store = checker_.module_.types;
  const unsigned flags = *at.p++;
  if (flags > 3 || checker_.exact_types_) return {};
  const Frame* const frame = frame_at(at.p);
  ValueType from;
  ValueType to;
  if (frame == nullptr || !heap_type(at.p, from) || !heap_type(at.p, to)) return {};
  from = from.with_null((flags & 1U) != 0);
  to = to.with_null((flags & 2U) != 0);
  const ValueType rest = from.with_null(from.is_nullable() && !to.is_nullable());
  const std::span<const ValueType> types = checker_.label_types(*frame);
  if (!store.matches(to, from) || store.top(to).heap_type() == HeapType::cont || types.empty() ||
      !store.matches(fail ? rest : to, types.back()) || !fits(at.sp[-1], from.bits()))
    return {};
  const std::span<const ValueType> below = types.first(types.size() - 1);
  at.sp = take(at.sp - 1, below);
  if (at.sp == nullptr) return {};
  at.sp = put_label(at.sp, *frame, below);
  *at.sp++ = (fail ? to : rest).bits();
  return at;
}

// From a reference that is known not to be shared.
HotLoop::At HotLoop::convert(At at, HeapType from, HeapType to) const noexcept {
  const ValueType found = ValueType::from_bits(at.sp[-1]);
  if (!is_reference(at.sp[-1]) || has_unknown_share(found) || !fits(at.sp[-1], ValueType::reference(from, true).bits()))
    return {};
  at.sp[-1] = ValueType::reference(to, found.is_nullable()).bits();
  return at;
}

// --- Structs and arrays ---------------------------------------------------------------------------------------------

// With a descriptor, the instruction is another.
HotLoop::At HotLoop::struct_new(At at) const noexcept {
  std::uint32_t index;
  const TypeStore& types = checker_.module_.types;
  if (!hot::read_index(at.p, index) || !types.is(index, CompositeKind::struct_) || types[index].has_descriptor != 0)
    return {};
  const std::span<const FieldType> fields = types.fields(index);
  for (std::size_t i = fields.size(); i != 0; --i)
    if (!fits(*--at.sp, fields[i - 1].storage().unpacked().bits())) return {};
  *at.sp++ = made(ValueType::reference(types[index].canonical, false).bits());
  return at;
}

HotLoop::At HotLoop::struct_new_default(At at) const noexcept {
  std::uint32_t index;
  const TypeStore& types = checker_.module_.types;
  if (!hot::read_index(at.p, index) || !types.is(index, CompositeKind::struct_) || types[index].has_descriptor != 0 ||
      types[index].all_defaultable == 0)
    return {};
  *at.sp++ = made(ValueType::reference(types[index].canonical, false).bits());
  return at;
}

HotLoop::At HotLoop::array_new(At at) const noexcept {
  FieldType element;
  std::uint32_t reference;
  if (at.sp[-1] != i32.bits() || !array(at.p, element, reference) ||
      !fits(at.sp[-2], element.storage().unpacked().bits()))
    return {};
  --at.sp;
  at.sp[-1] = made(reference);
  return at;
}

HotLoop::At HotLoop::array_new_default(At at) const noexcept {
  FieldType element;
  std::uint32_t reference;
  if (at.sp[-1] != i32.bits() || !array(at.p, element, reference) || !element.storage().is_defaultable()) return {};
  at.sp[-1] = made(reference);
  return at;
}

HotLoop::At HotLoop::array_new_fixed(At at) const noexcept {
  FieldType element;
  std::uint32_t reference;
  std::uint32_t count;
  if (!array(at.p, element, reference) || !hot::read_index(at.p, count) || count > checker_.limits_.array_new_fixed)
    return {};
  for (; count != 0; --count)
    if (!fits(*--at.sp, element.storage().unpacked().bits())) return {};
  *at.sp++ = made(reference);
  return at;
}

HotLoop::At HotLoop::array_set(At at) const noexcept {
  FieldType element;
  std::uint32_t reference;
  if (!array(at.p, element, reference) || !element.is_mutable() ||
      !fits(at.sp[-1], element.storage().unpacked().bits()) || at.sp[-2] != i32.bits() || !fits(at.sp[-3], reference))
    return {};
  at.sp -= 3;
  return at;
}

HotLoop::At HotLoop::array_fill(At at) const noexcept {
  FieldType element;
  std::uint32_t reference;
  if (at.sp[-1] != i32.bits() || !array(at.p, element, reference) || !element.is_mutable() ||
      !fits(at.sp[-2], element.storage().unpacked().bits()) || at.sp[-3] != i32.bits() || !fits(at.sp[-4], reference))
    return {};
  at.sp -= 4;
  return at;
}

HotLoop::At HotLoop::array_copy(At at) const noexcept {
  FieldType to;
  FieldType from;
  std::uint32_t target;
  std::uint32_t source;
  if (!array(at.p, to, target) || !array(at.p, from, source) || !to.is_mutable() ||
      !checker_.module_.types.matches(from.storage(), to.storage()))
    return {};
  if (at.sp[-1] != i32.bits() || at.sp[-2] != i32.bits() || !fits(at.sp[-3], source) || at.sp[-4] != i32.bits() ||
      !fits(at.sp[-5], target))
    return {};
  at.sp -= 5;
  return at;
}

}  // namespace plimsoll
