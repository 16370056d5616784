#include "mutate/break_rule.hpp"

#include <vector>

#include "mutate/breaker.hpp"
#include "plimsoll/load.hpp"

namespace plimsoll::fuzz {
namespace {

const std::vector<const BreakableRule*>& rules() {
  static const std::vector<const BreakableRule*> all = [] {
    std::vector<const BreakableRule*> result;
    for (const auto part : {format_rules(), module_rules(), code_rules()})
      for (const BreakableRule& rule : part) result.push_back(&rule);
    return result;
  }();
  return all;
}

bool has_all(Features features, std::span<const Feature> needs) {
  for (const Feature feature : needs)
    if (!features.has(feature)) return false;
  return true;
}

}  // namespace

std::optional<Broken> break_rule(std::span<const std::byte> module, Features features,
                                 std::span<const std::byte> entropy) {
  Options options;
  options.features = features;
  const LoadResult loaded = load(BorrowedBytes(module), options);
  if (!loaded) return std::nullopt;
  Entropy choices(entropy);
  const std::size_t first = choices.below(rules().size());
  for (std::size_t i = 0; i < rules().size(); ++i) {
    const BreakableRule& rule = *rules()[(first + i) % rules().size()];
    if (!has_all(features, rule.needs)) continue;
    Breaker breaker(**loaded, choices);
    if (rule.break_it(breaker)) return Broken{encode(breaker.root()), breaker.features, rule.name, rule.codes};
  }
  return std::nullopt;
}

std::size_t breakable_rule_count() { return rules().size(); }
std::string_view breakable_rule(std::size_t number) { return rules()[number]->name; }

}  // namespace plimsoll::fuzz
