#include "mutate/node_maker.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace plimsoll::fuzz {
namespace {

constexpr std::array<int, 5> number_types{0x7F, 0x7E, 0x7D, 0x7C, 0x7B};
constexpr std::array<int, 12> abstract_types{0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70, 0x71, 0x72, 0x73, 0x74};

SmallBytes one(int value) { return {static_cast<std::byte>(value)}; }

// The rows that take the same immediates, and among them those with the same operands.
const std::vector<const InstructionRow*>& rows_like(const InstructionRow& row, bool same_signature) {
  struct Likes {
    std::vector<std::vector<const InstructionRow*>> by_imm{instruction_count}, by_signature{instruction_count};
  };
  static const Likes likes = [] {
    Likes result;
    for (std::size_t i = 0; i < instruction_count; ++i) {
      for (const InstructionRow& other : instruction_table()) {
        if (instruction_rows[i].imm != other.imm) continue;
        result.by_imm[i].push_back(&other);
        if (instruction_rows[i].signature == other.signature) result.by_signature[i].push_back(&other);
      }
    }
    return result;
  }();
  const auto at = static_cast<std::size_t>(&row - instruction_table().data());
  return same_signature ? likes.by_signature[at] : likes.by_imm[at];
}

}  // namespace

std::size_t NodeMaker::size_of(Space space) {
  if (!sizes_) {
    for (const std::uint8_t id : {std::uint8_t{1}, std::uint8_t{2}})
      if (Node* const section = find_section(module_, id); section != nullptr) open_section(*section);
    sizes_ = space_sizes(module_);
  }
  return fuzz::size_of(*sizes_, space);
}

std::uint64_t NodeMaker::index_below(std::size_t bound) {
  const std::size_t chance = random_.below(100);
  if (bound > 0 && chance < 93) return random_.below(bound);
  return chance < 98 ? bound : random_.pick(unlikely_numbers);
}

std::uint64_t NodeMaker::make_number(Kind kind, unsigned width) {
  if (const auto space = space_of(kind)) return index_below(size_of(*space));
  if (kind == Kind::local_index) return index_below(6);
  if (kind == Kind::field_index) return index_below(3);
  if (kind == Kind::label || kind == Kind::number) return index_below(4);
  if (kind == Kind::segment_flags) return random_.below(9);
  if (kind == Kind::local_count) return random_.percent(80) ? random_.below(4) : random_.pick(unlikely_numbers);
  if (kind == Kind::offset || kind == Kind::limit)
    return random_.percent(90) ? random_.below(16) : random_.pick(unlikely_numbers);
  if (kind == Kind::alignment) {
    const std::array odd{width + 1, 3U, 5U, 0x3FU, 0x80U, 0x20U};
    return random_.percent(97) ? random_.below(width + 1U) : random_.pick(odd);
  }
  const std::uint64_t value = random_.percent(50) ? random_.below(128) - 64 : random_.next() >> random_.below(64);
  return kind == Kind::sleb64 ? value : static_cast<std::uint64_t>(std::int64_t{static_cast<std::int32_t>(value)});
}

Node NodeMaker::make_heap_type() {
  if (size_of(Space::type) > 0 && random_.percent(50))
    return number_leaf(Kind::heap_type, make_number(Kind::type_index, 0));
  return {.kind = Kind::heap_type, .bytes = one(random_.pick(abstract_types))};
}

Node NodeMaker::make_value_type() {
  Node type{.kind = Kind::value_type};
  const std::size_t chance = random_.below(100);
  if (chance < 50) {
    type.bytes = one(random_.pick(number_types));
  } else if (chance < 75) {
    type.bytes = one(random_.pick(abstract_types));
  } else {
    type.bytes = one(random_.percent(50) ? 0x63 : 0x64);
    type.children.push_back(make_heap_type());
  }
  return type;
}

Node NodeMaker::make_block_type() {
  Node type{.kind = Kind::block_type};
  const std::size_t chance = random_.below(100);
  if (chance < 35) {
    type.bytes = one(0x40);
  } else if (chance < 70 || size_of(Space::type) == 0) {
    type = make_value_type();
    type.kind = Kind::block_type;
  } else {
    type.children.push_back(number_leaf(Kind::heap_type, make_number(Kind::type_index, 0)));
  }
  return type;
}

Node NodeMaker::make_memarg(unsigned width) {
  Node result{.kind = Kind::memarg};
  std::uint64_t alignment = make_number(Kind::alignment, width);
  const bool has_memory = random_.percent(15);
  if (has_memory) alignment |= 0x40;
  result.children.push_back(number_leaf(Kind::alignment, alignment));
  if (has_memory) result.children.push_back(make(Kind::memory_index));
  result.children.push_back(make(Kind::offset));
  return result;
}

Node NodeMaker::make_catch() {
  Node clause{.kind = Kind::sequence};
  const std::size_t kind = random_.below(4);
  clause.children.push_back({.kind = Kind::catch_kind, .bytes = one(static_cast<int>(kind))});
  if (kind < 2) clause.children.push_back(make(Kind::tag_index));
  clause.children.push_back(make(Kind::label));
  return clause;
}

