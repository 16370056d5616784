// Fuzz target: what the loader calls valid is valid in the eyes of other code too, with all features and with a smaller set; of what
// it refuses it says the first thing that is wrong; and it takes its time, but no more than that.
// Oracles: valid, types (oracles/valid.hpp), feature, first, time.
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "oracles/answer.hpp"
#include "oracles/features.hpp"
#include "oracles/first.hpp"
#include "oracles/time.hpp"
#include "oracles/valid.hpp"

namespace {

using namespace plimsoll;

// Whether it is valid.
bool check(std::span<const std::byte> bytes, const Options& options) {
  const LoadResult loaded = fuzz::load_timed(bytes, options);
  if (loaded)
    fuzz::require_valid(**loaded);
  else
    fuzz::require_first_error(bytes, options, fuzz::answer_of(loaded));
  return loaded.has_value();
}

// With one feature less: with each in turn if the input is small, else with one that its size chooses. Not without those that others
// build on: what is left would be no set that anybody has.
void check_without_one(std::span<const std::byte> bytes) {
  constexpr std::size_t small = 512;
  const auto rows = feature_table();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Feature feature = rows[i].feature;
    if (feature == Feature::reference_types || feature == Feature::function_references || feature == Feature::gc)
      continue;
    if (bytes.size() > small && i != bytes.size() % rows.size()) continue;
    Features features = Features::all();
    features.remove(feature);
    if (const LoadResult module = load(BorrowedBytes(bytes), fuzz::options_with(features)))
      fuzz::require_only_its_features(**module);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  if (check(bytes, fuzz::all_features())) check_without_one(bytes);
  const Features sets[] = {Features::mvp(), Features::wasm2(), Features::wasm3()};
  check(bytes, fuzz::options_with(sets[size % std::size(sets)]));
  return 0;
}
