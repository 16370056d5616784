#include "testing/assemble.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <utility>

#include "plimsoll/instructions.hpp"

namespace plimsoll::test {
namespace {

[[noreturn]] void give_up(std::string_view what, std::string_view word) {
  throw std::invalid_argument("test module: " + std::string(what) + ": '" + std::string(word) + "'");
}

// Takes words off the front of a text.
class Words {
 public:
  explicit Words(std::string_view text) : text_(text) { skip(); }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  [[nodiscard]] std::string_view peek() const { return text_.substr(0, text_.find_first_of(" \n")); }
  std::string_view next() {
    if (empty()) give_up("a word is missing", "");
    const std::string_view word = peek();
    text_.remove_prefix(word.size());
    skip();
    return word;
  }
  bool take(std::string_view word) {
    if (peek() != word || empty()) return false;
    next();
    return true;
  }
  void expect(std::string_view word) {
    if (!take(word)) give_up("expected " + std::string(word), peek());
  }

 private:
  void skip() {
    const std::size_t start = text_.find_first_not_of(" \n");
    text_ = start == std::string_view::npos ? std::string_view() : text_.substr(start);
  }
  std::string_view text_;
};

std::uint64_t number(std::string_view word) {
  const std::string_view whole = word;
  const bool negative = word.starts_with('-');
  if (negative) word.remove_prefix(1);
  const bool hexadecimal = word.starts_with("0x");
  if (hexadecimal) word.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value, hexadecimal ? 16 : 10);
  if (error != std::errc() || end != word.data() + word.size()) give_up("not a number", whole);
  return negative ? 0 - value : value;
}

Bytes index(Words& words) { return leb(number(words.next())); }

// --- Types --------------------------------------------------------------------------------------------------------------

using TypeWord = std::pair<std::string_view, std::uint8_t>;
constexpr std::array numbers = {TypeWord{"i32", 0x7F}, TypeWord{"i64", 0x7E},  TypeWord{"f32", 0x7D},
                                TypeWord{"f64", 0x7C}, TypeWord{"v128", 0x7B}, TypeWord{"i8", 0x78},
                                TypeWord{"i16", 0x77}};
constexpr std::array heaps = {TypeWord{"func", 0x70},     TypeWord{"extern", 0x6F}, TypeWord{"any", 0x6E},
                              TypeWord{"eq", 0x6D},       TypeWord{"i31", 0x6C},    TypeWord{"struct", 0x6B},
                              TypeWord{"array", 0x6A},    TypeWord{"exn", 0x69},    TypeWord{"none", 0x71},
                              TypeWord{"noextern", 0x72}, TypeWord{"nofunc", 0x73}, TypeWord{"noexn", 0x74},
                              TypeWord{"cont", 0x68},     TypeWord{"nocont", 0x75}};
constexpr std::array references = {
    TypeWord{"funcref", 0x70},     TypeWord{"externref", 0x6F},     TypeWord{"anyref", 0x6E},
    TypeWord{"eqref", 0x6D},       TypeWord{"i31ref", 0x6C},        TypeWord{"structref", 0x6B},
    TypeWord{"arrayref", 0x6A},    TypeWord{"exnref", 0x69},        TypeWord{"nullref", 0x71},
    TypeWord{"nullfuncref", 0x73}, TypeWord{"nullexternref", 0x72}, TypeWord{"nullexnref", 0x74},
    TypeWord{"contref", 0x68},     TypeWord{"nullcontref", 0x75}};

template <std::size_t size>
const TypeWord* find(const std::array<TypeWord, size>& words, std::string_view word) {
  const auto* found =
      std::find_if(words.begin(), words.end(), [&](const TypeWord& entry) { return entry.first == word; });
  return found == words.end() ? nullptr : found;
}

Bytes heap_type(std::string_view word) {
  if (word.starts_with("exact:")) return Bytes{0x62} + leb(number(word.substr(6)));
  if (word.starts_with("shared:")) return Bytes{0x65} + heap_type(word.substr(7));
  if (const TypeWord* heap = find(heaps, word)) return {heap->second};
  return sleb(static_cast<std::int64_t>(number(word)));
}

Bytes value_type(std::string_view word) {
  if (const TypeWord* type = find(numbers, word)) return {type->second};
  if (const TypeWord* type = find(references, word)) return {type->second};
  if (word.starts_with("ref:")) return Bytes{0x64} + heap_type(word.substr(4));
  if (word.starts_with("null:")) return Bytes{0x63} + heap_type(word.substr(5));
  if (word.starts_with("#")) return {static_cast<std::uint8_t>(number("0x" + std::string(word.substr(1))))};
  give_up("not a value type", word);
}

// Entries up to the closing bracket, their number in front.
template <class Entry>
Bytes list(Words& words, Entry entry) {
  words.expect("[");
  Bytes bytes;
  std::size_t count = 0;
  for (; !words.take("]"); ++count) bytes += entry(words);
  return leb(count) + bytes;
}

// The same, up to the end of the text.
template <class Entry>
Bytes entries(std::string_view text, Entry entry) {
  Words words(text);
  Bytes bytes;
  std::size_t count = 0;
  for (; !words.empty(); ++count) bytes += entry(words);
  return leb(count) + bytes;
}

Bytes value_type_list(Words& words) {
  return list(words, [](Words& more) { return value_type(more.next()); });
}

Bytes field(Words& words) {
  const bool is_mutable = words.take("mut");
  return value_type(words.next()) + Bytes{static_cast<std::uint8_t>(is_mutable)};
}

Bytes type(Words& words) {
  const std::string_view word = words.next();
  if (word == "rec") return Bytes{0x4E} + list(words, type);
  if (word == "sub" || word == "sub_final") {
    const Bytes front = Bytes{static_cast<std::uint8_t>(word == "sub" ? 0x50 : 0x4F)} + list(words, index);
    return front + type(words);
  }
  if (word == "func") {
    const Bytes parameters = value_type_list(words);
    return Bytes{0x60} + parameters + value_type_list(words);
  }
  if (word == "struct") return Bytes{0x5F} + list(words, field);
  if (word == "cont") return Bytes{0x5D} + sleb(static_cast<std::int64_t>(number(words.next())));
  if (word == "shared") return Bytes{0x65} + type(words);
  if (word == "describes" || word == "descriptor") {
    const Bytes front = Bytes{static_cast<std::uint8_t>(word == "describes" ? 0x4C : 0x4D)} + index(words);
    return front + type(words);
  }
  if (word == "array") return Bytes{0x5E} + field(words);
  give_up("not a type", word);
}

Bytes limits(Words& words) {
  std::uint8_t flags = 0;
  if (words.take("i64")) flags |= 4;
  if (words.take("shared")) flags |= 2;
  const std::string_view range = words.next();
  const std::size_t dots = range.find("..");
  if (dots == std::string_view::npos) give_up("not a range of sizes", range);
  const std::string_view maximum = range.substr(dots + 2);
  if (!maximum.empty()) flags |= 1;
  return Bytes{flags} + leb(number(range.substr(0, dots))) + (maximum.empty() ? Bytes{} : leb(number(maximum)));
}

Bytes table_type(Words& words) {
  const Bytes element = value_type(words.next());
  return element + limits(words);
}

// --- Instructions -------------------------------------------------------------------------------------------------------

// Rows by name. Of encodings that share one, the first has it, and the others have names of this assembler's.
std::unordered_map<std::string_view, const InstructionRow*> make_names() {
  std::unordered_map<std::string_view, const InstructionRow*> names;
  for (const InstructionRow& row : instruction_table()) names.try_emplace(row.name, &row);
  names["select_t"] = &row(opcode("select", Imm::value_types));
  names["ref.test_null"] = &row(opcode("ref.test", Imm::reference_null));
  names["ref.cast_desc_eq_null"] = &row(opcode("ref.cast_desc_eq", Imm::reference_null));
  names["ref.cast_null"] = &row(opcode("ref.cast", Imm::reference_null));
  return names;
}

const InstructionRow& find_instruction(std::string_view word) {
  static const std::unordered_map<std::string_view, const InstructionRow*> names = make_names();
  const auto found = names.find(word);
  if (found == names.end()) give_up("not an instruction", word);
  return *found->second;
}

Bytes block_type(Words& words) {
  const std::string_view word = words.next();
  if (word == "void") return {0x40};
  if (word.starts_with('=')) return sleb(static_cast<std::int64_t>(number(word.substr(1))));
  return value_type(word);
}

Bytes catch_clause(Words& words) {
  constexpr std::string_view kinds[] = {"catch", "catch_ref", "catch_all", "catch_all_ref"};
  const std::string_view word = words.next();
  const auto kind = static_cast<std::size_t>(std::find(std::begin(kinds), std::end(kinds), word) - std::begin(kinds));
  if (kind == std::size(kinds)) give_up("not a catch clause", word);
  Bytes bytes{static_cast<std::uint8_t>(kind)};
  if (kind < 2) bytes += index(words);
  return bytes + index(words);
}

Bytes handler(Words& words) {
  const std::string_view word = words.next();
  if (word != "on" && word != "on_switch") give_up("not a handler", word);
  const Bytes front = Bytes{static_cast<std::uint8_t>(word == "on" ? 0 : 1)} + index(words);
  return word == "on" ? front + index(words) : front;
}

Bytes memarg(Words& words) {
  Bytes memory;
  std::uint64_t flags = 0;
  if (words.peek().starts_with('m')) {
    memory = leb(number(words.next().substr(1)));
    flags = 0x40;
  }
  const Bytes align = leb(number(words.next()) | flags);
  return align + memory + index(words);
}

Bytes several(Words& words, unsigned count) {
  Bytes bytes;
  for (unsigned i = 0; i < count; ++i) bytes += index(words);
  return bytes;
}

Bytes lanes(Words& words, unsigned count) {
  Bytes bytes;
  for (unsigned i = 0; i < count; ++i) bytes.push_back(static_cast<std::uint8_t>(number(words.next())));
  return bytes;
}

Bytes immediates(Words& words, Imm imm) {
  switch (imm) {
    case Imm::none: return {};
    case Imm::block_type: return block_type(words);
    case Imm::try_table: {
      const Bytes front = block_type(words);
      return front + list(words, catch_clause);
    }
    case Imm::labels: {
      const Bytes front = list(words, index);
      return front + index(words);
    }
    case Imm::label:
    case Imm::function:
    case Imm::type:
    case Imm::local:
    case Imm::global:
    case Imm::table:
    case Imm::element:
    case Imm::memory:
    case Imm::data:
    case Imm::tag: return several(words, 1);
    case Imm::type_table:
    case Imm::type_field:
    case Imm::type_count:
    case Imm::type_data:
    case Imm::type_element:
    case Imm::type_type:
    case Imm::table_table:
    case Imm::element_table:
    case Imm::memory_memory:
    case Imm::data_memory: return several(words, 2);
    case Imm::memarg: return memarg(words);
    case Imm::memarg_lane: {
      const Bytes front = memarg(words);
      return front + lanes(words, 1);
    }
    case Imm::lane: return lanes(words, 1);
    case Imm::shuffle: return lanes(words, 16);
    case Imm::i32_const:
    case Imm::i64_const: return sleb(static_cast<std::int64_t>(number(words.next())));
    case Imm::f32_const: return fixed(number(words.next()), 4);
    case Imm::f64_const: return fixed(number(words.next()), 8);
    case Imm::v128_const: return fixed(number(words.next()), 8) + fixed(0, 8);
    case Imm::reference:
    case Imm::reference_null: return heap_type(words.next());
    case Imm::cast: {
      const Bytes front = several(words, 2);
      const Bytes from = heap_type(words.next());
      return front + from + heap_type(words.next());
    }
    case Imm::value_types: return value_type_list(words);
    case Imm::zero_byte: return {0x00};
    case Imm::type_tag: return several(words, 2);
    case Imm::type_handlers: {
      const Bytes front = several(words, 1);
      return front + list(words, handler);
    }
    case Imm::type_tag_handlers: {
      const Bytes front = several(words, 2);
      return front + list(words, handler);
    }
    case Imm::ordering_global:
    case Imm::ordering_table:
    case Imm::ordering_type: {
      const Bytes ordering = lanes(words, 1);
      return ordering + several(words, 1);
    }
    case Imm::ordering_field: {
      const Bytes ordering = lanes(words, 1);
      return ordering + several(words, 2);
    }
  }
  return {};
}

Bytes instruction(Words& words) {
  const std::string_view word = words.next();
  if (word.starts_with('#')) return {static_cast<std::uint8_t>(number("0x" + std::string(word.substr(1))))};
  const InstructionRow& row = find_instruction(word);
  const Bytes opcode = row.prefix == 0 ? Bytes{static_cast<std::uint8_t>(row.code)} : Bytes{row.prefix} + leb(row.code);
  return opcode + immediates(words, row.imm);
}

// Instructions up to the `end` that belongs to none of them.
Bytes expression(Words& words) {
  Bytes bytes;
  for (unsigned depth = 1; depth != 0;) {
    const std::string_view word = words.peek();
    if (word == "block" || word == "loop" || word == "if" || word == "try" || word == "try_table") ++depth;
    if (word == "end" || word == "delegate") --depth;
    bytes += instruction(words);
  }
  return bytes;
}

// --- Entries of sections ------------------------------------------------------------------------------------------------

Bytes word_bytes(std::string_view word) { return word == "''" ? Bytes{} : text(word); }

Bytes global_type(Words& words) {
  const bool is_shared = words.take("shared");
  const bool is_mutable = words.take("mut");
  return value_type(words.next()) + Bytes{static_cast<std::uint8_t>((is_shared ? 2 : 0) + (is_mutable ? 1 : 0))};
}

std::uint8_t external_kind(std::string_view word) {
  constexpr std::string_view kinds[] = {"func", "table", "memory", "global", "tag"};
  const auto kind = static_cast<std::size_t>(std::find(std::begin(kinds), std::end(kinds), word) - std::begin(kinds));
  if (kind == std::size(kinds)) give_up("not a kind of import or export", word);
  return static_cast<std::uint8_t>(kind);
}

Bytes tag(Words& words) { return Bytes{0x00} + index(words); }

Bytes external_type(Words& words) {
  if (words.take("exact_func")) return Bytes{0x20} + index(words);
  const std::uint8_t kind = external_kind(words.next());
  const Bytes front{kind};
  switch (kind) {
    case 0: return front + index(words);
    case 1: return front + table_type(words);
    case 2: return front + limits(words);
    case 3: return front + global_type(words);
    default: return front + tag(words);
  }
}

Bytes import(Words& words) {
  Bytes bytes = sized(word_bytes(words.next()));
  if (words.take("items")) {
    return bytes + Bytes{0x00, 0x7F} + list(words, [](Words& more) {
             const Bytes name = sized(word_bytes(more.next()));
             return name + external_type(more);
           });
  }
  if (words.take("names")) {
    bytes += Bytes{0x00, 0x7E} + external_type(words);
    return bytes + list(words, [](Words& more) { return sized(word_bytes(more.next())); });
  }
  bytes += sized(word_bytes(words.next()));
  return bytes + external_type(words);
}

Bytes table(Words& words) {
  const Bytes bytes = table_type(words);
  return words.take("init") ? Bytes{0x40, 0x00} + bytes + expression(words) : bytes;
}

Bytes global(Words& words) {
  const Bytes bytes = global_type(words);
  return bytes + expression(words);
}

Bytes export_entry(Words& words) {
  Bytes bytes = sized(word_bytes(words.next()));
  bytes.push_back(external_kind(words.next()));
  return bytes + index(words);
}

Bytes element(Words& words) {
  const std::uint64_t flags = number(words.next());
  Bytes bytes = leb(flags);
  if ((flags & 3) == 2) bytes += index(words);
  if ((flags & 1) == 0) bytes += expression(words);
  const bool expressions = (flags & 4) != 0;
  if ((flags & 3) != 0) bytes += expressions ? value_type(words.next()) : index(words);
  return bytes + (expressions ? list(words, expression) : list(words, index));
}

Bytes data(Words& words) {
  const std::uint64_t flags = number(words.next());
  Bytes bytes = leb(flags);
  if (flags == 2) bytes += index(words);
  if (flags != 1) bytes += expression(words);
  return bytes + sized(word_bytes(words.next()));
}

Bytes body(std::string_view body_text) {
  Words words(body_text);
  Bytes locals;
  std::size_t runs = 0;
  for (; words.take("local"); ++runs) {
    locals += index(words);
    locals += value_type(words.next());
  }
  Bytes code;
  while (!words.empty()) code += instruction(words);
  return leb(runs) + locals + code + Bytes{0x0B};
}

}  // namespace

