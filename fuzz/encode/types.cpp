#include "encode/types.hpp"

#include <algorithm>

#include "types/read_types.hpp"

namespace plimsoll::fuzz {
namespace {

unsigned heap_code(HeapType heap) noexcept {
  const auto found = std::ranges::find(heap_type_codes, heap, &HeapTypeCode::heap);
  return first_heap_code + static_cast<unsigned>(found - heap_type_codes.begin());
}

void write_abstract(Writer& out, ValueType reference) {
  if (reference.is_shared_abstract()) out.byte(shared_code);
  out.byte(heap_code(reference.heap_type()));
}

template <class Values>
void write_values(Writer& out, const Values& values) {
  out.u32(static_cast<std::uint32_t>(values.size()));
  for (const ValueType type : values) write_value_type(out, type);
}

}  // namespace

void write_heap_type(Writer& out, ValueType reference) {
  if (!reference.is_concrete()) return write_abstract(out, reference);
  if (!reference.is_exact()) return out.s33(reference.type_index());
  out.byte(exact_code);
  out.u32(reference.type_index());
}

void write_value_type(Writer& out, ValueType type) {
  constexpr unsigned first_number = 0x7F;  // i32, then i64, f32, f64, v128
  constexpr unsigned code_i8 = 0x78;
  constexpr unsigned code_i16 = 0x77;
  if (type.is_packed()) return out.byte(type == i8 ? code_i8 : code_i16);
  if (!type.is_reference()) return out.byte(first_number - (type.bits() - i32.bits()));
  const bool is_long = out.style().is_long(Feature::function_references);
  if (type.is_nullable() && !type.is_concrete() && !is_long) return write_abstract(out, type);
  out.byte(type.is_nullable() ? 0x63 : 0x64);
  write_heap_type(out, type);
}

void write_field(Writer& out, FieldType field) {
  write_value_type(out, field.storage());
  out.byte(field.is_mutable() ? 1 : 0);
}

void write_limits(Writer& out, const SizeLimits& limits, bool is_memory) {
  const bool own_page =
      limits.page_size_log2 != SizeLimits::usual_page || (is_memory && out.style().is_long(Feature::custom_page_sizes));
  out.byte((limits.has_maximum ? 1U : 0U) | (limits.is_shared ? 2U : 0U) | (limits.is_64 ? 4U : 0U) |
           (own_page ? 8U : 0U));
  out.u64(limits.minimum);
  if (limits.has_maximum) out.u64(limits.maximum);
  if (own_page) out.u32(limits.page_size_log2);
}

void write_sub_type(Writer& out, const SubType& type) {
  using namespace type_code;
  const bool has_supertype = type.supertype != SubType::no_supertype;
  if (!type.is_final || has_supertype || out.style().is_long(Feature::gc)) {
    out.byte(type.is_final ? sub_type_final : sub_type);
    out.u32(has_supertype ? 1 : 0);
    if (has_supertype) out.u32(type.supertype);
  }
  if (type.is_shared) out.byte(shared_code);
  const auto clause = [&](std::uint8_t code, std::uint32_t index) {
    if (index == SubType::no_type) return;
    out.byte(code);
    out.u32(index);
  };
  clause(describes_clause, type.described);
  clause(descriptor_clause, type.descriptor);
  switch (type.kind) {
    case CompositeKind::function:
      out.byte(function_type);
      write_values(out, type.parameters);
      write_values(out, type.results);
      break;
    case CompositeKind::struct_:
      out.byte(struct_type);
      out.u32(static_cast<std::uint32_t>(type.fields.size()));
      for (const FieldType field : type.fields) write_field(out, field);
      break;
    case CompositeKind::array:
      out.byte(array_type);
      write_field(out, type.fields.front());
      break;
    case CompositeKind::continuation:
      out.byte(continuation_type);
      out.s33(type.continued);
      break;
  }
}

}  // namespace plimsoll::fuzz
