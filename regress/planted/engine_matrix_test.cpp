// Each planted copy is found and named behind the standard C API, in the library that exports it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "planted/expected.hpp"
#include "planted/generate.hpp"
#include "planted/loader.hpp"
#include "properties/temporary_folder.hpp"
#include "trace/trace_engine.hpp"

namespace plimsoll::regress::planted {
namespace {

class EngineMatrix : public testing::TestWithParam<Defect> {};

TEST_P(EngineMatrix, IsFoundAndNamed) {
  const auto bytes = generate_module(700'000);
  const properties::TemporaryFolder folder;
  const auto file =
      folder.write("a.wasm", only_on_errors(GetParam()) ? std::span(bytes).first(bytes.size() - 1) : std::span(bytes));
  ASSERT_EQ(::setenv("PLANTED_DEFECT", std::string(name(GetParam())).c_str(), 1), 0);
  const auto trace = trace_engine(PLANTED_ENGINE, file, Tier::full);
  ASSERT_TRUE(trace.has_value()) << trace.error().message;
  ASSERT_EQ(trace->processes.size(), 1U);
  ASSERT_EQ(trace->processes[0].loads.size(), 1U);
  const TracedLoad& load = trace->processes[0].loads[0];
  EXPECT_EQ(load.verdict, only_on_errors(GetParam()) ? Verdict::rejected : Verdict::valid);
  const auto found = findings(load.report, load.verdict);
  std::string said = "found:\n";
  for (const Finding& finding : found) said.append("  ").append(finding.text).append("\n");
  // The input is read by wasm_module_validate, and again by wasm_module_new: that is all that may be said of the clean engine,
  // and it is said in place of a late copy.
  if (GetParam() == Defect::clean) {
    EXPECT_TRUE(std::ranges::all_of(found, [](const Finding& finding) {
      return finding.kind == FindingKind::second_reading;
    })) << said;
  }
  for (const FindingKind kind : expected_findings(GetParam())) {
    const FindingKind wanted = kind == FindingKind::late_copy ? FindingKind::second_reading : kind;
    EXPECT_NE(std::ranges::find(found, wanted, &Finding::kind), found.end()) << name(wanted) << " was not " << said;
  }
}

std::string defect_name(const testing::TestParamInfo<Defect>& info) { return std::string(name(info.param)); }

INSTANTIATE_TEST_SUITE_P(, EngineMatrix, testing::ValuesIn(all_defects), defect_name);

}  // namespace
}  // namespace plimsoll::regress::planted
