// The page as text: what a string may not do in it. What it shows is tested in a browser (test/).
#include "report/page.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace plimsoll::regress::report {
namespace {

using Json = nlohmann::ordered_json;

TEST(PageText, HasNoTagInIt) {
  const Json document{{"</script>", "<!--<script>"}, {"plain", 1}};
  const std::string text = to_text(document);
  EXPECT_FALSE(text.contains('<')) << text;
  EXPECT_EQ(Json::parse(text), document);
}

TEST(PageText, IsUtf8WhateverTheNames) {
  const std::string text = to_text(Json{{"name", "a\xff"}});
  EXPECT_EQ(Json::parse(text)["name"], "a\xEF\xBF\xBD");
}

TEST(PageTemplate, TakesTheTextOnceAndAsItStands) {
  EXPECT_EQ(fill("<script>@PLIMSOLL_DATA@</script>", "$& @PLIMSOLL_DATA@").value(),
            "<script>$& @PLIMSOLL_DATA@</script>");
  EXPECT_FALSE(fill("", "{}").has_value());
  EXPECT_FALSE(fill("@PLIMSOLL_DATA@ @PLIMSOLL_DATA@", "{}").has_value());
}

}  // namespace
}  // namespace plimsoll::regress::report
