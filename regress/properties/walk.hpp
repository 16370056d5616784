// Walks everything that can be reached from a Module, down to the last immediate, and says whether all of it lies inside the
// module's bytes and agrees with itself.
#pragma once

#include <cstdint>
#include <string>

#include "plimsoll/module.hpp"

namespace plimsoll::regress::properties {

// What a walk found. Equal for equal modules, wherever they lie.
struct Walked {
  std::uint64_t bodies = 0;
  std::uint64_t instructions = 0;  // of bodies
  std::uint64_t constants = 0;     // instructions of constant expressions
  std::uint64_t list_entries = 0;  // labels, catch clauses, types
  std::uint64_t names = 0;         // of imports, exports, custom sections and in the name section
  std::uint64_t checksum = 0;      // over every byte that a view reaches
  std::string problem;             // the first thing that is wrong; empty: nothing

  friend bool operator==(const Walked&, const Walked&) = default;
};

// Linear in the module, but for names in odd modules with hundreds of sections. Owns nothing when it returns.
Walked walk(const Module& module);

}  // namespace plimsoll::regress::properties
