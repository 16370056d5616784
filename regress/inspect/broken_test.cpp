// Modules that are not valid: what can be read is shown, and the error told. And no bytes at all make a view fail.
#include <gtest/gtest.h>

#include <filesystem>

#include "inspect/shown.hpp"
#include "properties/corpus_modules.hpp"

namespace plimsoll::regress::inspect {
namespace {

using properties::corpus_modules;
using properties::CorpusModule;

Request everything(Features features, bool json) {
  Request request;
  request.views.assign(std::begin(all_views), std::end(all_views));
  request.json = json;
  request.load.features = features;
  return request;
}

TEST(InspectBroken, EveryCorpusModuleGoesThroughEveryView) {
  for (const CorpusModule& module : corpus_modules()) {
    SCOPED_TRACE(module.input.name);
    const Shown text = show(module.input.bytes, everything(module.input.features, false));
    const Shown json = show(module.input.bytes, everything(module.input.features, true));
    // Of components nothing is judged.
    const bool valid =
        module.expectation.verdict == ExpectedVerdict::valid || module.expectation.reason.contains("component");
    EXPECT_EQ(text.good, valid) << text.complaints;
    EXPECT_EQ(text.complaints.empty(), valid);
    EXPECT_EQ(json.complaints, text.complaints);
    const nlohmann::json document = nlohmann::json::parse(json.text);
    EXPECT_EQ(document["error"].is_null(), valid);
    // A valid module can be read to its end.
    EXPECT_TRUE(!valid || document["problems"].empty()) << document["problems"];
  }
}

// All that corpus/ has, also the examples of errors and of warnings; but not the adversaries, which are made in sizes.
TEST(InspectBroken, EverySourceInCorpusGoesThroughEveryView) {
  std::size_t sources = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(PLIMSOLL_CORPUS)) {
    if (entry.path().extension() != ".hex" || entry.path().parent_path().filename() == "adversaries") continue;
    SCOPED_TRACE(entry.path());
    const auto bytes = corpus_file(entry.path());
    const Shown text = show(bytes, everything(Features::all(), false));
    const Shown json = show(bytes, everything(Features::all(), true));
    EXPECT_EQ(nlohmann::json::parse(json.text)["error"].is_null(), json.good);
    EXPECT_EQ(text.complaints, json.complaints);
    ++sources;
  }
  EXPECT_GT(sources, 100U);
}

// Cut off anywhere, and with any one byte turned over, everything ends in some verdict and well-formed JSON.
TEST(InspectBroken, CutAndTurnedModulesGoThroughEveryView) {
  for (const CorpusModule& module : corpus_modules()) {
    SCOPED_TRACE(module.input.name);
    const auto bytes = module.input.bytes;
    if (bytes.size() > 400) continue;
    std::vector<std::byte> changed(bytes.begin(), bytes.end());
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const Shown cut = show(std::span(bytes).first(i), everything(Features::all(), true));
      ASSERT_TRUE(nlohmann::json::accept(cut.text)) << i;
      changed[i] ^= std::byte{0xFF};
      show(changed, everything(Features::all(), false));
      changed[i] = bytes[i];
    }
  }
}

TEST(InspectBroken, AnInvalidBodyIsShownWholeWithAMark) {
  const Shown shown = show(corpus_module("invalid_type_mismatch"), ViewKind::disassembly);
  EXPECT_FALSE(shown.good);
  EXPECT_EQ(shown.complaints, "test 0x1b type_mismatch\n");
  EXPECT_EQ(shown.text, R"(  0x16  func (;0;) (type 0)  ;; 8 bytes
  0x17    i32.const 1
  0x19    i64.const 2
  0x1b    i32.add
          ;; ^ invalid: type mismatch: expected i32, found i64 (in i32.add) in function 0
  0x1c    drop
  0x1d  end
)");
}

TEST(InspectBroken, TheFunctionAtFaultIsNamed) {
  const auto module = assembled(R"(
    00 "asm" 01 00 00 00
    01 { leb(1) 60 00 01 7f }
    03 { leb(1) leb(0) }
    0a { leb(1) { leb(0) 0b } }
    00 { { "name" } 01 { leb(1) leb(0) { "answer" } } })");
  EXPECT_TRUE(show(module, ViewKind::disassembly).text.contains("in function 0 <answer>"))
      << show(module, ViewKind::disassembly).text;
  const auto document = show_json(module, ViewKind::types);
  EXPECT_EQ(document["error"]["function_name"], "answer");
  EXPECT_EQ(document["error"]["section"], "code");
  EXPECT_EQ(document["error"]["instruction"], "end");
  EXPECT_EQ(document["error"]["feature"], nullptr);
}

TEST(InspectBroken, ABodyThatCannotBeDecodedIsShownUpToThere) {
  const Shown shown = show(corpus_module("malformed_opcode"), ViewKind::disassembly);
  EXPECT_EQ(shown.text, R"(  0x16  func (;0;) (type 0)  ;; 3 bytes
  0x17  ;; malformed: illegal opcode ff
)");
}

TEST(InspectBroken, SectionsAreShownUpToWhereTheFileEnds) {
  const Shown shown = show(corpus_module("malformed_truncated_section"), ViewKind::sections);
  EXPECT_EQ(shown.text, R"(test: module of 14 bytes
section        offset  bytes   share    entries  name
type              0xa      4   28.6%          1  cut off: 40 bytes declared
   0x9  ;; malformed: length out of bounds: expected at most 4, found 40
)");
}

TEST(InspectBroken, EntriesAreShownUpToTheOneThatCannotBeRead) {
  const auto bytes = assembled(R"(
    00 "asm" 01 00 00 00
    03 { leb(1) leb(0) }
    07 { leb(3) { "a" } 00 leb(0) { "b" } 09 leb(0) { "c" } 00 leb(0) })");
  const Shown shown = show(bytes, ViewKind::exports);
  EXPECT_FALSE(shown.good);
  EXPECT_EQ(shown.text, R"(offset  kind      index  name
   0xf  func          0  "a"
  0x15  ;; malformed export kind
)");
  const auto document = show_json(bytes, ViewKind::exports);
  EXPECT_EQ(document["exports"].size(), 1U);
  EXPECT_EQ(document["problems"][0]["code"], "bad_export_kind");
}

TEST(InspectBroken, WhatIsNoModuleIsSaidToBeNone) {
  const Shown shown = show(assembled(R"("GIF89a, and so on")"), ViewKind::sections);
  EXPECT_FALSE(shown.good);
  EXPECT_EQ(shown.complaints, "test 0x0 bad_magic\n");
  EXPECT_EQ(shown.text, "test: file of 17 bytes\nsections: none\n");
}

}  // namespace
}  // namespace plimsoll::regress::inspect
