// The accessors of ModuleIndex, and the end of a Module.
#include "plimsoll/module.hpp"

#include "module/module_data.hpp"
#include "module/records.hpp"

namespace plimsoll {
namespace {

bool exists(const TypeStore& types, ValueType type) noexcept {
  return !type.is_reference() || !type.is_concrete() || type.type_index() < types.size();
}

}  // namespace

std::span<const std::byte> ModuleIndex::bytes() const noexcept {
  return {reinterpret_cast<const std::byte*>(data_->base), data_->size};
}
std::string_view ModuleIndex::text(ByteRange range) const noexcept {
  return {reinterpret_cast<const char*>(data_->base) + range.offset, range.size};
}

Records<SubType> ModuleIndex::types() const noexcept { return {*data_, data_->types.size(), read_type}; }
ValueType ModuleIndex::canonical(ValueType type) const noexcept {
  return exists(data_->types, type) ? data_->types.canonical(type) : type;
}
bool ModuleIndex::matches(ValueType sub, ValueType super) const noexcept {
  const TypeStore& types = data_->types;
  return exists(types, sub) && exists(types, super) && types.matches(types.canonical(sub), types.canonical(super));
}
Records<Import> ModuleIndex::imports() const noexcept { return {*data_, data_->imports.size(), read_import}; }
std::span<const std::uint32_t> ModuleIndex::functions() const noexcept { return data_->functions.view(); }
Records<Table> ModuleIndex::tables() const noexcept { return {*data_, data_->tables.size(), read_table}; }
std::span<const Memory> ModuleIndex::memories() const noexcept { return data_->memories.view(); }
std::span<const std::uint32_t> ModuleIndex::tags() const noexcept { return data_->tags.view(); }
Records<Global> ModuleIndex::globals() const noexcept { return {*data_, data_->globals.size(), read_global}; }
std::uint32_t ModuleIndex::imported_count(ExternalKind kind) const noexcept {
  return data_->imported[static_cast<std::size_t>(kind)];
}
Records<Export> ModuleIndex::exports() const noexcept { return {*data_, data_->exports.size(), read_export}; }
std::optional<std::uint32_t> ModuleIndex::start() const noexcept { return data_->start; }
Records<Element> ModuleIndex::elements() const noexcept { return {*data_, data_->elements.size(), read_element}; }
std::optional<std::uint32_t> ModuleIndex::data_count() const noexcept { return data_->data_count; }
Records<Data> ModuleIndex::data() const noexcept { return {*data_, data_->data.size(), read_data}; }
Records<ByteRange> ModuleIndex::bodies() const noexcept { return {*data_, data_->bodies.size(), read_body}; }
Features ModuleIndex::features() const noexcept { return data_->features; }

void Module::operator delete(Module* module, std::destroying_delete_t) noexcept {
  ModuleData* data = &ModuleAccess::data(*module);
  std::pmr::memory_resource* memory = data->arena.memory();
  data->~ModuleData();
  memory->deallocate(data, sizeof(ModuleData), alignof(ModuleData));
}

}  // namespace plimsoll
