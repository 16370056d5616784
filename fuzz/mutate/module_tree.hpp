// A module as a tree that can be changed and written again: its sections, their entries, bodies, instructions and immediates.
//
// Made for damaging modules and for cutting them down, so it reads what is malformed as well: a part that does not follow the
// grammar (specification 3.0, chapter 5) is kept as raw bytes. Written again, a tree that nobody has changed gives the bytes that
// it was read from, and one whose parts have come or gone gets sizes and counts that are right. It is found without the loader's
// help, so that the loader can be judged by it; of the loader it uses the table of instructions alone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mutate/small_bytes.hpp"
#include "plimsoll/instructions.hpp"

namespace plimsoll::fuzz {

enum class Kind : std::uint8_t {
  // Branches: their own bytes, then their children.
  root,        // the preamble, then sections
  section,     // its id, its size, its content
  sequence,    // the parts of an entry
  counted,     // the number of children, then the children
  labels,      // the same, of label
  catches,     // the same, of catch clauses
  handlers,    // the same, of handlers of a resume
  types,       // the same, of value_type
  body,        // its size; unopened, its content as bytes; opened, local declarations and instructions
  string,      // its size, its bytes
  expression,  // instructions
  instruction,
  value_type,  // one byte; or a prefix, then a heap_type
  block_type,  // the same; or a type index alone, as a heap_type
  memarg,
  // Leaves.
  raw,  // bytes of which nothing is known
  opcode,
  form,  // of a type: which kind of it follows
  limits_flags,
  cast_flags,
  catch_kind,
  extern_kind,
  mutability,
  byte,
  lane,
  lanes,      // sixteen of them
  constant4,  // the bytes of f32.const
  constant8,
  constant16,
  // Numbers in LEB128.
  alignment,
  offset,
  limit,
  number,
  segment_flags,
  type_index,
  function_index,
  table_index,
  memory_index,
  global_index,
  tag_index,
  element_index,
  data_index,
  local_index,
  field_index,
  label,
  local_count,
  sleb32,
  sleb64,
  heap_type,  // of 33 bits, signed
};

// The order matters: see Kind.
constexpr bool is_leaf(Kind kind) noexcept { return kind >= Kind::raw; }
constexpr bool is_number(Kind kind) noexcept { return kind >= Kind::alignment; }
constexpr bool is_signed(Kind kind) noexcept { return kind >= Kind::sleb32; }
constexpr bool is_counted(Kind kind) noexcept { return kind >= Kind::counted && kind <= Kind::types; }

struct Node {
  Kind kind = Kind::raw;
  std::uint8_t width = 1;  // the fewest bytes for the size or the count: linkers leave five
  std::int8_t skew = 0;    // by how much the size or the count that is written is wrong
  bool tried = false;      // opened, or found not to follow the grammar
  SmallBytes bytes = {};
  std::vector<Node> children = {};
};

// Reads a module. Bodies stay unopened, which is what keeps large modules quick. Linear in the module.
[[nodiscard]] Node parse(std::span<const std::byte> module);

// The same, with sections unopened as well: each has one raw child. Linear in the module, and little more than a copy of it.
[[nodiscard]] Node parse_sections(std::span<const std::byte> module);

// Opens a section of parse_sections, if it is not open; what does not follow the grammar stays raw. Linear in the section.
void open_section(Node& section);

// Opens a body, if it follows the grammar and is not open. True if it is open now. Linear in the body.
bool open_body(Node& body);

// Opens all sections, and every body that follows the grammar.
void open_all(Node& node);

// Reads instructions up to the end of the bytes. Empty if they do not follow the grammar.
[[nodiscard]] std::vector<Node> parse_instructions(std::span<const std::byte> bytes);

// Writes the bytes. Linear in the tree times its depth.
[[nodiscard]] Bytes encode(const Node& node);

// The way from the root to the innermost node that holds a byte: the positions among the children, outermost first. Opens the body
// on the way. Empty if the byte is in none of them.
[[nodiscard]] std::vector<std::size_t> path_to(Node& root, std::size_t offset);
[[nodiscard]] Node& at_path(Node& root, std::span<const std::size_t> path) noexcept;

// The number in a leaf that holds one (sign-extended where it is signed), and a new number for it, as short as can be.
[[nodiscard]] std::uint64_t number(const Node& leaf) noexcept;
void set_number(Node& leaf, std::uint64_t value);
[[nodiscard]] Node number_leaf(Kind kind, std::uint64_t value);

// The kinds of the immediates of an instruction, in their order; the rest is Kind::root, which stands for nothing.
[[nodiscard]] std::array<Kind, 4> immediate_kinds(Imm imm) noexcept;

// The row of an instruction node; null if its opcode is none.
[[nodiscard]] const InstructionRow* row_of(const Node& instruction) noexcept;
[[nodiscard]] Node opcode_leaf(const InstructionRow& row);

// The section with an id, the first one; null if there is none.
[[nodiscard]] Node* find_section(Node& root, std::uint8_t id) noexcept;
[[nodiscard]] const Node* find_section(const Node& root, std::uint8_t id) noexcept;
[[nodiscard]] std::uint8_t section_id(const Node& section) noexcept;
// The entries of a section that is a list of them; null if it is none, or does not follow the grammar.
[[nodiscard]] Node* entries_of(Node& section) noexcept;
[[nodiscard]] const Node* entries_of(const Node& section) noexcept;
// The same of a section that may have to be opened first, and of the section with an id, if there is one.
[[nodiscard]] Node* open_entries(Node& section);
[[nodiscard]] Node* open_entries(Node& root, std::uint8_t id);

// The entries of a section, which is made if there is none; null if what is there does not follow the grammar. What was found before in
// the list of sections may have moved.
[[nodiscard]] Node* entries_or_new(Node& root, std::uint8_t id);

// Puts a section in front of the first one that belongs behind it.
void insert_section(Node& root, Node&& section);

}  // namespace plimsoll::fuzz
