#include "gate/comparing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "command/figures.hpp"

namespace plimsoll::regress::gate {
namespace {

constexpr std::array all_statuses{Status::same,   Status::worse, Status::better,       Status::changed, Status::fresh,
                                  Status::absent, Status::gone,  Status::unrepeatable, Status::failed};

int exit_code_of(Status status) noexcept {
  switch (status) {
    case Status::same: return exit_same;
    case Status::worse: return exit_worse;
    case Status::better: return exit_better;
    case Status::changed:
    case Status::fresh:
    case Status::absent:
    case Status::gone: return exit_other_modules;
    case Status::unrepeatable: return exit_unrepeatable;
    case Status::failed: return exit_failed;
  }
  return exit_failed;
}

std::vector<Change> changes(const LoadLine& then, const LoadLine& now, const Tolerances& tolerances) {
  std::vector<Change> result;
  for (const Column column : all_columns) {
    if (!tolerances.equal(column, then[column], now[column])) result.push_back({column, then[column], now[column]});
  }
  return result;
}

bool is_raised(const Change& change) noexcept { return change.now > change.pinned; }

Result unrepeatable(Result result, const LoadLine& again) {
  result.status = Status::unrepeatable;
  if (again.verdict != result.now->verdict)
    result.remarks.push_back(fmt::format("the first of two loads gave the verdict '{}', the second '{}'",
                                         result.now->verdict, again.verdict));
  for (const Change& change : changes(*result.now, again, {}))
    result.remarks.push_back(fmt::format("{} of the first of two loads {}, of the second {}", name(change.column),
                                         thousands(change.pinned), thousands(change.now)));
  return result;
}

void compare_with_pin(Result& result, const Tolerances& tolerances) {
  const LoadLine& then = result.pin->line;
  const LoadLine& now = *result.now;
  if (then.sha256 != now.sha256 || then.bytes != now.bytes) {
    result.status = Status::changed;
    result.remarks.push_back(
        fmt::format("not the module that was pinned: {} bytes, sha256 {:.12}..., pinned {} bytes, {:.12}...",
                    thousands(now.bytes), now.sha256, thousands(then.bytes), then.sha256));
    return;
  }
  result.changes = changes(then, now, tolerances);
  if (then.verdict != now.verdict) {
    result.status = Status::worse;
    result.remarks.push_back(fmt::format("the verdict is '{}', pinned '{}'", now.verdict, then.verdict));
  } else if (std::ranges::any_of(result.changes, is_raised)) {
    result.status = Status::worse;
  } else if (!result.changes.empty()) {
    result.status = Status::better;
  }
}

}  // namespace

std::string_view name(Status status) noexcept {
  switch (status) {
    case Status::same: return "same";
    case Status::worse: return "worse";
    case Status::better: return "better";
    case Status::changed: return "changed";
    case Status::fresh: return "new";
    case Status::absent: return "missing";
    case Status::gone: return "gone";
    case Status::unrepeatable: return "not repeatable";
    case Status::failed: return "failed";
  }
  return "";
}

Result compare(const Pin* pin, const Measured& measured, const Tolerances& tolerances) {
  Result result{.name = measured.name, .pin = {}, .now = {}, .changes = {}, .remarks = {}};
  if (pin != nullptr) result.pin = *pin;
  if (!measured.absent.empty()) {
    result.status = Status::absent;
    result.remarks.push_back(measured.absent);
    return result;
  }
  if (!measured.problem.empty()) {
    result.status = Status::failed;
    result.remarks.push_back(measured.problem);
    return result;
  }
  result.now = measured.line;
  if (measured.otherwise) return unrepeatable(std::move(result), *measured.otherwise);
  if (result.pin) {
    compare_with_pin(result, tolerances);
  } else {
    result.status = Status::fresh;
    result.remarks.emplace_back("has no load line yet");
  }
  result.left = measured.left;
  if (measured.left != 0) {
    result.status = Status::worse;
    result.remarks.push_back(
        fmt::format("{} bytes are left on the heap when the module has been destroyed", thousands(measured.left)));
  }
  return result;
}

bool raises(const Result& result) noexcept {
  if (!result.pin || !result.now) return false;
  const LoadLine& then = result.pin->line;
  const auto is_higher = [&](Column column) { return (*result.now)[column] > then[column]; };
  return then.verdict != result.now->verdict || std::ranges::any_of(all_columns, is_higher);
}

Result gone(const Pin& pin) {
  return {.name = pin.line.name,
          .status = Status::gone,
          .pin = pin,
          .now = {},
          .changes = {},
          .remarks = {"is pinned, and is no module of the list any more"}};
}

int exit_code(std::span<const Result> results) noexcept {
  for (const int code : {exit_worse, exit_failed, exit_unrepeatable, exit_other_modules, exit_better}) {
    if (std::ranges::any_of(results, [code](const Result& result) { return exit_code_of(result.status) == code; }))
      return code;
  }
  return exit_same;
}

std::string delta(const Change& change) {
  return is_raised(change) ? "+" + thousands(change.now - change.pinned) : "-" + thousands(change.pinned - change.now);
}

std::string percentage(const Change& change) {
  if (change.pinned == 0) return "from nothing";
  const double share = 100 * (static_cast<double>(change.now) / static_cast<double>(change.pinned) - 1);
  return fmt::format("{:+.1f} %", share);
}

std::vector<std::string> sentences(const Result& result) {
  std::vector<std::string> text;
  for (const Change& change : result.changes) {
    text.push_back(fmt::format("{} {} -> {} ({}, {})", name(change.column), thousands(change.pinned),
                               thousands(change.now), delta(change), percentage(change)));
  }
  text.insert(text.end(), result.remarks.begin(), result.remarks.end());
  return text;
}

std::string summary(std::span<const Result> results) {
  std::string text = counted(results.size(), "load line") + ":";
  bool first = true;
  for (const Status status : all_statuses) {
    const auto count = static_cast<std::uint64_t>(std::ranges::count(results, status, &Result::status));
    if (count == 0) continue;
    text += fmt::format("{} {} {}", first ? "" : ",", thousands(count), name(status));
    first = false;
  }
  return first ? counted(0, "load line") : text;
}

}  // namespace plimsoll::regress::gate
