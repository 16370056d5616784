// Benches of the loader's parts, each beside what it could not be faster than. Prints Google Benchmark's table.
//
//   loader_bench [--benchmark_...] FILE...
#include <benchmark/benchmark.h>

#include <cstdint>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string_view>
#include <utility>

#include "micro/benches.hpp"
#include "plimsoll/plimsoll.hpp"
#include "server/protocol.hpp"

namespace plimsoll::bench {

void count_bytes(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(bytes));
}

namespace {

// Says why not, if not. A module that is not valid would be a bench of something else.
bool add(Modules& modules, const char* file) {
  auto bytes = read_file(file);
  if (!bytes) {
    std::cerr << "loader_bench: " << bytes.error() << '\n';
    return false;
  }
  const auto module =
      std::make_shared<ModuleFile>(std::filesystem::path(file).stem().string(), file, std::move(*bytes));
  if (const auto loaded = load(BorrowedBytes(module->bytes)); !loaded) {
    std::cerr << "loader_bench: " << file << ": " << describe(loaded.error()) << '\n';
    return false;
  }
  modules.push_back(module);
  return true;
}

int run(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (argc < 2 || argv[1][0] == '-') {
    std::cerr << "usage: loader_bench [--benchmark_...] FILE...\n"
                 "Times the parts of loading these modules.\n"
                 "example: loader_bench --benchmark_filter='load/memory|floor' build/modules/A/*.wasm\n";
    return 2;
  }
  Modules modules;
  for (int i = 1; i < argc; ++i)
    if (!add(modules, argv[i])) return 1;
  register_leb128();
  register_floors(modules);
  register_decode(modules);
  register_loads(modules);
  register_sections(modules);
  register_small(modules);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}

}  // namespace
}  // namespace plimsoll::bench

int main(int argc, char** argv) { return plimsoll::bench::run(argc, argv); }
