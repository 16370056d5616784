// libFuzzer's custom mutator and crossover, for targets whose input is a module. An engine that does not call them is not hindered.
#include <cstddef>
#include <cstdint>
#include <span>

#include "mutate/module_mutator.hpp"

// The engine's own mutation; weak, because not every engine has one.
extern "C" [[gnu::weak]] std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most,
                                               unsigned int seed) {
  return plimsoll::fuzz::mutate_module({data, most}, size, seed, LLVMFuzzerMutate);
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* one, std::size_t one_size,
                                                 const std::uint8_t* other, std::size_t other_size, std::uint8_t* out,
                                                 std::size_t most, unsigned int seed) {
  return plimsoll::fuzz::cross_modules({one, one_size}, {other, other_size}, {out, most}, seed);
}
