// Modules that somebody has damaged: the same ones on every run and on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "mutate/mutate.hpp"
#include "properties/inputs.hpp"

namespace plimsoll::regress::properties {

// Mutants of the inputs it was given (mutate/mutate.hpp), with their features; every eighth with all features.
class Mutations {
 public:
  explicit Mutations(std::vector<Input> pool);
  Mutations(const Mutations&) = delete;
  Mutations& operator=(const Mutations&) = delete;

  // The n-th mutant, a function of `number` and the pool alone. Linear in the module.
  [[nodiscard]] Input make(std::uint64_t number) const;

 private:
  std::vector<Input> pool_;
  std::vector<std::vector<std::byte>> bytes_;
  fuzz::Mutator mutator_;
};

}  // namespace plimsoll::regress::properties
