#include "gate/measuring.hpp"

#include <algorithm>
#include <utility>

namespace plimsoll::regress::gate {
namespace {

LoadLine line_of(const OpenedModule& module, const Observation& observation) {
  return {.name = module.name,
          .sha256 = module.sha256,
          .bytes = module.bytes.size(),
          .verdict = observation.verdict,
          .figures = observation.figures,
          .reason = {}};
}

bool same(const LoadLine& a, const LoadLine& b, const Tolerances& tolerances) {
  return a.verdict == b.verdict && std::ranges::all_of(all_columns, [&](Column column) {
           return tolerances.equal(column, a[column], b[column]);
         });
}

}  // namespace

Measured measure(const Entry& entry, Subject& subject, const Tolerances& tolerances) {
  Measured result;
  result.name = entry.name;
  const auto module = open(entry);
  if (!module) {
    (module.error().absent ? result.absent : result.problem) = module.error().message;
    return result;
  }
  auto first = subject.load(*module, Depth::pins);
  if (!first) return result.problem = std::move(first.error()), result;
  const auto second = subject.load(*module, Depth::pins);
  if (!second) return result.problem = "the second of two loads: " + second.error(), result;
  result.line = line_of(*module, *first);
  LoadLine again = line_of(*module, *second);
  if (same(result.line, again, tolerances)) {
    for (const Column column : all_columns) result.line[column] = std::max(result.line[column], again[column]);
  } else {
    result.otherwise = std::move(again);
  }
  result.left = std::max(first->left, second->left);
  result.report = std::move(first->report);
  return result;
}

}  // namespace plimsoll::regress::gate
