// A small text form of modules, for tests: what stands in the sections, in the order of the binary format, in words.
//
// Words are separated by spaces; brackets stand around what the binary format counts. Numbers are decimal or 0x hexadecimal
// and are written as the shortest LEB128; `#7f` is a byte as it is.
//
//   value types   i32 i64 f32 f64 v128, funcref externref anyref ..., ref:HEAP and null:HEAP, where HEAP is func, any, none
//                 ... or a type index; in fields also i8 and i16. Of proposals: exact:INDEX and shared:HEAP
//   types         func [ i32 i64 ] [ f32 ]    struct [ i32 mut i64 ]    array mut i8
//                 sub [ 3 ] struct [ ]    sub_final [ ] func [ ] [ ]    rec [ TYPE TYPE ... ]
//                 of proposals: cont 0, and in front of a type shared, describes 0, descriptor 1
//   sizes         1..10 or 1..  in front of it the words i64 and shared
//   imports       env f func 0    env t table funcref 1..    env m memory 0..1    env g global mut i32    env e tag 0
//                 of proposals: env f exact_func 0    env items [ f func 0 m memory 1.. ]    env names func 0 [ f g ]
//   tables        funcref 1..10    ref:func 1.. init EXPRESSION
//   globals       mut i32 EXPRESSION    shared mut i32 EXPRESSION
//   exports       name func 0
//   elements      0 EXPRESSION [ 1 2 ]    1 0 [ 1 ]    2 TABLE EXPRESSION 0 [ 1 ]    3 0 [ 1 ]
//                 4 EXPRESSION [ EXPRESSION ... ]    5 funcref [ ... ]    6 TABLE EXPRESSION funcref [ ... ]    7 funcref [ ]
//   data          0 EXPRESSION bytes    1 bytes    2 MEMORY EXPRESSION bytes
//   bodies        local 2 i32 local 1 f64 INSTRUCTION ...   with the body's last `end` left out
//
// An EXPRESSION is instructions with their `end`. An instruction is its name and its immediates, as they are encoded:
// block types are `void`, a value type or `=` with a type index; a memarg is the exponent of the alignment and the offset, in
// front of them `m1` if the memory is not 0; lists stand in brackets (br_table [ 0 1 ] 2, try_table void [ catch 0 1 ],
// resume 2 [ on 0 1 on_switch 3 ]); a memory ordering is a byte. The
// second encodings of one name are called select_t, ref.test_null, ref.cast_null,
// ref.cast_desc_eq_null. '' is an empty name or string.
#pragma once

#include <string_view>
#include <vector>

#include "testing/bytes.hpp"

namespace plimsoll::test {

// The sections of a module; those without text are left out.
struct ModuleText {
  std::string_view types = {};
  std::string_view imports = {};
  std::string_view functions = {};
  std::string_view tables = {};
  std::string_view memories = {};
  std::string_view tags = {};
  std::string_view globals = {};
  std::string_view exports = {};
  std::string_view start = {};
  std::string_view elements = {};
  std::string_view data_count = {};
  std::vector<std::string_view> bodies = {};
  std::string_view data = {};
};

// The bytes of the module. Throws std::invalid_argument, saying which word it did not understand.
Bytes assemble(const ModuleText& module);

// The bytes of parts of one: instructions without an `end` of their own; a body without its size but with its `end`; a type.
Bytes assemble_code(std::string_view instructions);
Bytes assemble_body(std::string_view body);
Bytes assemble_value_type(std::string_view type);
// A section's payload: the entries with their number in front.
Bytes assemble_types(std::string_view types);

}  // namespace plimsoll::test
