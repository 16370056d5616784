// Modules that somebody has damaged: the same ones on every run and on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "properties/inputs.hpp"

namespace plimsoll::regress::properties {

// Makes mutants of the inputs it was given: bits and bytes changed, bytes inserted, removed and repeated, parts of other modules
// put in, numbers replaced by unlikely ones, one to eight times; in half of them inside a section whose size is set right.
class Mutations {
 public:
  explicit Mutations(std::vector<Input> pool);

  // The n-th mutant, a function of `number` and the pool alone. Linear in the module.
  [[nodiscard]] Input make(std::uint64_t number) const;

 private:
  [[nodiscard]] const Input& pick(std::uint64_t random) const;

  std::vector<Input> small_;
  std::vector<Input> large_;  // over 4 KiB: chosen less often, or they would take all the time
};

}  // namespace plimsoll::regress::properties
