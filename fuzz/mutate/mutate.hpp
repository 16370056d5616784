// Mutants: modules that somebody has damaged, the same ones on every run and on every machine.
//
// A mutant comes from one module of a pool, damaged one to eight times: by changes that know the structure (tree_mutations.hpp),
// after which most mutants are still well-formed and many valid, or by changes that do not (byte_mutations.hpp), anywhere or
// inside a section whose size is set right.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mutate/module_tree.hpp"
#include "mutate/random.hpp"

namespace plimsoll::fuzz {

struct Mutant {
  std::size_t origin = 0;  // position in the pool of the module that it was
  Bytes bytes;
};

class Mutator {
 public:
  // How much of the damage knows the structure.
  enum class Style : std::uint8_t {
    structural,  // nine tenths of the mutants
    mixed,       // half
  };

  // `pool` must not be empty, and stays with the caller, unchanged, for as long as the Mutator is used. A module whose place in
  // `favoured` is true is chosen six times as often; empty: none is.
  Mutator(std::span<const Bytes> pool, std::uint64_t seed, Style style, const std::vector<bool>& favoured = {});

  // The mutant with a number: a function of the number, the seed, the style and the pool alone. Linear in its module.
  // Thread-safe.
  [[nodiscard]] Mutant make(std::uint64_t number) const;

 private:
  [[nodiscard]] std::size_t pick(Random& random) const;
  void damage_structure(Random& random, Mutant& mutant) const;
  void damage_bytes(Random& random, Mutant& mutant) const;

  std::span<const Bytes> pool_;
  std::uint64_t seed_;
  Style style_;
  std::vector<std::size_t> small_;
  std::vector<std::size_t> large_;  // over 4 KiB: chosen less often, or they would take all the time
};

// Cuts a large module down: a few bodies chosen at random stay, the others become `unreachable`; exports and custom sections
// go, segments keep a few entries or bytes, and then all that nothing refers to goes. What was valid stays valid, unless a body
// refers to a function that was only declared by what has gone. The bytes unchanged if the module does not follow the grammar.
// Linear in the module, a few times.
[[nodiscard]] Bytes cut_down(std::span<const std::byte> module, Random& random, std::size_t bodies);

}  // namespace plimsoll::fuzz
