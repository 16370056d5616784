// Reading the name section, entry by entry: what its views and its check share.
#pragma once

#include <cstdint>

#include "module/custom/section_reader.hpp"
#include "plimsoll/names.hpp"

namespace plimsoll {

// How many bytes an entry takes at least.
inline constexpr std::uint32_t least_name = 2;
inline constexpr std::uint32_t least_name_group = 2;

NameEntry read_name_entry(SectionReader& reader) noexcept;
NameGroup read_name_group(SectionReader& reader) noexcept;

// Whether a kind's names stand in groups, by function or by type.
constexpr bool is_indirect(NameKind kind) noexcept {
  return kind == NameKind::local || kind == NameKind::label || kind == NameKind::field;
}

}  // namespace plimsoll
