#include "differential/disagreement.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <functional>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "assemble/assemble.hpp"
#include "plimsoll/load.hpp"

namespace plimsoll::regress::differential {
namespace {

std::string_view kind_name(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::malformed: return "malformed";
    case ErrorKind::invalid: return "invalid";
    case ErrorKind::feature: return "feature";
    case ErrorKind::limit: return "limit";
    case ErrorKind::resource: return "resource";
  }
  return {};
}

std::string_view verdict_name(Answer::Verdict verdict) {
  switch (verdict) {
    case Answer::Verdict::invalid: return "invalid";
    case Answer::Verdict::valid: return "valid";
    case Answer::Verdict::none: return "none";
  }
  return {};
}

std::string our_code(const std::optional<Error>& error) { return error ? std::string(name(error->code)) : "valid"; }

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.'; }

// A message without what changes from module to module: words with digits, quoted text, the offset at the end.
std::string skeleton(std::string_view message) {
  std::string result;
  for (std::size_t i = 0; i < message.size();) {
    if (message[i] == '@') break;
    if (message[i] == '"') {
      const std::size_t end = message.find('"', i + 1);
      result += '"';
      i = end == std::string_view::npos ? message.size() : end + 1;
      continue;
    }
    std::size_t end = i;
    while (end < message.size() && is_word(message[end])) ++end;
    if (end == i) {
      result += message[i++];
      continue;
    }
    const std::string_view word = message.substr(i, end - i);
    const bool has_digit = std::ranges::any_of(word, [](char c) { return c >= '0' && c <= '9'; });
    result += has_digit || word.find('.') != std::string_view::npos ? "_" : word;
    i = end;
  }
  return result.substr(0, 120);
}

using nlohmann::json;

// Fills a rule from an object; returns what is wrong with it, or nothing.
std::string read_rule(const json& object, KnownRule& rule) {
  if (!object.is_object()) return "it is not an object";
  if (const auto id = object.find("id"); id != object.end() && id->is_string()) rule.id = id->get<std::string>();
  const std::array<std::pair<const char*, std::string*>, 7> texts{{{"id", &rule.id},
                                                                   {"peer", &rule.peer},
                                                                   {"ours", &rule.ours},
                                                                   {"theirs", &rule.theirs},
                                                                   {"right", &rule.right},
                                                                   {"reason", &rule.reason},
                                                                   {"where", &rule.where}}};
  const std::array<std::pair<const char*, std::optional<std::regex>*>, 3> expressions{
      {{"text", &rule.text}, {"answer", &rule.answer}, {"bytes", &rule.bytes}}};
  for (const auto& [key, value] : object.items()) {
    if (!value.is_string()) return key + " is not a string";
    const auto text = std::ranges::find_if(texts, [&](const auto& pair) { return key == pair.first; });
    const auto expression = std::ranges::find_if(expressions, [&](const auto& pair) { return key == pair.first; });
    if (text != texts.end()) {
      *text->second = value.get<std::string>();
    } else if (expression != expressions.end()) {
      try {
        *expression->second = std::regex(value.get<std::string>(), std::regex::ECMAScript | std::regex::optimize);
      } catch (const std::regex_error& error) {
        return key + " is no regular expression: " + error.what();
      }
    } else if (key == "features") {
      const auto names = value.get<std::string>();  // the error is a part of it
      const auto needs = Features::parse(names, Features::mvp());
      if (!needs) return "there is no feature " + std::string(needs.error());
      rule.needs = *needs;
    } else if (key == "example") {
      auto bytes = assemble(value.get<std::string>());
      if (!bytes) return "example does not assemble: " + bytes.error().message;
      rule.example = *std::move(bytes);
    } else {
      return "there is no member " + key;
    }
  }
  for (const auto& [key, text] : texts) {
    if (text->empty() && text != &rule.where) return std::string(key) + " is missing";
  }
  if (rule.example.empty()) return "example is missing";
  static constexpr std::array verdicts{"valid", "invalid", "none"};
  if (std::ranges::find(verdicts, rule.theirs) == verdicts.end()) return "theirs is none of valid, invalid, none";
  static constexpr std::array who{"plimsoll", "peer", "nobody"};
  if (std::ranges::find(who, rule.right) == who.end()) return "right is none of plimsoll, peer, nobody";
  if (!rule.where.empty() && rule.where != "dead code") return "where is not dead code";
  if (rule.ours == "valid" && (rule.bytes || !rule.where.empty()))
    return "bytes and where are about our error, and there is none";
  return {};
}

}  // namespace