Node NodeMaker::make_handler() {
  Node handler{.kind = Kind::sequence};
  const std::size_t kind = random_.below(2);
  handler.children.push_back({.kind = Kind::catch_kind, .bytes = one(static_cast<int>(kind))});
  handler.children.push_back(make(Kind::tag_index));
  if (kind == 0) handler.children.push_back(make(Kind::label));
  return handler;
}

Node NodeMaker::make_list(Kind kind) {
  Node list{.kind = kind};
  const std::size_t size = kind == Kind::types && random_.percent(80) ? 1 : random_.below(4);
  for (std::size_t i = 0; i < size; ++i) {
    list.children.push_back(kind == Kind::labels     ? make(Kind::label)
                            : kind == Kind::types    ? make_value_type()
                            : kind == Kind::handlers ? make_handler()
                                                     : make_catch());
  }
  return list;
}

Node NodeMaker::make(Kind kind, unsigned width) {
  Node leaf{.kind = kind};
  const auto random_bytes = [&](std::size_t size) {
    leaf.bytes.resize(size);
    std::ranges::generate(leaf.bytes, [this] { return random_.byte(); });
    return leaf;
  };
  switch (kind) {
    case Kind::labels:
    case Kind::catches:
    case Kind::handlers:
    case Kind::types: return make_list(kind);
    case Kind::value_type: return make_value_type();
    case Kind::block_type: return make_block_type();
    case Kind::memarg: return make_memarg(width);
    case Kind::heap_type: return make_heap_type();
    case Kind::lane:
      leaf.bytes = one(static_cast<int>(random_.percent(95) ? random_.below(16U >> width) : random_.below(256)));
      return leaf;
    case Kind::lanes:
      random_bytes(16);
      for (std::byte& lane : leaf.bytes) lane &= std::byte{31};
      return leaf;
    case Kind::cast_flags:
      leaf.bytes = one(static_cast<int>(random_.percent(95) ? random_.below(4) : random_.below(256)));
      return leaf;
    case Kind::byte: leaf.bytes = one(0); return leaf;
    case Kind::constant4: return random_bytes(4);
    case Kind::constant8: return random_bytes(8);
    case Kind::constant16: return random_bytes(16);
    case Kind::root:
    case Kind::section:
    case Kind::sequence:
    case Kind::counted:
    case Kind::body:
    case Kind::string:
    case Kind::expression:
    case Kind::instruction:
    case Kind::raw:
    case Kind::opcode:
    case Kind::form:
    case Kind::limits_flags:
    case Kind::catch_kind:
    case Kind::extern_kind:
    case Kind::mutability: return random_bytes(1);
    case Kind::alignment:
    case Kind::offset:
    case Kind::limit:
    case Kind::number:
    case Kind::segment_flags:
    case Kind::type_index:
    case Kind::function_index:
    case Kind::table_index:
    case Kind::memory_index:
    case Kind::global_index:
    case Kind::tag_index:
    case Kind::element_index:
    case Kind::data_index:
    case Kind::local_index:
    case Kind::field_index:
    case Kind::label:
    case Kind::local_count:
    case Kind::sleb32:
    case Kind::sleb64: return number_leaf(kind, make_number(kind, width));
  }
  return leaf;
}

Node NodeMaker::instruction(const InstructionRow& row) {
  Node result{.kind = Kind::instruction};
  result.children.push_back(opcode_leaf(row));
  for (const Kind kind : immediate_kinds(row.imm)) {
    if (kind != Kind::root) result.children.push_back(make(kind, row.width));
  }
  return result;
}

Node NodeMaker::instruction() {
  // Half of the time by kind of immediate: there are many more rows of plain SIMD than of everything else.
  const auto table = instruction_table();
  const InstructionRow* row = &random_.pick(table);
  for (std::size_t tries = 0; tries < 8 && row->imm == Imm::none && random_.percent(75); ++tries)
    row = &random_.pick(table);
  return instruction(*row);
}

const InstructionRow& NodeMaker::like(const InstructionRow& row) {
  return *random_.pick(rows_like(row, random_.percent(70)));
}

Node NodeMaker::plain(std::uint8_t code, std::vector<Node> immediates) {
  Node result{.kind = Kind::instruction};
  result.children.push_back({.kind = Kind::opcode, .bytes = one(code)});
  for (Node& immediate : immediates) result.children.push_back(std::move(immediate));
  return result;
}

std::byte NodeMaker::change_byte(Kind kind, std::byte value) {
  const auto flipped = [&](unsigned bits) { return value ^ static_cast<std::byte>(1U << random_.below(bits)); };
  const auto small = [&](std::size_t bound) { return static_cast<std::byte>(random_.below(bound)); };
  if (kind == Kind::limits_flags)
    return random_.percent(70) ? flipped(3) : random_.percent(70) ? small(16) : random_.byte();
  if (kind == Kind::cast_flags || kind == Kind::catch_kind || kind == Kind::extern_kind) return small(6);
  if (kind == Kind::mutability) return random_.percent(80) ? value ^ std::byte{1} : small(4);
  if (kind == Kind::lane)
    return random_.percent(50) ? small(33) : static_cast<std::byte>(std::to_integer<int>(value) + 1);
  if (kind == Kind::form) return random_.percent(50) ? static_cast<std::byte>(0x4C + random_.below(22)) : flipped(8);
  return random_.percent(40) ? small(3) : random_.percent(50) ? flipped(8) : random_.byte();
}

