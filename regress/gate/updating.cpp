#include "gate/updating.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace plimsoll::regress::gate {
namespace {

std::vector<Result> those(std::span<const Result> results, auto is) {
  std::vector<Result> found;
  std::ranges::copy_if(results, std::back_inserter(found), is);
  return found;
}

}  // namespace

std::expected<Update, Refusal> update(const Pins& pins, std::span<const Result> results, std::string_view reason) {
  const auto has = [](Status status) { return [status](const Result& result) { return result.status == status; }; };
  if (auto bad = those(results, has(Status::failed)); !bad.empty())
    return std::unexpected(Refusal{exit_failed, "some modules gave no figures", std::move(bad)});
  if (auto bad = those(results, has(Status::unrepeatable)); !bad.empty())
    return std::unexpected(Refusal{exit_unrepeatable, "some figures differ from load to load", std::move(bad)});
  if (auto bad = those(results, [](const Result& result) { return result.left != 0; }); !bad.empty())
    return std::unexpected(
        Refusal{exit_worse, "some loads leave something on the heap, which cannot be pinned", std::move(bad)});
  if (auto bad = those(results, raises); !bad.empty() && reason.empty())
    return std::unexpected(
        Refusal{exit_worse, "some lines would be raised, which takes --reason TEXT", std::move(bad)});

  Update update;
  std::map<std::string_view, LoadLine> lines;
  for (const Pin& pin : pins.lines) lines.emplace(pin.line.name, pin.line);
  for (const Result& result : results) {
    if (result.status == Status::gone) {
      update.dropped += lines.erase(result.name);
      continue;
    }
    if (!result.now || result.status == Status::same) continue;
    LoadLine line = *result.now;
    if (result.pin) line.reason = result.pin->line.reason;
    if (result.status == Status::fresh) ++update.added;
    if (result.status == Status::changed) ++update.replaced;
    if (result.status == Status::better) ++update.lowered;
    if (result.status == Status::worse) ++update.raised;
    if (raises(result)) line.reason = reason;
    lines.insert_or_assign(result.name, std::move(line));
  }
  update.pins.key = pins.key;
  for (auto& [name, line] : lines) update.pins.lines.push_back({.line = std::move(line)});
  return update;
}

}  // namespace plimsoll::regress::gate
