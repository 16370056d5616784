// Modules decoded, encoded and decoded again: our own, the official ones and real ones.
#include "encode/module.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "assemble/assemble.hpp"
#include "encode/difference.hpp"
#include "plimsoll/load.hpp"

namespace plimsoll::fuzz {
namespace {

namespace fs = std::filesystem;

LoadResult load_all(const Bytes& bytes) {
  Options options;
  options.features = Features::all();
  return load(BorrowedBytes(bytes), options);
}
LoadResult load_all(Bytes&& bytes) = delete;  // they must outlive the module

Bytes read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (path.extension() == ".hex") return regress::assemble(text).value_or(Bytes{});
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

struct Tally {
  std::size_t modules = 0;
  std::size_t identical = 0;  // encoded to the bytes that they were decoded from
};

// Encodes a module and looks whether what is decoded then is the same, with short numbers and forms and with long ones.
void round_trip(const Bytes& bytes, const std::string& name, Tally& tally) {
  const LoadResult module = load_all(bytes);
  if (!module) return;
  ++tally.modules;
  for (const auto& [extra, long_forms] : {std::pair{0U, false}, {1U, false}, {9U, true}, {0U, true}}) {
    const Bytes encoded = encode(**module, extra, long_forms);
    const LoadResult again = load_all(encoded);
    ASSERT_TRUE(again) << name << ": " << describe(again.error()) << ", " << extra << " more bytes a number";
    EXPECT_EQ(difference(**module, **again), "") << name << ", " << extra << " more bytes a number";
    if (extra == 0 && !long_forms) tally.identical += encoded == bytes ? 1 : 0;
    // What was written in the shortest way stays as it is.
    EXPECT_EQ(encode(**again), encode(**module)) << name;
  }
}

Tally round_trip_folder(const fs::path& folder) {
  Tally tally;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".wasm" && entry.path().extension() != ".hex") continue;
    round_trip(read_file(entry.path()), entry.path().filename(), tally);
  }
  ::testing::Test::RecordProperty("modules", static_cast<int>(tally.modules));
  ::testing::Test::RecordProperty("identical", static_cast<int>(tally.identical));
  return tally;
}

TEST(Encode, OurOwnModules) {
  const Tally tally = round_trip_folder(PLIMSOLL_CORPUS_MODULES);
  EXPECT_GT(tally.modules, 30U);
}

TEST(Encode, OfficialModules) {
  const fs::path folder = fs::path(PLIMSOLL_SHARED) / "spec";
  if (!fs::exists(folder)) GTEST_SKIP() << "no " << folder << ": configure with -DPLIMSOLL_SHARED";
  const Tally tally = round_trip_folder(folder);
  EXPECT_GT(tally.modules, 1500U);
}

TEST(Encode, RealModules) {
  const fs::path folder = fs::path(PLIMSOLL_MODULES) / "A";
  if (!fs::exists(folder)) GTEST_SKIP() << "no " << folder << ": fetch the modules with corpus/fetch";
  const Tally tally = round_trip_folder(folder);
  EXPECT_GT(tally.modules, 3U);
  EXPECT_GT(tally.identical, 2U);  // the others have numbers that are longer than they need to be
}

Bytes assembled(const std::string& source) {
  return regress::assemble("00 \"asm\" 01 00 00 00 " + source).value_or(Bytes{});
}

TEST(Encode, ShortestFormsAreKept) {
  const std::string sources[] = {
      "01 { leb(2) 60 02 7f 70 01 6f  4e 02 50 00 5f 02 63 01 01 78 00  50 01 01 5f 02 63 01 01 78 00 }",
      "01 { leb(1) 60 00 00 } 02 { leb(1) {\"m\"} {\"f\"} 00 00 } 03 { leb(1) 00 } 0a { leb(1) { 01 02 7f 10 00 0b } }",
      "04 { leb(2) 70 00 01  40 00 64 70 00 00 d0 70 d4 0b }",
      "04 { leb(1) 70 00 01 } 09 { leb(2) 00 41 00 0b 00  05 70 01 d0 70 0b }",
      "05 { leb(1) 05 01 02 } 0b { leb(2) 00 42 00 0b {\"a\"}  01 {\"b\"} }",
      "01 { leb(1) 60 01 7f 00 } 0d { leb(1) 00 00 } 00 { {\"name\"} 00 }",
      "06 { leb(1) 7f 01 41 2a 0b } 07 { leb(1) {\"g\"} 03 00 }",
  };
  std::size_t valid = 0;
  for (const std::string& source : sources) {
    const Bytes bytes = assembled(source);
    const LoadResult module = load_all(bytes);
    if (!module) continue;
    ++valid;
    EXPECT_EQ(encode(**module), bytes) << source;
  }
  EXPECT_GE(valid, 6U);
}

