// Fuzz target: any bytes through load(). Beyond not crashing, each input is held to the loader's promises: heap at most
// 8 bytes per byte of input and 1 MiB, an error inside the input, nothing left behind. The custom sections of what is valid are
// checked, with warnings inside the input and no more heap than the input is large eight times.
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

void check_custom(const plimsoll::Module& module, std::size_t size) {
  plimsoll::regress::CountingResource heap(std::pmr::new_delete_resource());
  plimsoll::CustomCheckOptions options;
  options.memory = &heap;
  const auto sink = [&](const plimsoll::CustomWarning& warning) {
    require(warning.offset <= size, "offset of a warning", warning.offset, size);
    return true;
  };
  static_cast<void>(plimsoll::check_custom_sections(module, sink, options));
  require(heap.counts().peak <= 8 * size, "peak heap of a check", heap.counts().peak, 8 * size);
  require(heap.counts().live == 0, "bytes kept after a check", heap.counts().live, 0);
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
    if (module) check_custom(**module, size);
    if (!module) require(heap.counts().live == 0, "bytes kept after a failed load", heap.counts().live, 0);
  }
  const std::size_t allowed = 8 * size + (std::size_t{1} << 20);
  require(heap.counts().peak <= allowed, "peak heap", heap.counts().peak, allowed);
  require(heap.counts().live == 0, "bytes kept after destruction", heap.counts().live, 0);
  return 0;
}
