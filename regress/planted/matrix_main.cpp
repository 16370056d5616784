// planted_matrix: each planted copy under the ledger, as a table in Markdown: what was expected, what was found, and the
// figures of the detectors. README.md has its output.
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <string>

#include "planted/expected.hpp"
#include "planted/generate.hpp"
#include "planted/recorded.hpp"

namespace {

using namespace plimsoll::regress;  // NOLINT(google-build-using-namespace): a main
using plimsoll::regress::planted::Defect;

std::string ratio(std::uint64_t part, std::uint64_t whole) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole));
  return text;
}

void print_row(Defect defect, std::span<const std::byte> module_bytes, bool refused) {
  const auto bytes = refused ? module_bytes.first(module_bytes.size() - 1) : module_bytes;
  const auto [report, verdict] = planted::record_load(bytes, defect, Recording::full());
  std::string found;
  for (const Finding& finding : findings(report, verdict))
    found.append(found.empty() ? "" : ", ")
        .append(name(finding.kind))
        .append(" ")
        .append(ratio(static_cast<std::uint64_t>(finding.share * 1000), 1000));
  std::printf("| %s%s | %s | %s | %s | %s | %s / %s | %s | %s@%s | %s |\n", planted::name(defect).data(),
              refused ? ", refused" : "", found.empty() ? "nothing" : found.c_str(),
              ratio(report.peak, report.retained).c_str(), ratio(report.copied_bytes, report.module_bytes).c_str(),
              ratio(report.stream_hits, report.stream_samples).c_str(),
              ratio(report.twin_bytes, report.retained).c_str(),
              ratio(report.growth_twin_bytes, report.retained).c_str(), ratio(report.after, report.retained).c_str(),
              ratio(report.burst, report.retained).c_str(), ratio(report.burst_tick, report.pages_touched).c_str(),
              ratio(report.touches, report.pages_touched).c_str());
}

std::vector<std::byte> read(const char* file) {
  std::ifstream stream(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

}  // namespace

// Arguments: modules to try instead of the generated one.
int main(int count, char** arguments) try {
  for (int i = count == 1 ? 0 : 1; i < count; ++i) {
    const auto bytes = i == 0 ? planted::generate_module(2'200'000) : read(arguments[i]);
    std::printf("%s, %zu bytes\n\n", i == 0 ? "generated" : arguments[i], bytes.size());
    std::puts(
        "| defect | found | D1 transient | D2 copied | D2 streamed | D3 twins / grown | D4 after | burst@tick | "
        "touches |");
    std::puts("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    print_row(Defect::clean, bytes, true);
    for (const Defect defect : planted::all_defects) print_row(defect, bytes, planted::only_on_errors(defect));
  }
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "planted_matrix: %s\n", error.what());
  return 1;
}
