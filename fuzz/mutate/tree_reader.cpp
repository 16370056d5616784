#include "mutate/tree_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace plimsoll::fuzz {
namespace {

// By prefix (0: none) and code.
struct Rows {
  std::array<std::vector<const InstructionRow*>, 256> by_prefix;

  Rows() {
    for (const InstructionRow& row : instruction_table()) {
      std::vector<const InstructionRow*>& page = by_prefix[row.prefix];
      if (page.size() <= row.code) page.resize(row.code + std::size_t{1});
      page[row.code] = &row;
    }
  }
};

const Rows& rows() {
  static const Rows all;
  return all;
}

void add(Node& to, Node&& child) { to.children.push_back(std::move(child)); }

}  // namespace

const InstructionRow* find_row(std::span<const std::byte> bytes) noexcept {
  if (bytes.empty()) return nullptr;
  std::size_t prefix = std::to_integer<std::size_t>(bytes.front());
  std::uint64_t code = prefix;
  if (prefix == 0 || rows().by_prefix[prefix].empty()) {
    prefix = 0;
  } else {
    code = 0;
    unsigned shift = 0;
    for (const std::byte byte : bytes.subspan(1)) {
      if (shift < 64) code |= (std::to_integer<std::uint64_t>(byte) & 0x7F) << shift;
      shift += 7;
      if (std::to_integer<int>(byte) < 0x80) break;
    }
  }
  const auto& page = rows().by_prefix[prefix];
  return code < page.size() ? page[code] : nullptr;
}

Node TreeReader::take(Kind kind, std::size_t size) {
  Node leaf{.kind = kind};
  if (size > bytes_.size() - position_) {
    ok_ = false;
    return leaf;
  }
  const auto part = bytes_.subspan(position_, size);
  leaf.bytes.append(part);
  position_ += size;
  return leaf;
}

std::uint8_t TreeReader::peek() const noexcept {
  return at_end() ? std::uint8_t{0} : std::to_integer<std::uint8_t>(bytes_[position_]);
}

Node TreeReader::leb(Kind kind) {
  std::size_t size = 1;
  while (size < 10 && position_ + size <= bytes_.size() && std::to_integer<int>(bytes_[position_ + size - 1]) >= 0x80)
    ++size;
  return take(kind, size);
}

Node TreeReader::string() {
  const Node size = leb(Kind::number);
  Node result = take(Kind::string, ok_ ? number(size) : 0);
  result.width = static_cast<std::uint8_t>(size.bytes.size());
  return result;
}

template <class ReadOne>
Node TreeReader::counted(Kind kind, ReadOne read_one) {
  const Node count = leb(Kind::number);
  Node list{.kind = kind, .width = static_cast<std::uint8_t>(count.bytes.size())};
  const std::uint64_t size = ok_ ? number(count) : 0;
  list.children.reserve(std::min<std::uint64_t>(size, 64));
  for (std::uint64_t i = 0; ok_ && i < size; ++i) add(list, read_one());
  return list;
}

Node TreeReader::immediate(Kind kind) {
  switch (kind) {
    case Kind::labels: return counted(kind, [this] { return leb(Kind::label); });
    case Kind::catches: return counted(kind, [this] { return catch_clause(); });
    case Kind::handlers: return counted(kind, [this] { return handler(); });
    case Kind::types: return counted(kind, [this] { return value_type(); });
    case Kind::value_type: return value_type();
    case Kind::block_type: return block_type();
    case Kind::memarg: return memarg();
    case Kind::heap_type: return heap_type();
    case Kind::lanes:
    case Kind::constant16: return take(kind, 16);
    case Kind::constant8: return take(kind, 8);
    case Kind::constant4: return take(kind, 4);
    case Kind::raw:
    case Kind::opcode:
    case Kind::form:
    case Kind::limits_flags:
    case Kind::cast_flags:
    case Kind::catch_kind:
    case Kind::extern_kind:
    case Kind::mutability:
    case Kind::byte:
    case Kind::lane: return take(kind, 1);
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
    case Kind::sleb64: return leb(kind);
    case Kind::root:
    case Kind::section:
    case Kind::sequence:
    case Kind::counted:
    case Kind::body:
    case Kind::string:
    case Kind::expression:
    case Kind::instruction: break;
  }
  ok_ = false;
  return {};
}

