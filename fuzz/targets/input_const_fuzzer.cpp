// Fuzz target: an input that nobody may write, between pages that nobody may touch: flush against the one in front of it, then
// against the one behind it. Oracles: a read or a write outside faults; const, if the answers differ.
#include <cstddef>
#include <cstdint>

#include "oracles/answer.hpp"
#include "properties/guarded_input.hpp"

namespace {

using namespace plimsoll;
using regress::properties::Against;

constexpr std::size_t most = std::size_t{4} << 20;  // bytes; longer inputs are cut

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static regress::properties::GuardedInput guarded(most);
  const auto input = std::as_bytes(std::span(data, size < most ? size : most));
  const auto load_against = [&](Against guard) {
    return fuzz::answer_of(load(BorrowedBytes(guarded.place(input, guard)), fuzz::all_features()));
  };
  const fuzz::Answer at_start = load_against(Against::start);
  fuzz::require_same("const", "loading it against the page behind it rather than before it", load_against(Against::end),
                     at_start);
  return 0;
}
