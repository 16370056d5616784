// The check of `dylink.0` (the conventions of WebAssembly's tools, DynamicLinking).
#include "module/custom/checker.hpp"
#include "module/custom/linking.hpp"

namespace plimsoll {
namespace {

// A 32-bit memory or table can be aligned no further.
constexpr std::uint32_t most_alignment = 31;

void check_flags(CustomCheck& check, std::uint32_t offset, std::uint32_t flags) noexcept {
  if ((flags & ~symbol_flag::all) != 0) check.warn_value(WarningCode::bad_flags, offset, flags);
}

void check_memory(CustomCheck& check, SectionReader& reader) noexcept {
  const auto alignment = [&] {
    const std::uint32_t offset = reader.offset();
    const std::uint32_t exponent = reader.u32();
    if (exponent > most_alignment) check.warn_limit(WarningCode::bad_alignment, offset, exponent, most_alignment);
  };
  reader.u32();
  alignment();
  reader.u32();
  alignment();
}

void check_part(CustomCheck& check, DylinkPart part, SectionReader& reader) noexcept {
  if (part == DylinkPart::memory) return check_memory(check, reader);
  const std::uint32_t count = reader.u32();
  for (std::uint32_t i = 0; i < count && reader.ok() && check.going(); ++i) {
    switch (part) {
      case DylinkPart::memory: break;
      case DylinkPart::needed:
      case DylinkPart::runtime_path: read_dylink_text(reader); break;
      case DylinkPart::exports: {
        const DylinkExport entry = read_dylink_export(reader);
        if (reader.ok()) check_flags(check, entry.offset, entry.flags);
        break;
      }
      case DylinkPart::imports: {
        const DylinkImport entry = read_dylink_import(reader);
        if (reader.ok()) check_flags(check, entry.offset, entry.flags);
        break;
      }
    }
  }
}

}  // namespace

void check_dylink(CustomCheck& check, const CustomSection& section) noexcept {
  SectionReader reader = check.reader(section.contents);
  SubsectionsSeen seen;
  for (Subsection subsection; check.going() && next_subsection(reader, subsection);) {
    if (subsection.id < first_dylink_part || subsection.id > last_dylink_part) {
      check.warn_value(WarningCode::unknown_subsection, subsection.offset, subsection.id);
      continue;
    }
    if (!seen.accept(check, subsection)) continue;
    SectionReader contents = check.reader(subsection.contents);
    check_part(check, static_cast<DylinkPart>(subsection.id), contents);
    check.finish(contents);
  }
  check.warn_unreadable(reader);
}

}  // namespace plimsoll
