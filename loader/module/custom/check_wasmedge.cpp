// The check of `wasmedge`: what WasmEdge's loader asks of the section before it maps its code, but for the machine it runs on.
#include <algorithm>

#include "module/custom/checker.hpp"
#include "module/custom/wasmedge.hpp"

namespace plimsoll {
namespace {

constexpr std::uint64_t page = 4096;        // bytes; the image ends with one
constexpr std::uint64_t most = 1ULL << 40;  // bytes: sums of such sizes do not wrap
constexpr std::uint64_t pointer_size = 8;   // bytes

bool is_placed(const WasmEdgePart& part) noexcept { return part.address <= most && part.size <= most; }

// Where the image of all parts ends.
std::uint64_t image_end(const WasmEdgeSection& image) noexcept {
  std::uint64_t end = 0;
  for (const WasmEdgePart& part : image.parts)
    if (is_placed(part)) end = std::max(end, part.address + part.size);
  return (end + page - 1) / page * page;
}

void check_parts(CustomCheck& check, const WasmEdgeSection& image) noexcept {
  for (const WasmEdgePart& part : image.parts) {
    if (!check.going()) return;
    if (part.kind < WasmEdgePart::text || part.kind > WasmEdgePart::eh_frame)
      check.warn_value(WarningCode::unknown_kind, part.offset, part.kind);
    if (part.contents.size > part.size)
      check.warn_limit(WarningCode::out_of_bounds, part.offset, part.contents.size, part.size);
    if (!is_placed(part))
      check.warn_limit(WarningCode::address_out_of_range, part.offset, std::max(part.address, part.size), most);
  }
}

// Warns of a number of addresses that is not that of the things they are of. WasmEdge then does without the section.
void check_count(CustomCheck& check, SectionReader& reader, std::uint32_t expected) noexcept {
  const std::uint32_t offset = reader.offset();
  const std::uint64_t count = reader.u64();
  if (count != expected) check.warn_index(WarningCode::count_mismatch, offset, count, expected);
}

void check_addresses(CustomCheck& check, SectionReader& reader, std::uint32_t count, std::uint64_t end) noexcept {
  for (std::uint32_t i = 0; i < count && check.going(); ++i) {
    const std::uint32_t offset = reader.offset();
    const std::uint64_t address = reader.u64();
    if (address >= end) check.warn_limit(WarningCode::address_out_of_range, offset, address, end);
  }
}

}  // namespace

void check_wasmedge(CustomCheck& check, const CustomSection& section) noexcept {
  SectionReader whole = check.reader(section.contents);
  const WasmEdgeSection image = read_wasmedge(whole);
  if (!whole.ok()) return check.warn_unreadable(whole);
  if (image.version != WasmEdgeSection::current_version)
    return check.warn_value(WarningCode::unsupported_version, section.contents.offset, image.version);

  // All of it can be read. Once more from the front, now that the end of the image is known.
  SectionReader reader = check.reader(section.contents);
  reader.u32();
  if (wasmedge_os(image.os).empty()) check.warn_value(WarningCode::unknown_kind, reader.offset(), image.os);
  reader.byte();
  if (wasmedge_arch(image.arch).empty()) check.warn_value(WarningCode::unknown_kind, reader.offset(), image.arch);
  reader.byte();
  reader.u64();
  const std::uint64_t end = image_end(image);
  const std::uint64_t intrinsics = image.intrinsics_address;
  if (intrinsics > end || end - intrinsics < pointer_size)
    check.warn_limit(WarningCode::address_out_of_range, reader.offset(), intrinsics, end);
  reader.u64();
  check_count(check, reader, check.module().types().size());
  check_addresses(check, reader, image.types.count(), end);
  check_count(check, reader, check.module().bodies().size());
  check_addresses(check, reader, image.functions.count(), end);
  check_parts(check, image);
  check.finish(whole);
}

}  // namespace plimsoll
