// Writing types (specification 3.0, section 5.3), in the shortest form that each has.
#pragma once

#include <cstdint>

#include "encode/writer.hpp"
#include "plimsoll/types.hpp"

namespace plimsoll::fuzz {

// The heap type of a reference: one byte, a type index, or an exact or shared one with its prefix.
void write_heap_type(Writer& out, ValueType reference);
// A value type, a storage type, a reference type.
void write_value_type(Writer& out, ValueType type);
void write_field(Writer& out, FieldType field);
// The limits of a table or memory, with what goes with them in the flags: address type, sharing, page size.
void write_limits(Writer& out, const SizeLimits& limits, bool is_memory);
// A sub type; the short form, unless long ones are asked for, if it is final and has no supertype. Linear in its members.
void write_sub_type(Writer& out, const SubType& type);

// The content of a type section: a range of SubType, group by group. A group of one type is written without `rec`; with long forms
// it has one, and there is an empty group behind the others.
template <class Types>
void write_types(Writer& out, Types&& types) {
  constexpr unsigned rec_group = 0x4E;
  const auto count = static_cast<std::uint32_t>(types.size());
  std::uint32_t groups = 0;
  for (std::uint32_t i = 0; i < count; ++i) groups += types[i].starts_group ? 1 : 0;
  const bool is_long = out.style().is_long(Feature::gc);
  out.u32(groups + (is_long ? 1 : 0));
  for (std::uint32_t i = 0; i < count;) {
    std::uint32_t end = i + 1;
    while (end < count && !types[end].starts_group) ++end;
    if (end - i != 1 || is_long) {
      out.byte(rec_group);
      out.u32(end - i);
    }
    for (; i < end; ++i) write_sub_type(out, types[i]);
  }
  if (!is_long) return;
  out.byte(rec_group);
  out.u32(0);
}

}  // namespace plimsoll::fuzz
