// Whether two modules are the same but for how their bytes are written.
#pragma once

#include <string>

#include "plimsoll/module.hpp"

namespace plimsoll::fuzz {

// What the first difference is, in a few words; empty if there is none. Types, imports, definitions, exports, segments, bodies
// (instruction by instruction) and custom sections are compared; not where they stand. Linear in the modules; throws only
// std::bad_alloc.
std::string difference(const Module& a, const Module& b);

}  // namespace plimsoll::fuzz