std::uint64_t NodeMaker::change_number(Kind kind, std::uint64_t value) {
  const std::size_t chance = random_.below(100);
  if (kind == Kind::alignment && chance < 40) return value ^ (std::uint64_t{1} << random_.below(7));
  if (chance < 50) return make_number(kind, 2);
  if (chance < 90) return value + (random_.percent(50) ? std::uint64_t{1} : ~std::uint64_t{0});
  return random_.pick(unlikely_numbers);
}

void NodeMaker::change_type(Node& type) {
  const bool is_block = type.kind == Kind::block_type;
  const bool is_reference = !type.bytes.empty() && !type.children.empty();
  if (is_reference && random_.percent(40)) {
    type.bytes.front() ^= std::byte{7};  // nullable or not: 63, 64
  } else if (is_reference && random_.percent(50)) {
    type.children.front() = make_heap_type();
  } else if (type.bytes.size() == 1 && std::to_integer<int>(type.bytes.front()) < 0x75 && random_.percent(50)) {
    Node longer{.kind = Kind::heap_type, .bytes = type.bytes};  // the long form of an abstract type, nullable or not
    type.bytes = one(random_.percent(50) ? 0x63 : 0x64);
    type.children = {std::move(longer)};
  } else if (random_.percent(3)) {
    type.bytes = one(0x60 + static_cast<int>(random_.below(32)));
    type.children.clear();
  } else {
    type = is_block ? make_block_type() : make_value_type();
  }
}

void NodeMaker::change(Node& node) {
  if (node.kind == Kind::value_type || node.kind == Kind::block_type) return change_type(node);
  if (node.kind == Kind::heap_type) {
    node = random_.percent(90) ? make_heap_type() : number_leaf(Kind::heap_type, random_.pick(unlikely_numbers));
    return;
  }
  if (is_number(node.kind)) return set_number(node, change_number(node.kind, number(node)));
  if (node.kind == Kind::opcode) {
    const Node holder{.kind = Kind::instruction, .children = {node}};
    if (const InstructionRow* const row = row_of(holder); row != nullptr) node = opcode_leaf(like(*row));
    return;
  }
  if (node.bytes.empty()) {
    node.bytes.push_back(random_.byte());
  } else {
    std::byte& byte = random_.pick(node.bytes);
    byte = change_byte(node.kind, byte);
  }
}

void NodeMaker::write_long(Node& leaf) {
  if (!is_number(leaf.kind) || leaf.bytes.empty()) return;
  const bool negative = is_signed(leaf.kind) && (leaf.bytes.back() & std::byte{0x40}) != std::byte{0};
  static constexpr std::array<std::size_t, 6> lengths{1, 1, 2, 3, 4, 9};
  for (std::size_t more = random_.pick(lengths); more > 0; --more) {
    leaf.bytes.back() |= std::byte{0x80};
    leaf.bytes.push_back(negative ? std::byte{0x7F} : std::byte{0});
  }
  static constexpr std::array<int, 12> last{0x7F, 0x3F, 0x40, 0x01, 0x10, 0x0F, 0x70, 0x78, 0x08, 0x02, 0x42, 0x80};
  if (random_.percent(25)) leaf.bytes.back() = static_cast<std::byte>(random_.pick(last));
}

void NodeMaker::change_limits(Node& entry, std::size_t at) {
  const std::size_t flags =
      random_.percent(80) ? (std::array<std::size_t, 4>{0, 1, 4, 5})[random_.below(4)] : random_.below(16);
  static constexpr std::array<std::uint64_t, 8> minima{0, 1, 2, 65535, 65536, 65537, 10'000'000, 10'000'001};
  const std::uint64_t minimum = random_.pick(minima);
  std::vector<Node> fresh{{.kind = Kind::limits_flags, .bytes = one(static_cast<int>(flags))},
                          number_leaf(Kind::limit, minimum)};
  if ((flags & 1) != 0) fresh.push_back(number_leaf(Kind::limit, minimum + random_.below(4) - 1));
  if ((flags & 8) != 0)
    fresh.push_back(number_leaf(Kind::number, random_.percent(70) ? random_.below(2) * 16 : random_.below(65)));
  std::size_t end = at + 1;
  while (end < entry.children.size() &&
         (entry.children[end].kind == Kind::limit || entry.children[end].kind == Kind::number))
    ++end;
  const auto begin = entry.children.begin() + static_cast<std::ptrdiff_t>(at);
  const auto rest = entry.children.erase(begin, entry.children.begin() + static_cast<std::ptrdiff_t>(end));
  entry.children.insert(rest, std::make_move_iterator(fresh.begin()), std::make_move_iterator(fresh.end()));
}

}  // namespace plimsoll::fuzz
