// The names of the forms, each noted where it is met.
#include "smith/census.hpp"

#include <array>
#include <utility>

#include "plimsoll/instruction_reader.hpp"

namespace plimsoll::fuzz {
namespace {

using namespace std::string_literals;

constexpr std::array kinds = {"function", "table", "memory", "global", "tag"};
constexpr std::array sections = {"custom", "type",  "import",  "function", "table", "memory",     "global",
                                 "export", "start", "element", "code",     "data",  "data count", "tag"};
constexpr std::array composites = {"function", "struct", "array", "continuation"};
constexpr std::array modes = {"active", "passive", "declarative"};
constexpr std::array blocks = {"empty", "value", "function"};

// A count as it matters: none, one, some, many.
std::string some(std::size_t count) {
  return count == 0 ? "0" : count == 1 ? "1" : count < 10 ? "2 to 9" : "10 or more";
}
std::string form(const ValueType& type) {
  if (!type.is_reference()) return to_string(type);
  const std::string null = type.is_nullable() ? "null " : "";
  if (type.is_concrete()) return "ref " + null + (type.is_exact() ? "exact type" : "type");
  return to_string(type);
}

std::string form(const SizeLimits& limits) {
  return ""s + (limits.is_64 ? "64 bits" : "32 bits") + (limits.is_shared ? ", shared" : "") +
         (limits.has_maximum ? ", maximum" : "") +
         (limits.page_size_log2 != SizeLimits::usual_page ? ", pages of one byte" : "");
}

class Counter {
 public:
  Counter(const Module& module, Census& census) : module_(module), census_(census) {}
  void count();

 private:
  void note(const std::string& what) { ++census_[what]; }
  void count_types();
  void count_imports();
  void count_definitions();
  void count_segments();
  void count_body(std::uint32_t index);
  void count_instruction(Instruction instruction);
  void count_block(const std::string& name, Instruction instruction);
  void count_constant(ByteRange range, const std::string& place);

