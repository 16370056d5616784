// Tables and figures as people read them.
#include "command/table.hpp"

#include <gtest/gtest.h>

#include <array>

#include "command/figures.hpp"

namespace plimsoll::regress {
namespace {

TEST(Table, AlignsColumnsAndLeavesNoBlanksAtTheEnd) {
  Table table({{"name", false}, {"verdict", false}, {"bytes"}, {"last", false}});
  table.add({{"a"}, {"valid"}, {"1"}});
  table.note("a note");
  table.gap();
  table.add({{"longer"}, {"no"}, {"12,345"}, {"x"}});
  EXPECT_EQ(table.text(false),
            "name    verdict   bytes  last\n"
            "a       valid         1\n"
            "  a note\n"
            "\n"
            "longer  no       12,345  x\n");
}

TEST(Table, CountsCharactersNotBytes) {
  Table table({{"n", false}, {"b"}});
  table.add({{"\xC3\xA4\xE2\x82\xAC"}, {"1"}});  // two characters, five bytes
  table.add({{"ab"}, {"2"}});
  EXPECT_EQ(table.text(false), "n   b\n\xC3\xA4\xE2\x82\xAC  1\nab  2\n");
}

TEST(Table, ColourDoesNotMoveAnything) {
  Table table({{"n", false}, {"b"}});
  table.add({{"ab", Style::good}, {"1", Style::bad}});
  EXPECT_EQ(table.text(true), "\x1b[2mn\x1b[0m   \x1b[2mb\x1b[0m\n\x1b[32mab\x1b[0m  \x1b[1;31m1\x1b[0m\n");
}

TEST(Figures, Thousands) {
  EXPECT_EQ(thousands(0), "0");
  EXPECT_EQ(thousands(999), "999");
  EXPECT_EQ(thousands(1000), "1,000");
  EXPECT_EQ(thousands(14'012'345), "14,012,345");
}

TEST(Figures, DurationsHaveThreeDigits) {
  EXPECT_EQ(duration(0), "0 ns");
  EXPECT_EQ(duration(999), "999 ns");
  EXPECT_EQ(duration(1000), "1.00 us");
  EXPECT_EQ(duration(9'994), "9.99 us");
  EXPECT_EQ(duration(9'996), "10.0 us");
  EXPECT_EQ(duration(99'960), "100 us");
  EXPECT_EQ(duration(999'499), "999 us");
  EXPECT_EQ(duration(999'600), "1.00 ms");
  EXPECT_EQ(duration(20'100'000), "20.1 ms");
  EXPECT_EQ(duration(1'500'000'000), "1.50 s");
  EXPECT_EQ(duration(123'456'000'000'000), "123456 s");
}

TEST(Figures, GeometricMean) {
  EXPECT_EQ(geometric_mean({}), 0);
  EXPECT_DOUBLE_EQ(geometric_mean(std::array{2.0, 8.0}), 4.0);
}

TEST(Figures, ControlCharactersAreEscaped) { EXPECT_EQ(printable("a\n\x1b\x7f\xC3\xA4"), "a\\x0a\\x1b\\x7f\xC3\xA4"); }

TEST(Figures, Counted) {
  EXPECT_EQ(counted(1, "file"), "1 file");
  EXPECT_EQ(counted(1200, "file"), "1,200 files");
}

}  // namespace
}  // namespace plimsoll::regress
