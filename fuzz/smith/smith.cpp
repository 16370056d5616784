#include "smith/smith.hpp"

#include <algorithm>
#include <utility>

#include "smith/entropy.hpp"
#include "smith/module_maker.hpp"

namespace plimsoll::fuzz {

Features sensible(Features features) noexcept {
  // Each of no use here without the one behind it; in an order in which one pass is enough.
  constexpr std::pair<Feature, Feature> needs[] = {
      {Feature::function_references, Feature::reference_types},
      {Feature::gc, Feature::function_references},
      {Feature::custom_descriptors, Feature::gc},
      {Feature::legacy_exceptions, Feature::exceptions},
      {Feature::stack_switching, Feature::gc},
      {Feature::stack_switching, Feature::exceptions},
      {Feature::shared_everything_threads, Feature::gc},
      {Feature::shared_everything_threads, Feature::threads},
  };
  for (const auto& [feature, needed] : needs)
    if (!features.has(needed)) features.remove(feature);
  return features.usable();
}

Smith::Smith(SmithOptions options) : options_{sensible(options.features), options.size}, rows_(options_.features) {}

Bytes Smith::make(std::span<const std::byte> entropy) const { return ModuleMaker(entropy, options_, rows_).make(); }

Bytes Smith::make(std::uint64_t seed) const {
  std::vector<std::byte> entropy = entropy_of_seed(seed, std::max<std::size_t>(options_.size, 8));
  Entropy first(entropy);
  // Many small ones, and some that use all there is.
  const std::size_t shift = first.below(5);
  entropy.resize(entropy.size() >> shift);
  return make(entropy);
}

}  // namespace plimsoll::fuzz
