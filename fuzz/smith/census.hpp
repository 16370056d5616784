// For tests: which forms a module has, so that one can say of many that none is missing.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "plimsoll/module.hpp"

namespace plimsoll::fuzz {

// How often each form came, by its name: `element: passive, expressions`, `in a body: i32.add`.
using Census = std::map<std::string, std::uint64_t>;

// The forms that there are with all features, but for instructions.
[[nodiscard]] std::vector<std::string> every_form();

// Adds what a module has. Linear in the module.
void count_forms(const Module& module, Census& census);

}  // namespace plimsoll::fuzz
