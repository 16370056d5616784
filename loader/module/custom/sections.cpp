// Which custom sections a module has, and what they are.
#include <utility>

#include "module/custom/section_reader.hpp"
#include "plimsoll/custom_sections.hpp"

namespace plimsoll {
namespace {

constexpr std::pair<std::string_view, CustomKind> kinds_by_name[] = {
    {"name", CustomKind::name},
    {"producers", CustomKind::producers},
    {"target_features", CustomKind::target_features},
    {"dylink.0", CustomKind::dylink},
    {"linking", CustomKind::linking},
    {"sourceMappingURL", CustomKind::source_map},
    {"external_debug_info", CustomKind::external_debug},
    {"build_id", CustomKind::build_id},
    {"metadata.code.branch_hint", CustomKind::branch_hints},
    {"metadata.code.trace_inst", CustomKind::trace_marks},
    {"metadata.code.compilation_priority", CustomKind::compilation_priorities},
    {"metadata.code.instr_freq", CustomKind::instruction_frequencies},
    {"metadata.code.call_targets", CustomKind::call_targets},
    {"wasmedge", CustomKind::wasmedge},
};

constexpr std::pair<std::string_view, CustomKind> kinds_by_prefix[] = {
    {"reloc.", CustomKind::relocations},
    {"metadata.code.", CustomKind::code_metadata},
};

}  // namespace

CustomKind custom_kind(std::string_view name) noexcept {
  for (const auto& [known, kind] : kinds_by_name)
    if (name == known) return kind;
  for (const auto& [prefix, kind] : kinds_by_prefix)
    if (name.starts_with(prefix)) return kind;
  return CustomKind::other;
}

std::string_view custom_name(CustomKind kind) noexcept {
  for (const auto& [name, known] : kinds_by_name)
    if (kind == known) return name;
  for (const auto& [prefix, known] : kinds_by_prefix)
    if (kind == known) return prefix;
  return {};
}

bool CustomSectionWalk::next(CustomSection& section) noexcept {
  Section any;
  while (sections_.next(any)) {
    const std::uint32_t index = index_++;
    if (any.id != SectionId::custom) continue;
    section.index = index;
    section.offset = any.offset;
    section.name = text_at(module_, any.name);
    section.contents = any.payload;
    section.kind = custom_kind(section.name);
    return true;
  }
  return false;
}

std::optional<CustomSection> find_custom_section(std::span<const std::byte> module, CustomKind kind) noexcept {
  CustomSectionWalk walk(module);
  CustomSection section;
  while (walk.next(section))
    if (section.kind == kind) return section;
  return std::nullopt;
}

}  // namespace plimsoll
