// Makes parts of a module at random, most of them right for the module they are to stand in, and changes leaves by a little.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "mutate/index_spaces.hpp"
#include "mutate/module_tree.hpp"
#include "mutate/random.hpp"

namespace plimsoll::fuzz {

class NodeMaker {
 public:
  // For parts of `module`. How many of what it has is looked up when it is first asked for, and opens what has to be opened.
  NodeMaker(Random& random, Node& module) : random_(random), module_(module) {}

  // A part of a kind: any leaf, or a list, type or memarg. `width`: of the instruction it is for, see InstructionRow.
  Node make(Kind kind, unsigned width = 2);
  // An instruction with its immediates.
  Node instruction(const InstructionRow& row);
  Node instruction();
  // Another instruction that takes the same immediates, most often with the same operands.
  const InstructionRow& like(const InstructionRow& row);
  // An instruction without immediates, or whose immediates are those given.
  static Node plain(std::uint8_t code, std::vector<Node> immediates = {});

  // Changes a leaf or a type; what it becomes is most often still well-formed.
  void change(Node& node);
  // Writes a number in more bytes than it needs, or with bits set that it has no room for.
  void write_long(Node& leaf);
  // Limits with flags that fit them, in front of what else there is: replaces the flags at `at` and the numbers behind it.
  void change_limits(Node& entry, std::size_t at);

 private:
  std::uint64_t index_below(std::size_t bound);
  std::uint64_t make_number(Kind kind, unsigned width);
  std::uint64_t change_number(Kind kind, std::uint64_t value);
  Node make_heap_type();
  Node make_value_type();
  Node make_block_type();
  Node make_memarg(unsigned width);
  Node make_list(Kind kind);
  Node make_catch();
  Node make_handler();
  std::byte change_byte(Kind kind, std::byte value);
  void change_type(Node& type);

  std::size_t size_of(Space space);

  Random& random_;
  Node& module_;
  std::optional<SpaceSizes> sizes_;
};

}  // namespace plimsoll::fuzz
