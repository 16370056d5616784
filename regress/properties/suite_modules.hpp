// The modules of the official suites that are within what the loader has: all but component-model.
#pragma once

#include <vector>

#include "properties/inputs.hpp"

namespace plimsoll::regress::properties {

// Every module of the suites, with the features of its suite or its own. Empty where there are no suites.
std::vector<Input> suite_modules();

}  // namespace plimsoll::regress::properties
