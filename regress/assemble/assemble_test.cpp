// The source form of small modules: what each item stands for, where each mistake is reported, and that every module of
// corpus/modules keeps to the form's rules.
#include "assemble/assemble.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::regress {
namespace {

std::vector<std::byte> bytes(std::initializer_list<unsigned> values) {
  std::vector<std::byte> result;
  for (const unsigned value : values) result.push_back(static_cast<std::byte>(value));
  return result;
}

std::vector<std::byte> assembled(std::string_view source) {
  auto result = assemble(source);
  EXPECT_TRUE(result.has_value()) << source << ": " << (result ? "" : result.error().message);
  return result ? *result : std::vector<std::byte>{};
}

// "line:column: message" of the error, or "assembled".
std::string error_of(std::string_view source) {
  const auto result = assemble(source);
  if (result) return "assembled";
  const AssembleError& error = result.error();
  return std::to_string(error.line) + ':' + std::to_string(error.column) + ": " + error.message;
}

TEST(Assemble, NothingIsNoBytes) {
  EXPECT_TRUE(assembled("").empty());
  EXPECT_TRUE(assembled(" \t\r\n\n").empty());
  EXPECT_TRUE(assembled("# one\n;; two").empty());
}

TEST(Assemble, HexDigitsAreBytesInAnySpacing) {
  EXPECT_EQ(assembled("00 61 73 6d"), bytes({0x00, 0x61, 0x73, 0x6d}));
  EXPECT_EQ(assembled("0061\n736D"), bytes({0x00, 0x61, 0x73, 0x6d}));
  EXPECT_EQ(assembled("fF\r\nAb"), bytes({0xff, 0xab}));
}

TEST(Assemble, CommentsRunToTheEndOfTheLine) {
  EXPECT_EQ(assembled("01 # 02 {\n03 ;; \" 04\n05#06"), bytes({1, 3, 5}));
  EXPECT_EQ(assembled("\"#;;\""), bytes({'#', ';', ';'}));
}

TEST(Assemble, EachIsReadAnewForEveryNumber) {
  EXPECT_EQ(assembled("each(i, 3) { leb(i) }"), bytes({0, 1, 2}));
  EXPECT_EQ(assembled("each(i, 0) { leb(i) } 07"), bytes({7}));
  EXPECT_EQ(assembled("each(i, 2) { { each(k, i + 1) { leb(10 * i + k) } } }"), bytes({1, 0, 2, 10, 11}));
  EXPECT_EQ(assembled("each(i, 4000000000) { }"), bytes({}));
  EXPECT_EQ(error_of("each(i, 2) { 00 "), "1:12: the '{' is never closed");
  EXPECT_EQ(error_of("each(2) { 00 }"), "1:1: expected a new name and a number, as in each(i, 300)");
  EXPECT_EQ(error_of("each(i, 2) { each(i, 2) { 00 } }"), "1:14: expected a new name and a number, as in each(i, 300)");
  EXPECT_EQ(error_of("each(i, 2) 00"), "1:1: each(i, N) needs a '{' after it");
  EXPECT_EQ(error_of("leb(i)"), "1:5: not a number of this kind: 'i'");
  EXPECT_EQ(error_of("each(i, 80) { repeat(1000000) { 00 } }"), "1:15: the output would exceed 64 MiB");
}

TEST(Assemble, NumbersAreReckoned) {
  EXPECT_EQ(assembled("leb(1 + 2 * 3) leb(7 / 2 % 2) sleb(1 - 3) leb(8 - 2 - 1)"), bytes({7, 1, 0x7e, 5}));
  EXPECT_EQ(assembled("leb((1 + 2) * 3) leb(((4)))"), bytes({9, 4}));
  EXPECT_EQ(error_of("leb((1)"), "1:1: expected a number in parentheses, as in leb(300)");
  EXPECT_EQ(error_of("leb(()1)"), "1:5: not a number of this kind: '()1'");
  EXPECT_EQ(error_of("leb(1 / 0)"), "1:5: not a number of this kind: '1 / 0'");
  EXPECT_EQ(error_of("leb(1 - 2)"), "1:5: not a number of this kind: '1 - 2'");
  EXPECT_EQ(error_of("leb(0x4000000000000000 * 2)"), "1:5: not a number of this kind: '0x4000000000000000 * 2'");
  EXPECT_EQ(error_of("leb(1 +)"), "1:5: not a number of this kind: '1 +'");
  EXPECT_EQ(assembled("digits(42)"), assembled("\"0000042\""));
  const auto three = assemble("repeat(n) { leb(n) }", 3);
  ASSERT_TRUE(three.has_value());
  EXPECT_EQ(*three, bytes({3, 3, 3}));
  EXPECT_EQ(error_of("leb(n)"), "1:5: not a number of this kind: 'n'");
}

TEST(Assemble, SizesAreADirective) {
  EXPECT_EQ(parse_expectation(";; expect: valid\n;; n: 10 2000\n").sizes, (std::array<std::uint32_t, 2>{10, 2000}));
  EXPECT_EQ(parse_expectation(";; expect: valid\n;; n: 10\n").problem, "n is not two numbers");
}

TEST(Assemble, StringsAreTheirBytes) {
  EXPECT_EQ(assembled("\"asm\""), bytes({'a', 's', 'm'}));
  EXPECT_EQ(assembled("\"\""), bytes({}));
  EXPECT_EQ(assembled(R"("\"\\\n\t\00\fF")"), bytes({'"', '\\', '\n', '\t', 0x00, 0xff}));
  EXPECT_EQ(assembled("\"\xc3\xa9\""), bytes({0xc3, 0xa9}));
}

TEST(Assemble, UnsignedLebIsTheShortest) {
  EXPECT_EQ(assembled("leb(0) leb(127) leb(128) leb(624485)"), bytes({0x00, 0x7f, 0x80, 0x01, 0xe5, 0x8e, 0x26}));
  EXPECT_EQ(assembled("leb(0xffffffff)"), bytes({0xff, 0xff, 0xff, 0xff, 0x0f}));
  EXPECT_EQ(assembled("leb(18446744073709551615)"),
            bytes({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}));
}

TEST(Assemble, SignedLebIsTheShortest) {
  EXPECT_EQ(assembled("sleb(0) sleb(63) sleb(-64)"), bytes({0x00, 0x3f, 0x40}));
  EXPECT_EQ(assembled("sleb(64) sleb(-65) sleb(-123456)"), bytes({0xc0, 0x00, 0xbf, 0x7f, 0xc0, 0xbb, 0x78}));
  EXPECT_EQ(assembled("sleb(-0x80000000)"), bytes({0x80, 0x80, 0x80, 0x80, 0x78}));
  EXPECT_EQ(assembled("sleb(-9223372036854775808)"),
            bytes({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f}));
}

TEST(Assemble, GroupsCarryTheirLength) {
  EXPECT_EQ(assembled("{}"), bytes({0}));
  EXPECT_EQ(assembled("0a { 01 { 00 0b } }"), bytes({0x0a, 4, 1, 2, 0x00, 0x0b}));
  EXPECT_EQ(assembled("{ { { } } } 07"), bytes({2, 1, 0, 7}));
}

TEST(Assemble, ALongGroupHasALongLength) {
  const auto result = assembled("{ repeat(300) { 01 } }");
  ASSERT_EQ(result.size(), 302U);
  EXPECT_EQ(result[0], std::byte{0xac});
  EXPECT_EQ(result[1], std::byte{0x02});
  EXPECT_EQ(result[301], std::byte{0x01});
}

TEST(Assemble, RepeatWritesNoLength) {
  EXPECT_EQ(assembled("repeat(3) { 01 02 }"), bytes({1, 2, 1, 2, 1, 2}));
  EXPECT_EQ(assembled("07 repeat(0) { 01 } 08"), bytes({7, 8}));
  EXPECT_EQ(assembled("repeat(2) { { 05 } repeat(2) { 06 } }"), bytes({1, 5, 6, 6, 1, 5, 6, 6}));
  EXPECT_EQ(assembled("repeat(0xffffffffffffffff) { }"), bytes({}));
  EXPECT_EQ(assembled("repeat(1) ;; a comment between\n{ 09 }"), bytes({9}));
}

TEST(Assemble, OutputIsBounded) {
  EXPECT_EQ(assembled("repeat(0x4000000) { 00 }").size(), assemble_limit);
  EXPECT_EQ(error_of("repeat(0x4000001) { 00 }"), "1:1: the output would exceed 64 MiB");
  EXPECT_EQ(error_of("repeat(0x4000000) { 00 } 00"), "1:26: the output would exceed 64 MiB");
  EXPECT_EQ(error_of("repeat(0x4000000) { 00 } \"a\""), "1:26: the output would exceed 64 MiB");
  EXPECT_EQ(error_of("repeat(0x4000000) { 00 } leb(0)"), "1:26: the output would exceed 64 MiB");
  EXPECT_EQ(error_of("{ repeat(0x4000000) { 00 } }"), "1:1: the output would exceed 64 MiB");
  EXPECT_EQ(error_of("repeat(0x10000) {\n repeat(0x10000) { repeat(0x10000) { 00 } } }"),
            "2:2: the output would exceed 64 MiB");
  EXPECT_EQ(error_of("repeat(0xffffffffffffffff) { 00 00 }"), "1:1: the output would exceed 64 MiB");
}

TEST(Assemble, NestingIsBounded) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '{') + std::string(depth, '}'); };
  EXPECT_EQ(assembled(nested(64)).size(), 64U);
  EXPECT_EQ(error_of(nested(65)), "1:65: groups are nested deeper than 64");
  EXPECT_EQ(error_of(std::string(1'000'000, '{')), "1:65: groups are nested deeper than 64");
}

