// A pins file: what is written is read again, and whatever is wrong is told with its line.
#include "gate/pins.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>

#include "gate/gate_test_support.hpp"

namespace plimsoll::regress::gate {
namespace {

using namespace test_support;

const std::string head =
    "# plimsoll load lines 1\n"
    "# schema=1 loader=plimsoll pointer=64\n"
    "name\tsha256\tbytes\tverdict\tallocations\ttotal\tpeak\tretained\tcopied\treason\n";
const std::string digest(64, '0');

std::string row(const std::string& name) { return name + "\t" + digest + "\t8\tvalid\t1\t2\t3\t4\t5\t\n"; }

PinsError error_of(const std::string& text) {
  auto pins = parse_pins(text);
  return pins ? PinsError{.line = 0, .message = "no error"} : pins.error();
}

// An error in `line` whose message holds `words`.
void expect_error(const std::string& text, std::size_t line, std::string_view words) {
  const PinsError error = error_of(text);
  EXPECT_EQ(error.line, line) << error.message;
  EXPECT_TRUE(error.message.contains(words)) << error.message;
}

TEST(Pins, WhatIsWrittenIsReadAgain) {
  const Pins written = pins({line("A/one"), line("B/two:cut", "the names are kept"), line("with blanks")});
  const auto read = parse_pins(to_string(written));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(*read, written);
  EXPECT_EQ(to_string(*read), to_string(written));
}

TEST(Pins, AFileWithoutLinesIsRead) {
  const auto read = parse_pins(head);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_TRUE(read->lines.empty());
  EXPECT_EQ(read->key.value("loader"), "plimsoll");
}

TEST(Pins, FiguresStandInTheirColumns) {
  const auto read = parse_pins(head + row("a"));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  const LoadLine& line = read->lines.at(0).line;
  EXPECT_EQ(line.bytes, 8U);
  EXPECT_EQ(line[Column::allocations], 1U);
  EXPECT_EQ(line[Column::total], 2U);
  EXPECT_EQ(line[Column::peak], 3U);
  EXPECT_EQ(line[Column::retained], 4U);
  EXPECT_EQ(line[Column::copied], 5U);
  EXPECT_EQ(read->lines.at(0).number, 4U);
}

TEST(Pins, FindsByName) {
  const Pins found = pins({line("a"), line("c")});
  EXPECT_EQ(found.find("c"), &found.lines[1]);
  EXPECT_EQ(found.find("b"), nullptr);
  EXPECT_EQ(found.find("d"), nullptr);
}

TEST(Pins, AMergeConflictIsNamed) {
  const std::string text = head + row("a") + "<<<<<<< HEAD\n" + row("b") + "=======\n" + row("b") + ">>>>>>> other\n";
  expect_error(text, 5, "a merge conflict ('<<<<<<< HEAD')");
  expect_error(head + row("a") + "||||||| base\n", 5, "a merge conflict");
  expect_error(head + row("a") + "=======\n", 5, "a merge conflict");
  expect_error(head + row("a") + ">>>>>>> 0123abc\n", 5, "a merge conflict");
  expect_error("<<<<<<< HEAD\n" + head, 1, "a merge conflict");
}

TEST(Pins, TheFirstLineSaysWhatItIs) {
  expect_error("", 0, "empty");
  expect_error("name,bytes\n", 1, "not a file of load lines");
  expect_error("# plimsoll load lines 2\n", 1, "version '2'");
  expect_error("# plimsoll load lines 1\n", 1, "the file ends here");
}

TEST(Pins, TheKeyIsNamesAndValues) {
  const std::string first = "# plimsoll load lines 1\n";
  const std::string titles = "name\n";
  expect_error(first + "schema=1\n" + titles, 2, "not the key");
  expect_error(first + "# schema\n" + titles, 2, "'schema' in the key is not NAME=VALUE");
  expect_error(first + "# schema=\n" + titles, 2, "not NAME=VALUE");
  expect_error(first + "# schema=1  loader=x\n" + titles, 2, "not NAME=VALUE");
  expect_error(first + "# schema=1 schema=1\n" + titles, 2, "'schema' stands twice");
  expect_error(first + "# schema=7\n" + titles, 2, "the schema '7'");
  expect_error(first + "# schema=1\n" + titles, 3, "not the titles");
}

TEST(Pins, ALineHasItsFields) {
  expect_error(head + "a\tb\n", 4, "2 fields where 10 belong");
  expect_error(head + "\n", 4, "1 field where 10 belong");
  expect_error(head + "# a comment\n", 4, "1 field where 10 belong");
  expect_error(head + row(""), 4, "the name is empty");
  expect_error(head + "a\tABC\t8\tvalid\t1\t2\t3\t4\t5\t\n", 4, "sha256 'ABC' is not 64");
  expect_error(head + "a\t" + std::string(64, 'A') + "\t8\tvalid\t1\t2\t3\t4\t5\t\n", 4, "in lower case");
  expect_error(head + "a\t" + digest + "\t8\t\t1\t2\t3\t4\t5\t\n", 4, "the verdict is empty");
  expect_error(head + "a\t" + digest + "\t8\tvalid\t1\t2\t3\t4\t5\ta\x1b[0m\n", 4, "a control character");
}

TEST(Pins, NumbersAreNumbers) {
  const auto with_peak = [](const std::string& peak) {
    return head + "a\t" + digest + "\t8\tvalid\t1\t2\t" + peak + "\t4\t5\t\n";
  };
  expect_error(with_peak("x"), 4, "peak 'x' is no number");
  expect_error(with_peak(""), 4, "peak '' is no number");
  expect_error(with_peak("-1"), 4, "peak '-1' is no number");
  expect_error(with_peak("1,000"), 4, "peak '1,000' is no number");
  expect_error(with_peak("1.5"), 4, "peak '1.5' is no number");
  expect_error(with_peak("007"), 4, "peak '007' starts with a zero");
  expect_error(with_peak("18446744073709551616"), 4, "is too large");
  EXPECT_EQ(error_of(with_peak("18446744073709551615")).message, "no error");
  expect_error(head + "a\t" + digest + "\teight\tvalid\t1\t2\t3\t4\t5\t\n", 4, "bytes 'eight' is no number");
}

TEST(Pins, LinesAreSortedAndEachOnce) {
  expect_error(head + row("b") + row("a"), 5, "'a' is out of order");
  expect_error(head + row("a") + row("a"), 5, "'a' stands twice; the first time in line 4");
  expect_error(head + row("a") + row("b") + row("a"), 6, "'a' stands twice; the first time in line 4");
}

TEST(Pins, LinesEndInNewlinesAlone) {
  std::string crlf = head + row("a");
  crlf.insert(crlf.size() - 1, "\r");
  expect_error(crlf, 4, "carriage return");
  std::string cut = head + row("a");
  cut.pop_back();
  expect_error(cut, 4, "cut off");
}

TEST(Pins, ReadsRegularFilesOnly) {
  const TemporaryFolder folder;
  const auto missing = read_pins(folder / "missing.tsv");
  ASSERT_FALSE(missing.has_value());
  EXPECT_TRUE(missing.error().absent);
  const auto directory = read_pins(folder / ".");
  ASSERT_FALSE(directory.has_value());
  EXPECT_EQ(directory.error().message, "not a regular file");
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  const auto pipe = read_pins(folder / "pipe");
  ASSERT_FALSE(pipe.has_value());
  EXPECT_EQ(pipe.error().message, "not a regular file");
  EXPECT_EQ(to_string("pins.tsv", {.line = 7, .message = "bad"}), "pins.tsv:7: bad");
}

TEST(Key, SaysWhereTwoDiffer) {
  Key other = own_key();
  EXPECT_EQ(difference(own_key(), other), "");
  other.entries[2].second = "libc++-99";
  EXPECT_TRUE(difference(own_key(), other).contains("here libc++-99")) << difference(own_key(), other);
  EXPECT_TRUE(
      difference(other_key("a loader", "command"), own_key()).starts_with("loader: pinned a_loader, here plimsoll; "));
}

}  // namespace
}  // namespace plimsoll::regress::gate
