// Bench: loading modules from memory, destruction included, with the heap they take and two floors to compare with: what it
// costs only to copy the bytes, and only to add them up.
//
//   load_bench [--benchmark_...] FILE...
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <memory_resource>
#include <numeric>
#include <string>
#include <vector>

#include "ledger/counting_resource.hpp"
#include "plimsoll/plimsoll.hpp"

namespace {

using Bytes = std::vector<std::byte>;

void report(benchmark::State& state, const Bytes& bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(bytes.size()));
}

void load(benchmark::State& state, const Bytes& bytes) {
  for (auto _ : state) {
    const plimsoll::LoadResult module = plimsoll::load(plimsoll::BorrowedBytes(bytes));
    if (!module) {
      state.SkipWithError(plimsoll::describe(module.error()).c_str());
      return;
    }
    benchmark::DoNotOptimize(module->get());
  }
  report(state, bytes);
  plimsoll::regress::CountingResource heap(std::pmr::new_delete_resource());
  plimsoll::Options options;
  options.memory = &heap;
  (void)plimsoll::load(plimsoll::BorrowedBytes(bytes), options);
  state.counters["peak_heap"] = static_cast<double>(heap.counts().peak);
  state.counters["allocations"] = static_cast<double>(heap.counts().allocations);
}

void copy(benchmark::State& state, const Bytes& bytes) {
  Bytes target(bytes.size());
  for (auto _ : state) {
    std::memcpy(target.data(), bytes.data(), bytes.size());
    benchmark::ClobberMemory();
  }
  report(state, bytes);
}

void sum(benchmark::State& state, const Bytes& bytes) {
  for (auto _ : state) {
    const unsigned total = std::accumulate(bytes.begin(), bytes.end(), 0U, [](unsigned value, std::byte byte) {
      return value + std::to_integer<unsigned>(byte);
    });
    benchmark::DoNotOptimize(total);
  }
  report(state, bytes);
}

bool add_module(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "%s: cannot open\n", path.c_str());
    return false;
  }
  const std::vector<char> text{std::istreambuf_iterator<char>(file), {}};
  const auto* first = reinterpret_cast<const std::byte*>(text.data());
  const auto bytes = std::make_shared<const Bytes>(first, first + text.size());
  const std::string name = path.substr(path.rfind('/') + 1);
  benchmark::RegisterBenchmark(("load/" + name).c_str(), [bytes](benchmark::State& state) { load(state, *bytes); });
  benchmark::RegisterBenchmark(("copy/" + name).c_str(), [bytes](benchmark::State& state) { copy(state, *bytes); });
  benchmark::RegisterBenchmark(("sum/" + name).c_str(), [bytes](benchmark::State& state) { sum(state, *bytes); });
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (argc < 2 || argv[1][0] == '-') {
    std::fprintf(stderr,
                 "usage: %s [--benchmark_...] FILE...\nTimes loading each module from memory.\nexample: %s "
                 "build/modules/A/*.wasm\n",
                 argv[0], argv[0]);
    return 2;
  }
  for (int i = 1; i < argc; ++i)
    if (!add_module(argv[i])) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
