// The view of `wasmedge`.
#include "module/custom/wasmedge.hpp"

#include <array>

namespace plimsoll {
namespace {

WasmEdgeAddress read_address(SectionReader& reader) noexcept {
  WasmEdgeAddress address;
  address.offset = reader.offset();
  address.address = reader.u64();
  return address;
}

// A list of addresses, whose count is a 64-bit number.
EntryList<WasmEdgeAddress> read_addresses(SectionReader& reader) noexcept {
  const std::uint32_t at = reader.offset();
  const std::uint64_t declared = reader.u64();
  if (reader.ok() && declared > reader.remaining()) reader.fail(ErrorCode::length_out_of_bounds, at);
  if (!reader.ok()) return {};
  const auto count = static_cast<std::uint32_t>(declared);
  const ByteRange rest = reader.rest();
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) reader.u64();
  return {
      reader.module(), {rest.offset, reader.offset() - rest.offset}, count, take_entry<WasmEdgeAddress, read_address>};
}

}  // namespace

WasmEdgePart read_wasmedge_part(SectionReader& reader) noexcept {
  WasmEdgePart part;
  part.offset = reader.offset();
  part.kind = reader.byte();
  part.address = reader.u64();
  part.size = reader.u64();
  const std::uint32_t contents = reader.length();
  part.contents = {reader.offset(), contents};
  reader.take(contents);
  return part;
}

WasmEdgeSection read_wasmedge(SectionReader& reader) noexcept {
  constexpr std::uint32_t least_part = 4;
  WasmEdgeSection section;
  section.version = reader.u32();
  if (section.version != WasmEdgeSection::current_version) return section;
  section.os = reader.byte();
  section.arch = reader.byte();
  section.version_address = reader.u64();
  section.intrinsics_address = reader.u64();
  section.types = read_addresses(reader);
  section.functions = read_addresses(reader);
  section.parts = read_inner_list<WasmEdgePart, read_wasmedge_part>(reader, least_part);
  return section;
}

WasmEdgeSection wasmedge_section(std::span<const std::byte> module, const CustomSection& section) noexcept {
  if (section.kind != CustomKind::wasmedge) return {};
  SectionReader reader(module, section.contents);
  return read_wasmedge(reader);
}

std::string_view wasmedge_os(std::uint8_t os) noexcept {
  constexpr std::array<std::string_view, 4> names = {"", "linux", "macos", "windows"};
  return os < names.size() ? names[os] : "";
}

std::string_view wasmedge_arch(std::uint8_t arch) noexcept {
  constexpr std::array<std::string_view, 6> names = {"", "x86_64", "aarch64", "riscv64", "armv7", "s390x"};
  return arch < names.size() ? names[arch] : "";
}

}  // namespace plimsoll