Bytes assemble_code(std::string_view instructions) {
  Words words(instructions);
  Bytes code;
  while (!words.empty()) code += instruction(words);
  return code;
}
Bytes assemble_body(std::string_view body_text) { return body(body_text); }
Bytes assemble_value_type(std::string_view type_word) { return value_type(type_word); }
Bytes assemble_types(std::string_view types) { return entries(types, type); }

Bytes assemble(const ModuleText& module) {
  Bytes bytes = preamble();
  const auto add = [&bytes](std::uint8_t id, std::string_view section_text, auto entry) {
    if (!section_text.empty()) bytes += section(id, entries(section_text, entry));
  };
  add(1, module.types, type);
  add(2, module.imports, import);
  add(3, module.functions, index);
  add(4, module.tables, table);
  add(5, module.memories, limits);
  add(13, module.tags, tag);
  add(6, module.globals, global);
  add(7, module.exports, export_entry);
  if (!module.start.empty()) bytes += section(8, leb(number(module.start)));
  add(9, module.elements, element);
  if (!module.data_count.empty()) bytes += section(12, leb(number(module.data_count)));
  if (!module.bodies.empty()) {
    Bytes code = leb(module.bodies.size());
    for (const std::string_view one : module.bodies) code += sized(body(one));
    bytes += section(10, code);
  }
  add(11, module.data, data);
  return bytes;
}

}  // namespace plimsoll::test
