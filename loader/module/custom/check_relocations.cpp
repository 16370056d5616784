// The check of `reloc.*` (the conventions of WebAssembly's tools, Linking): that a linker could apply each relocation.
#include <algorithm>

#include "module/custom/checker.hpp"
#include "module/custom/linking.hpp"
#include "module/records.hpp"

namespace plimsoll {
namespace {

// Which symbols a relocation can stand for. Position-independent code also takes the addresses of functions and data from
// globals.
std::uint32_t symbols_for(const RelocationRow& row) noexcept {
  if (row.symbol != SymbolKind::global) return symbol_kind_bit(row.symbol);
  return symbol_kind_bit(SymbolKind::global) | symbol_kind_bit(SymbolKind::function) |
         symbol_kind_bit(SymbolKind::data);
}

bool is_leb(RelocationEncoding encoding) noexcept {
  switch (encoding) {
    case RelocationEncoding::leb:
    case RelocationEncoding::sleb:
    case RelocationEncoding::leb64:
    case RelocationEncoding::sleb64: return true;
    case RelocationEncoding::fixed32:
    case RelocationEncoding::fixed64: return false;
  }
  return false;
}

class RelocationCheck {
 public:
  RelocationCheck(CustomCheck& check, const SectionPlace& target) noexcept
      : check_(check), module_(check.module()), target_(target) {}

  void entry(const Relocation& one) noexcept {
    const RelocationRow& row = relocation_row(one.type);
    if (one.offset < last_) check_.warn_limit(WarningCode::relocation_out_of_order, one.at, last_, one.offset);
    last_ = one.offset;
    if (std::uint64_t{one.offset} + row.size > target_.payload.size)
      check_.warn_limit(WarningCode::out_of_bounds, one.at, std::uint64_t{one.offset} + row.size, target_.payload.size);
    else
      bytes({target_.payload.offset + one.offset, row.size}, one, row);
    if (row.is_type)
      check_.check_index(one.at, one.index, module_.types().size());
    else if (check_.has_symbols())
      check_.check_symbol(one.at, one.index, symbols_for(row));
  }

 private:
  // The bytes to be relocated lie in one body or segment, and a number among them takes all the room it can. Of custom
  // sections nothing more is known, not even whether offsets count from behind their name.
  void bytes(ByteRange range, const Relocation& one, const RelocationRow& row) noexcept {
    if (target_.id == SectionId::custom) return;
    const ByteRange part = target_.id == SectionId::code ? body_at(range.offset) : segment_at(range.offset);
    const bool inside = range.offset >= part.offset && range.offset + range.size <= part.offset + part.size;
    if (!inside) return check_.warn_value(WarningCode::relocation_across, one.at, one.offset);
    if (target_.id == SectionId::code && is_leb(row.encoding) && !is_padded(module_.bytes(range)))
      check_.warn_value(WarningCode::relocation_not_padded, one.at, one.offset);
  }

  static bool is_padded(std::span<const std::byte> number) noexcept {
    constexpr std::byte more{0x80};
    const auto goes_on = [](std::byte byte) { return (byte & more) != std::byte{}; };
    return std::ranges::all_of(number.first(number.size() - 1), goes_on) && !goes_on(number.back());
  }

  // The last of `count` parts that starts at or before an offset.
  template <class At>
  static ByteRange part_at(std::uint32_t count, std::uint32_t offset, At at) noexcept {
    std::uint32_t low = 0;
    std::uint32_t high = count;
    while (low < high) {
      const std::uint32_t middle = low + (high - low) / 2;
      if (at(middle).offset <= offset)
        low = middle + 1;
      else
        high = middle;
    }
    return low == 0 ? ByteRange{} : at(low - 1);
  }
  [[nodiscard]] ByteRange body_at(std::uint32_t offset) const noexcept {
    const Records<ByteRange> bodies = module_.bodies();
    return part_at(bodies.size(), offset, [&](std::uint32_t i) { return bodies[i]; });
  }
  [[nodiscard]] ByteRange segment_at(std::uint32_t offset) const noexcept {
    return part_at(module_.data().size(), offset, [&](std::uint32_t i) { return data_bytes(module_, i); });
  }

  CustomCheck& check_;
  const Module& module_;
  SectionPlace target_;
  std::uint32_t last_ = 0;
};

}  // namespace

void check_relocations(CustomCheck& check, const CustomSection& section) noexcept {
  SectionReader reader = check.reader(section.contents);
  const std::uint32_t offset = reader.offset();
  const std::uint32_t target = reader.u32();
  const std::uint32_t count = reader.u32();
  if (!reader.ok()) return check.warn_unreadable(reader);
  if (!check.check_index(offset, target, check.sections().size())) return;
  if (!check.can_be_relocated(target)) return check.warn_value(WarningCode::wrong_section, offset, target);
  if (target > section.index) check.warn_value(WarningCode::misplaced_section, offset, target);

  RelocationCheck entries(check, check.sections()[target]);
  for (std::uint32_t i = 0; i < count && reader.ok() && check.going(); ++i) {
    if (!reader.at_end() && reader.peek() >= relocation_type_count)
      return check.warn_value(WarningCode::unknown_kind, reader.offset(), reader.peek());
    const Relocation one = read_relocation(reader);
    if (reader.ok()) entries.entry(one);
  }
  if (check.going()) check.finish(reader);
}

}  // namespace plimsoll
