// Reading back what an accessor of Module is asked for. The module is valid, so nothing here can fail.
#include "module/records.hpp"

#include "bytes/cursor.hpp"
#include "module/entries.hpp"

namespace plimsoll {
namespace {

Cursor cursor_at(const ModuleData& module, std::uint32_t offset) noexcept {
  return {module.base, module.base + offset, module.base + module.size};
}

// A length and that many bytes: a name, a body.
ByteRange sized_at(const ModuleData& module, std::uint32_t offset) noexcept {
  Cursor cursor = cursor_at(module, offset);
  const std::uint32_t size = cursor.u32();
  return {cursor.offset(), size};
}

// Takes the constant expression at the cursor.
ByteRange take_expression(const ModuleData& module, Cursor& cursor) noexcept {
  const ByteRange range = expression_at({reinterpret_cast<const std::byte*>(module.base), module.size}, cursor.offset(),
                                        static_cast<std::uint32_t>(module.size));
  cursor.take(range.size);
  return range;
}

}  // namespace

ByteRange expression_at(std::span<const std::byte> module, std::uint32_t begin, std::uint32_t limit) noexcept {
  InstructionReader reader(module.subspan(begin, limit - begin), begin);
  Instruction instruction;
  while (reader.next(instruction) && instruction.opcode != opcode("end")) {
  }
  return {begin, reader.offset() - begin};
}

SubType read_type(const ModuleData& module, std::uint32_t index) noexcept { return module.types.view(index); }

Import read_import(const ModuleData& module, std::uint32_t index) noexcept {
  const ImportRecord& record = module.imports[index];
  return {sized_at(module, record.at), sized_at(module, record.name), record.kind, record.index,
          record.kind == ExternalKind::function && module.is_exact_function(record.index)};
}

Table read_table(const ModuleData& module, std::uint32_t index) noexcept {
  constexpr std::uint8_t with_init = 0x40;
  const TableRecord& record = module.tables[index];
  Cursor cursor = cursor_at(module, record.at);
  const bool has_init = cursor.peek() == with_init;
  if (has_init) cursor.take(2);
  Table table = read_table_type(cursor, module.features);
  table.element = record.element;
  if (has_init) table.init = take_expression(module, cursor);
  return table;
}

Global read_global(const ModuleData& module, std::uint32_t index) noexcept {
  const GlobalRecord& record = module.globals[index];
  Global global{record.type.storage(), record.type.is_mutable(), {}, record.is_shared};
  if (record.init != 0) {
    Cursor cursor = cursor_at(module, record.init);
    global.init = take_expression(module, cursor);
  }
  return global;
}

Export read_export(const ModuleData& module, std::uint32_t index) noexcept {
  const ExportRecord& record = module.exports[index];
  return {sized_at(module, record.name), static_cast<ExternalKind>(record.kind), record.index};
}

Element read_element(const ModuleData& module, std::uint32_t index) noexcept {
  const ElementRecord& record = module.elements[index];
  Cursor cursor = cursor_at(module, record.at);
  const ElementFront front = read_element_front(cursor, module.features);
  Element element;
  element.mode = front.mode;
  element.has_expressions = front.has_expressions;
  element.table = front.table;
  element.type = record.type;
  if (front.mode == SegmentMode::active) element.offset = take_expression(module, cursor);
  read_element_type(cursor, front, module.features);
  element.count = cursor.u32();
  const bool last = index + 1 == module.elements.size();
  const std::uint32_t end = last ? module.elements_end : module.elements[index + 1].at;
  element.items = {cursor.offset(), end - cursor.offset()};
  return element;
}

Data read_data(const ModuleData& module, std::uint32_t index) noexcept {
  const DataRecord& record = module.data[index];
  Cursor cursor = cursor_at(module, record.at);
  const DataFront front = read_data_front(cursor, module.features);
  Data data;
  data.mode = front.mode;
  data.memory = front.memory;
  if (front.mode == SegmentMode::active) data.offset = take_expression(module, cursor);
  data.bytes = read_data_bytes(module, index);
  return data;
}

ByteRange read_data_bytes(const ModuleData& module, std::uint32_t index) noexcept {
  const DataRecord& record = module.data[index];
  const bool last = index + 1 == module.data.size();
  return {record.bytes, (last ? module.data_end : module.data[index + 1].at) - record.bytes};
}

ByteRange data_bytes(const Module& module, std::uint32_t index) noexcept {
  return read_data_bytes(ModuleAccess::data(module), index);
}

ByteRange read_body(const ModuleData& module, std::uint32_t index) noexcept {
  return sized_at(module, module.bodies[index]);
}

}  // namespace plimsoll
