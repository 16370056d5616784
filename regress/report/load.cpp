#include "report/load.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "inspect/part.hpp"
#include "plimsoll/bytes.hpp"
#include "symbols/symbolizer.hpp"
#include "trace/report_json.hpp"
#include "trace/stack_names.hpp"

namespace plimsoll::regress::report {
namespace {

using Json = nlohmann::ordered_json;

SourceFrame frame_from_json(const Json& json) {
  SourceFrame frame;
  json.at("function").get_to(frame.function);
  json.at("object").get_to(frame.object);
  if (json.at("file").is_string()) {
    json.at("file").get_to(frame.file);
    json.at("line").get_to(frame.line);
  }
  return frame;
}

// Adds to each culprit that has a stack "who" of it is to be looked at first.
void add_who(Json& report) {
  for (Json& culprit : report.at("culprits")) {
    std::vector<SourceFrame> stack;
    for (const Json& frame : culprit.at("stack")) stack.push_back(frame_from_json(frame));
    culprit["who"] = stack.empty() ? Json() : to_json(telling_part(stack).front());
  }
}

Json to_json(const std::vector<Section>& sections) {
  Json list = Json::array();
  for (const Section& section : sections)
    list.push_back({{"name", section.name}, {"offset", section.offset}, {"bytes", section.bytes}});
  return list;
}

std::vector<Section> sections_of_file(const std::string& file, std::uint64_t bytes) {
  const auto mapped = MappedBytes::open(file.c_str());
  if (!mapped || mapped->view().size() != bytes) return {};
  return sections_of(mapped->view());
}

std::string file_name(const std::string& path) { return std::filesystem::path(path).filename().string(); }

// Throws Json::exception if the trace is none.
std::vector<Json> read_trace(const Json& trace) {
  const auto module = trace.at("module").get<std::string>();
  std::vector<Json> loads;
  for (const Json& process : trace.at("processes")) {
    std::size_t number = 0;
    for (const Json& load : process.at("loads")) {
      Json report = load.at("report");
      const Report checked = report_from_json(report);
      add_who(report);
      for (const Json& finding : load.at("findings"))
        static_cast<void>(finding.at("text").get_ref<const std::string&>());
      std::string name =
          fmt::format("{} by {}", file_name(module), file_name(process.at("program").get<std::string>()));
      if (process.at("loads").size() > 1) name += fmt::format(", load {}", ++number);
      loads.push_back({{"name", std::move(name)},
                       {"verdict", load.at("verdict").get<std::string>()},
                       {"exact", load.at("exact").get<bool>()},
                       {"sections", to_json(sections_of_file(module, checked.module_bytes))},
                       {"report", std::move(report)},
                       {"findings", load.at("findings")}});
    }
  }
  return loads;
}

}  // namespace

std::vector<Section> sections_of(std::span<const std::byte> module) {
  const inspect::Part part{.file = module, .range = {0, static_cast<std::uint32_t>(module.size())}, .name = {}};
  if (module.size() > UINT32_MAX || inspect::kind_of(part) != inspect::PartKind::module) return {};
  std::vector<Section> sections;
  inspect::RawSections walk(part);
  for (inspect::RawSection section; walk.next(section);) {
    const std::string name = section.id == 0 ? std::string(inspect::text_of(module, section.name))
                                             : inspect::section_name(section.id, inspect::PartKind::module);
    sections.push_back({name, section.header, section.payload.offset + section.payload.size - section.header});
  }
  return sections;
}

Json to_json(const RecordedLoad& load, Symbolizer& symbolizer) {
  Json report = to_json(load.report);
  add_stacks(report, load.report, symbolizer);
  add_who(report);
  Json findings = Json::array();
  for (const Finding& finding : load.findings) findings.push_back(to_json(finding));
  return {{"name", load.name},
          {"verdict", load.verdict},
          {"exact", true},
          {"sections", to_json(load.sections)},
          {"report", std::move(report)},
          {"findings", std::move(findings)}};
}

std::expected<std::vector<Json>, std::string> loads_of_trace(const Json& trace) {
  try {
    return read_trace(trace);
  } catch (const Json::exception& error) {
    return std::unexpected(fmt::format("not what `plimsoll trace --json` prints: {}", error.what()));
  }
}

}  // namespace plimsoll::regress::report
