// Fuzz target: bytes become a module by the smith, and it must be valid, cost no more than any module may, and be the same module when it
// is made from the same bytes, and after it was encoded again. The first byte chooses the features. Oracles: smith, and those of
// load_recorded.
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "encode/difference.hpp"
#include "encode/module.hpp"
#include "oracles/cost.hpp"
#include "oracles/features.hpp"
#include "oracles/require.hpp"
#include "smith/smith.hpp"

namespace {

using namespace plimsoll;

// Every feature for half of the bytes; else a version of the specification, or all but one.
Features features_of(std::uint8_t choice) {
  if (choice < 128) return Features::all();
  const Features groups[] = {Features::mvp(), Features::wasm1(), Features::wasm2(), Features::wasm3(),
                             Features::browsers()};
  const std::size_t number = choice - 128U;
  if (number < std::size(groups)) return groups[number];
  const auto rows = feature_table();
  Features features = Features::all();
  return features.remove(rows[number % rows.size()].feature);
}

// A smith prepares tables for its features, so each is made once.
const fuzz::Smith& smith_of(std::uint8_t choice) {
  static std::array<std::optional<fuzz::Smith>, 256> smiths;
  auto& smith = smiths[choice < 128 ? 0 : choice];
  if (!smith) smith.emplace(fuzz::SmithOptions{features_of(choice), 4096});
  return *smith;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = std::as_bytes(std::span(data, size));
  const fuzz::Smith& smith = smith_of(size == 0 ? 0 : data[0]);
  const fuzz::Bytes module = smith.make(input.subspan(size == 0 ? 0 : 1));
  const Options options = fuzz::options_with(smith.features());
  const fuzz::Answer answer = fuzz::load_recorded(module, options);
  if (!answer.valid()) fuzz::broken("smith", "what the smith makes is valid", to_string(answer), "valid");
  const LoadResult loaded = load(BorrowedBytes(module), options);
  fuzz::require_only_its_features(**loaded);
  const fuzz::Bytes encoded = fuzz::encode(**loaded);
  const LoadResult again = load(BorrowedBytes(encoded), options);
  if (!again) fuzz::broken("roundtrip", "what was encoded is valid", describe(again.error()), "valid");
  fuzz::require_equal("roundtrip", "the first difference", fuzz::difference(**loaded, **again), "");
  return 0;
}
