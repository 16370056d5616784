// Reads the binary format (specification 3.0, chapter 5) into nodes of a module_tree. For module_tree.cpp.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "mutate/module_tree.hpp"

namespace plimsoll::fuzz {

// The row whose opcode stands at the start of `bytes`; null if there is none. Constant time.
[[nodiscard]] const InstructionRow* find_row(std::span<const std::byte> bytes) noexcept;

// Once something does not follow the grammar, ok() is false and what is read further means nothing.
class TreeReader {
 public:
  explicit TreeReader(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}

  [[nodiscard]] bool at_end() const noexcept { return position_ == bytes_.size(); }
  [[nodiscard]] std::size_t position() const noexcept { return position_; }
  [[nodiscard]] bool ok() const noexcept { return ok_; }

  // A whole section, its content raw; none if it does not fit into the bytes.
  std::optional<Node> section();
  // The content of a section to the end of the bytes; raw if it does not follow the grammar, as is what stands behind it.
  std::vector<Node> content(std::uint8_t id);
  // The content of a body: local declarations, then instructions to the end. Empty if it does not follow the grammar.
  std::vector<Node> body();
  // Instructions to the end of the bytes, as an expression; without children if they do not follow the grammar.
  Node instructions();

 private:
  Node take(Kind kind, std::size_t size);
  Node leb(Kind kind);
  Node string();
  template <class ReadOne>
  Node counted(Kind kind, ReadOne read_one);
  [[nodiscard]] std::uint8_t peek() const noexcept;

  Node immediate(Kind kind);
  Node catch_clause();
  Node handler();
  Node memarg();
  Node heap_type();
  Node value_type();
  Node block_type();
  Node instruction();
  Node constant_expression();

  std::vector<Node> parts(std::uint8_t id);
  Node rec_group();
  Node sub_type();
  Node field();
  Node limits(Node&& into);
  Node extern_type(Node&& into);
  Node import_entry();
  Node table_entry();
  Node export_entry();
  std::uint64_t segment_flags(Node& entry, std::uint64_t most);
  Node element_entry();
  Node data_entry();

  std::span<const std::byte> bytes_;
  std::size_t position_ = 0;
  bool ok_ = true;
};

}  // namespace plimsoll::fuzz
