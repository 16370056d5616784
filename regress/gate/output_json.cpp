// The results as JSON.
#include <nlohmann/json.hpp>

#include "gate/outputs.hpp"

namespace plimsoll::regress::gate {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const LoadLine& line) {
  Json object = {{"sha256", line.sha256}, {"bytes", line.bytes}, {"verdict", line.verdict}};
  for (const Column column : all_columns) object[std::string(name(column))] = line[column];
  object["reason"] = line.reason;
  return object;
}

Json to_json(const Result& result) {
  Json object = {{"name", result.name}, {"status", name(result.status)}};
  object["line"] = result.pin && result.pin->number != 0 ? Json(result.pin->number) : Json();
  object["pinned"] = result.pin ? to_json(result.pin->line) : Json();
  object["now"] = result.now ? to_json(*result.now) : Json();
  object["changes"] = Json::array();
  for (const Change& change : result.changes)
    object["changes"].push_back({{"column", name(change.column)}, {"pinned", change.pinned}, {"now", change.now}});
  object["remarks"] = result.remarks;
  return object;
}

}  // namespace

std::string json(const Checked& checked) {
  Json key = Json::object();
  for (const auto& [name, value] : checked.key.entries) key[name] = value;
  Json lines = Json::array();
  for (const Result& result : checked.results) lines.push_back(to_json(result));
  const Json document = {{"schema", "plimsoll-gate/1"},
                         {"pins", checked.pins.string()},
                         {"key", key},
                         {"exit_code", exit_code(checked.results)},
                         {"summary", summary(checked.results)},
                         {"lines", lines}};
  // A name that is not UTF-8 must not stop the rest.
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace plimsoll::regress::gate
