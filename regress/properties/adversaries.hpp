// The modules of corpus/adversaries: made to cost a loader as much as bytes can.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "assemble/assemble.hpp"
#include "properties/inputs.hpp"

namespace plimsoll::regress::properties {

// Each can be made in two sizes: small enough for tests, and so large that fixed costs no longer count.
enum class AdversarySize : std::uint8_t { small, large };

struct Adversary {
  Input input;
  Expectation expectation;
};

// Their names, sorted: every corpus/adversaries/*.hex, and `hash_collisions`, whose names of exports are searched for.
std::vector<std::string> adversary_names();

// One of them. Throws on a source that does not assemble or whose directives are no good.
Adversary adversary(const std::string& name, AdversarySize size);

}  // namespace plimsoll::regress::properties
