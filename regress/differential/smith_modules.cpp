#include "differential/smith_modules.hpp"

#include <iterator>
#include <optional>
#include <span>
#include <utility>

#include "mutate/random.hpp"
#include "smith/smith.hpp"

namespace plimsoll::regress::differential {
namespace {

constexpr std::size_t most_kept = 100;

constexpr std::uint64_t seed_of(std::uint64_t seed, std::uint64_t number) { return (seed << 40U) + number; }

// The fewest features with which this one is of use.
Features alone(Feature feature) {
  Features set = Features::all();
  for (const FeatureRow& row : feature_table()) {
    const Features less = Features(set).remove(row.feature);
    if (fuzz::sensible(less).has(feature)) set = less;
  }
  return set;
}

Features any_of(Features offered, std::uint64_t random) {
  for (const FeatureRow& row : feature_table()) {
    if ((random & 1U) == 0) offered.remove(row.feature);
    random >>= 1U;
  }
  return offered;
}

}  // namespace

Features smith_features(std::uint64_t seed, std::uint64_t number, Features offered) {
  const std::uint64_t turn = number / 4;
  const Features versions[] = {offered,           Features::all(),   Features::browsers(), offered,
                               Features::wasm3(), Features::wasm2(), Features::wasm1(),    Features::mvp()};
  const auto one = [&] { return feature_table()[turn % feature_table().size()].feature; };
  Features set;
  switch (number % 4) {
    case 0: set = versions[turn % std::size(versions)]; break;
    case 1: set = alone(one()); break;
    case 2: set = Features(offered).remove(one()); break;
    default: set = any_of(offered, fuzz::Random(seed, number).next());
  }
  return fuzz::sensible(set);
}

Bytes smith_module(std::uint64_t seed, std::uint64_t number, Features features) {
  const std::size_t size = number % 61 == 60 ? 65'536 : 4'096;
  return fuzz::Smith({features, size}).make(seed_of(seed, number));
}

void compare_smith(std::uint64_t seed, std::uint64_t first, std::uint64_t count, Comparison& comparison,
                   SmithFigures& figures) {
  Features offered;
  for (const Party& party : comparison.parties())
    for (const FeatureRow& row : feature_table())
      if (party.features.has(row.feature)) offered.add(row.feature);
  std::vector<Bytes> modules;
  for (std::uint64_t number = first; number < first + count; ++number) {
    const Features features = smith_features(seed, number, offered);
    Bytes module = smith_module(seed, number, features);
    figures.bytes += module.size();
    if (const std::optional<Error> error = comparison.ours(module, features)) {
      ++figures.refused;
      if (figures.refusals.size() < most_kept) figures.refusals.push_back({number, features, *error, module});
    }
    modules.push_back(std::move(module));
  }
  const std::vector<bool> asked =
      comparison.compare_valid(modules, [&](std::size_t i) { return "smith " + std::to_string(first + i); });
  for (const bool one : asked) figures.alone += one ? 0 : 1;
  figures.modules += count;
}

}  // namespace plimsoll::regress::differential
