// Damage to a module that knows its structure: sections, entries, types, limits, instructions, immediates and numbers.
#pragma once

#include "mutate/module_tree.hpp"
#include "mutate/random.hpp"

namespace plimsoll::fuzz {

// Damages the tree once, if there is anything in it to damage. `donor`: a module to take parts from; may be the same one.
void mutate_tree(Random& random, Node& root, const Node& donor);

}  // namespace plimsoll::fuzz
