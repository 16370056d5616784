// Asks peers what they think of modules, and keeps what they do not agree on with Plimsoll.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "differential/disagreement.hpp"
#include "differential/peer.hpp"
#include "plimsoll/features.hpp"

namespace plimsoll::regress::differential {

// A peer, and the features that it accepts.
struct Party {
  std::string name;
  Features features;
  std::unique_ptr<Peer> peer;
  std::size_t most_questions = 20'000;  // to cut one module down
};

// Disagreements with one signature that no rule of the list holds for.
struct Finding {
  std::uint64_t count = 0;
  std::string signature;
  std::string origin;     // of `whole`: the module, and the mutant's number
  Disagreement whole;     // the smallest of them as it was met
  Disagreement smallest;  // cut down from it
};

struct PartyFigures {
  std::uint64_t compared = 0;
  std::uint64_t valid = 0;  // to the peer
  std::uint64_t known = 0;
  std::uint64_t unknown = 0;
};

// How a module is called in a report; asked only where there is a disagreement.
using Origin = std::function<std::string(std::size_t)>;

// Not thread-safe.
class Comparison {
 public:
  // `judge_ours`: whose verdict is compared; tests put another in the place of our_verdict.
  using Judge = std::function<std::optional<Error>(std::span<const std::byte>, Features)>;
  Comparison(std::vector<Party> parties, KnownList known, Judge judge_ours = our_verdict);

  // Asks every peer of every module.
  void compare(std::span<const Bytes> modules, const Origin& origin);
  // Asks every peer of those modules only that Plimsoll finds valid with the peer's features. Returns which were asked of any.
  std::vector<bool> compare_valid(std::span<const Bytes> modules, const Origin& origin);
  // Asks about the examples of the list's rules. Returns the rules of peers that were asked whose example does not show what they
  // say: the peer has changed, or the rule is wrong.
  std::vector<const KnownRule*> check_examples();
  // Cuts every finding down. Asks many times.
  void minimize_findings();

  // Plimsoll's own verdict.
  [[nodiscard]] std::optional<Error> ours(std::span<const std::byte> module, Features features) const {
    return judge_ours_(module, features);
  }
  [[nodiscard]] std::span<const Finding> findings() const noexcept { return findings_; }
  [[nodiscard]] const KnownList& known() const noexcept { return known_; }
  [[nodiscard]] std::span<Party> parties() noexcept { return parties_; }
  [[nodiscard]] const PartyFigures& figures(const Party& party) { return figures_[party.name]; }
  // How often each rule held, by id.
  [[nodiscard]] std::uint64_t count_of(const KnownRule& rule) const;

 private:
  void note(Disagreement&& disagreement, std::size_t number, const Origin& origin);
  Disagreement minimized(Party& party, const Disagreement& found);

  std::vector<Party> parties_;
  KnownList known_;
  Judge judge_ours_;
  std::vector<Finding> findings_;
  std::map<std::string, PartyFigures> figures_;
  std::map<std::string, std::uint64_t> rule_counts_;
};

}  // namespace plimsoll::regress::differential
