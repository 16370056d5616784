// The section `wasmedge`: machine code that WasmEdge compiled ahead of time and put into the module ("universal" WebAssembly),
// in the form that its compiler writes and its loader reads (binary version 3).
// See custom_sections.hpp for what holds of all views.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "plimsoll/custom_sections.hpp"

namespace plimsoll {

// A part of the machine code, as it is mapped into memory.
struct WasmEdgePart {
  // Kinds, with the format's numbers; on Windows eh_frame holds the function table (.pdata).
  enum Kind : std::uint8_t { text = 1, data = 2, bss = 3, eh_frame = 4 };

  std::uint32_t offset = 0;   // bytes from the start of the module, of the entry
  std::uint8_t kind = 0;      // a Kind, or an unknown number
  std::uint64_t address = 0;  // bytes from the start of the image
  std::uint64_t size = 0;     // bytes in memory; those that the contents do not fill are zero
  ByteRange contents;
};

// An address in the image.
struct WasmEdgeAddress {
  std::uint32_t offset = 0;  // bytes, of the entry
  std::uint64_t address = 0;
};

struct WasmEdgeSection {
  static constexpr std::uint32_t current_version = 3;

  std::uint32_t version = 0;
  std::uint8_t os = 0;    // 1 Linux, 2 macOS, 3 Windows
  std::uint8_t arch = 0;  // 1 x86-64, 2 AArch64, 3 RISC-V 64, 4 ARMv7, 5 s390x
  std::uint64_t version_address = 0;
  std::uint64_t intrinsics_address = 0;
  EntryList<WasmEdgeAddress> types;      // by type index
  EntryList<WasmEdgeAddress> functions;  // by defined function
  EntryList<WasmEdgePart> parts;
};

// Nothing is in it if it is another section; lists are empty if the version is another one. Linear in the number of types and
// functions.
WasmEdgeSection wasmedge_section(std::span<const std::byte> module, const CustomSection& section) noexcept;

// `linux`, `x86_64` and so on; empty for an unknown number. Static storage.
std::string_view wasmedge_os(std::uint8_t os) noexcept;
std::string_view wasmedge_arch(std::uint8_t arch) noexcept;

}  // namespace plimsoll
