#include "properties/walk.hpp"

#include <bit>
#include <cstddef>
#include <span>
#include <string_view>

#include "plimsoll/names.hpp"
#include "properties/walk_custom.hpp"

namespace plimsoll::regress::properties {
namespace {

class Walker {
 public:
  explicit Walker(const Module& module) : module_(module), bytes_(module.bytes()) {}

  Walked walk() {
    sections();
    types();
    imports();
    definitions();
    exports();
    elements();
    data();
    bodies();
    names();
    if (ok()) walked_.problem = walk_custom(module_);
    return std::move(walked_);
  }

 private:
  void check(bool holds, std::string_view what, std::uint64_t number = 0) {
    if (!holds && walked_.problem.empty()) walked_.problem = std::string(what) + " of " + std::to_string(number);
  }
  [[nodiscard]] bool ok() const { return walked_.problem.empty(); }

  // Reads what a view reaches: a sanitizer or a guard page sees it if it should not.
  void read(std::span<const std::byte> view) {
    std::uint64_t sum = walked_.checksum;
    for (const std::byte byte : view) sum = std::rotl(sum, 5) * 3 + std::to_integer<std::uint64_t>(byte);
    walked_.checksum = sum;
  }

  bool inside(ByteRange range, std::string_view what, std::uint64_t number = 0) {
    const bool fits = range.offset <= bytes_.size() && range.size <= bytes_.size() - range.offset;
    check(fits, what, number);
    return fits;
  }

  // Offsets are compared, not pointers: a view may lie anywhere if it is wrong.
  void view_inside(const void* data, std::size_t size, std::string_view what, std::uint64_t number) {
    const auto begin = std::bit_cast<std::uintptr_t>(bytes_.data());
    const auto at = std::bit_cast<std::uintptr_t>(data);
    check(size == 0 || (at >= begin && at - begin <= bytes_.size() && size <= bytes_.size() - (at - begin)), what,
          number);
    if (ok()) read({static_cast<const std::byte*>(data), size});
  }

  void name(ByteRange range, std::string_view what, std::uint64_t number) {
    ++walked_.names;
    if (!inside(range, what, number)) return;
    const std::string_view text = module_.text(range);
    check(text.size() == range.size, what, number);
    view_inside(text.data(), text.size(), what, number);
  }

  [[nodiscard]] std::size_t index_space(ExternalKind kind) const {
    switch (kind) {
      case ExternalKind::function: return module_.functions().size();
      case ExternalKind::table: return module_.tables().size();
      case ExternalKind::memory: return module_.memories().size();
      case ExternalKind::global: return module_.globals().size();
      case ExternalKind::tag: return module_.tags().size();
    }
    return 0;
  }

  void value_type(ValueType type, std::string_view what, std::uint64_t number) {
    check(!type.is_bottom(), what, number);
    if (type.is_reference() && type.is_concrete()) check(type.type_index() < module_.types().size(), what, number);
  }

  void sections() {
    SectionWalk walk = module_.sections();
    Section section;
    std::uint64_t end = 8;
    while (walk.next(section) && ok()) {
      if (!inside(section.payload, "payload of section", end)) return;
      check(section.payload.offset >= end + 2, "order of section", end);
      if (section.id == SectionId::custom) name(section.name, "name of custom section", end);
      if (section.id == SectionId::custom) read(module_.bytes(section.payload));
      end = std::uint64_t{section.payload.offset} + section.payload.size;
    }
    check(end == bytes_.size(), "the last section does not end the module: end", end);
  }

  void types() {
    for (std::uint32_t i = 0; i < module_.types().size() && ok(); ++i) {
      const SubType type = module_.types()[i];
      check(type.canonical <= i, "canonical type of type", i);
      if (type.supertype != SubType::no_supertype) check(type.supertype < i, "supertype of type", i);
      for (const ValueType parameter : type.parameters) value_type(parameter, "parameter of type", i);
      for (const ValueType result : type.results) value_type(result, "result of type", i);
      for (const FieldType field : type.fields) value_type(field.storage(), "field of type", i);
    }
  }

