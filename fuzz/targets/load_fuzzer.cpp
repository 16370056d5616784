// Fuzz target: any bytes through load(), with every feature under the ledger, and with smaller sets of features.
//
// Oracles: no crash; heap, leak, copy, const and offset (oracles/cost.hpp), walk (properties/walk.hpp: all that the Module and the
// views of its custom sections hand out lies in it, warnings and the heap of a check included), feature (oracles/features.hpp).
#include <cstddef>
#include <cstdint>

#include "oracles/cost.hpp"
#include "oracles/features.hpp"

namespace {

using namespace plimsoll;

void load_with_fewer(std::span<const std::byte> bytes, Features features) {
  const LoadResult loaded = load(BorrowedBytes(bytes), fuzz::options_with(features));
  const fuzz::Answer answer = fuzz::answer_of(loaded);
  if (loaded) fuzz::require_only_its_features(**loaded);
  if (!loaded) fuzz::require_place(loaded.error(), bytes.size());
  fuzz::require_monotonic(bytes, features, answer);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  fuzz::load_recorded(bytes, fuzz::all_features());
  // One of the sets, chosen by the size, so that an input is loaded with each in the course of its mutations.
  const Features sets[] = {Features::browsers(), Features::mvp(), Features::wasm2(), Features::wasm3()};
  load_with_fewer(bytes, sets[size % std::size(sets)]);
  return 0;
}
