// Fuzz target: any bytes through load(). Beyond not crashing, each input is held to the loader's promises: heap at most
// 8 bytes per byte of input and 1 MiB, an error inside the input, nothing left behind.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory_resource>
#include <span>

#include "ledger/counting_resource.hpp"
#include "plimsoll/plimsoll.hpp"

namespace {

void require(bool holds, const char* promise, std::size_t found, std::size_t allowed) {
  if (holds) return;
  std::fprintf(stderr, "load_fuzzer: %s: %zu, allowed %zu\n", promise, found, allowed);
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::uint8_t> bytes(data, size);
  plimsoll::regress::CountingResource heap(std::pmr::new_delete_resource());
  plimsoll::Options options;
  options.features = plimsoll::Features::all();
  options.memory = &heap;
  {
    const plimsoll::LoadResult module = plimsoll::load(plimsoll::BorrowedBytes(bytes), options);
    if (!module) require(module.error().offset <= size, "offset of the error", module.error().offset, size);
    if (!module) require(heap.counts().live == 0, "bytes kept after a failed load", heap.counts().live, 0);
  }
  const std::size_t allowed = 8 * size + (std::size_t{1} << 20);
  require(heap.counts().peak <= allowed, "peak heap", heap.counts().peak, allowed);
  require(heap.counts().live == 0, "bytes kept after destruction", heap.counts().live, 0);
  return 0;
}