Node TreeReader::catch_clause() {
  Node clause{.kind = Kind::sequence};
  const bool has_tag = peek() < 2;
  add(clause, take(Kind::catch_kind, 1));
  if (has_tag) add(clause, leb(Kind::tag_index));
  add(clause, leb(Kind::label));
  return clause;
}

Node TreeReader::handler() {
  Node handler{.kind = Kind::sequence};
  const bool has_label = peek() == 0;
  add(handler, take(Kind::catch_kind, 1));
  add(handler, leb(Kind::tag_index));
  if (has_label) add(handler, leb(Kind::label));
  return handler;
}

Node TreeReader::memarg() {
  Node result{.kind = Kind::memarg};
  add(result, leb(Kind::alignment));
  if (ok_ && (number(result.children.front()) & 0x40) != 0) add(result, leb(Kind::memory_index));
  add(result, leb(Kind::offset));
  return result;
}

Node TreeReader::heap_type() {
  // A prefix (exact, shared) stays with the type that it stands before.
  if (peek() != 0x62 && peek() != 0x65) return leb(Kind::heap_type);
  Node prefixed{.kind = Kind::value_type};
  prefixed.bytes = take(Kind::byte, 1).bytes;
  add(prefixed, leb(Kind::heap_type));
  return prefixed;
}

Node TreeReader::value_type() {
  const bool is_reference = peek() == 0x63 || peek() == 0x64;
  const bool is_shared = peek() == 0x65;  // of an abstract type, in its short form
  Node type = take(Kind::value_type, 1);
  if (is_reference) add(type, heap_type());
  if (is_shared) add(type, leb(Kind::heap_type));
  return type;
}

Node TreeReader::block_type() {
  Node type{.kind = Kind::block_type};
  if ((peek() & 0xC0) == 0x40) {
    type = value_type();
    type.kind = Kind::block_type;
  } else {
    add(type, leb(Kind::heap_type));
  }
  return type;
}

Node TreeReader::instruction() {
  Node result{.kind = Kind::instruction};
  const InstructionRow* const row = find_row(bytes_.subspan(position_));
  if (row == nullptr) {
    ok_ = false;
    return result;
  }
  Node opcode = take(Kind::opcode, 1);
  if (row->prefix != 0) {
    const Node code = leb(Kind::number);
    opcode.bytes.append(code.bytes);
  }
  const std::array<Kind, 4> kinds = immediate_kinds(row->imm);
  result.children.reserve(
      1 + static_cast<std::size_t>(std::ranges::count_if(kinds, [](Kind kind) { return kind != Kind::root; })));
  add(result, std::move(opcode));
  for (const Kind kind : kinds) {
    if (kind != Kind::root && ok_) add(result, immediate(kind));
  }
  return result;
}

Node TreeReader::instructions() {
  Node expression{.kind = Kind::expression};
  while (ok_ && !at_end()) add(expression, instruction());
  if (!ok_) expression.children.clear();
  return expression;
}

Node TreeReader::constant_expression() {
  Node expression{.kind = Kind::expression};
  for (std::size_t depth = 1; ok_ && depth > 0;) {
    const InstructionRow* const row = find_row(bytes_.subspan(position_));
    add(expression, instruction());
    if (row == nullptr) break;
    if (row->imm == Imm::block_type || row->imm == Imm::try_table) ++depth;
    if (row->rule == Rule::end || row->rule == Rule::delegate) --depth;
  }
  return expression;
}

