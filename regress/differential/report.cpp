#include "differential/report.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace plimsoll::regress::differential {
namespace {

constexpr std::size_t most_hex_bytes = 400;

std::string verdict(const Answer& answer) {
  switch (answer.verdict) {
    case Answer::Verdict::invalid: return "invalid: " + answer.message;
    case Answer::Verdict::valid: return "valid";
    case Answer::Verdict::none: return "no answer: " + answer.message;
  }
  return {};
}

std::string our_text(const std::optional<Error>& error) {
  return error ? fmt::format("0x{:x}: {}", error->offset, text_of(error)) : "valid";
}

// Lines of sixteen bytes.
std::string hex_lines(std::span<const std::byte> bytes) {
  std::string lines;
  const std::string digits = hex(bytes.first(std::min(bytes.size(), most_hex_bytes)));
  for (std::size_t i = 0; i < digits.size(); i += 2) lines += (i % 32 == 0 ? "\n    " : " ") + digits.substr(i, 2);
  if (bytes.size() > most_hex_bytes)
    lines += fmt::format("\n    ... ({} bytes; --save FOLDER keeps them)", bytes.size());
  return lines;
}

std::string finding_text(const Finding& finding, std::size_t number) {
  const Disagreement& found = finding.smallest;
  return fmt::format(
      "disagreement {}, seen {} times, this one in {}\n  plimsoll  {}\n  {:<8}  {}\n  {} bytes, cut down from "
      "{}:{}\n\n",
      number, finding.count, finding.origin, our_text(found.ours), found.peer, verdict(found.theirs),
      found.bytes.size(), finding.whole.bytes.size(), hex_lines(found.bytes));
}

std::string list_of(Features features) {
  std::string list = "mvp";
  for (const FeatureRow& row : feature_table())
    if (features.has(row.feature)) list.append(",").append(row.name);
  return list;
}

std::string smith_text(const SmithFigures& smith) {
  constexpr std::size_t most_shown = 5;
  std::string text;
  for (const Refusal& refusal : std::span(smith.refusals).first(std::min(smith.refusals.size(), most_shown)))
    text += fmt::format("refused: smith {} with {}\n  plimsoll  {}{}\n\n", refusal.number, list_of(refusal.features),
                        our_text(refusal.error), hex_lines(refusal.bytes));
  return text + fmt::format("smith: {} modules, {} bytes; {} refused by plimsoll; {} judged by it alone\n",
                            smith.modules, smith.bytes, smith.refused, smith.alone);
}

}  // namespace

std::string text_report(Comparison& comparison, const RunFigures& run) {
  std::string text;
  std::size_t number = 0;
  for (const Finding& finding : comparison.findings()) text += finding_text(finding, ++number);
  for (const KnownRule& rule : comparison.known().rules()) {
    if (const std::uint64_t count = comparison.count_of(rule); count > 0) {
      text += fmt::format("known {:>7}  {} (right: {}): {}\n", count, rule.id, rule.right, rule.reason);
    }
  }
  if (run.smith) text += smith_text(*run.smith);
  for (Party& party : comparison.parties()) {
    const PartyFigures& figures = comparison.figures(party);
    if (run.smith) {
      text += fmt::format(
          "{}: {} of the smith's modules (seed {}), {} valid to it; {} known disagreements, {} unknown; "
          "{:.0f} s with {}\n",
          party.name, figures.compared, run.seed, figures.valid, figures.known, figures.unknown, run.seconds,
          party.peer->version());
      continue;
    }
    text += fmt::format(
        "{}: {} modules and {} mutants (seed {}), {} valid to it; {} known disagreements, {} unknown; {:.0f} s with "
        "{}\n",
        party.name, run.modules, figures.compared - run.modules, run.seed, figures.valid, figures.known,
        figures.unknown, run.seconds, party.peer->version());
  }
  return text;
}

nlohmann::json json_report(Comparison& comparison, const RunFigures& run) {
  nlohmann::json report{{"modules", run.modules}, {"mutants", run.mutants}, {"seed", run.seed}};
  for (Party& party : comparison.parties()) {
    const PartyFigures& figures = comparison.figures(party);
    report["peers"].push_back({{"name", party.name},
                               {"version", party.peer->version()},
                               {"compared", figures.compared},
                               {"valid", figures.valid},
                               {"known", figures.known},
                               {"unknown", figures.unknown}});
  }
  if (run.smith) {
    report["smith"] = {{"modules", run.smith->modules}, {"bytes", run.smith->bytes}, {"alone", run.smith->alone}};
    report["smith"]["refused"] = nlohmann::json::array();
    for (const Refusal& refusal : run.smith->refusals)
      report["smith"]["refused"].push_back({{"number", refusal.number},
                                            {"features", list_of(refusal.features)},
                                            {"plimsoll", our_text(refusal.error)},
                                            {"bytes", hex(refusal.bytes)}});
  }
  report["known"] = nlohmann::json::array();
  for (const KnownRule& rule : comparison.known().rules()) {
    report["known"].push_back(
        {{"id", rule.id}, {"peer", rule.peer}, {"right", rule.right}, {"count", comparison.count_of(rule)}});
  }
  report["unknown"] = nlohmann::json::array();
  for (const Finding& finding : comparison.findings()) {
    report["unknown"].push_back({{"peer", finding.smallest.peer},
                                 {"count", finding.count},
                                 {"origin", finding.origin},
                                 {"plimsoll", our_text(finding.smallest.ours)},
                                 {"theirs", verdict(finding.smallest.theirs)},
                                 {"bytes", hex(finding.smallest.bytes)},
                                 {"size", finding.smallest.bytes.size()},
                                 {"size_before", finding.whole.bytes.size()}});
  }
  return report;
}

}  // namespace plimsoll::regress::differential
