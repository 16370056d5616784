#include "mutate/module_tree.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "mutate/tree_reader.hpp"

namespace plimsoll::fuzz {
namespace {

void append(Bytes& to, std::span<const std::byte> from) { to.insert(to.end(), from.begin(), from.end()); }

void encode_into(const Node& node, Bytes& out);

void encode_children(const Node& node, Bytes& out) {
  for (const Node& child : node.children) encode_into(child, out);
}

void encode_size(const Node& node, std::size_t size, Bytes& out) {
  append_leb(out, static_cast<std::uint64_t>(static_cast<std::int64_t>(size) + node.skew), node.width);
}

// What was written from `start` on gets its size in front.
void put_size_before(const Node& node, std::size_t start, Bytes& out) {
  Bytes size;
  encode_size(node, out.size() - start, size);
  out.insert(out.begin() + static_cast<std::ptrdiff_t>(start), size.begin(), size.end());
}

void encode_into(const Node& node, Bytes& out) {
  switch (node.kind) {
    case Kind::section: {
      append(out, node.bytes);
      const std::size_t start = out.size();
      encode_children(node, out);
      return put_size_before(node, start, out);
    }
    case Kind::body: {
      if (node.children.empty()) {
        encode_size(node, node.bytes.size(), out);
        return append(out, node.bytes);
      }
      const std::size_t start = out.size();
      append(out, node.bytes);
      encode_children(node, out);
      return put_size_before(node, start, out);
    }
    case Kind::string: encode_size(node, node.bytes.size(), out); return append(out, node.bytes);
    case Kind::counted:
    case Kind::labels:
    case Kind::catches:
    case Kind::handlers:
    case Kind::types: encode_size(node, node.children.size(), out); return encode_children(node, out);
    case Kind::root:
    case Kind::sequence:
    case Kind::expression:
    case Kind::instruction:
    case Kind::value_type:
    case Kind::block_type:
    case Kind::memarg:
    case Kind::raw:
    case Kind::opcode:
    case Kind::form:
    case Kind::limits_flags:
    case Kind::cast_flags:
    case Kind::catch_kind:
    case Kind::extern_kind:
    case Kind::mutability:
    case Kind::byte:
    case Kind::lane:
    case Kind::lanes:
    case Kind::constant4:
    case Kind::constant8:
    case Kind::constant16:
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
    case Kind::sleb64:
    case Kind::heap_type: append(out, node.bytes); return encode_children(node, out);
  }
}

}  // namespace

Bytes encode(const Node& node) {
  Bytes out;
  out.reserve(256);
  encode_into(node, out);
  return out;
}

Node parse_sections(std::span<const std::byte> module) {
  Node root{.kind = Kind::root};
  const std::size_t preamble = std::min<std::size_t>(module.size(), 8);
  root.bytes.append(module.first(preamble));
  root.children.reserve(16);
  TreeReader reader(module.subspan(preamble));
  while (!reader.at_end()) {
    const std::size_t begin = reader.position();
    std::optional<Node> section = reader.section();
    if (!section) {
      root.children.push_back({.kind = Kind::raw, .bytes = SmallBytes(module.subspan(preamble + begin))});
      break;
    }
    root.children.push_back(*std::move(section));
  }
  return root;
}

void open_section(Node& section) {
  if (section.tried || section.kind != Kind::section) return;
  section.tried = true;
  if (section.children.size() != 1 || section.children.front().kind != Kind::raw) return;
  const Node content = std::move(section.children.front());
  section.children = TreeReader(content.bytes).content(section_id(section));
}

Node parse(std::span<const std::byte> module) {
  Node root = parse_sections(module);
  for (Node& child : root.children) open_section(child);
  return root;
}

bool open_body(Node& body) {
  if (!body.children.empty()) return true;
  if (body.tried) return false;
  body.tried = true;
  TreeReader reader(body.bytes);
  std::vector<Node> parts = reader.body();
  if (parts.empty()) return false;
  body.children = std::move(parts);
  body.bytes.clear();
  return true;
}

void open_all(Node& node) {
  open_section(node);
  if (node.kind == Kind::body) open_body(node);
  for (Node& child : node.children) open_all(child);
}

std::vector<Node> parse_instructions(std::span<const std::byte> bytes) {
  TreeReader reader(bytes);
  return std::move(reader.instructions().children);
}

std::vector<std::size_t> path_to(Node& root, std::size_t offset) {
  std::vector<std::size_t> path;
  Node* node = &root;
  std::size_t end = encode(root).size();
  while (true) {
    if (node->kind == Kind::body) open_body(*node);
    // A node's own bytes stand before its children, so these are measured from the end.
    std::size_t child = node->children.size();
    while (child > 0) {
      const std::size_t begin = end - encode(node->children[child - 1]).size();
      if (begin <= offset) break;
      end = begin;
      --child;
    }
    if (child == 0 || offset >= end) return path;
    path.push_back(child - 1);
    node = &node->children[child - 1];
  }
}

Node& at_path(Node& root, std::span<const std::size_t> path) noexcept {
  Node* node = &root;
  for (const std::size_t step : path) node = &node->children[step];
  return *node;
}

std::uint64_t number(const Node& leaf) noexcept {
  std::uint64_t value = 0;
  unsigned shift = 0;
  for (const std::byte byte : leaf.bytes) {
    if (shift < 64) value |= (std::to_integer<std::uint64_t>(byte) & 0x7F) << shift;
    shift += 7;
  }
  const bool negative =
      is_signed(leaf.kind) && !leaf.bytes.empty() && std::to_integer<int>(leaf.bytes.back() & std::byte{0x40}) != 0;
  if (negative && shift < 64) value |= ~std::uint64_t{0} << shift;
  return value;
}

void set_number(Node& leaf, std::uint64_t value) {
  leaf.bytes.clear();
  if (is_signed(leaf.kind)) {
    append_sleb(leaf.bytes, static_cast<std::int64_t>(value));
  } else {
    append_leb(leaf.bytes, value);
  }
}

Node number_leaf(Kind kind, std::uint64_t value) {
  Node leaf{.kind = kind};
  set_number(leaf, value);
  return leaf;
}

std::array<Kind, 4> immediate_kinds(Imm imm) noexcept {
  switch (imm) {
    case Imm::none: return {};
    case Imm::block_type: return {Kind::block_type};
    case Imm::try_table: return {Kind::block_type, Kind::catches};
    case Imm::label: return {Kind::label};
    case Imm::labels: return {Kind::labels, Kind::label};
    case Imm::function: return {Kind::function_index};
    case Imm::type: return {Kind::type_index};
    case Imm::type_table: return {Kind::type_index, Kind::table_index};
    case Imm::type_field: return {Kind::type_index, Kind::field_index};
    case Imm::type_count: return {Kind::type_index, Kind::number};
    case Imm::type_data: return {Kind::type_index, Kind::data_index};
    case Imm::type_element: return {Kind::type_index, Kind::element_index};
    case Imm::type_type: return {Kind::type_index, Kind::type_index};
    case Imm::local: return {Kind::local_index};
    case Imm::global: return {Kind::global_index};
    case Imm::table: return {Kind::table_index};
    case Imm::table_table: return {Kind::table_index, Kind::table_index};
    case Imm::element_table: return {Kind::element_index, Kind::table_index};
    case Imm::element: return {Kind::element_index};
    case Imm::memory: return {Kind::memory_index};
    case Imm::memory_memory: return {Kind::memory_index, Kind::memory_index};
    case Imm::data_memory: return {Kind::data_index, Kind::memory_index};
    case Imm::data: return {Kind::data_index};
    case Imm::tag: return {Kind::tag_index};
    case Imm::memarg: return {Kind::memarg};
    case Imm::memarg_lane: return {Kind::memarg, Kind::lane};
    case Imm::lane: return {Kind::lane};
    case Imm::shuffle: return {Kind::lanes};
    case Imm::i32_const: return {Kind::sleb32};
    case Imm::i64_const: return {Kind::sleb64};
    case Imm::f32_const: return {Kind::constant4};
    case Imm::f64_const: return {Kind::constant8};
    case Imm::v128_const: return {Kind::constant16};
    case Imm::reference:
    case Imm::reference_null: return {Kind::heap_type};
    case Imm::cast: return {Kind::cast_flags, Kind::label, Kind::heap_type, Kind::heap_type};
    case Imm::value_types: return {Kind::types};
    case Imm::zero_byte: return {Kind::byte};
    case Imm::type_tag: return {Kind::type_index, Kind::tag_index};
    case Imm::type_handlers: return {Kind::type_index, Kind::handlers};
    case Imm::type_tag_handlers: return {Kind::type_index, Kind::tag_index, Kind::handlers};
    case Imm::ordering_global: return {Kind::byte, Kind::global_index};
    case Imm::ordering_table: return {Kind::byte, Kind::table_index};
    case Imm::ordering_field: return {Kind::byte, Kind::type_index, Kind::field_index};
    case Imm::ordering_type: return {Kind::byte, Kind::type_index};
  }
  return {};
}

const InstructionRow* row_of(const Node& instruction) noexcept {
  if (instruction.children.empty() || instruction.children.front().kind != Kind::opcode) return nullptr;
  return find_row(instruction.children.front().bytes);
}

Node opcode_leaf(const InstructionRow& row) {
  Node leaf{.kind = Kind::opcode};
  if (row.prefix == 0) {
    leaf.bytes.push_back(static_cast<std::byte>(row.code));
  } else {
    leaf.bytes.push_back(static_cast<std::byte>(row.prefix));
    append_leb(leaf.bytes, row.code);
  }
  return leaf;
}

std::uint8_t section_id(const Node& section) noexcept {
  return section.bytes.empty() ? std::uint8_t{0xFF} : std::to_integer<std::uint8_t>(section.bytes.front());
}

const Node* find_section(const Node& root, std::uint8_t id) noexcept {
  const auto found = std::ranges::find_if(
      root.children, [id](const Node& child) { return child.kind == Kind::section && section_id(child) == id; });
  return found == root.children.end() ? nullptr : &*found;
}
Node* find_section(Node& root, std::uint8_t id) noexcept {
  return const_cast<Node*>(find_section(std::as_const(root), id));
}

const Node* entries_of(const Node& section) noexcept {
  return section.children.empty() || section.children.front().kind != Kind::counted ? nullptr
                                                                                    : &section.children.front();
}
Node* entries_of(Node& section) noexcept { return const_cast<Node*>(entries_of(std::as_const(section))); }

Node* open_entries(Node& section) {
  open_section(section);
  return entries_of(section);
}
Node* open_entries(Node& root, std::uint8_t id) {
  Node* const section = find_section(root, id);
  return section == nullptr ? nullptr : open_entries(*section);
}

void insert_section(Node& root, Node&& section) {
  static constexpr std::array<std::uint8_t, 13> order{1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11};
  const auto rank = [](const Node& node) { return std::ranges::find(order, section_id(node)) - order.begin(); };
  const auto own = rank(section);
  const auto behind = std::ranges::find_if(root.children, [&](const Node& other) {
    return other.kind == Kind::section && section_id(other) != 0 && rank(other) > own;
  });
  root.children.insert(behind, std::move(section));
}

Node* entries_or_new(Node& root, std::uint8_t id) {
  if (find_section(root, id) == nullptr) {
    Node section{.kind = Kind::section, .tried = true, .bytes = {static_cast<std::byte>(id)}};
    section.children.push_back({.kind = Kind::counted});
    insert_section(root, std::move(section));
  }
  return open_entries(root, id);
}

}  // namespace plimsoll::fuzz