std::vector<Node> TreeReader::body() {
  std::vector<Node> parts;
  parts.push_back(counted(Kind::counted, [this] {
    Node declaration{.kind = Kind::sequence};
    add(declaration, leb(Kind::local_count));
    add(declaration, value_type());
    return declaration;
  }));
  if (ok_) parts.push_back(instructions());
  if (!ok_) parts.clear();
  return parts;
}

// ---- sections

Node TreeReader::rec_group() {
  if (peek() != 0x4E) return sub_type();
  Node group{.kind = Kind::sequence};
  add(group, take(Kind::form, 1));
  add(group, counted(Kind::counted, [this] { return sub_type(); }));
  return group;
}

Node TreeReader::sub_type() {
  Node type{.kind = Kind::sequence};
  if (peek() == 0x50 || peek() == 0x4F) {
    add(type, take(Kind::form, 1));
    add(type, counted(Kind::counted, [this] { return leb(Kind::type_index); }));
  }
  while (ok_ && (peek() == 0x65 || peek() == 0x4D || peek() == 0x4C)) {  // shared; descriptor and describes name a type
    const bool names_type = peek() != 0x65;
    add(type, take(Kind::form, 1));
    if (names_type) add(type, leb(Kind::type_index));
  }
  const std::uint8_t form = peek();
  add(type, take(Kind::form, 1));
  switch (form) {
    case 0x60:
      add(type, immediate(Kind::types));
      add(type, immediate(Kind::types));
      break;
    case 0x5F: add(type, counted(Kind::counted, [this] { return field(); })); break;
    case 0x5E: add(type, field()); break;
    case 0x5D: add(type, leb(Kind::heap_type)); break;  // cont
    default: ok_ = false;
  }
  return type;
}

Node TreeReader::field() {
  Node result{.kind = Kind::sequence};
  add(result, value_type());
  add(result, take(Kind::mutability, 1));
  return result;
}

Node TreeReader::limits(Node&& into) {
  const std::uint8_t flags = peek();
  add(into, take(Kind::limits_flags, 1));
  add(into, leb(Kind::limit));
  if ((flags & 1) != 0) add(into, leb(Kind::limit));
  if ((flags & 8) != 0) add(into, leb(Kind::number));  // the page size
  return std::move(into);
}

Node TreeReader::extern_type(Node&& into) {
  const std::uint8_t kind = peek();
  add(into, take(Kind::extern_kind, 1));
  switch (kind) {
    case 0x20:  // a function, exactly
    case 0: add(into, leb(Kind::type_index)); break;
    case 1: add(into, value_type()); return limits(std::move(into));
    case 2: return limits(std::move(into));
    case 3: add(into, field()); break;
    case 4:
      add(into, take(Kind::byte, 1));
      add(into, leb(Kind::type_index));
      break;
    default: ok_ = false;
  }
  return std::move(into);
}

Node TreeReader::import_entry() {
  Node entry{.kind = Kind::sequence};
  add(entry, string());
  add(entry, string());
  // Compact imports: items with a type each, or names that share one.
  const bool is_compact = ok_ && entry.children.back().bytes.empty() && (peek() == 0x7F || peek() == 0x7E);
  if (!is_compact) return extern_type(std::move(entry));
  const bool has_types = peek() == 0x7F;
  add(entry, take(Kind::form, 1));
  if (!has_types) entry = extern_type(std::move(entry));
  add(entry, counted(Kind::counted, [this, has_types] {
        if (!has_types) return string();
        Node item{.kind = Kind::sequence};
        add(item, string());
        return extern_type(std::move(item));
      }));
  return entry;
}

Node TreeReader::table_entry() {
  Node entry{.kind = Kind::sequence};
  const bool has_initializer = peek() == 0x40;
  if (has_initializer) add(entry, take(Kind::raw, 2));
  add(entry, value_type());
  entry = limits(std::move(entry));
  if (has_initializer) add(entry, constant_expression());
  return entry;
}

