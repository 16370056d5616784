#include "report/page.hpp"

#include <array>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <system_error>

namespace plimsoll::regress::report {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view mark = "@PLIMSOLL_DATA@";

// From the folder of the program: where it is installed, where it is built.
constexpr std::array places{PLIMSOLL_REPORT_INSTALLED, PLIMSOLL_REPORT_BUILT};

}  // namespace

std::string to_text(const nlohmann::ordered_json& document) {
  const std::string json = document.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  std::string text;
  text.reserve(json.size());
  for (const char c : json) {
    // In JSON it stands in strings only.
    if (c == '<') {
      text += "\\u003c";
    } else {
      text += c;
    }
  }
  return text + '\n';
}

std::expected<std::string, std::string> fill(std::string_view page_template, std::string_view text) {
  const std::size_t at = page_template.find(mark);
  if (at == std::string_view::npos || page_template.find(mark, at + 1) != std::string_view::npos)
    return std::unexpected("the template of the page is damaged: build or install the project again");
  std::string page(page_template.substr(0, at));
  page += text;
  page += page_template.substr(at + mark.size());
  return page;
}

std::expected<std::string, std::string> read_template() {
  std::error_code error;
  const fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (const char* const place : places) {
    std::ifstream stream(folder / place, std::ios::binary);
    if (!stream) continue;
    std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    if (!stream.bad()) return text;
  }
  return std::unexpected(
      "this program was built without the template of the page, share/plimsoll/report.html: run `ci/setup report`, "
      "which needs "
      "npm, then configure, build and install the project again. --json needs no template");
}

}  // namespace plimsoll::regress::report
