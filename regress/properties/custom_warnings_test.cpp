// Custom sections: every warning has a module in corpus/warnings that yields it and nothing else, good sections yield none, and
// what is made to be expensive is not.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "assemble/assemble.hpp"
#include "plimsoll/plimsoll.hpp"
#include "properties/corpus_modules.hpp"
#include "properties/walk_custom.hpp"

namespace plimsoll::regress::properties {
namespace {

constexpr std::size_t code_count = static_cast<std::size_t>(WarningCode::address_out_of_range) + 1;

// `CODE at OFFSET` of each warning, and what walk_custom says.
std::vector<std::string> warnings(std::span<const std::byte> bytes, Features features = Features::browsers()) {
  Options options;
  options.features = features;
  const LoadResult module = load(BorrowedBytes(bytes), options);
  if (!module) return {"refused: " + describe(module.error())};
  std::vector<std::string> lines;
  const auto found = custom_warnings(**module);
  for (const CustomWarning& one : found.value())
    lines.push_back(std::string(name(one.code)) + " at " + std::to_string(one.offset));
  const std::string problem = walk_custom(**module);
  if (!problem.empty()) lines.push_back(problem);
  return lines;
}

TEST(CustomWarnings, EachHasAModule) {
  for (std::size_t i = 0; i < code_count; ++i) {
    const std::string code(name(static_cast<WarningCode>(i)));
    std::ifstream file(PLIMSOLL_CORPUS_WARNINGS "/" + code + ".hex", std::ios::binary);
    const std::string source{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    EXPECT_TRUE(source.starts_with("# ")) << code << ".hex is not there, or does not say what it is about";
    const auto bytes = assemble(source);
    ASSERT_TRUE(bytes.has_value()) << code;
    constexpr std::string_view directive = ";; warns at: ";
    const std::size_t at = source.find(directive);
    ASSERT_NE(at, std::string::npos) << code;
    const std::string offset = std::to_string(std::stoul(source.substr(at + directive.size()), nullptr, 16));
    EXPECT_EQ(warnings(*bytes), std::vector{code + " at " + offset});
  }
}

TEST(CustomWarnings, AreTheOnlyFilesThere) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(PLIMSOLL_CORPUS_WARNINGS))
    files += entry.path().extension() == ".hex" ? 1U : 0U;
  EXPECT_EQ(files, code_count);
}

TEST(CustomWarnings, CorpusModulesHaveNone) {
  for (const auto& [input, expectation] : corpus_modules()) {
    const bool is_good = !input.name.starts_with("bomb_") && !input.name.ends_with("_malformed");
    if (expectation.verdict == ExpectedVerdict::valid && is_good) {
      EXPECT_EQ(warnings(input.bytes, input.features), std::vector<std::string>{}) << input.name;
    }
  }
}

std::vector<std::byte> module_of(const std::string& source) {
  return assemble("00 \"asm\" 01 00 00 00 " + source).value();
}

// Each is half a megabyte or more; a check that is not linear, or that believes a count, does not come back from it.
TEST(CustomWarnings, ExpensiveSectionsAreNot) {
  const std::string function = "01 { leb(1) 60 00 00 } 03 { leb(1) leb(0) } ";
  const std::string long_body = "0a { leb(1) { leb(0) repeat(400000) { 01 } 0b } } ";
  const std::string cases[] = {
      // Names: maps that descend, groups for one long body again and again, entries of two bytes.
      function + long_body + "00 { { \"name\" } 03 { leb(100000) repeat(100000) { leb(0) leb(1) leb(0) leb(0) } } }",
      function + long_body + "repeat(20000) { 00 { { \"name\" } 03 { leb(1) leb(0) leb(1) leb(0) leb(0) } } }",
      "00 { { \"name\" } 01 { leb(300000) repeat(300000) { leb(0) leb(0) } } }",
      // Hints for one long body from many sections and entries.
      function + "repeat(10000) { 00 { { \"metadata.code.branch_hint\" } leb(1) leb(0) leb(1) leb(400000) { 00 } } } " +
          long_body,
      function + "repeat(10000) { 00 { { \"metadata.code.hot\" } leb(1) leb(0) leb(1) leb(400000) { 00 } } } " +
          long_body,
      function + "00 { { \"metadata.code.trace_inst\" } leb(100000) repeat(100000) { leb(0) leb(1) leb(1) { 00 } } } " +
          long_body,
      // Relocations: sections of three bytes, many sections of relocations.
      "repeat(200000) { 00 { { } } } 00 { { \"linking\" } leb(2) }",
      "repeat(50000) { 00 { { \"reloc.\" } leb(0) leb(1) 09 leb(0) leb(0) sleb(0) } }",
      // Symbols of three bytes; of one name; of one data segment with an expression as its offset that is long.
      "00 { { \"linking\" } leb(2) 08 { leb(200000) repeat(200000) { 03 00 00 } } }",
      "00 { { \"linking\" } leb(2) 08 { leb(100000) repeat(100000) { 01 leb(0x10) { \"same\" } } } }",
      "05 { leb(1) 00 leb(1) } 0b { leb(1) 00 41 00 repeat(200000) { 41 00 6a } 0b { \"x\" } } "
      "00 { { \"linking\" } leb(2) 08 { leb(100000) repeat(100000) { 01 leb(2) { } leb(0) leb(0) leb(1) } } }",
      // Tools: names that all differ and names that are all the same.
      "00 { { \"producers\" } leb(100000) repeat(100000) { { \"aaaa\" } leb(0) } }",
      "00 { { \"target_features\" } leb(100000) repeat(100000) { \"+\" { \"aaaa\" } } }",
      "00 { { \"wasmedge\" } leb(3) 01 01 00 00 leb(100000) repeat(100000) { ff ff 7f } leb(0) leb(0) }",
  };
  for (const std::string& source : cases) {
    const std::vector<std::byte> bytes = module_of(source);
    const LoadResult module = load(BorrowedBytes(bytes));
    ASSERT_TRUE(module.has_value()) << source << describe(module.error());
    EXPECT_EQ(walk_custom(**module), "") << source;
  }
}

}  // namespace
}  // namespace plimsoll::regress::properties