std::optional<Error> our_verdict(std::span<const std::byte> module, Features features) {
  Options options;
  options.features = features;
  const LoadResult result = load(BorrowedBytes(module), options);
  return result ? std::nullopt : std::optional(result.error());
}

std::string text_of(const std::optional<Error>& error) {
  if (!error) return "valid";
  return std::string(kind_name(kind(error->code))) + ": " + std::string(name(error->code)) + ": " + describe(*error);
}

bool differ(const std::optional<Error>& ours, const Answer& theirs) noexcept {
  switch (theirs.verdict) {
    case Answer::Verdict::invalid: return !ours.has_value();
    case Answer::Verdict::valid: return ours.has_value();
    case Answer::Verdict::none: return true;
  }
  return true;
}

bool is_in_dead_code(std::span<const std::byte> module, const Error& error) {
  fuzz::Node root = fuzz::parse(module);
  std::vector<std::size_t> path = path_to(root, error.offset);
  while (!path.empty() && at_path(root, path).kind != fuzz::Kind::instruction) path.pop_back();
  if (path.empty()) return false;
  // More than there can be values: a block may have as many parameters as the limits allow.
  constexpr std::size_t drops = 4'000;
  const std::size_t where = path.back();
  path.pop_back();
  std::vector<fuzz::Node>& code = at_path(root, path).children;
  const fuzz::Node drop{.kind = fuzz::Kind::instruction,
                        .children = {{.kind = fuzz::Kind::opcode, .bytes = {std::byte{0x1A}}}}};
  code.insert(code.begin() + static_cast<std::ptrdiff_t>(where), drops, drop);
  const std::optional<Error> now = our_verdict(encode(root), Features::all());
  return !now || now->offset >= error.offset + drops;
}

std::string signature(const Disagreement& disagreement) {
  return disagreement.peer + ": " + std::string(verdict_name(disagreement.theirs.verdict)) + " " +
         skeleton(disagreement.theirs.message) + " | plimsoll: " + our_code(disagreement.ours);
}

bool holds(const KnownRule& rule, const Disagreement& found) {
  if (rule.peer != found.peer || rule.ours != our_code(found.ours) || rule.theirs != verdict_name(found.theirs.verdict))
    return false;
  if (rule.text && !std::regex_search(text_of(found.ours), *rule.text)) return false;
  if (rule.answer && !std::regex_search(found.theirs.message, *rule.answer)) return false;
  if (rule.bytes) {
    const auto rest = std::span(found.bytes).subspan(std::min<std::size_t>(found.ours->offset, found.bytes.size()));
    if (!std::regex_search(hex(rest.first(std::min<std::size_t>(rest.size(), 32))), *rule.bytes)) return false;
  }
  return rule.where.empty() || is_in_dead_code(found.bytes, *found.ours);
}

std::expected<KnownList, std::string> KnownList::parse(const std::string& text) {
  const json list = json::parse(text, nullptr, false);
  if (!list.is_array()) return std::unexpected("it is not a JSON array");
  KnownList result;
  for (const json& object : list) {
    KnownRule& rule = result.rules_.emplace_back();
    if (const std::string problem = read_rule(object, rule); !problem.empty()) {
      return std::unexpected("rule " + std::to_string(result.rules_.size()) + (rule.id.empty() ? "" : ", " + rule.id) +
                             ": " + problem);
    }
    const auto same_id = [&](const KnownRule& other) { return other.id == rule.id; };
    if (std::ranges::count_if(result.rules_, same_id) > 1) return std::unexpected("two rules are called " + rule.id);
  }
  return result;
}

std::expected<KnownList, std::string> KnownList::read(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) return std::unexpected("it cannot be read");
  return parse(std::string(std::istreambuf_iterator<char>(stream), {}));
}

const KnownRule* KnownList::find(const Disagreement& disagreement) const {
  const auto found = std::ranges::find_if(rules_, [&](const KnownRule& rule) { return holds(rule, disagreement); });
  return found == rules_.end() ? nullptr : &*found;
}

std::string hex(std::span<const std::byte> bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string result;
  result.reserve(2 * bytes.size());
  for (const std::byte byte : bytes) {
    result += digits[std::to_integer<std::size_t>(byte >> 4)];
    result += digits[std::to_integer<std::size_t>(byte & std::byte{15})];
  }
  return result;
}

}  // namespace plimsoll::regress::differential
