// What holds of features, whatever the module.
#pragma once

#include <span>

#include "oracles/answer.hpp"

namespace plimsoll::fuzz {

// Breaks the oracle `feature` if a valid module has an instruction, a type or a section in it whose feature is not among those that it was
// loaded with. Linear in the module.
void require_only_its_features(const Module& module);

// `answer` is that of `bytes` with `features`. Breaks the oracle `feature`
//   if what is valid is not valid with every feature;
//   if the error names a feature that is on already, or whose coming changes nothing.
void require_monotonic(std::span<const std::byte> bytes, Features features, const Answer& answer);

}  // namespace plimsoll::fuzz
