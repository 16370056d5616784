// Rules of the binary format (specification 3.0, chapter 5), broken on purpose.
#include <algorithm>
#include <array>

#include "mutate/breaker.hpp"

namespace plimsoll::fuzz {
namespace {

using enum ErrorCode;

Node* choose_section(Breaker& breaker) {
  const std::vector<Node*> sections = breaker.sections();
  return sections.empty() ? nullptr : breaker.entropy().pick(sections);
}

bool change_magic(Breaker& breaker) {
  SmallBytes& preamble = breaker.root().bytes;
  preamble[breaker.entropy().below(4)] ^= std::byte{0x20};
  return true;
}

bool change_version(Breaker& breaker) {
  breaker.root().bytes[4 + breaker.entropy().below(2)] = std::byte{2};
  return true;
}

bool add_unknown_section(Breaker& breaker) {
  constexpr unsigned first_free = 14;
  const auto id = static_cast<std::byte>(first_free + breaker.entropy().below(256 - first_free));
  std::vector<Node>& sections = breaker.root().children;
  const std::size_t where = breaker.entropy().below(sections.size() + 1);
  sections.insert(sections.begin() + static_cast<std::ptrdiff_t>(where), Node{.kind = Kind::section, .bytes = {id}});
  return true;
}

bool repeat_section(Breaker& breaker) {
  const Node* const section = choose_section(breaker);
  if (section == nullptr) return false;
  std::vector<Node>& sections = breaker.root().children;
  const auto where = section - sections.data() + 1;
  Node copy = *section;
  sections.insert(sections.begin() + where, std::move(copy));
  return true;
}

// An empty section behind one that it belongs before.
bool put_section_late(Breaker& breaker) {
  static constexpr std::array<std::uint8_t, 9> order{1, 2, 3, 4, 5, 6, 7, 9, 10};
  const Node* const section = choose_section(breaker);
  if (section == nullptr) return false;
  const auto place = std::ranges::find(order, section_id(*section));
  if (place == order.begin() || place == order.end()) return false;
  const std::uint8_t id = order[breaker.entropy().below(static_cast<std::size_t>(place - order.begin()))];
  std::vector<Node>& sections = breaker.root().children;
  sections.insert(sections.begin() + (section - sections.data()) + 1,
                  Node{.kind = Kind::section,
                       .bytes = {static_cast<std::byte>(id)},
                       .children = {{.kind = Kind::raw, .bytes = {std::byte{0}}}}});
  return true;
}

bool make_section_longer(Breaker& breaker) {
  Node* const section = choose_section(breaker);
  if (section == nullptr) return false;
  section->skew = 1;
  return true;
}

bool make_section_shorter(Breaker& breaker) {
  Node* const section = choose_section(breaker);
  if (section == nullptr) return false;
  section->skew = -1;
  return true;
}

bool add_trailing_byte(Breaker& breaker) {
  Node* const section = choose_section(breaker);
  if (section == nullptr) return false;
  section->children.push_back({.kind = Kind::raw, .bytes = {static_cast<std::byte>(breaker.entropy().byte())}});
  return true;
}

bool add_byte_at_end(Breaker& breaker) {
  breaker.root().children.push_back({.kind = Kind::raw, .bytes = {std::byte{0}}});
  return true;
}

bool make_body_longer(Breaker& breaker) {
  Node* const body = breaker.choose([](const Node& node) { return node.kind == Kind::body; });
  if (body == nullptr) return false;
  body->skew = 1;
  return true;
}

bool make_body_shorter(Breaker& breaker) {
  Node* const body = breaker.choose([](const Node& node) { return node.kind == Kind::body; });
  if (body == nullptr) return false;
  body->skew = -1;
  return true;
}

bool is_index(const Node& node) {
  return is_number(node.kind) && node.kind >= Kind::type_index && node.kind <= Kind::local_count;
}

bool write_too_long(Breaker& breaker) {
  Node* const leaf = breaker.choose(is_index);
  if (leaf == nullptr) return false;
  const std::uint64_t value = number(*leaf);
  leaf->bytes.clear();
  append_leb(leaf->bytes, value, 6);
  return true;
}

// With bits in the fifth byte that 32 bits have no room for.
bool write_too_large(Breaker& breaker) {
  Node* const leaf = breaker.choose(is_index);
  if (leaf == nullptr) return false;
  const std::uint64_t value = number(*leaf);
  leaf->bytes.clear();
  append_leb(leaf->bytes, value, 5);
  leaf->bytes.back() |= std::byte{0x10} << breaker.entropy().below(3);
  return true;
}

bool spoil_name(Breaker& breaker) {
  static constexpr std::array spoilt{0xFF, 0xC0, 0x80, 0xF5, 0xED};
  Node name{.kind = Kind::string, .bytes = {static_cast<std::byte>(breaker.entropy().pick(spoilt))}};
  std::vector<Node>& sections = breaker.root().children;
  const std::size_t where = breaker.entropy().below(sections.size() + 1);
  sections.insert(sections.begin() + static_cast<std::ptrdiff_t>(where),
                  Node{.kind = Kind::section, .bytes = {std::byte{0}}, .children = {std::move(name)}});
  return true;
}

bool spoil_import_or_export_name(Breaker& breaker) {
  open_all(breaker.root());
  for (const std::uint8_t id : {std::uint8_t{2}, std::uint8_t{7}}) {
    Node* const entries = open_entries(breaker.root(), id);
    if (entries == nullptr || entries->children.empty()) continue;
    Node& entry = entries->children[breaker.entropy().below(entries->children.size())];
    if (entry.children.empty() || entry.children.front().kind != Kind::string) continue;
    entry.children.front().bytes.push_back(std::byte{0xFF});
    return true;
  }
  return false;
}

// A byte that has no such value in any proposal that is known.
template <Kind kind>
bool spoil_byte(Breaker& breaker) {
  Node* const leaf = breaker.choose([](const Node& node) { return node.kind == kind; });
  if (leaf == nullptr) return false;
  leaf->bytes = {std::byte{0x5B}};
  return true;
}

bool spoil_import_kind(Breaker& breaker) {
  Node* const entries = open_entries(breaker.root(), 2);
  if (entries == nullptr || entries->children.empty()) return false;
  Node& entry = entries->children[breaker.entropy().below(entries->children.size())];
  if (entry.children.size() < 3 || entry.children[2].kind != Kind::extern_kind) return false;
  entry.children[2].bytes = {std::byte{0x5B}};
  return true;
}

bool spoil_export_kind(Breaker& breaker) { return breaker.add_entry(7, Code().raw({1, 'x', 0x5B, 0})); }

bool put_illegal_opcode(Breaker& breaker) {
  std::vector<int> free;
  for (int byte = 0; byte < 0xFB; ++byte) {
    const bool taken = std::ranges::any_of(instruction_table(), [byte](const InstructionRow& row) {
      return row.prefix == byte || (row.prefix == 0 && row.code == static_cast<unsigned>(byte));
    });
    if (!taken) free.push_back(byte);
  }
  return breaker.insert(Code().raw({breaker.entropy().pick(free)}));
}

bool put_stray_else(Breaker& breaker) { return breaker.insert(Code().op(opcode("else"))); }

bool miscount_data(Breaker& breaker) {
  if (!breaker.module().data_count()) return false;
  Node* const section = find_section(breaker.root(), 12);
  open_section(*section);
  set_number(section->children.front(), *breaker.module().data_count() + std::uint64_t{1});
  return true;
}

bool add_function_without_body(Breaker& breaker) {
  const auto type = breaker.add_type(Code().raw({type_code::function, 0, 0}));
  return type && breaker.add_entry(3, Code().u(*type));
}

bool declare_too_many_locals(Breaker& breaker) {
  Node* const body = breaker.choose([](const Node& node) { return node.kind == Kind::body && !node.children.empty(); });
  if (body == nullptr) return false;
  const Code most = Code().u(0xFFFFFFFF).raw({type_code::i32});
  body->children.front().children.push_back({.kind = Kind::raw, .bytes = most.bytes});
  body->children.front().children.push_back({.kind = Kind::raw, .bytes = most.bytes});
  return true;
}

// Without its `end`.
bool leave_out_the_end(Breaker& breaker) {
  Node* const body = breaker.choose([](const Node& node) { return node.kind == Kind::body && !node.children.empty(); });
  if (body == nullptr || body->children.back().children.empty()) return false;
  body->children.back().children.pop_back();
  return true;
}

}  // namespace

std::span<const BreakableRule> format_rules() {
  static const std::vector<BreakableRule> rules{
      {"the magic number", {}, {bad_magic}, change_magic},
      {"the version", {}, {unknown_version, component}, change_version},
      {"the id of a section", {}, {bad_section_id}, add_unknown_section},
      {"a section twice", {}, {section_out_of_order}, repeat_section},
      {"a section behind one that it belongs before", {}, {section_out_of_order}, put_section_late},
      {"the size of a section, one more", {}, {section_size_mismatch, length_out_of_bounds}, make_section_longer},
      {"the size of a section, one less",
       {},
       {unexpected_end, unexpected_end_of_section, section_size_mismatch, length_out_of_bounds},
       make_section_shorter},
      {"a byte behind the entries of a section", {}, {section_size_mismatch}, add_trailing_byte},
      {"a byte behind the last section", {}, {unexpected_end}, add_byte_at_end},
      {"the size of a body, one more", {}, {section_size_mismatch, length_out_of_bounds}, make_body_longer},
      {"the size of a body, one less", {}, {unexpected_end, end_expected}, make_body_shorter},
      {"a number in more bytes than there may be", {}, {integer_too_long, zero_byte_expected}, write_too_long},
      {"a number with more bits than there may be", {}, {integer_too_large, zero_byte_expected}, write_too_large},
      {"UTF-8 in the name of a custom section", {}, {bad_utf8, length_out_of_bounds}, spoil_name},
      {"UTF-8 in the name of an import or export", {}, {bad_utf8}, spoil_import_or_export_name},
      {"mutability", {}, {bad_mutability}, spoil_byte<Kind::mutability>},
      {"the flags of limits", {}, {bad_limits_flags}, spoil_byte<Kind::limits_flags>},
      {"the kind of an import", {}, {bad_import_kind}, spoil_import_kind},
      {"the kind of an export", {}, {bad_export_kind}, spoil_export_kind},
      {"an opcode that there is not", {}, {illegal_opcode}, put_illegal_opcode},
      {"`else` without `if`", {}, {unexpected_else}, put_stray_else},
      {"the data count", {}, {data_count_mismatch}, miscount_data},
      {"a function without a body", {}, {function_code_mismatch}, add_function_without_body},
      {"the number of locals", {}, {too_many_locals, limit_locals}, declare_too_many_locals},
      {"the `end` of a body", {}, {unexpected_end, end_expected}, leave_out_the_end},
  };
  return rules;
}

}  // namespace plimsoll::fuzz