  const Module& module_;
  Census& census_;
};

void Counter::count() {
  SectionWalk walk = module_.sections();
  for (Section section; walk.next(section);) {
    const std::string name = sections[static_cast<std::size_t>(section.id)];
    note("section: " + name);
    const bool vector =
        section.id != SectionId::custom && section.id != SectionId::start && section.id != SectionId::data_count;
    if (vector && section.payload.size == 1) note("section: " + name + ", empty");
  }
  count_types();
  count_imports();
  count_definitions();
  count_segments();
  for (std::uint32_t i = 0; i < module_.bodies().size(); ++i) count_body(i);
}

void Counter::count_types() {
  const Records<SubType> types = module_.types();
  for (std::uint32_t i = 0; i < types.size(); ++i) {
    const SubType type = types[i];
    const std::string kind = "type: "s + composites[static_cast<std::size_t>(type.kind)];
    note(kind + (type.is_final ? ", final" : ", open") + (type.is_shared ? ", shared" : "") +
         (type.supertype != SubType::no_supertype ? ", under another" : ""));
    if (type.canonical != i) note(kind + ", equal to another");
    if (type.depth > 2) note(kind + ", deep");
    if (type.descriptor != SubType::no_type) note(kind + ", with a descriptor");
    if (type.described != SubType::no_type) note(kind + ", describes");
    std::uint32_t start = i;
    while (!types[start].starts_group) --start;
    std::uint32_t end = i + 1;
    while (end < types.size() && !types[end].starts_group) ++end;
    if (start == i) note("rec group of " + some(end - start));
    const auto member = [&](ValueType value) {
      note(kind + " of " + form(value));
      if (!value.is_reference() || !value.is_concrete()) return;
      const std::uint32_t to = value.type_index();
      if (to == i) note(kind + " of itself");
      if (to > i) note(kind + " of a later one");
      if (to >= start && to < i) note(kind + " of one before it in its group");
    };
    for (const ValueType value : type.parameters) member(value);
    for (const ValueType value : type.results) member(value);
    for (const FieldType field : type.fields) {
      member(field.storage());
      note(kind + (field.is_mutable() ? ", mutable" : ", immutable"));
    }
    if (type.kind == CompositeKind::function) {
      note("parameters: " + some(type.parameters.size()));
      note("results: " + some(type.results.size()));
    }
    if (type.kind == CompositeKind::struct_) note("fields: " + some(type.fields.size()));
  }
}

void Counter::count_imports() {
  for (const Import& import : module_.imports()) {
    const std::string kind = kinds[static_cast<std::size_t>(import.kind)];
    note("import: " + kind + (import.is_exact ? ", exact" : ""));
    if (import.kind == ExternalKind::table) note("imported table: " + form(module_.tables()[import.index].limits));
    if (import.kind == ExternalKind::memory) note("imported memory: " + form(module_.memories()[import.index].limits));
  }
  for (const Export& one : module_.exports()) note("export: "s + kinds[static_cast<std::size_t>(one.kind)]);
}

void Counter::count_definitions() {
  for (std::size_t i = module_.imported_count(ExternalKind::table); i < module_.tables().size(); ++i) {
    const Table table = module_.tables()[i];
    note("table: " + form(table.limits));
    note("table of " + form(table.element));
    if (table.init.size != 0) {
      note("table: initialised");
      count_constant(table.init, "table");
    }
  }
  for (std::size_t i = module_.imported_count(ExternalKind::memory); i < module_.memories().size(); ++i)
    note("memory: " + form(module_.memories()[i].limits));
  note("memories: " + some(module_.memories().size()));
  note("tables: " + some(module_.tables().size()));
  for (const Global& global : module_.globals()) {
    note("global: "s + (global.is_mutable ? "mutable" : "immutable") + (global.is_shared ? ", shared" : "") +
         (global.init.size == 0 ? ", imported" : ""));
    note("global of " + form(global.type));
    if (global.init.size != 0) count_constant(global.init, "global");
  }
  for (const std::uint32_t tag : module_.tags())
    note(module_.types()[tag].results.empty() ? "tag: without results" : "tag: with results");
}

void Counter::count_segments() {
  for (const Element& element : module_.elements()) {
    const bool active = element.mode == SegmentMode::active;
    note("element: "s + modes[static_cast<std::size_t>(element.mode)] +
         (element.has_expressions ? ", expressions" : ", functions") +
         (active && element.table != 0 ? ", later table" : "") + (element.type == funcref ? "" : ", typed"));
    note("element items: " + some(element.count));
    if (active) {
      count_constant(element.offset, "element offset");
      note("element offset of "s + to_string(module_.tables()[element.table].limits.address_type()));
    }
    ElementItems items = module_.items(element);
    for (ElementItems::Item item; items.next(item);)
      if (item.is_expression) count_constant(item.expression, "element item");
  }
  for (const Data& data : module_.data()) {
    const bool active = data.mode == SegmentMode::active;
    note("data: "s + modes[static_cast<std::size_t>(data.mode)] + (active && data.memory != 0 ? ", later memory" : ""));
    if (!active) continue;
    count_constant(data.offset, "data offset");
    note("data offset of "s + to_string(module_.memories()[data.memory].limits.address_type()));
  }
}

void Counter::count_constant(ByteRange range, const std::string& place) {
  InstructionReader reader(module_.bytes(range), 0, module_.features());
  std::uint32_t count = 0;
  for (Instruction instruction; reader.next(instruction); ++count) {
    if (row(instruction.opcode).rule == Rule::end) continue;
    note("constant: "s + std::string(row(instruction.opcode).name));
    if (count == 0) note("constant of " + place + ": " + std::string(row(instruction.opcode).name));
  }
  if (count > 2) note("constant of several instructions: " + place);
}

void Counter::count_body(std::uint32_t index) {
  FunctionBody body = module_.body(index);
  for (LocalRun run; body.next_locals(run);) {
    note("local of " + form(run.type));
    if (run.count == 0) note("locals: none of a type");
  }
  InstructionReader reader = body.instructions();
  std::uint32_t depth = 0;
  for (Instruction instruction; reader.next(instruction);) {
    count_instruction(instruction);
    if (row(instruction.opcode).rule == Rule::end) --depth;
    if (row(instruction.opcode).imm == Imm::block_type || row(instruction.opcode).imm == Imm::try_table) ++depth;
    if (depth == 6) note("blocks: six deep");
  }
}

void Counter::count_instruction(Instruction instruction) {
  const InstructionRow& of = row(instruction.opcode);
  const std::string name(of.name);
  note("in a body: " + name);
  if (of.imm == Imm::block_type || of.imm == Imm::try_table) count_block(name, instruction);
  if (of.imm == Imm::labels) note("labels: " + some(instruction.list.size() - 1));
  if (of.imm == Imm::type_handlers || of.imm == Imm::type_tag_handlers) {
    for (std::uint32_t n = instruction.list.size(); n > 0; --n)
      note(instruction.list.next_handler().is_switch ? "handler: switch" : "handler: label");
  }
  if (of.imm == Imm::memarg || of.imm == Imm::memarg_lane) {
    if (instruction.memory != 0) note("memarg: later memory");
    if (instruction.align < of.width) note("memarg: less than natural alignment");
    if (instruction.value > 0xFFFF'FFFF) note("memarg: offset of more than 32 bits");
  }
  if (of.imm == Imm::memory_memory || of.imm == Imm::table_table) {
    const auto wide = [&](int i) {
      const std::uint32_t at = instruction.index[i];
      return of.imm == Imm::table_table ? module_.tables()[at].limits.is_64 : module_.memories()[at].limits.is_64;
    };
    note(name + (wide(0) ? ": 64 bits" : ": 32 bits") + (wide(1) ? " from 64" : " from 32"));
  }
  if (of.imm == Imm::value_types) note("select of " + form(instruction.list.next_value_type()));
  if (of.imm == Imm::type_count) note("array.new_fixed of " + some(instruction.index[1]));
}

void Counter::count_block(const std::string& name, Instruction instruction) {
  const BlockType& type = instruction.block_type;
  note(name + ": block type " + blocks[static_cast<std::size_t>(type.kind)]);
  if (type.kind == BlockType::Kind::function && !module_.types()[type.type_index].parameters.empty())
    note(name + " with parameters");
  if (row(instruction.opcode).imm == Imm::block_type) return;
  note("clauses: " + some(instruction.list.size()));
  for (std::uint32_t n = instruction.list.size(); n > 0; --n) {
    const CatchClause clause = instruction.list.next_catch();
    note("clause: catch"s + (clause.has_tag ? "" : "_all") + (clause.takes_reference ? "_ref" : ""));
  }
}

}  // namespace

void count_forms(const Module& module, Census& census) { Counter(module, census).count(); }

}  // namespace plimsoll::fuzz
