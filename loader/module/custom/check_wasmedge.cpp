// The check of `wasmedge`: what WasmEdge's loader asks of the section before it maps its code, but for the machine it runs on.
#include <algorithm>

#include "module/custom/checker.hpp"
#include "module/custom/wasmedge.hpp"

namespace plimsoll {
namespace {

constexpr std::uint64_t page = 4096;        // bytes; the image ends with one
constexpr std::uint64_t most = 1ULL << 40;  // bytes: sums of such sizes do not wrap
constexpr std::uint64_t pointer_size = 8;   // bytes

// Where the image of all parts ends.
std::uint64_t image_end(CustomCheck& check, const WasmEdgeSection& image) noexcept {
  std::uint64_t end = 0;
  for (const WasmEdgePart& part : image.parts) {
    if (!check.going()) break;
    if (part.kind < WasmEdgePart::text || part.kind > WasmEdgePart::eh_frame)
      check.warn_value(WarningCode::unknown_kind, part.offset, part.kind);
    if (part.contents.size > part.size)
      check.warn_limit(WarningCode::out_of_bounds, part.offset, part.contents.size, part.size);
    if (part.address > most || part.size > most)
      check.warn_limit(WarningCode::address_out_of_range, part.offset, std::max(part.address, part.size), most);
    else
      end = std::max(end, part.address + part.size);
  }
  return (end + page - 1) / page * page;
}

void check_addresses(CustomCheck& check, const EntryList<WasmEdgeAddress>& addresses, std::uint64_t end) noexcept {
  for (const WasmEdgeAddress& one : addresses) {
    if (!check.going()) return;
    if (one.address >= end) check.warn_limit(WarningCode::address_out_of_range, one.offset, one.address, end);
  }
}

}  // namespace

void check_wasmedge(CustomCheck& check, const CustomSection& section) noexcept {
  SectionReader reader = check.reader(section.contents);
  const WasmEdgeSection image = read_wasmedge(reader);
  const std::uint32_t start = section.contents.offset;
  if (reader.ok() && image.version != WasmEdgeSection::current_version)
    return check.warn_value(WarningCode::unsupported_version, start, image.version);
  if (!reader.ok()) return check.warn_unreadable(reader);

  // The version may be padded; the two bytes behind it are not.
  SectionReader header = check.reader(section.contents);
  header.u32();
  if (wasmedge_os(image.os).empty()) check.warn_value(WarningCode::unknown_kind, header.offset(), image.os);
  if (wasmedge_arch(image.arch).empty()) check.warn_value(WarningCode::unknown_kind, header.offset() + 1, image.arch);
  header.take(2);
  const std::uint32_t addresses = header.offset();

  const std::uint64_t end = image_end(check, image);
  if (image.intrinsics_address > end || end - image.intrinsics_address < pointer_size)
    check.warn_limit(WarningCode::address_out_of_range, addresses, image.intrinsics_address, end);
  const Module& module = check.module();
  if (image.types.count() != module.types().size())
    check.warn_index(WarningCode::count_mismatch, addresses, image.types.count(), module.types().size());
  if (image.functions.count() != module.bodies().size())
    check.warn_index(WarningCode::count_mismatch, addresses, image.functions.count(), module.bodies().size());
  check_addresses(check, image.types, end);
  check_addresses(check, image.functions, end);
  check.finish(reader);
}

}  // namespace plimsoll
