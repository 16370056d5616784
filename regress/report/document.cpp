#include "report/document.hpp"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "gate/load_line.hpp"
#include "plimsoll/version.hpp"

namespace plimsoll::regress::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr int document_schema = 1;

// What a line says of the load, without the name of the module and what identifies its bytes.
void add_figures(Json& object, const gate::LoadLine& line) {
  object["bytes"] = line.bytes;
  object["verdict"] = line.verdict;
  for (const gate::Column column : gate::all_columns) object[std::string(gate::name(column))] = line[column];
  object["reason"] = line.reason;
}

Json lines_json(const gate::Pins& pins) {
  Json lines = Json::array();
  for (const gate::Pin& pin : pins.lines) {
    Json object{{"name", pin.line.name}, {"sha256", pin.line.sha256}};
    add_figures(object, pin.line);
    lines.push_back(std::move(object));
  }
  return lines;
}

Json revisions_json(const std::vector<PastPins>& past) {
  Json revisions = Json::array();
  for (const PastPins& pins : past) {
    Json object{{"commit", pins.revision.commit}, {"date", pins.revision.date}, {"subject", pins.revision.subject}};
    if (!pins.problem.empty()) object["problem"] = pins.problem;
    revisions.push_back(std::move(object));
  }
  return revisions;
}

// A line from the revision where it became so.
struct Point {
  std::size_t revision = 0;
  const gate::LoadLine* line = nullptr;  // nullptr: it is gone
};

// By name, each line's points: where it is not what it was at the revision before.
std::map<std::string_view, std::vector<Point>> points_of(const std::vector<PastPins>& past) {
  std::map<std::string_view, std::vector<Point>> history;
  for (std::size_t revision = 0; revision < past.size(); ++revision) {
    if (!past[revision].problem.empty()) continue;
    std::map<std::string_view, const gate::LoadLine*> lines;
    for (const gate::Pin& pin : past[revision].lines) lines[pin.line.name] = &pin.line;
    for (auto& [name, points] : history) {
      if (points.back().line != nullptr && !lines.contains(name)) points.push_back({revision, nullptr});
    }
    for (const auto& [name, line] : lines) {
      std::vector<Point>& points = history[name];
      if (points.empty() || points.back().line == nullptr || *points.back().line != *line)
        points.push_back({revision, line});
    }
  }
  return history;
}

Json history_json(const std::vector<PastPins>& past) {
  Json history = Json::array();
  for (const auto& [name, points] : points_of(past)) {
    Json list = Json::array();
    for (const Point& point : points) {
      Json object{{"revision", point.revision}};
      if (point.line == nullptr) {
        object["gone"] = true;
      } else {
        add_figures(object, *point.line);
      }
      list.push_back(std::move(object));
    }
    history.push_back({{"name", name}, {"points", std::move(list)}});
  }
  return history;
}

}  // namespace

Json document(const Contents& contents) {
  Json key = Json::object();
  for (const auto& [name, value] : contents.pins.key.entries) key[name] = value;
  Json modules = Json::array();
  for (const Json& load : contents.loads) modules.push_back(load);
  return {{"schema", document_schema},
          {"program", fmt::format("plimsoll {}", version)},
          {"key", std::move(key)},
          {"pins", contents.pins_file},
          {"lines", lines_json(contents.pins)},
          {"revisions", revisions_json(contents.past)},
          {"history", history_json(contents.past)},
          {"modules", std::move(modules)},
          {"notes", contents.notes}};
}

std::string problem_of(const Json& document) {
  if (!document.is_object() || !document.contains("schema")) return "not a document of `plimsoll gate report --json`";
  const Json& schema = document["schema"];
  if (schema != document_schema)
    return fmt::format("a document of schema {}; this program knows schema {}", schema.dump(), document_schema);
  for (const char* const list : {"lines", "revisions", "history", "modules", "notes"}) {
    if (!document.contains(list) || !document[list].is_array())
      return fmt::format("the document has no list `{}`", list);
  }
  for (const char* const text : {"program", "pins"}) {
    if (!document.contains(text) || !document[text].is_string())
      return fmt::format("the document has no text `{}`", text);
  }
  if (!document.contains("key") || !document["key"].is_object()) return "the document has no object `key`";
  return {};
}

}  // namespace plimsoll::regress::report
