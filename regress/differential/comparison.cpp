#include "differential/comparison.hpp"

#include <algorithm>
#include <utility>

#include "mutate/minimize.hpp"

namespace plimsoll::regress::differential {

Comparison::Comparison(std::vector<Party> parties, KnownList known, Judge judge_ours)
    : parties_(std::move(parties)), known_(std::move(known)), judge_ours_(std::move(judge_ours)) {}

void Comparison::compare(std::span<const Bytes> modules, const Origin& origin) {
  for (Party& party : parties_) {
    PartyFigures& figures = figures_[party.name];
    std::vector<Answer> answers = party.peer->judge(modules);
    for (std::size_t i = 0; i < modules.size(); ++i) {
      ++figures.compared;
      if (answers[i].verdict == Answer::Verdict::valid) ++figures.valid;
      std::optional<Error> ours = judge_ours_(modules[i], party.features);
      if (differ(ours, answers[i])) note({party.name, modules[i], ours, std::move(answers[i])}, i, origin);
    }
  }
}

std::vector<bool> Comparison::compare_valid(std::span<const Bytes> modules, const Origin& origin) {
  std::vector<bool> asked(modules.size());
  for (Party& party : parties_) {
    PartyFigures& figures = figures_[party.name];
    std::vector<Bytes> chosen;
    std::vector<std::size_t> numbers;
    for (std::size_t i = 0; i < modules.size(); ++i) {
      if (judge_ours_(modules[i], party.features)) continue;
      chosen.push_back(modules[i]);
      numbers.push_back(i);
      asked[i] = true;
    }
    std::vector<Answer> answers = party.peer->judge(chosen);
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      ++figures.compared;
      if (answers[i].verdict == Answer::Verdict::valid) ++figures.valid;
      if (differ(std::nullopt, answers[i]))
        note({party.name, std::move(chosen[i]), std::nullopt, std::move(answers[i])}, numbers[i], origin);
    }
  }
  return asked;
}

std::vector<const KnownRule*> Comparison::check_examples() {
  std::vector<const KnownRule*> stale;
  for (const KnownRule& rule : known_.rules()) {
    const auto party = std::ranges::find(parties_, rule.peer, &Party::name);
    if (party == parties_.end() || (rule.needs.bits() & ~party->features.bits()) != 0) continue;
    Disagreement example{rule.peer, rule.example, judge_ours_(rule.example, party->features), {}};
    example.theirs = party->peer->judge(std::span(&example.bytes, 1)).front();
    if (!holds(rule, example)) stale.push_back(&rule);
  }
  return stale;
}

void Comparison::note(Disagreement&& disagreement, std::size_t number, const Origin& origin) {
  PartyFigures& figures = figures_[disagreement.peer];
  if (const KnownRule* const rule = known_.find(disagreement)) {
    ++figures.known;
    ++rule_counts_[rule->id];
    return;
  }
  ++figures.unknown;
  const std::string text = signature(disagreement);
  const auto same = std::ranges::find(findings_, text, &Finding::signature);
  if (same == findings_.end()) {
    findings_.push_back(
        {.count = 1, .signature = text, .origin = origin(number), .whole = disagreement, .smallest = disagreement});
    return;
  }
  ++same->count;
  if (disagreement.bytes.size() < same->whole.bytes.size()) {
    same->origin = origin(number);
    same->whole = disagreement;
    same->smallest = std::move(disagreement);
  }
}

Disagreement Comparison::minimized(Party& party, const Disagreement& found) {
  const std::string wanted = signature(found);
  Disagreement last = found;
  const auto ask = [&](std::span<const std::byte> bytes) {
    Disagreement now{party.name, Bytes(bytes.begin(), bytes.end()), judge_ours_(bytes, party.features), {}};
    now.theirs = party.peer->judge(std::span(&now.bytes, 1)).front();
    const bool same = differ(now.ours, now.theirs) && signature(now) == wanted && known_.find(now) == nullptr;
    if (same) last = std::move(now);
    return same;
  };
  last.bytes = fuzz::minimize(found.bytes, ask, party.most_questions);
  return last;
}

void Comparison::minimize_findings() {
  for (Finding& finding : findings_) {
    const auto party = std::ranges::find(parties_, finding.whole.peer, &Party::name);
    finding.smallest = minimized(*party, finding.whole);
  }
}

std::uint64_t Comparison::count_of(const KnownRule& rule) const {
  const auto found = rule_counts_.find(rule.id);
  return found == rule_counts_.end() ? 0 : found->second;
}

}  // namespace plimsoll::regress::differential
