// AFL++'s custom mutator: AFL_CUSTOM_MUTATOR_LIBRARY=libplimsoll_afl_mutator.so afl-fuzz ...
//
// AFL++ gives another input of its queue with each call, so a mutation and a crossover are one function here.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "mutate/module_mutator.hpp"
#include "mutate/random.hpp"

namespace {

struct AflMutator {
  plimsoll::fuzz::Random random;
  std::vector<std::uint8_t> buffer = {};  // of the last result, which AFL++ reads until the next call
};

}  // namespace

extern "C" void* afl_custom_init(void* /*afl*/, unsigned int seed) {
  return std::make_unique<AflMutator>(plimsoll::fuzz::Random(seed)).release();
}

extern "C" std::size_t afl_custom_fuzz(void* data, std::uint8_t* input, std::size_t size, std::uint8_t** out,
                                       std::uint8_t* other, std::size_t other_size, std::size_t most) {
  auto& mutator = *static_cast<AflMutator*>(data);
  if (mutator.buffer.size() < most) mutator.buffer.resize(most);
  const std::span<std::uint8_t> room(mutator.buffer.data(), most);
  *out = room.data();
  const std::uint64_t seed = mutator.random.next();
  if (other != nullptr && other_size != 0 && mutator.random.percent(25))
    return plimsoll::fuzz::cross_modules({input, size}, {other, other_size}, room, seed);
  std::copy_n(input, std::min(size, most), room.begin());
  return plimsoll::fuzz::mutate_module(room, std::min(size, most), seed, nullptr);
}

extern "C" void afl_custom_deinit(void* data) {
  const std::unique_ptr<AflMutator> gone(static_cast<AflMutator*>(data));
}
