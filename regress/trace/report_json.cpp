// The lists of members below are the only ones; both directions walk them.
#include "trace/report_json.hpp"

#include <concepts>
#include <string>
#include <string_view>
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

void each_member(Is<Frame> auto& frame, auto visit) {
  visit("object", frame.object);
  visit("offset", frame.offset);
}

void each_member(Is<Culprit> auto& culprit, auto visit) {
  visit("detector", culprit.detector);
  visit("bytes", culprit.bytes);
  visit("blocks", culprit.blocks);
  visit("frames", culprit.frames);
}

void each_member(Is<TimelinePoint> auto& point, auto visit) {
  visit("event", point.event);
  visit("live", point.live);
  visit("phase", point.phase);
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
  visit("stacked", report.stacked);
  visit("culprits", report.culprits);
  visit("frames", report.frames);
  visit("objects", report.objects);
  visit("timeline", report.timeline);
  visit("searched", report.searched);
  visit("searched_bytes", report.searched_bytes);
  visit("copied_bytes", report.copied_bytes);
  visit("copied_block_bytes", report.copied_block_bytes);
  visit("copied_runs", report.copied_runs);
  visit("runs", report.runs);
  visit("stream_samples", report.stream_samples);
  visit("stream_hits", report.stream_hits);
  visit("stream_block", report.stream_block);
  visit("twinned", report.twinned);
  visit("twin_bytes", report.twin_bytes);
  visit("twin_blocks", report.twin_blocks);
  visit("growth_twin_bytes", report.growth_twin_bytes);
  visit("clocked", report.clocked);
  visit("page_bytes", report.page_bytes);
  visit("pages", report.pages);
  visit("pages_touched", report.pages_touched);
  visit("pages_written", report.pages_written);
  visit("touches", report.touches);
  visit("after", report.after);
  visit("burst", report.burst);
  visit("burst_tick", report.burst_tick);
  visit("live_at_last_touch", report.live_at_last_touch);
  visit("accounted", report.accounted);
  visit("unlogged", report.unlogged);
}

template <typename Value>
concept Plain = std::is_arithmetic_v<Value> || std::same_as<Value, std::string>;

Json written(const Plain auto& value) { return value; }
Json written(Detector detector) { return name(detector); }

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

void read(const Json& json, Detector& detector) {
  const auto& text = json.get_ref<const std::string&>();
  for (const Detector each :
       {Detector::counts, Detector::raw_copies, Detector::twins, Detector::input_clock, Detector::leak}) {
    if (name(each) == text) {
      detector = each;
      return;
    }
  }
  throw Json::other_error::create(501, "there is no detector " + text, &json);
}

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

Verdict verdict_named(std::string_view text) noexcept {
  for (const Verdict each : {Verdict::valid, Verdict::rejected}) {
    if (name(each) == text) return each;
  }
  return Verdict::unknown;
}

}  // namespace

Json to_json(const Report& report) { return written(report); }

Report report_from_json(const Json& json) {
  Report report;
  read(json, report);
  return report;
}

Json to_json(const TracedLoad& load) {
  return {{"verdict", name(load.verdict)}, {"exact", load.exact}, {"report", to_json(load.report)}};
}

TracedLoad traced_load_from_json(const Json& json) {
  TracedLoad load;
  load.verdict = verdict_named(json.at("verdict").get_ref<const std::string&>());
  load.exact = json.at("exact").get<bool>();
  load.report = report_from_json(json.at("report"));
  return load;
}

Json to_json(const Finding& finding) {
  return {{"kind", name(finding.kind)},
          {"detector", name(finding.detector)},
          {"share", finding.share},
          {"bytes", finding.bytes},
          {"text", finding.text},
          {"culprit", finding.culprit == Finding::no_culprit ? Json() : Json(finding.culprit)}};
}

std::string_view name(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::valid: return "valid";
    case Verdict::rejected: return "rejected";
    case Verdict::unknown: return "unknown";
  }
  return "unknown";
}

}  // namespace plimsoll::regress