  void imports() {
    std::size_t count = 0;
    for (const Import& import : module_.imports()) {
      name(import.module, "module of import", count);
      name(import.name, "name of import", count);
      check(import.index < module_.imported_count(import.kind), "index of import", count++);
    }
  }

  void definitions() {
    for (const std::uint32_t type : module_.functions()) check(type < module_.types().size(), "type of function", type);
    for (const std::uint32_t type : module_.tags()) check(type < module_.types().size(), "type of tag", type);
    std::size_t number = 0;
    for (const Table& table : module_.tables()) {
      value_type(table.element, "element type of table", number);
      if (table.init.size != 0) constant(table.init, "initialiser of table", number);
      ++number;
    }
    number = 0;
    for (const Global& global : module_.globals()) {
      value_type(global.type, "type of global", number);
      const bool imported = number < module_.imported_count(ExternalKind::global);
      check(imported == (global.init.size == 0), "initialiser of global", number);
      if (!imported) constant(global.init, "initialiser of global", number);
      ++number;
    }
    if (module_.start()) check(*module_.start() < module_.functions().size(), "start function", *module_.start());
  }

  void exports() {
    std::size_t number = 0;
    for (const Export& item : module_.exports()) {
      name(item.name, "name of export", number);
      check(item.index < index_space(item.kind), "index of export", number++);
    }
  }

  void elements() {
    std::size_t number = 0;
    for (const Element& element : module_.elements()) {
      value_type(element.type, "type of element segment", number);
      if (!inside(element.items, "items of element segment", number)) return;
      if (element.mode == SegmentMode::active) {
        check(element.table < module_.tables().size(), "table of element segment", number);
        constant(element.offset, "offset of element segment", number);
      }
      element_items(element, number++);
    }
  }

  void element_items(const Element& element, std::size_t number) {
    ElementItems items = module_.items(element);
    ElementItems::Item item;
    std::uint64_t count = 0;
    std::uint64_t end = element.items.offset;
    while (items.next(item) && ok()) {
      ++count;
      check(item.is_expression == element.has_expressions, "form of an item of element segment", number);
      if (!item.is_expression) {
        check(item.function < module_.functions().size(), "function in element segment", number);
        continue;
      }
      check(item.expression.offset == end, "gap between items of element segment", number);
      constant(item.expression, "item of element segment", number);
      end += item.expression.size;
    }
    check(count == element.count, "number of items of element segment", number);
    if (element.has_expressions) {
      check(end == std::uint64_t{element.items.offset} + element.items.size, "end of element segment", number);
    }
  }

  void data() {
    std::size_t number = 0;
    for (const Data& segment : module_.data()) {
      if (!inside(segment.bytes, "bytes of data segment", number)) return;
      read(module_.bytes(segment.bytes));
      if (segment.mode == SegmentMode::active) {
        check(segment.memory < module_.memories().size(), "memory of data segment", number);
        constant(segment.offset, "offset of data segment", number);
      }
      ++number;
    }
    if (module_.data_count())
      check(*module_.data_count() == module_.data().size(), "data count", *module_.data_count());
  }

  void bodies() {
    check(module_.bodies().size() + module_.imported_count(ExternalKind::function) == module_.functions().size(),
          "number of bodies", module_.bodies().size());
    std::uint64_t end = 0;
    for (std::size_t i = 0; i < module_.bodies().size() && ok(); ++i) {
      const ByteRange range = module_.bodies()[i];
      if (!inside(range, "body", i)) return;
      check(range.offset >= end, "order of body", i);
      end = std::uint64_t{range.offset} + range.size;
      body(module_.body(i), i);
    }
  }

