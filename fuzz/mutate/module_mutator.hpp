// One mutation of an input that is to be a module, as fuzzing engines ask for them: in a buffer that may grow up to a size.
//
// Some mutations know nothing of modules: they are the engine's own, of the whole input or inside one section or one body whose
// sizes are set right. The others change the module's tree (tree_mutations.hpp), most often once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace plimsoll::fuzz {

// The engine's own mutation (LLVMFuzzerMutate): changes `size` bytes in place, to at most `most`, and returns how many there are.
using RawMutation = std::size_t (*)(std::uint8_t* data, std::size_t size, std::size_t most);

// What is longer is changed as bytes only.
inline constexpr std::size_t most_parsed = 65536;

// Changes the first `size` bytes of `buffer` and returns how many there are then: never more than the buffer has room for. Takes
// any bytes; the same bytes, seed, room and raw mutation make the same result. `raw` may be null: then our own byte mutations
// stand in. Linear in the size; thread-safe if `raw` is.
std::size_t mutate_module(std::span<std::uint8_t> buffer, std::size_t size, std::uint64_t seed, RawMutation raw);

// Makes one input of two, `out` having room for it: the first with a part of the second, renumbered (splice.hpp), or bytes of both.
// Returns its size. As above.
std::size_t cross_modules(std::span<const std::uint8_t> one, std::span<const std::uint8_t> other,
                          std::span<std::uint8_t> out, std::uint64_t seed);

}  // namespace plimsoll::fuzz
