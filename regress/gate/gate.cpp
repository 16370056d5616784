#include "gate/gate.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <utility>

#include "gate/culprits.hpp"
#include "gate/measuring.hpp"

namespace plimsoll::regress::gate {
namespace {

bool matches(std::string_view name, const std::vector<std::string>& patterns) {
  return std::ranges::any_of(patterns, [name = std::string(name)](const std::string& pattern) {
    return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
  });
}

bool in_tiers(const Entry& entry, const std::vector<std::string>& tiers) {
  return tiers.empty() || entry.tier.empty() || std::ranges::find(tiers, entry.tier) != tiers.end();
}

// A pattern that means nothing is a mistake.
std::expected<void, std::string> check_patterns(const std::vector<Entry>& entries, const Pins& pins,
                                                const std::vector<std::string>& patterns) {
  for (const std::string& pattern : patterns) {
    const auto fits = [&pattern](std::string_view name) { return matches(name, {pattern}); };
    if (std::ranges::any_of(entries, fits, &Entry::name)) continue;
    if (std::ranges::any_of(pins.lines, [&](const Pin& pin) { return fits(pin.line.name); })) continue;
    return std::unexpected(fmt::format("no module is called '{}'", pattern));
  }
  return {};
}

std::expected<Chosen, std::string> choose_of_project(const Selection& selection, const Pins& pins) {
  auto entries = project_catalogue(selection.corpus, selection.modules);
  if (!entries) return std::unexpected(std::move(entries.error()));
  if (auto checked = check_patterns(*entries, pins, selection.names); !checked)
    return std::unexpected(std::move(checked.error()));
  const auto wanted = [&selection](std::string_view name) {
    return selection.names.empty() || matches(name, selection.names);
  };
  Chosen chosen;
  for (const Pin& pin : pins.lines) {
    if (wanted(pin.line.name) && !std::ranges::binary_search(*entries, pin.line.name, {}, &Entry::name))
      chosen.gone.push_back(pin);
  }
  for (Entry& entry : *entries) {
    if (wanted(entry.name) && in_tiers(entry, selection.tiers)) chosen.entries.push_back(std::move(entry));
  }
  return chosen;
}

// By how many bytes the worst figure is too high.
std::uint64_t weight(const Result& result) {
  std::uint64_t most = 0;
  for (const Change& change : result.changes) {
    if (change.column != Column::allocations && change.now > change.pinned)
      most = std::max(most, change.now - change.pinned);
  }
  return most;
}

std::expected<Chosen, std::string> choose_files(const Selection& selection, const Pins& pins) {
  std::vector<std::string> names = selection.names;
  if (names.empty()) {
    for (const Pin& pin : pins.lines) names.push_back(pin.line.name);
  }
  if (names.empty()) return std::unexpected("which modules? There are no load lines yet, and no FILE is given");
  auto entries = file_catalogue(selection.modules, names);
  if (!entries) return std::unexpected(std::move(entries.error()));
  return Chosen{.entries = *std::move(entries), .gone = {}};
}

}  // namespace

std::filesystem::path own_pins() { return "regress/loadlines.tsv"; }

std::expected<Chosen, std::string> choose(const Selection& selection, const Pins& pins) {
  return selection.pins.empty() ? choose_of_project(selection, pins) : choose_files(selection, pins);
}

std::vector<Result> run(const Chosen& chosen, const Pins& pins, Subject& subject, const Tolerances& tolerances,
                        const std::function<void(std::size_t, const std::string&)>& before) {
  std::vector<Result> results;
  for (const Entry& entry : chosen.entries) {
    before(results.size(), entry.name);
    results.push_back(compare(pins.find(entry.name), measure(entry, subject, tolerances), tolerances));
  }
  for (const Pin& pin : chosen.gone) results.push_back(gone(pin));
  std::ranges::sort(results, {}, &Result::name);
  return results;
}

void blame(std::vector<Result>& results, const Chosen& chosen, Subject& subject) {
  constexpr std::size_t most = 3;
  std::vector<Result*> worst;
  for (Result& result : results) {
    if (result.status == Status::worse && !result.changes.empty()) worst.push_back(&result);
  }
  std::ranges::sort(worst, [](const Result* a, const Result* b) {
    const auto by_weight = weight(*b) <=> weight(*a);
    return by_weight == 0 ? a->name < b->name : by_weight < 0;
  });
  if (worst.size() > most) worst.resize(most);
  for (Result* const result : worst) {
    const auto entry = std::ranges::find(chosen.entries, result->name, &Entry::name);
    if (entry == chosen.entries.end()) continue;
    const auto module = open(*entry);
    if (!module) continue;
    const auto observed = subject.load(*module, Depth::full);
    if (!observed) continue;
    const auto lines = blame(observed->report, *result);
    result->remarks.insert(result->remarks.end(), lines.begin(), lines.end());
  }
}

}  // namespace plimsoll::regress::gate
