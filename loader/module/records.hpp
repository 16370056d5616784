// Records read back from the bytes of a loaded module, where only their place was kept (module_data.hpp).
#pragma once

#include <cstdint>

#include "module/module_data.hpp"
#include "plimsoll/module.hpp"

namespace plimsoll {

// Each gives the entry at an index that exists. Linear in the entry's own bytes; thread-safe.
SubType read_type(const ModuleData& module, std::uint32_t index) noexcept;
Import read_import(const ModuleData& module, std::uint32_t index) noexcept;
Table read_table(const ModuleData& module, std::uint32_t index) noexcept;
Global read_global(const ModuleData& module, std::uint32_t index) noexcept;
Export read_export(const ModuleData& module, std::uint32_t index) noexcept;
Element read_element(const ModuleData& module, std::uint32_t index) noexcept;
Data read_data(const ModuleData& module, std::uint32_t index) noexcept;
// The contents of a data segment, in constant time.
ByteRange read_data_bytes(const ModuleData& module, std::uint32_t index) noexcept;
ByteRange data_bytes(const Module& module, std::uint32_t index) noexcept;
ByteRange read_body(const ModuleData& module, std::uint32_t index) noexcept;

// The constant expression that starts at `begin`, with its `end`: no block can stand in one.
ByteRange expression_at(std::span<const std::byte> module, std::uint32_t begin, std::uint32_t limit) noexcept;

}  // namespace plimsoll
