// Breaker: what the rules that are broken on purpose (break_rule.hpp) do to a module: entries put in behind those that are there, code
// put into a body, and leaves changed. For break_*.cpp.
//
// Code comes in a block of its own, which may stand anywhere: a block starts with an empty stack and reachable, even in dead code.
// What is added comes last in its index space, so that nothing else changes its meaning.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "mutate/module_tree.hpp"
#include "plimsoll/error.hpp"
#include "plimsoll/instructions.hpp"
#include "plimsoll/module.hpp"
#include "smith/entropy.hpp"

namespace plimsoll::fuzz {

// The encodings of types (specification 3.0, section 5.3).
namespace type_code {
inline constexpr int i32 = 0x7F, i64 = 0x7E, f32 = 0x7D, f64 = 0x7C;
inline constexpr int i8 = 0x78;
inline constexpr int any = 0x6E, eq = 0x6D, func = 0x70;
inline constexpr int reference = 0x64, nullable_reference = 0x63;
inline constexpr int function = 0x60, structure = 0x5F, array = 0x5E;
inline constexpr int open = 0x50, final = 0x4F;
inline constexpr int none = 0x40;  // a block type
}  // namespace type_code

// Bytes put together: of instructions, whose opcodes are the table's, and of entries.
struct Code {
  Bytes bytes = {};

  Code& op(Opcode opcode);
  Code& u(std::uint64_t value);  // in LEB128
  Code& s(std::int64_t value);
  Code& raw(std::initializer_list<int> values);
};

class Breaker {
 public:
  // `module` is valid and outlives it.
  Breaker(const Module& module, Entropy& entropy);

  [[nodiscard]] const Module& module() const noexcept { return module_; }
  [[nodiscard]] Entropy& entropy() noexcept { return entropy_; }
  [[nodiscard]] Node& root() noexcept { return root_; }
  Features features = {};  // to load the result with

  // Each appends one entry, in its encoding, and returns its index; nothing where the section cannot be understood.
  std::optional<std::uint32_t> add_type(const Code& type);
  std::optional<std::uint32_t> add_function(const Code& type,
                                            const Code& body);  // the body without locals, with its `end`
  std::optional<std::uint32_t> add_global(const Code& global);
  bool add_entry(std::uint8_t section, const Code& entry);

  // Puts `code` in a block of its own somewhere into the body of a function that is not shared. False if there is no place.
  bool insert(const Code& code);
  // The same, with a local of its own, of this type, whose index is given to `code`.
  template <class Make>
  bool insert_with_local(const Code& type, Make code);

  // A leaf or list of the whole tree that `accept` takes, one of them by chance; null if there is none.
  template <class Accept>
  Node* choose(Accept accept);
  // The sections but custom ones.
  std::vector<Node*> sections();

 private:
  struct Place {
    Node* body = nullptr;
    std::uint32_t defined = 0;  // which of the defined functions
  };
  [[nodiscard]] std::optional<Place> choose_body();
  void insert_into(Node& body, const Code& code);
  [[nodiscard]] std::optional<std::uint32_t> add_local(const Place& place, const Code& type);

  const Module& module_;
  Entropy& entropy_;
  Node root_;
  std::uint32_t types_;
  std::uint32_t functions_;
};

template <class Make>
bool Breaker::insert_with_local(const Code& type, Make code) {
  const auto place = choose_body();
  const auto local = place ? add_local(*place, type) : std::nullopt;
  if (!local) return false;
  insert_into(*place->body, code(*local));
  return true;
}

template <class Accept>
Node* Breaker::choose(Accept accept) {
  open_all(root_);
  std::vector<Node*> found;
  const auto visit = [&](Node& node, const auto& self) -> void {
    if (accept(node)) found.push_back(&node);
    for (Node& child : node.children) self(child, self);
  };
  for (Node& section : root_.children) visit(section, visit);
  return found.empty() ? nullptr : entropy_.pick(found);
}

// One rule: what breaks it, and what a loader must say then.
struct BreakableRule {
  std::string_view name;
  std::vector<Feature> needs;    // features that must be on
  std::vector<ErrorCode> codes;  // one of them is the answer
  bool (*break_it)(Breaker&);    // false where it finds no place; the module may have changed then
};

std::span<const BreakableRule> format_rules();  // of chapter 5: break_format.cpp
std::span<const BreakableRule> module_rules();  // of types, sections and index spaces: break_module.cpp
std::span<const BreakableRule> code_rules();    // of instructions: break_code.cpp

}  // namespace plimsoll::fuzz
