// The lists of members below are the only ones; both directions walk them.
#include "trace/report_json.hpp"

#include <concepts>
#include <string>
#include <type_traits>
#include <vector>

namespace plimsoll::regress {
namespace {

using Json = nlohmann::ordered_json;

template <typename Whole, typename Record>
concept Is = std::same_as<std::remove_const_t<Whole>, Record>;

void each_member(Is<PhaseCounts> auto& phase, auto visit) {
  visit("name", phase.name);
  visit("allocations", phase.allocations);
  visit("total", phase.total);
  visit("released", phase.released);
  visit("moved", phase.moved);
  visit("peak", phase.peak);
  visit("live", phase.live);
}

void each_member(Is<CopyRun> auto& run, auto visit) {
  visit("module_offset", run.module_offset);
  visit("length", run.length);
  visit("block_serial", run.block_serial);
  visit("block_offset", run.block_offset);
  visit("block_phase", run.block_phase);
}

void each_member(Is<Report> auto& report, auto visit) {
  visit("module_bytes", report.module_bytes);
  visit("allocations", report.allocations);
  visit("releases", report.releases);
  visit("total", report.total);
  visit("peak", report.peak);
  visit("retained", report.retained);
  visit("retained_blocks", report.retained_blocks);
  visit("largest", report.largest);
  visit("moved", report.moved);
  visit("failures", report.failures);
  visit("mismatches", report.mismatches);
  visit("unseen_releases", report.unseen_releases);
  visit("phases", report.phases);
  visit("searched", report.searched);
  visit("searched_bytes", report.searched_bytes);
  visit("copied_bytes", report.copied_bytes);
  visit("copied_block_bytes", report.copied_block_bytes);
  visit("copied_runs", report.copied_runs);
  visit("runs", report.runs);
}

template <typename Value>
concept Plain = std::is_arithmetic_v<Value> || std::same_as<Value, std::string>;

Json written(const Plain auto& value) { return value; }

template <typename Item>
Json written(const std::vector<Item>& items);

Json written(const auto& record) {
  Json object = Json::object();
  each_member(record, [&object](const char* key, const auto& value) { object[key] = written(value); });
  return object;
}

template <typename Item>
Json written(const std::vector<Item>& items) {
  Json array = Json::array();
  for (const Item& item : items) array.push_back(written(item));
  return array;
}

void read(const Json& json, Plain auto& value) { json.get_to(value); }

template <typename Item>
void read(const Json& json, std::vector<Item>& items);

void read(const Json& json, auto& record) {
  if (!json.is_object()) throw Json::type_error::create(302, "a report is made of objects", &json);
  each_member(record, [&json](const char* key, auto& value) {
    if (const auto found = json.find(key); found != json.end()) read(*found, value);
  });
}

template <typename Item>
void read(const Json& json, std::vector<Item>& items) {
  // What is no array is refused, not taken for one item.
  for (const Json& item : json.get_ref<const Json::array_t&>()) read(item, items.emplace_back());
}

}  // namespace

Json to_json(const Report& report) { return written(report); }

Report report_from_json(const Json& json) {
  Report report;
  read(json, report);
  return report;
}

}  // namespace plimsoll::regress
