// Floors: nobody reads a module faster than its bytes can be copied, or added up.
#include <algorithm>
#include <cstring>
#include <numeric>

#include "micro/benches.hpp"

namespace plimsoll::bench {
namespace {

void copy(benchmark::State& state, const ModuleFile& module) {
  std::vector<std::byte> target(module.bytes.size());
  for (auto _ : state) {
    std::memcpy(target.data(), module.bytes.data(), target.size());
    benchmark::ClobberMemory();
  }
  count_bytes(state, target.size());
}

void sum(benchmark::State& state, const ModuleFile& module) {
  for (auto _ : state) {
    const unsigned total =
        std::accumulate(module.bytes.begin(), module.bytes.end(), 0U,
                        [](unsigned value, std::byte byte) { return value + std::to_integer<unsigned>(byte); });
    benchmark::DoNotOptimize(total);
  }
  count_bytes(state, module.bytes.size());
}

}  // namespace

void register_floors(const Modules& modules) {
  for (const auto& module : modules) {
    benchmark::RegisterBenchmark(("floor/memcpy/" + module->name).c_str(),
                                 [module](benchmark::State& state) { copy(state, *module); });
    benchmark::RegisterBenchmark(("floor/sum/" + module->name).c_str(),
                                 [module](benchmark::State& state) { sum(state, *module); });
  }
}

}  // namespace plimsoll::bench
