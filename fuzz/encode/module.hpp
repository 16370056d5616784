// Whole modules: sections put together in any order, and a loaded Module written again (specification 3.0, section 5.5).
#pragma once

#include <span>

#include "encode/writer.hpp"
#include "plimsoll/module.hpp"

namespace plimsoll::fuzz {

// A section to be written: its id and all that stands behind its size.
struct SectionBytes {
  SectionId id = SectionId::custom;
  Bytes payload;
};

// A module of these sections, in this order, whatever it is, with their sizes set right. Linear.
Bytes assemble_sections(std::span<const SectionBytes> sections, Style style = {});

// The sections of a module in the order in which they stand, each written anew from the Module's records, from its names and
// custom sections as views, and from its instructions one by one.
//
// What is loaded from the result is equal to `module` (encode/difference.hpp), but for compact imports, which are written one by
// one. The bytes are those of the module too if it was written in the shortest way: shortest numbers; each type index the lowest
// of its type; no `rec` around one type and none around nothing, no `sub` that says nothing; `funcref` rather than
// `(ref null func)`; tables and memories of segments and memargs left out where they are the first.
//
// Linear in the module; throws only std::bad_alloc. `extra` and `long_forms` are those of Style, whose features are the module's.
std::vector<SectionBytes> encode_sections(const Module& module, unsigned extra = 0, bool long_forms = false);
Bytes encode(const Module& module, unsigned extra = 0, bool long_forms = false);

// Entries of sections, for writers of modules that are not loaded yet.
void write_table_type(Writer& out, ValueType element, const SizeLimits& limits);
void write_global_type(Writer& out, ValueType type, bool is_mutable, bool is_shared);
// A segment up to its items, which the caller writes: their number first. `offset` is the constant expression of an active one,
// with its `end`; `element.offset` and `element.items` are not looked at.
void write_element_front(Writer& out, const Element& element, std::span<const std::byte> offset);
// The same up to the size of the contents.
void write_data_front(Writer& out, const Data& data, std::span<const std::byte> offset);

}  // namespace plimsoll::fuzz
