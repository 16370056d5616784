// Two verdicts on one module that differ, and what is known of such differences.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <regex>
#include <span>
#include <string>
#include <vector>

#include "differential/peer.hpp"
#include "plimsoll/error.hpp"
#include "plimsoll/features.hpp"

namespace plimsoll::regress::differential {

// What Plimsoll says of a module: its error, or none. Loads it once.
[[nodiscard]] std::optional<Error> our_verdict(std::span<const std::byte> module, Features features);

// `valid`, or the error's kind, code and text: `invalid: type_mismatch: type mismatch: ...`.
[[nodiscard]] std::string text_of(const std::optional<Error>& error);

struct Disagreement {
  std::string peer;
  Bytes bytes;
  std::optional<Error> ours;
  Answer theirs;
};

// Whether they differ. A peer that gave no answer differs from everybody.
[[nodiscard]] bool differ(const std::optional<Error>& ours, const Answer& theirs) noexcept;

// Whether an error is at an instruction that is not reachable: any number of `drop`s may stand before it.
[[nodiscard]] bool is_in_dead_code(std::span<const std::byte> module, const Error& error);

// What stays the same while numbers, names and offsets change: by it disagreements are counted, and cut down.
[[nodiscard]] std::string signature(const Disagreement& disagreement);

// A rule of the list of known disagreements. It holds for a disagreement with its peer if everything it has holds; expressions
// are ECMAScript's and are searched for.
struct KnownRule {
  std::string id;
  std::string peer;
  std::string ours;   // `valid`, or the name of an error's code
  std::string right;  // who is: plimsoll, peer, or nobody (the specification leaves it open)
  std::string reason;
  std::string theirs;                // `valid`, `invalid` or `none`
  std::string where;                 // `dead code`: our error is in code that is not reachable; empty: anywhere
  Features needs;                    // it can be seen with these only
  std::optional<std::regex> text;    // over our text: see text_of
  std::optional<std::regex> answer;  // over their message
  std::optional<std::regex> bytes;   // over the bytes from our error's offset, as hexadecimal digits
  Bytes example;  // a module of which it holds; in the list in the form of corpus/modules (assemble/assemble.hpp)
};

[[nodiscard]] bool holds(const KnownRule& rule, const Disagreement& found);

// The reviewed list of what is known.
class KnownList {
 public:
  KnownList() = default;
  // Reads a JSON array of objects; the members are those of KnownRule. Fails with what is wrong with it.
  static std::expected<KnownList, std::string> read(const std::filesystem::path& file);
  static std::expected<KnownList, std::string> parse(const std::string& json);

  // The first rule that holds; null if none does. Lives as long as the list.
  [[nodiscard]] const KnownRule* find(const Disagreement& disagreement) const;
  [[nodiscard]] std::span<const KnownRule> rules() const noexcept { return rules_; }

 private:
  std::vector<KnownRule> rules_;
};

// Bytes as hexadecimal digits, two a byte.
[[nodiscard]] std::string hex(std::span<const std::byte> bytes);

}  // namespace plimsoll::regress::differential
