// Damage to a module that knows its structure: sections, entries, types, limits, instructions, immediates and numbers.
#pragma once

#include "mutate/module_tree.hpp"
#include "mutate/random.hpp"

namespace plimsoll::fuzz {

// Damages the tree once, if there is anything in it to damage; opens what it needs of both. `donor`: a module to take parts from,
// another tree, which stays what it is when written. Linear in the parts that are opened or copied.
void mutate_tree(Random& random, Node& root, Node& donor);

}  // namespace plimsoll::fuzz
