// Which modules there are, and two loads of each.
#include "gate/measuring.hpp"

#include <gtest/gtest.h>

#include "gate/gate.hpp"
#include "gate/gate_test_support.hpp"
#include "gate/own_loader.hpp"
#include "gate/sha256.hpp"

namespace plimsoll::regress::gate {
namespace {

using namespace test_support;
using namespace std::string_literals;
using Names = std::vector<std::string>;

const std::string empty_module = "\0asm\1\0\0\0"s;

Names names_of(const std::vector<Entry>& entries) {
  Names names;
  for (const Entry& entry : entries) names.push_back(entry.name);
  return names;
}

Observation observation(std::uint64_t peak) {
  return {.verdict = "valid", .figures = {1, 2, peak, 4, 5}, .report = {}};
}

// A folder with a module, and a loader that gives these peaks.
Measured measure_peaks(std::vector<std::uint64_t> peaks, const Tolerances& tolerances = {}) {
  const TemporaryFolder folder;
  write(folder / "a.wasm", empty_module);
  std::vector<Observation> script;
  for (const std::uint64_t peak : peaks) script.push_back(peak == 0 ? Observation{} : observation(peak));
  Puppet puppet(std::move(script));
  return measure({.name = "a", .file = folder / "a.wasm"}, puppet, tolerances);
}

// A corpus with one module of each kind.
void write_corpus(const TemporaryFolder& folder) {
  write(folder / "corpus/real.json", R"({"modules": [{"tier": "B", "name": "two"}, {"tier": "A", "name": "one"}]})");
  write(folder / "corpus/errors/bad_magic.hex", ";; expect: invalid bad_magic\n00 \"bsm\" 01 00 00 00\n");
  write(folder / "corpus/modules/empty.hex", ";; expect: valid\n00 \"asm\" 01 00 00 00\n");
  write(folder / "corpus/adversaries/many.hex",
        ";; expect: valid\n;; n: 2 9\n00 \"asm\" 01 00 00 00 00 { leb(1) \"x\" repeat(n) {00} }\n");
  write(folder / "modules/A/one.wasm", empty_module);
}

TEST(Sha256, IsTheStandards) {
  EXPECT_EQ(sha256({}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  const std::string abc = "abc";
  EXPECT_EQ(sha256(std::as_bytes(std::span(abc))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Measure, EqualLoadsAreALine) {
  const Measured measured = measure_peaks({7});
  EXPECT_EQ(measured.problem, "");
  EXPECT_FALSE(measured.otherwise.has_value());
  EXPECT_EQ(measured.line.bytes, 8U);
  EXPECT_EQ(measured.line.verdict, "valid");
  EXPECT_EQ(measured.line[Column::peak], 7U);
  EXPECT_EQ(measured.line.sha256, "93a44bbb96c751218e4c00d479e4c14358122a389acca16205b1e4d0dc5f9476");
}

TEST(Measure, UnequalLoadsAreBothTold) {
  const Measured measured = measure_peaks({7, 8});
  ASSERT_TRUE(measured.otherwise.has_value());
  EXPECT_EQ(measured.line[Column::peak], 7U);
  EXPECT_EQ((*measured.otherwise)[Column::peak], 8U);
}

TEST(Measure, WithinTheToleranceTheLargerCounts) {
  Tolerances tolerances;
  tolerances.add("peak=1").value();
  const Measured measured = measure_peaks({7, 8}, tolerances);
  EXPECT_FALSE(measured.otherwise.has_value());
  EXPECT_EQ(measured.line[Column::peak], 8U);
}

TEST(Measure, ALoadThatFailsIsAProblem) {
  EXPECT_EQ(measure_peaks({0}).problem, "it crashed");
  EXPECT_EQ(measure_peaks({7, 0}).problem, "the second of two loads: it crashed");
}

TEST(Measure, AFileThatIsNotThereIsNoProblem) {
  Puppet puppet({observation(1)});
  const TemporaryFolder folder;
  const Measured missing = measure({.name = "a", .file = folder / "a.wasm"}, puppet);
  EXPECT_EQ(missing.problem, "");
  EXPECT_TRUE(missing.absent.ends_with("a.wasm")) << missing.absent;
  EXPECT_TRUE(measure({.name = "a", .file = folder / "."}, puppet).problem.ends_with("not a regular file"));
}

TEST(Measure, OwnLoaderIsMeasuredWithoutACopy) {
  const TemporaryFolder folder;
  write(folder / "a.wasm", empty_module);
  OwnLoader loader;
  const Measured whole = measure({.name = "a", .file = folder / "a.wasm"}, loader);
  ASSERT_EQ(whole.problem, "");
  EXPECT_EQ(whole.line.verdict, "valid");
  EXPECT_GT(whole.line[Column::allocations], 0U);
  EXPECT_GE(whole.line[Column::peak], whole.line[Column::retained]);
  EXPECT_GT(whole.line[Column::retained], 0U);
  EXPECT_EQ(whole.line[Column::copied], 0U);
  EXPECT_EQ(whole.left, 0U);
  const Measured cut = measure({.name = "a:cut", .file = folder / "a.wasm", .cut = true}, loader);
  EXPECT_EQ(cut.line.verdict, "unexpected_end");
  EXPECT_EQ(cut.line.bytes, 7U);
  EXPECT_EQ(cut.line[Column::retained], 0U);
}

TEST(Measure, BothDepthsGiveTheSameFigures) {
  const TemporaryFolder folder;
  write(folder / "a.wasm", empty_module);
  OwnLoader loader;
  const auto module = open({.name = "a", .file = folder / "a.wasm"});
  ASSERT_TRUE(module.has_value());
  const auto full = loader.load(*module, Depth::full);
  ASSERT_TRUE(full.has_value()) << full.error();
  EXPECT_EQ(loader.load(*module, Depth::pins)->figures, full->figures);
  EXPECT_TRUE(full->report.searched && full->report.twinned && full->report.stacked && full->report.clocked);
}

TEST(Catalogue, OfTheProjectHasRealModulesCutOnesAndSmallOnes) {
  const TemporaryFolder folder;
  write_corpus(folder);
  const auto entries = project_catalogue(folder / "corpus", folder / "modules");
  ASSERT_TRUE(entries.has_value()) << entries.error();
  EXPECT_EQ(names_of(*entries), (Names{"A/one", "A/one:cut", "B/two", "B/two:cut", "adversaries/many",
                                       "errors/bad_magic", "modules/empty"}));
  for (const Entry& entry : *entries) {
    const auto module = open(entry);
    if (entry.tier == "B") {
      ASSERT_FALSE(module.has_value());
      EXPECT_TRUE(module.error().absent);
      continue;
    }
    ASSERT_TRUE(module.has_value()) << module.error().message;
    EXPECT_EQ(module->bytes.size(), entry.cut ? 7U : entry.name == "adversaries/many" ? 14U : 8U) << entry.name;
  }
}

TEST(Catalogue, SaysWhatIsWrongWithTheList) {
  const TemporaryFolder folder;
  EXPECT_FALSE(project_catalogue(folder / "corpus", "").has_value());
  write(folder / "corpus/real.json", "{");
  EXPECT_TRUE(project_catalogue(folder / "corpus", "").error().contains("real.json"));
}

TEST(Catalogue, OfFilesTakesFoldersAndCutOnes) {
  const TemporaryFolder folder;
  write(folder / "sub/b.wasm", empty_module);
  write(folder / "sub/deep/c.wasm", empty_module);
  write(folder / "sub/readme.txt", "");
  write(folder / "a.wasm", empty_module);
  const auto entries = file_catalogue(folder / "", Names{"sub", "./a.wasm", "a.wasm:cut", "a.wasm"});
  ASSERT_TRUE(entries.has_value()) << entries.error();
  EXPECT_EQ(names_of(*entries), (Names{"a.wasm", "a.wasm:cut", "sub/b.wasm", "sub/deep/c.wasm"}));
  EXPECT_EQ(open((*entries)[1])->bytes.size(), 7U);
  EXPECT_TRUE(open((*entries)[1])->file.empty()) << "no file holds these bytes";
  EXPECT_FALSE(file_catalogue(folder / "", Names{"a\tb"}).has_value());
}

TEST(Choose, TiersAndPatternsAndWhatIsGone) {
  const TemporaryFolder folder;
  write_corpus(folder);
  const Pins pinned = pins({line("A/one"), line("errors/dropped")});
  Selection selection{
      .pins = {}, .corpus = folder / "corpus", .modules = folder / "modules", .tiers = {"A"}, .names = {}};
  const auto tier = choose(selection, pinned);
  ASSERT_TRUE(tier.has_value()) << tier.error();
  EXPECT_EQ(names_of(tier->entries),
            (Names{"A/one", "A/one:cut", "adversaries/many", "errors/bad_magic", "modules/empty"}));
  ASSERT_EQ(tier->gone.size(), 1U);
  EXPECT_EQ(tier->gone[0].line.name, "errors/dropped");
  selection.names = {"errors/*", "B/two"};
  selection.tiers.clear();
  EXPECT_EQ(names_of(choose(selection, pinned)->entries), (Names{"B/two", "errors/bad_magic"}));
  selection.names = {"C/*"};
  EXPECT_EQ(choose(selection, pinned).error(), "no module is called 'C/*'");
}

TEST(Choose, OfAFileOfOnesOwnWhatIsPinnedOrGiven) {
  Selection selection{.pins = "own.tsv", .corpus = {}, .modules = "/nowhere", .tiers = {}, .names = {}};
  EXPECT_EQ(names_of(choose(selection, pins({line("a.wasm"), line("b.wasm")}))->entries), (Names{"a.wasm", "b.wasm"}));
  EXPECT_FALSE(choose(selection, pins({})).has_value());
  selection.names = {"c.wasm"};
  EXPECT_EQ(names_of(choose(selection, pins({line("a.wasm")}))->entries), Names{"c.wasm"});
}

}  // namespace
}  // namespace plimsoll::regress::gate
