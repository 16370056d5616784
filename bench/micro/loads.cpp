// Loading whole modules, destruction included, in each mode, with the heap that one load takes.
#include <memory_resource>

#include "ledger/counting_resource.hpp"
#include "micro/benches.hpp"
#include "plimsoll/plimsoll.hpp"
#include "server/modes.hpp"

namespace plimsoll::bench {
namespace {

// One more load, through a resource that counts; what is retained by a module that still lives, from memory.
void count_heap(benchmark::State& state, const Mode& mode, const Input& input, Options options) {
  regress::CountingResource heap(std::pmr::new_delete_resource());
  options.memory = &heap;
  mode.load(input, options);
  state.counters["allocations"] = static_cast<double>(heap.counts().allocations);
  state.counters["peak_heap"] = static_cast<double>(heap.counts().peak);
  heap.reset_counts();
  const LoadResult module = load(BorrowedBytes(input.bytes), options);
  state.counters["retained"] = static_cast<double>(heap.counts().live);
}

void measure(benchmark::State& state, const ModuleFile& file, const Mode& mode, const Options& options) {
  const Input input{file.bytes, file.file};
  for (auto _ : state) {
    if (!mode.load(input, options)) {
      state.SkipWithError("not valid in this mode");
      return;
    }
  }
  count_bytes(state, file.bytes.size());
  count_heap(state, mode, input, options);
}

}  // namespace

void register_loads(const Modules& modules) {
  for (const Mode& mode : bench::modes()) {
    Options options;
    if (!mode.prepare(options)) continue;
    for (const auto& module : modules)
      benchmark::RegisterBenchmark(
          ("load/" + std::string(mode.name) + "/" + module->name).c_str(),
          [module, mode, options](benchmark::State& state) { measure(state, *module, mode, options); });
  }
}

}  // namespace plimsoll::bench
