// The index spaces of a module tree (specification 3.0, section 2.5.1): how many entries each has, and taking entries out so that
// what refers to the others still does.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "mutate/module_tree.hpp"

namespace plimsoll::fuzz {

enum class Space : std::uint8_t { type, function, table, memory, global, tag, element, data };
inline constexpr std::array all_spaces{Space::type,   Space::function, Space::table,   Space::memory,
                                       Space::global, Space::tag,      Space::element, Space::data};

// The space that a kind of leaf is an index into; none if it is none. (A heap_type may be one into the types.)
[[nodiscard]] std::optional<Space> space_of(Kind kind) noexcept;

// How many entries each space has, imports counted; indexed by Space. A section that is not open is believed what
// it says, within reason; one that does not follow the grammar has none.
using SpaceSizes = std::array<std::size_t, all_spaces.size()>;
[[nodiscard]] SpaceSizes space_sizes(const Node& root);
[[nodiscard]] inline std::size_t size_of(const SpaceSizes& sizes, Space space) noexcept {
  return sizes[static_cast<std::size_t>(space)];
}

// Gives every reference to a space in `part` the number that `fresh` has for it; opens bodies. Heap types that name a type are
// references to the space of types. Linear in the part.
void renumber(Node& part, Space space, const std::function<std::uint64_t(std::uint64_t)>& fresh);

// Takes one entry out, with the body of a function, and renumbers what refers to later ones; what referred to the entry itself
// refers to entry 0 then. False if there is no such entry. Bodies are opened. Linear in the module.
bool remove_entry(Node& root, Space space, std::size_t index);

// Takes out every type, function, global and tag that nothing refers to, and renumbers the rest. Returns how many went. Bodies
// are opened. Types go with their rec group. A few passes over the module.
std::size_t prune(Node& root);

// Makes a body that is right whatever its function's type: `unreachable end`.
void stub_body(Node& body);

}  // namespace plimsoll::fuzz
