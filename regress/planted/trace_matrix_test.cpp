// Each planted copy is found and named in a program of its own, with the ledger preloaded over each allocator that Debian has.
#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "planted/expected.hpp"
#include "planted/generate.hpp"
#include "planted/loader.hpp"
#include "properties/temporary_folder.hpp"
#include "trace/trace_command.hpp"

namespace plimsoll::regress::planted {
namespace {

struct Allocator {
  std::string_view name;
  std::string_view library;  // empty: the C library's; ends in NOTFOUND: not on this machine
  std::string_view package;  // of Debian
  std::string_view program;
};

constexpr Allocator allocators[]{
    {"glibc", "", "", PLANTED_O3},
    {"glibc_o0", "", "", PLANTED_O0},
    {"jemalloc", PLANTED_JEMALLOC, "libjemalloc2", PLANTED_O3},
    {"mimalloc", PLANTED_MIMALLOC, "libmimalloc2.0", PLANTED_O3},
    {"tcmalloc", PLANTED_TCMALLOC, "libtcmalloc-minimal4", PLANTED_O3},
};

// The modules as files: whole, and without the last byte.
class Modules {
 public:
  static const std::string& file_for(Defect defect) {
    static const Modules modules;
    return only_on_errors(defect) ? modules.cut_ : modules.whole_;
  }

 private:
  Modules() {
    const auto bytes = generate_module(700'000);
    whole_ = folder_.write("whole.wasm", bytes);
    cut_ = folder_.write("cut.wasm", std::span(bytes).first(bytes.size() - 1));
  }
  properties::TemporaryFolder folder_;
  std::string whole_;
  std::string cut_;
};

void expect_found_or_silence(Defect defect, const TracedLoad& load) {
  const auto found = findings(load.report, load.verdict);
  std::string said = "found:\n";
  for (const Finding& finding : found) said.append("  ").append(finding.text).append("\n");
  EXPECT_TRUE(load.exact);
  EXPECT_EQ(load.report.mismatches, 0U);
  EXPECT_EQ(load.report.unseen_releases, 0U);
  if (defect == Defect::clean) {
    EXPECT_TRUE(found.empty()) << said;
  }
  for (const FindingKind kind : expected_findings(defect))
    EXPECT_NE(std::ranges::find(found, kind, &Finding::kind), found.end()) << name(kind) << " was not " << said;
}

class TraceMatrix : public testing::TestWithParam<Allocator> {};

TEST_P(TraceMatrix, EachIsFoundAndNamed) {
  const Allocator& allocator = GetParam();
  if (allocator.library.ends_with("NOTFOUND"))
    GTEST_SKIP() << "no " << allocator.name << ": install " << allocator.package << " and configure again";
  TraceOptions options;
  options.library = PLANTED_TRACER;
  if (!allocator.library.empty()) options.preload.emplace_back(allocator.library);
  for (const Defect defect : all_defects) {
    SCOPED_TRACE(name(defect));
    const std::string& file = Modules::file_for(defect);
    const auto trace = trace_command({std::string(allocator.program), std::string(name(defect)), file}, file, options);
    ASSERT_TRUE(trace.has_value()) << trace.error().message;
    EXPECT_EQ(trace->signal, 0);
    EXPECT_EQ(trace->exit_status, only_on_errors(defect) ? 1 : 0);
    ASSERT_EQ(trace->processes.size(), 1U);
    EXPECT_EQ(trace->processes[0].opened, 1U);
    ASSERT_EQ(trace->processes[0].loads.size(), 1U);
    expect_found_or_silence(defect, trace->processes[0].loads[0]);
  }
}

std::string allocator_name(const testing::TestParamInfo<Allocator>& info) { return std::string(info.param.name); }

INSTANTIATE_TEST_SUITE_P(, TraceMatrix, testing::ValuesIn(allocators), allocator_name);

}  // namespace
}  // namespace plimsoll::regress::planted
