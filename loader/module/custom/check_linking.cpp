// The check of `linking` (the conventions of WebAssembly's tools, Linking): what a linker would refuse in the module as an
// object file.
#include <algorithm>

#include "bytes/hash.hpp"
#include "module/custom/checker.hpp"
#include "module/custom/linking.hpp"
#include "module/records.hpp"

namespace plimsoll {
namespace {

constexpr std::uint32_t most_alignment = 31;  // log2 of bytes

std::span<const std::uint8_t> bytes_of(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

class LinkingCheck {
 public:
  LinkingCheck(CustomCheck& check, const CustomSection& section) noexcept
      : check_(check), module_(check.module()), section_(section) {}

  void run() {
    SectionReader reader = check_.reader(section_.contents);
    const std::uint32_t version = reader.u32();
    if (reader.ok() && version != LinkingSection::current_version) {
      check_.warn_value(WarningCode::unsupported_version, section_.contents.offset, version);
      return;
    }
    SubsectionsSeen seen;
    for (Subsection subsection; check_.going() && next_subsection(reader, subsection);) {
      if (subsection.id < first_linking_part || subsection.id > last_linking_part) {
        check_.warn_value(WarningCode::unknown_subsection, subsection.offset, subsection.id);
        continue;
      }
      if (seen.accept(check_, subsection)) check_part(subsection);
    }
    check_.warn_unreadable(reader);
  }

 private:
  void check_part(const Subsection& subsection) {
    SectionReader reader = check_.reader(subsection.contents);
    switch (static_cast<LinkingPart>(subsection.id)) {
      case LinkingPart::segments: segments(reader); break;
      case LinkingPart::init_functions:
        if (!check_.has_symbols())
          check_.warn_value(WarningCode::subsection_out_of_order, subsection.offset, subsection.id);
        init_functions(reader);
        break;
      case LinkingPart::comdats: comdats(reader); break;
      case LinkingPart::symbols: symbols(reader); break;
    }
    if (check_.going()) check_.finish(reader);
  }

  void segments(SectionReader& reader) noexcept {
    const std::uint32_t offset = reader.offset();
    const std::uint32_t count = reader.u32();
    for (std::uint32_t i = 0; i < count && reader.ok() && check_.going(); ++i) {
      const LinkingSegment segment = read_linking_segment(reader);
      if (!reader.ok()) return;
      if (segment.alignment > most_alignment)
        check_.warn_limit(WarningCode::bad_alignment, segment.offset, segment.alignment, most_alignment);
      if ((segment.flags & ~segment_flag::all) != 0)
        check_.warn_value(WarningCode::bad_flags, segment.offset, segment.flags);
    }
    const std::uint32_t segments = module_.data().size();
    if (reader.ok() && count != segments) check_.warn_index(WarningCode::count_mismatch, offset, count, segments);
  }

  void init_functions(SectionReader& reader) noexcept {
    const std::uint32_t count = reader.u32();
    for (std::uint32_t i = 0; i < count && reader.ok() && check_.going(); ++i) {
      const InitFunction function = read_init_function(reader);
      if (reader.ok() && check_.has_symbols())
        check_.check_symbol(function.offset, function.symbol, symbol_kind_bit(SymbolKind::function));
    }
  }

  void comdats(SectionReader& reader) noexcept {
    const std::uint32_t count = reader.u32();
    for (std::uint32_t i = 0; i < count && reader.ok() && check_.going(); ++i) {
      const std::uint32_t offset = reader.offset();
      reader.text();
      const std::uint32_t flags = reader.u32();
      if (flags != 0) check_.warn_value(WarningCode::bad_flags, offset, flags);
      const std::uint32_t symbol_count = reader.u32();
      for (std::uint32_t j = 0; j < symbol_count && reader.ok() && check_.going(); ++j) {
        const ComdatSymbol symbol = read_comdat_symbol(reader);
        if (reader.ok()) comdat_symbol(symbol);
      }
    }
  }

  void comdat_symbol(const ComdatSymbol& symbol) noexcept {
    const auto defined = [&](ExternalKind kind, std::size_t count) {
      if (check_.check_index(symbol.offset, symbol.index, count) && symbol.index < module_.imported_count(kind))
        check_.warn_value(WarningCode::import_mismatch, symbol.offset, symbol.index);
    };
    switch (symbol.kind) {
      case ComdatKind::data: check_.check_index(symbol.offset, symbol.index, module_.data().size()); return;
      case ComdatKind::function: defined(ExternalKind::function, module_.functions().size()); return;
      case ComdatKind::global: defined(ExternalKind::global, module_.globals().size()); return;
      case ComdatKind::tag: defined(ExternalKind::tag, module_.tags().size()); return;
      case ComdatKind::table: defined(ExternalKind::table, module_.tables().size()); return;
      case ComdatKind::section: check_.check_index(symbol.offset, symbol.index, check_.sections().size()); return;
    }
    check_.warn_value(WarningCode::unknown_kind, symbol.offset, static_cast<std::uint8_t>(symbol.kind));
  }

  void symbols(SectionReader& reader) {
    constexpr std::uint32_t least_symbol = 3;
    const std::uint32_t count = reader.u32();
    const std::size_t room = std::min<std::size_t>(count, reader.remaining() / least_symbol);
    check_.begin_symbols(room);
    HashIndex names(check_.memory(), room, bytes_of(text_at(module_.bytes(), section_.contents)));
    for (std::uint32_t i = 0; i < count && reader.ok() && check_.going(); ++i) {
      if (!reader.at_end() && reader.peek() > last_symbol_kind) {
        check_.warn_value(WarningCode::unknown_kind, reader.offset(), reader.peek());
        reader.seek(reader.end());  // how long it is is not known either
        return;
      }
      const Symbol symbol = read_symbol(reader);
      if (!reader.ok()) return;
      check_.add_symbol(symbol.kind);
      check_symbol(symbol);
      if (symbol.has_name && (symbol.flags & symbol_flag::local) == 0) check_name(symbol, names);
    }
  }

  void check_symbol(const Symbol& symbol) noexcept {
    constexpr std::uint32_t binding = symbol_flag::weak | symbol_flag::local;
    if ((symbol.flags & ~symbol_flag::all) != 0 || (symbol.flags & binding) == binding)
      check_.warn_value(WarningCode::bad_flags, symbol.offset, symbol.flags);
    switch (symbol.kind) {
      case SymbolKind::function: external(symbol, ExternalKind::function, module_.functions().size()); return;
      case SymbolKind::global: external(symbol, ExternalKind::global, module_.globals().size()); return;
      case SymbolKind::tag: external(symbol, ExternalKind::tag, module_.tags().size()); return;
      case SymbolKind::table: external(symbol, ExternalKind::table, module_.tables().size()); return;
      case SymbolKind::data: data(symbol); return;
      case SymbolKind::section:
        if (check_.check_index(symbol.offset, symbol.index, check_.sections().size()) &&
            !check_.can_be_relocated(symbol.index))
          check_.warn_value(WarningCode::wrong_section, symbol.offset, symbol.index);
        return;
    }
  }

  // An import is undefined and a definition is not; nor is an import local.
  void external(const Symbol& symbol, ExternalKind kind, std::size_t count) noexcept {
    if (!check_.check_index(symbol.offset, symbol.index, count)) return;
    const bool imported = symbol.index < module_.imported_count(kind);
    if (imported != symbol.is_undefined() || (imported && (symbol.flags & symbol_flag::local) != 0))
      check_.warn_value(WarningCode::import_mismatch, symbol.offset, symbol.index);
  }

  void data(const Symbol& symbol) noexcept {
    if (symbol.is_undefined() || (symbol.flags & symbol_flag::absolute) != 0) return;
    if (!check_.check_index(symbol.offset, symbol.index, module_.data().size())) return;
    const std::uint64_t end = std::uint64_t{symbol.data_offset} + symbol.data_size;
    const std::uint32_t size = data_bytes(module_, symbol.index).size;
    if (end > size) check_.warn_limit(WarningCode::out_of_bounds, symbol.offset, end, size);
  }

  // The names of symbols that are not local differ.
  void check_name(const Symbol& symbol, HashIndex& names) {
    const auto name_at = [&](std::uint32_t offset) {
      SectionReader reader(module_.bytes(), {offset, section_.contents.offset + section_.contents.size - offset});
      return read_symbol(reader).name;
    };
    const auto hash = [&](std::uint32_t offset) {
      return names.with_hasher([&](auto hasher) {
        hasher.add(bytes_of(name_at(offset)));
        return hasher.value();
      });
    };
    if (names.needs_key()) names.set_key(hash);
    const std::uint32_t same = names.find_or_insert(hash(symbol.offset), symbol.offset,
                                                    [&](std::uint32_t other) { return name_at(other) == symbol.name; });
    if (same != HashIndex::none) check_.warn(WarningCode::duplicate_name, symbol.offset);
  }

  CustomCheck& check_;
  const Module& module_;
  const CustomSection& section_;
};

}  // namespace

void check_linking(CustomCheck& check, const CustomSection& section) { LinkingCheck(check, section).run(); }

}  // namespace plimsoll
