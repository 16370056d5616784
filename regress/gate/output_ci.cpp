// The results as CI systems read them: JUnit's XML, GitHub's workflow commands, Markdown.
#include <fmt/format.h>

#include <algorithm>

#include "command/figures.hpp"
#include "gate/outputs.hpp"

namespace plimsoll::regress::gate {
namespace {

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : "; ") + part;
  return text;
}

// Text that holds nothing that XML cannot, with the characters that it gives a meaning.
std::string xml(std::string_view text) {
  std::string result;
  for (const char c : printable(text)) {
    switch (c) {
      case '&': result += "&amp;"; break;
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;
      case '"': result += "&quot;"; break;
      default: result += c;
    }
  }
  return result;
}

// The text of a workflow command, and in `property` that of one of its properties, which ends at a comma or colon.
std::string workflow_text(std::string_view text, bool property = false) {
  std::string result;
  for (const char c : text) {
    if (c == '%' || c == '\r' || c == '\n' || (property && (c == ',' || c == ':'))) {
      result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      result += c;
    }
  }
  return result;
}

// The text of a cell.
std::string cell(std::string_view text) {
  std::string result;
  for (const char c : printable(text)) {
    if (std::string_view("|<>&`*_[]\\").find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

}  // namespace

std::string junit(const Checked& checked) {
  const auto count = [&checked](auto is) { return std::ranges::count_if(checked.results, is, &Result::status); };
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  text += fmt::format("<testsuites>\n<testsuite name=\"plimsoll gate\" tests=\"{}\" failures=\"{}\" errors=\"{}\">\n",
                      checked.results.size(),
                      count([](Status status) { return status != Status::same && status != Status::failed; }),
                      count([](Status status) { return status == Status::failed; }));
  for (const Result& result : checked.results) {
    text += fmt::format("<testcase classname=\"{}\" name=\"{}\" file=\"{}\"", xml(checked.key.value("loader")),
                        xml(result.name), xml(checked.pins.string()));
    if (result.pin && result.pin->number != 0) text += fmt::format(" line=\"{}\"", result.pin->number);
    if (result.status == Status::same) {
      text += "/>\n";
      continue;
    }
    const std::string message = joined(sentences(result));
    text += fmt::format("><{0} type=\"{1}\" message=\"{1}: {2}\"/></testcase>\n",
                        result.status == Status::failed ? "error" : "failure", name(result.status), xml(message));
  }
  return text + "</testsuite>\n</testsuites>\n";
}

std::string github(const Checked& checked) {
  std::string text;
  for (const Result& result : checked.results) {
    if (result.status == Status::same) continue;
    // What has no line yet is told on the titles'.
    const std::size_t line = result.pin && result.pin->number != 0 ? result.pin->number : 3;
    text += fmt::format("::error file={},line={},title={}::{}\n", workflow_text(checked.pins.string(), true), line,
                        workflow_text(fmt::format("{}: {}", printable(result.name), name(result.status)), true),
                        workflow_text(printable(joined(sentences(result)))));
  }
  return text;
}

std::string markdown(const Checked& checked) {
  std::string text =
      fmt::format("### Load lines of {}\n\n{}\n", cell(checked.key.value("loader")), summary(checked.results));
  if (exit_code(checked.results) == exit_same) return text;
  text += "\n| module | | figure | pinned | now | delta | % |\n| --- | --- | --- | ---: | ---: | ---: | ---: |\n";
  for (const Result& result : checked.results) {
    if (result.status == Status::same) continue;
    for (const Change& change : result.changes)
      text += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", cell(result.name), name(result.status),
                          name(change.column), thousands(change.pinned), thousands(change.now), delta(change),
                          percentage(change));
    for (const std::string& remark : result.remarks)
      text += fmt::format("| {} | {} | {} | | | | |\n", cell(result.name), name(result.status), cell(remark));
  }
  const std::string help = advice(checked);
  return help.empty() ? text : text + "\n" + help + "\n";
}

}  // namespace plimsoll::regress::gate
