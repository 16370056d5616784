#include "report/past.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "gate/key.hpp"

namespace plimsoll::regress::report {
namespace {

PastPins read(const std::filesystem::path& file, gate::Revision revision, const gate::Key& key) {
  PastPins past{.revision = std::move(revision), .problem = {}, .lines = {}};
  const auto text = gate::file_at(file, past.revision.commit);
  if (!text) {
    past.problem = text.error();
    return past;
  }
  auto pins = gate::parse_pins(*text);
  if (!pins) {
    past.problem = to_string(file.filename(), pins.error());
  } else if (std::string difference = gate::difference(pins->key, key); !difference.empty()) {
    past.problem = std::move(difference);
  } else {
    past.lines = std::move(pins->lines);
  }
  return past;
}

bool is_same(const std::vector<gate::Pin>& a, const std::vector<gate::Pin>& b) {
  return std::ranges::equal(a, b, {}, &gate::Pin::line, &gate::Pin::line);
}

}  // namespace

std::expected<std::vector<PastPins>, std::string> past_of(const std::filesystem::path& file, const gate::Pins& now) {
  auto revisions = gate::revisions_of(file);
  if (!revisions) return std::unexpected(std::move(revisions.error()));
  std::ranges::reverse(*revisions);
  std::vector<PastPins> past;
  for (gate::Revision& revision : *revisions) past.push_back(read(file, std::move(revision), now.key));
  if (past.empty() || !is_same(past.back().lines, now.lines)) {
    gate::Revision uncommitted;
    uncommitted.subject = "in the working tree";
    past.push_back({.revision = std::move(uncommitted), .problem = {}, .lines = now.lines});
  }
  return past;
}

}  // namespace plimsoll::regress::report
