// Small modules. One that is loaded again and again is known to the caches and to the branch predictor by heart, which
// flatters every loader; programs load a module once. So: small modules in turn, and each after work that leaves the
// caches and the predictor to something else.
#include <cstdint>

#include "micro/benches.hpp"
#include "plimsoll/plimsoll.hpp"
#include "server/protocol.hpp"

namespace plimsoll::bench {
namespace {

constexpr std::size_t most_bytes = 61440;
constexpr std::size_t flushed = std::size_t{16} << 20U;  // bytes: more than the second level of caches

bool is_small(const ModuleFile& module) { return module.bytes.size() <= most_bytes; }

void in_turn(benchmark::State& state, const Modules& modules) {
  std::size_t bytes = 0;
  for (const auto& module : modules) bytes += module->bytes.size();
  for (auto _ : state)
    for (const auto& module : modules) benchmark::DoNotOptimize(load(BorrowedBytes(module->bytes)).has_value());
  count_bytes(state, bytes);
}

// Writes over `buffer` and takes branches that nobody can foresee.
std::uint64_t disturb(std::vector<std::uint64_t>& buffer) {
  std::uint64_t random = buffer[0] | 1U;
  std::uint64_t taken = 0;
  for (std::uint64_t& word : buffer) {
    random ^= random << 13U;
    random ^= random >> 7U;
    random ^= random << 17U;
    word = random;
    if ((random & 1U) != 0) {
      taken += random;
      benchmark::DoNotOptimize(taken);
    }
  }
  return taken;
}

void cold(benchmark::State& state, const ModuleFile& module) {
  std::vector<std::uint64_t> buffer(flushed / sizeof(std::uint64_t));
  for (auto _ : state) {
    benchmark::DoNotOptimize(disturb(buffer));
    const Times times = time(1, [&] { benchmark::DoNotOptimize(load(BorrowedBytes(module.bytes)).has_value()); });
    state.SetIterationTime(1e-9 * static_cast<double>(times.cpu));
  }
  count_bytes(state, module.bytes.size());
}

}  // namespace

void register_small(const Modules& modules) {
  Modules small;
  for (const auto& module : modules)
    if (is_small(*module)) small.push_back(module);
  if (small.empty()) return;
  benchmark::RegisterBenchmark("small/in_turn", [small](benchmark::State& state) { in_turn(state, small); });
  for (const auto& module : small)
    benchmark::RegisterBenchmark(("small/cold/" + module->name).c_str(), [module](benchmark::State& state) {
      cold(state, *module);
    })->UseManualTime();
}

}  // namespace plimsoll::bench