// Equal rec groups are one in the loader's records, and each refers to its own types in the bytes.
TEST(Encode, EqualRecGroupsStayEqual) {
  const std::string group = "4e 02 50 00 5f 01 63 02 01  50 01 02 5f 01 63 02 01 ";
  const std::string twin = "4e 02 50 00 5f 01 63 04 01  50 01 04 5f 01 63 04 01 ";
  const std::string continuations = "4e 02 60 00 00 5d 06  4e 02 60 00 00 5d 08 ";
  const Bytes bytes = assembled("01 { leb(6) 5f 00 5f 00 " + group + twin + continuations + "}");
  const LoadResult module = load_all(bytes);
  ASSERT_TRUE(module) << describe(module.error());
  EXPECT_EQ(encode(**module), bytes);
}

TEST(Encode, LongFormsBecomeShort) {
  const Bytes bytes = assembled("01 82 80 80 80 00  80 00");
  const LoadResult module = load_all(bytes);
  ASSERT_TRUE(module);
  EXPECT_EQ(encode(**module), assembled("01 01 00"));
}

TEST(Encode, LongFormsSayWhatNeedNotBeSaid) {
  const Bytes bytes = assembled(
      "01 { leb(1) 60 01 70 00 } 03 { leb(1) 00 } 04 { leb(1) 70 00 01 } 05 { leb(1) 00 01 }"
      "09 { leb(2) 00 41 00 0b leb(0)  04 41 00 0b leb(0) } 0a { leb(1) { 00 41 00 2d 00 03 1a 0b } }"
      "0b { leb(1) 00 41 00 0b {} }");
  const LoadResult module = load_all(bytes);
  ASSERT_TRUE(module) << describe(module.error());
  EXPECT_EQ(encode(**module, 0, true),
            assembled("01 { leb(2) 4e 01 4f 00 60 01 63 70 00  4e 00 } 03 { leb(1) 00 } 04 { leb(1) 63 70 00 01 }"
                      "05 { leb(1) 08 01 10 } 09 { leb(2) 02 00 41 00 0b 00 leb(0)  06 00 41 00 0b 63 70 leb(0) }"
                      "0a { leb(1) { 00 41 00 2d 40 00 03 1a 0b } } 0b { leb(1) 02 00 41 00 0b {} }"));
}

// Where the features have no long form, there is none.
TEST(Encode, LongFormsNeedTheirFeatures) {
  const Bytes bytes = assembled("01 { leb(1) 60 00 00 } 04 { leb(1) 70 00 01 } 09 { leb(1) 00 41 00 0b leb(0) }");
  Options options;
  options.features = Features::wasm1();
  const LoadResult module = load(BorrowedBytes(bytes), options);
  ASSERT_TRUE(module);
  EXPECT_EQ(encode(**module, 0, true), bytes);
}

TEST(Encode, SectionsStandInAnyOrder) {
  const Bytes bytes = assembled("01 { leb(1) 60 00 00 } 03 { leb(1) 00 } 0a { leb(1) { 00 0b } }");
  const LoadResult module = load_all(bytes);
  ASSERT_TRUE(module);
  std::vector<SectionBytes> sections = encode_sections(**module);
  ASSERT_EQ(sections.size(), 3U);
  EXPECT_EQ(assemble_sections(sections), bytes);
  std::ranges::reverse(sections);
  EXPECT_EQ(assemble_sections(sections), assembled("0a { leb(1) { 00 0b } } 03 { leb(1) 00 } 01 { leb(1) 60 00 00 }"));
  const Bytes padded = assemble_sections(sections, {1, Features::all()});
  EXPECT_EQ(padded.size(), bytes.size() + 3);
}

TEST(Difference, SeesEachKindOfChange) {
  const std::string base =
      "01 { leb(2) 60 00 00  60 00 01 7f } 03 { leb(1) 00 } 05 { leb(1) 01 01 02 }"
      "07 { leb(1) {\"f\"} 00 00 } 0a { leb(1) { 00 01 0b } }";
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string source = base;
    const std::size_t at = source.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    source.replace(at, from.size(), to);
    const Bytes a = assembled(base);
    const Bytes b = assembled(source);
    const LoadResult first = load_all(a);
    const LoadResult second = load_all(b);
    if (!first || !second) return std::string("not valid");
    return difference(**first, **second);
  };
  EXPECT_EQ(with("01 7f", "01 7e"), "type 1");
  EXPECT_EQ(with("01 01 02", "01 01 03"), "memory 0");
  EXPECT_EQ(with("{\"f\"}", "{\"g\"}"), "export 0");
  EXPECT_EQ(with("{ 00 01 0b }", "{ 00 01 01 0b }"), "body 0");
  EXPECT_EQ(with("{ 00 01 0b }", "{ 01 01 7f 01 0b }"), "locals of body 0");
  EXPECT_EQ(with("05 { leb(1) 01 01 02 }", ""), "number of entries: memory 1");
  EXPECT_EQ(with("0a {", "00 { {\"x\"} } 0a {"), "section 4");
  EXPECT_EQ(with("leb(1)", "leb(1)"), "");
}

}  // namespace
}  // namespace plimsoll::fuzz
