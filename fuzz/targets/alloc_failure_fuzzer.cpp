// Fuzz target: each allocation of a load fails once. Whichever it is, the load says so, and nothing is left. Oracles: alloc (another
// answer), leak.
#include <cstddef>
#include <cstdint>

#include "ledger/counting_resource.hpp"
#include "oracles/cost.hpp"
#include "oracles/require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace plimsoll;
  const auto input = std::as_bytes(std::span(data, size));
  static regress::CountingResource heap;
  const Options options = fuzz::all_features(&heap);
  const fuzz::Answer answer = fuzz::answer_of(load(BorrowedBytes(input), options));
  for (std::uint64_t nth = 1;; ++nth) {
    heap.reset_counts();
    heap.fail_at(nth);
    const fuzz::Answer with_failure = fuzz::answer_of(load(BorrowedBytes(input), options));
    heap.fail_at(0);
    const regress::ResourceCounts counts = heap.counts();
    fuzz::require_equal("leak", "bytes kept after an allocation failed", counts.live, 0);
    fuzz::require_equal("leak", "blocks given back that were never taken", counts.mismatches, 0);
    if (counts.failures == 0) {
      fuzz::require_same("alloc", "when no allocation failed", with_failure, answer);
      return 0;
    }
    if (!with_failure.error || with_failure.error->code != ErrorCode::out_of_memory)
      fuzz::broken("alloc", "the answer when allocation " + std::to_string(nth) + " failed", to_string(with_failure),
                   "out_of_memory");
    fuzz::require_at_most("alloc", "allocations that a load makes", nth, fuzz::most_allocations);
  }
}
