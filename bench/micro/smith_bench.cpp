// Bench: what the smith makes in a second, by the bytes of entropy that a module is made of. Modules are those of 200 seeds in turn,
// with all features; bytes are those of the modules.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "smith/entropy.hpp"
#include "smith/smith.hpp"

namespace {

using namespace plimsoll;

void make(benchmark::State& state) {
  constexpr std::uint64_t seeds = 200;
  const auto size = static_cast<std::size_t>(state.range(0));
  const fuzz::Smith smith({Features::all(), std::max<std::size_t>(size, 4096)});
  std::vector<std::vector<std::byte>> entropy;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) entropy.push_back(fuzz::entropy_of_seed(seed, size));
  std::int64_t bytes = 0;
  std::size_t next = 0;
  for (auto _ : state) {
    const fuzz::Bytes module = smith.make(entropy[next++ % seeds]);
    bytes += static_cast<std::int64_t>(module.size());
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(bytes);
}

BENCHMARK(make)->RangeMultiplier(4)->Range(64, 65536);

}  // namespace

BENCHMARK_MAIN();
