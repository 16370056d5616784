// The accessors of Module.
#include "plimsoll/module.hpp"

#include "module/module_data.hpp"

namespace plimsoll {

std::span<const std::byte> Module::bytes() const noexcept {
  return {reinterpret_cast<const std::byte*>(data_->base), data_->size};
}
std::string_view Module::text(ByteRange range) const noexcept {
  return {reinterpret_cast<const char*>(data_->base) + range.offset, range.size};
}

std::uint32_t Module::type_count() const noexcept { return data_->types.size(); }
SubType Module::type(std::uint32_t type_index) const noexcept { return data_->types.view(type_index); }
std::span<const Import> Module::imports() const noexcept { return data_->imports.view(); }
std::span<const std::uint32_t> Module::functions() const noexcept { return data_->functions.view(); }
std::span<const Table> Module::tables() const noexcept { return data_->tables.view(); }
std::span<const Memory> Module::memories() const noexcept { return data_->memories.view(); }
std::span<const std::uint32_t> Module::tags() const noexcept { return data_->tags.view(); }
std::span<const Global> Module::globals() const noexcept { return data_->globals.view(); }
std::uint32_t Module::imported_count(ExternalKind kind) const noexcept {
  return data_->imported[static_cast<std::size_t>(kind)];
}
std::span<const Export> Module::exports() const noexcept { return data_->exports.view(); }
std::optional<std::uint32_t> Module::start() const noexcept { return data_->start; }
std::span<const Element> Module::elements() const noexcept { return data_->elements.view(); }
std::optional<std::uint32_t> Module::data_count() const noexcept { return data_->data_count; }
std::span<const Data> Module::data() const noexcept { return data_->data.view(); }
std::span<const ByteRange> Module::bodies() const noexcept { return data_->bodies.view(); }
Features Module::features() const noexcept { return data_->features; }

void Module::operator delete(Module* module, std::destroying_delete_t) noexcept {
  ModuleData* data = &ModuleAccess::data(*module);
  std::pmr::memory_resource* memory = data->arena.memory();
  data->~ModuleData();
  memory->deallocate(data, sizeof(ModuleData), alignof(ModuleData));
}

}  // namespace plimsoll