TEST(Assemble, ErrorsSayWhere) {
  EXPECT_EQ(error_of("00\n 1"), "2:2: odd number of hexadecimal digits in '1'");
  EXPECT_EQ(error_of("00 xyz"), "1:4: unknown word 'xyz'");
  EXPECT_EQ(error_of("00 61 !"), "1:7: unexpected '!'");
  EXPECT_EQ(error_of("; 00"), "1:1: unexpected ';'");
  EXPECT_EQ(error_of("00 }"), "1:4: '}' without a '{' before it");
  EXPECT_EQ(error_of("00\n{ 00 { 01 }"), "2:1: the '{' is never closed");
  EXPECT_EQ(error_of("{ xyz"), "1:3: unknown word 'xyz'");
  EXPECT_EQ(error_of("\"abc\n\""), "1:1: the string is not closed on its line");
  EXPECT_EQ(error_of("01 \"abc"), "1:4: the string is not closed on its line");
  EXPECT_EQ(error_of(R"("\q")"), R"(1:2: unknown escape: use \" \\ \n \t or two hexadecimal digits)");
  EXPECT_EQ(error_of(R"("\)"), R"(1:2: unknown escape: use \" \\ \n \t or two hexadecimal digits)");
  EXPECT_EQ(error_of(R"("\0")"), R"(1:2: unknown escape: use \" \\ \n \t or two hexadecimal digits)");
}

TEST(Assemble, NumbersAreChecked) {
  EXPECT_EQ(error_of("leb"), "1:1: expected a number in parentheses, as in leb(300)");
  EXPECT_EQ(error_of("leb(1"), "1:1: expected a number in parentheses, as in leb(300)");
  EXPECT_EQ(error_of("leb()"), "1:5: not a number of this kind: ''");
  EXPECT_EQ(error_of("leb(-1)"), "1:5: not a number of this kind: '-1'");
  EXPECT_EQ(error_of("leb(18446744073709551616)"), "1:5: not a number of this kind: '18446744073709551616'");
  EXPECT_EQ(error_of("sleb(9223372036854775808)"), "1:6: not a number of this kind: '9223372036854775808'");
  EXPECT_EQ(error_of("sleb(0x-1)"), "1:6: not a number of this kind: '0x-1'");
  EXPECT_EQ(error_of("leb(12z)"), "1:5: not a number of this kind: '12z'");
  EXPECT_EQ(error_of("repeat(2) 00"), "1:1: repeat(N) needs a '{' after it");
  EXPECT_EQ(error_of("repeat(2)"), "1:1: repeat(N) needs a '{' after it");
}

TEST(Expectation, ReadsTheDirectives) {
  const Expectation valid = parse_expectation("# a title\n\n;; expect: valid\r\n;; features: wasm3,threads \n00");
  EXPECT_EQ(valid.problem, "");
  EXPECT_EQ(valid.verdict, ExpectedVerdict::valid);
  EXPECT_EQ(valid.features, "wasm3,threads");

  const Expectation invalid = parse_expectation("#expect:invalid type mismatch");
  EXPECT_EQ(invalid.problem, "");
  EXPECT_EQ(invalid.verdict, ExpectedVerdict::invalid);
  EXPECT_EQ(invalid.reason, "type mismatch");
  EXPECT_EQ(invalid.features, "");

  EXPECT_EQ(parse_expectation(";; expect: invalid").problem, "");
}

TEST(Expectation, SaysWhatIsWrong) {
  EXPECT_EQ(parse_expectation(";; expect: invalid type_mismatch\n;; at: 27\n").offset, 27U);
  EXPECT_FALSE(parse_expectation(";; expect: invalid").offset);
  EXPECT_EQ(parse_expectation(";; expect: invalid\n;; at: x\n").problem, "at is not followed by a number");
  EXPECT_EQ(parse_expectation(";; expect: valid\n;; at: 27\n").problem, "what is valid has no error");
  EXPECT_EQ(parse_expectation("").problem, "there is no 'expect:' before the first byte");
  EXPECT_EQ(parse_expectation("00\n;; expect: valid").problem, "there is no 'expect:' before the first byte");
  EXPECT_EQ(parse_expectation("; expect: valid").problem, "there is no 'expect:' before the first byte");
  EXPECT_EQ(parse_expectation(";; expect: maybe").problem, "expect is neither 'valid' nor 'invalid REASON'");
  EXPECT_EQ(parse_expectation(";; expect: valid really").problem, "expect is neither 'valid' nor 'invalid REASON'");
  EXPECT_EQ(parse_expectation(";; expect: valid\n;; expect: valid").problem, "expect is given twice");
  EXPECT_EQ(parse_expectation(";; features: a\n;; features: b").problem, "features is given twice");
  EXPECT_EQ(parse_expectation(";; features:\n;; expect: valid").problem, "features names none");
}

// What stands in corpus/modules: `*.hex`, whatever it is named for.
std::vector<std::filesystem::path> corpus_sources() {
  std::vector<std::filesystem::path> result;
  for (const auto& entry : std::filesystem::directory_iterator{PLIMSOLL_CORPUS_MODULES}) {
    if (entry.path().extension() == ".hex") result.push_back(entry.path());
  }
  std::sort(result.begin(), result.end());
  return result;
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

TEST(Corpus, EveryModuleAssemblesAndSaysWhatToExpect) {
  const auto sources = corpus_sources();
  EXPECT_GE(sources.size(), 40U);
  for (const auto& path : sources) {
    SCOPED_TRACE(path.filename().string());
    const std::string source = contents(path);
    EXPECT_EQ(error_of(source), "assembled");
    const Expectation expectation = parse_expectation(source);
    EXPECT_EQ(expectation.problem, "");
    const bool named_bad =
        path.stem().string().starts_with("malformed_") || path.stem().string().starts_with("invalid_");
    if (named_bad) {
      EXPECT_EQ(expectation.verdict, ExpectedVerdict::invalid);
      EXPECT_NE(expectation.reason, "") << "the specification has a wording for it";
    }
  }
}

TEST(Corpus, BombsAreSmall) {
  std::size_t bombs = 0;
  for (const auto& path : corpus_sources()) {
    const std::string name = path.stem().string();
    if (!name.starts_with("bomb_")) continue;
    ++bombs;
    EXPECT_LE(assembled(contents(path)).size(), name.starts_with("bomb_large_") ? 64U << 10 : 300U) << name;
  }
  EXPECT_GE(bombs, 10U);
}

}  // namespace
}  // namespace plimsoll::regress