  void body(FunctionBody body, std::size_t number) {
    ++walked_.bodies;
    const ByteRange expression = body.expression();
    check(body.range().offset < expression.offset &&
              expression.offset + expression.size == body.range().offset + body.range().size,
          "expression of body", number);
    LocalRun run;
    std::uint64_t locals = 0;
    while (body.next_locals(run) && ok()) {
      value_type(run.type, "locals of body", number);
      locals += run.count;
    }
    check(locals <= 50'000, "number of locals of body", number);
    if (!ok()) return;
    InstructionReader reader = body.instructions();
    walked_.instructions += instructions(reader, expression, "instructions of body", number);
  }

  void constant(ByteRange range, std::string_view what, std::uint64_t number) {
    if (!inside(range, what, number)) return;
    InstructionReader reader(module_.bytes(range), range.offset);
    walked_.constants += instructions(reader, range, what, number);
  }

  // Every instruction follows the one before, all are inside `range`, and the last is its `end`.
  std::uint64_t instructions(InstructionReader& reader, ByteRange range, std::string_view what, std::uint64_t number) {
    const std::uint64_t end = std::uint64_t{range.offset} + range.size;
    std::uint64_t count = 0;
    std::uint64_t position = range.offset;
    Instruction instruction;
    while (reader.next(instruction)) {
      ++count;
      const bool follows = instruction.offset == position && instruction.size != 0;
      position += instruction.size;
      if (!follows || position > end || position != reader.offset()) {
        check(false, what, number);
        return count;
      }
      immediates(instruction, what, number);
    }
    check(!reader.failed() && position == end, what, number);
    check(count != 0 && instruction.opcode == opcode("end"), what, number);
    return count;
  }

  void immediates(Instruction& instruction, std::string_view what, std::uint64_t number) {
    if (static_cast<std::size_t>(instruction.opcode) >= instruction_count) {
      check(false, what, number);
      return;
    }
    // Fields that do not belong to the instruction may hold what an earlier one left there.
    const Imm imm = row(instruction.opcode).imm;
    if (imm == Imm::shuffle || imm == Imm::v128_const) view_inside(instruction.bytes, 16, what, number);
    if (imm == Imm::labels || imm == Imm::try_table || imm == Imm::value_types || imm == Imm::type_handlers ||
        imm == Imm::type_tag_handlers) {
      check(instruction.list.size() < instruction.size, what, number);
      if (ok()) list(instruction, imm, what, number);
    }
  }

  void list(Instruction& instruction, Imm imm, std::string_view what, std::uint64_t number) {
    const std::uint32_t size = instruction.list.size();
    walked_.list_entries += size;
    for (std::uint32_t i = 0; i < size; ++i) {
      if (imm == Imm::labels) walked_.checksum += instruction.list.next_label();
      if (imm == Imm::try_table) walked_.checksum += instruction.list.next_catch().label;
      if (imm == Imm::type_handlers || imm == Imm::type_tag_handlers)
        walked_.checksum += instruction.list.next_handler().tag;
      if (imm == Imm::value_types) value_type(instruction.list.next_value_type(), what, number);
    }
  }

  void names() {
    const NameSection section(module_);
    const std::string_view own = section.module_name();
    view_inside(own.data(), own.size(), "name of the module", 0);
    for (std::uint8_t kind = 0; kind < name_kind_count && ok(); ++kind) {
      names(section.map(static_cast<NameKind>(kind)), kind);
      for (const NameGroup& group : section.indirect_map(static_cast<NameKind>(kind))) names(group.names, kind);
    }
  }

  void names(const NameMap& map, std::uint8_t kind) {
    for (const NameEntry& entry : map) {
      ++walked_.names;
      view_inside(entry.name.data(), entry.name.size(), "name in name subsection", kind);
      if (!ok()) return;
    }
  }

  const Module& module_;
  std::span<const std::byte> bytes_;
  Walked walked_;
};

}  // namespace

Walked walk(const Module& module) { return Walker(module).walk(); }

}  // namespace plimsoll::regress::properties
