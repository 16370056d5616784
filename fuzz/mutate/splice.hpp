// Parts of one module put into another, renumbered so that they may be right where they come to stand.
#pragma once

#include "mutate/module_tree.hpp"
#include "mutate/random.hpp"

namespace plimsoll::fuzz {

// Takes a function of the donor over, with all of the donor's types: as a new function, or in the place of one. References to
// types are those of the donor; other references go to what the module has under that number, or under another, and where it has
// nothing of the kind, to what the donor has. False if the donor has no function to give. Linear in both.
bool import_function(Random& random, Node& root, Node& donor);

// Puts some part of the donor into the module: a function, a body, instructions, an entry, a section. Opens what it needs of both.
void splice(Random& random, Node& root, Node& donor);

}  // namespace plimsoll::fuzz