Node TreeReader::export_entry() {
  Node entry{.kind = Kind::sequence};
  add(entry, string());
  static constexpr std::array kinds{Kind::function_index, Kind::table_index, Kind::memory_index, Kind::global_index,
                                    Kind::tag_index};
  const std::uint8_t kind = peek();
  add(entry, take(Kind::extern_kind, 1));
  add(entry, leb(kind < kinds.size() ? kinds[kind] : Kind::number));
  return entry;
}

// Takes the flags of a segment, which are none above `most`.
std::uint64_t TreeReader::segment_flags(Node& entry, std::uint64_t most) {
  add(entry, leb(Kind::segment_flags));
  const std::uint64_t flags = ok_ ? number(entry.children.back()) : 0;
  if (flags > most) ok_ = false;
  return flags;
}

Node TreeReader::element_entry() {
  Node entry{.kind = Kind::sequence};
  const std::uint64_t flags = segment_flags(entry, 7);
  const bool has_expressions = (flags & 4) != 0;
  if ((flags & 3) == 2) add(entry, leb(Kind::table_index));
  if ((flags & 1) == 0) add(entry, constant_expression());
  if ((flags & 3) != 0) add(entry, has_expressions ? value_type() : take(Kind::byte, 1));
  add(entry, counted(Kind::counted, [this, has_expressions] {
        return has_expressions ? constant_expression() : leb(Kind::function_index);
      }));
  return entry;
}

Node TreeReader::data_entry() {
  Node entry{.kind = Kind::sequence};
  const std::uint64_t flags = segment_flags(entry, 2);
  if (flags == 2) add(entry, leb(Kind::memory_index));
  if (flags != 1) add(entry, constant_expression());
  add(entry, string());
  return entry;
}

std::vector<Node> TreeReader::parts(std::uint8_t id) {
  const auto list = [this](auto read_one) {
    std::vector<Node> content;
    content.push_back(counted(Kind::counted, read_one));
    return content;
  };
  switch (id) {
    case 0: {
      std::vector<Node> content;
      content.push_back(string());
      if (ok_) content.push_back(take(Kind::raw, bytes_.size() - position_));
      return content;
    }
    case 1: return list([this] { return rec_group(); });
    case 2: return list([this] { return import_entry(); });
    case 3: return list([this] { return leb(Kind::type_index); });
    case 4: return list([this] { return table_entry(); });
    case 5: return list([this] { return limits({.kind = Kind::sequence}); });
    case 6:
      return list([this] {
        Node entry = field();
        add(entry, constant_expression());
        return entry;
      });
    case 7: return list([this] { return export_entry(); });
    case 8: return {leb(Kind::function_index)};
    case 9: return list([this] { return element_entry(); });
    case 10:
      return list([this] {
        Node body = string();
        body.kind = Kind::body;
        return body;
      });
    case 11: return list([this] { return data_entry(); });
    case 12: return {leb(Kind::number)};
    case 13:
      return list([this] {
        Node entry{.kind = Kind::sequence};
        add(entry, take(Kind::byte, 1));
        add(entry, leb(Kind::type_index));
        return entry;
      });
    default: ok_ = false;
  }
  return {};
}

std::vector<Node> TreeReader::content(std::uint8_t id) {
  std::vector<Node> result = parts(id);
  if (!ok_) {
    result.clear();
    result.push_back({.kind = Kind::raw, .bytes = SmallBytes(bytes_)});
  } else if (!at_end()) {
    result.push_back(take(Kind::raw, bytes_.size() - position_));
  }
  return result;
}

std::optional<Node> TreeReader::section() {
  Node section = take(Kind::section, 1);
  const Node size = leb(Kind::number);
  if (!ok_ || number(size) > bytes_.size() - position_) return std::nullopt;
  section.width = static_cast<std::uint8_t>(size.bytes.size());
  section.children.push_back(take(Kind::raw, number(size)));
  return section;
}

}  // namespace plimsoll::fuzz
