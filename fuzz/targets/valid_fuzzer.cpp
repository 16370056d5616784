// Fuzz target: what the loader calls valid is valid in the eyes of other code too, with all features and with a smaller set; of what
// it refuses it says the first thing that is wrong; and it takes its time, but no more than that.
// Oracles: valid, types (oracles/valid.hpp), first, time.
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "oracles/answer.hpp"
#include "oracles/first.hpp"
#include "oracles/time.hpp"
#include "oracles/valid.hpp"

namespace {

using namespace plimsoll;

void check(std::span<const std::byte> bytes, const Options& options) {
  const LoadResult loaded = fuzz::load_timed(bytes, options);
  if (loaded)
    fuzz::require_valid(**loaded);
  else
    fuzz::require_first_error(bytes, options, fuzz::answer_of(loaded));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  check(bytes, fuzz::all_features());
  const Features sets[] = {Features::mvp(), Features::wasm2(), Features::wasm3()};
  check(bytes, fuzz::options_with(sets[size % std::size(sets)]));
  return 0;
}
