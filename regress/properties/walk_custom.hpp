// Reads everything that the views of custom sections give, and checks the sections.
#pragma once

#include <string>

#include "plimsoll/module.hpp"

namespace plimsoll::regress::properties {

// The first thing that is wrong (a view that leaves the module, a warning outside its section, a check that needs more than
// eight bytes per byte of the module), or nothing.
std::string walk_custom(const Module& module);

}  // namespace plimsoll::regress::properties
