// Damage to a module that knows nothing of its structure: bits and bytes changed, put in, taken out and repeated, and parts of
// other modules put in.
#pragma once

#include <span>

#include "mutate/module_tree.hpp"
#include "mutate/random.hpp"

namespace plimsoll::fuzz {

// Damages `bytes` once. `other`: bytes to take parts from; may be empty. Linear in both.
void mutate_bytes(Random& random, Bytes& bytes, std::span<const std::byte> other);

// The same inside one section, whose size is set right. Anywhere if there is no section.
void mutate_inside_section(Random& random, Bytes& bytes, std::span<const std::byte> other);

}  // namespace plimsoll::fuzz
