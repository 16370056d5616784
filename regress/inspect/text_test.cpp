// Words of the text format: numbers that read back to the same bits, strings that steer no terminal.
#include "inspect/text.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <charconv>
#include <cstdint>

namespace plimsoll::regress::inspect {
namespace {

TEST(InspectText, FloatsAreTheShortestDecimalThatReadsBack) {
  EXPECT_EQ(float32_text(std::bit_cast<std::uint32_t>(0.1F)), "0.1");
  EXPECT_EQ(float64_text(std::bit_cast<std::uint64_t>(0.1)), "0.1");
  EXPECT_EQ(float64_text(std::bit_cast<std::uint64_t>(-1.0)), "-1");
  EXPECT_EQ(float64_text(std::bit_cast<std::uint64_t>(1e300)), "1e+300");
  EXPECT_EQ(float64_text(1), "5e-324");
  EXPECT_EQ(float32_text(0x8000'0000), "-0");
  EXPECT_EQ(float32_text(0x7F80'0000), "inf");
  EXPECT_EQ(float64_text(0xFFF0'0000'0000'0000), "-inf");
}

TEST(InspectText, EveryFiniteFloatReadsBack) {
  std::uint32_t bits = 1;
  for (int i = 0; i < 20'000; ++i) {
    bits = bits * 1'664'525 + 1'013'904'223;
    if ((bits & 0x7F80'0000U) == 0x7F80'0000U) continue;
    const std::string text = float32_text(bits);
    float number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    ASSERT_EQ(std::bit_cast<std::uint32_t>(number), bits) << text;
  }
}

TEST(InspectText, NansKeepTheirPayload) {
  EXPECT_EQ(float32_text(0x7FC0'0000), "nan");
  EXPECT_EQ(float32_text(0xFFC0'0000), "-nan");
  EXPECT_EQ(float32_text(0x7F80'0001), "nan:0x1");
  EXPECT_EQ(float32_text(0xFFE0'0000), "-nan:0x600000");
  EXPECT_EQ(float64_text(0x7FF8'0000'0000'0000), "nan");
  EXPECT_EQ(float64_text(0x7FF8'0000'0000'0001), "nan:0x8000000000001");
}

TEST(InspectText, StringsEscapeWhatIsNotPlainText) {
  EXPECT_EQ(quoted("env"), "\"env\"");
  EXPECT_EQ(quoted("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(quoted("\x1b[31m\n"), R"("\1b[31m\0a")");
  EXPECT_EQ(quoted("na\xC3\xAFve \xE2\x82\xAC \xF0\x9F\x9A\xA2"), "\"na\xC3\xAFve \xE2\x82\xAC \xF0\x9F\x9A\xA2\"");
  EXPECT_EQ(quoted("\xC2\x9B"
                   "31m"),
            R"("\c2\9b31m")");  // a control character beyond ASCII
  EXPECT_EQ(quoted("\xE2\x80\xAE"
                   "cod"),
            R"("\e2\80\aecod")");  // turns the direction of writing
}

TEST(InspectText, StringsEscapeWhatIsNotUtf8) {
  EXPECT_EQ(quoted("\xFF\x80"), R"("\ff\80")");
  EXPECT_EQ(quoted("\xC0\x80"), R"("\c0\80")");                // overlong
  EXPECT_EQ(quoted("\xED\xA0\x80"), R"("\ed\a0\80")");         // a surrogate
  EXPECT_EQ(quoted("\xF4\x90\x80\x80"), R"("\f4\90\80\80")");  // beyond Unicode
  EXPECT_EQ(quoted("\xE2\x82"), R"("\e2\82")");                // cut off
}

TEST(InspectText, IdentifiersAreQuotedWhereTheyMustBe) {
  EXPECT_EQ(identifier("main"), "$main");
  EXPECT_EQ(identifier("core::fmt<T>"), "$core::fmt<T>");
  EXPECT_EQ(identifier("operator()"), "$\"operator()\"");
  EXPECT_EQ(identifier("a b"), "$\"a b\"");
  EXPECT_EQ(identifier(""), "$\"\"");
}

}  // namespace
}  // namespace plimsoll::regress::inspect
