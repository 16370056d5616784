// `producers`, `target_features`, `sourceMappingURL`, `external_debug_info`, `build_id`: what they say, and what is wrong in them.
#include <gtest/gtest.h>

#include <span>
#include <string>

#include "plimsoll/tool_sections.hpp"
#include "testing/custom.hpp"

namespace plimsoll {
namespace {

using test::Bytes;
using test::leb;
using test::name;
using test::Strings;
using test::vec;

std::span<const std::byte> view(const Bytes& bytes) { return std::as_bytes(std::span(bytes)); }

test::CustomCase section(std::string_view title) { return {.module = test::preamble(), .name = title}; }

// Calls `use` with the bytes of a module and its only custom section.
template <class Use>
auto in_module(std::string_view title, const Bytes& contents, Use use) {
  const Bytes module = section(title).with(contents);
  CustomSection found;
  CustomSectionWalk(view(module)).next(found);
  return use(view(module), found);
}

Strings fields(std::string_view title, const Bytes& contents) {
  return in_module(title, contents, [](auto module, const CustomSection& found) {
    Strings lines;
    for (const ProducerField& field : producers(module, found)) {
      std::string line(field.name);
      for (const ProducerValue& value : field.values)
        line += " " + std::string(value.name) + "=" + std::string(value.version);
      lines.push_back(line);
    }
    return lines;
  });
}

const Bytes two_fields = vec({name("language") + vec({name("C") + name("11"), name("Rust") + name("")}),
                              name("processed-by") + vec({name("clang") + name("19.1")})});

TEST(Producers, HasFieldsWithValues) {
  EXPECT_EQ(fields("producers", two_fields), (Strings{"language C=11 Rust=", "processed-by clang=19.1"}));
  EXPECT_EQ(fields("other", two_fields), Strings{});
  EXPECT_EQ(fields("producers", {}), Strings{});
  // A field that is not all there is not there.
  EXPECT_EQ(fields("producers", Bytes(two_fields.begin(), two_fields.end() - 1)), Strings{"language C=11 Rust="});
}

TEST(Producers, AreChecked) {
  const test::CustomCase producers = section("producers");
  EXPECT_EQ(producers.silent_prefixes(two_fields), std::vector<std::size_t>{two_fields.size()});
  producers.mutate(two_fields);
  EXPECT_EQ(producers.warnings(vec({name("tool") + vec({})})), Strings{"unknown_name+1"});
  EXPECT_EQ(producers.warnings(vec({name("sdk") + vec({}), name("sdk") + vec({})})), Strings{"duplicate_name+6"});
  EXPECT_EQ(producers.warnings(vec({name("sdk") + vec({name("a") + name("1"), name("a") + name("2")})})),
            Strings{"duplicate_name+10"});
  EXPECT_EQ(producers.warnings(vec({name("sdk") + vec({name("\x80") + name("a\xFF")})})),
            (Strings{"bad_utf8+7", "bad_utf8+10"}));
  EXPECT_EQ(producers.warnings(vec({}) + Bytes{0}), Strings{"trailing_bytes+1"});
  EXPECT_EQ(producers.warnings(leb(0xFFFF'FFFF)), Strings{"unexpected_end+5"});
  EXPECT_EQ(producers.warnings(leb(1) + name("sdk") + leb(0xFFFF'FFFF)), Strings{"unexpected_end+10"});
}

TEST(Producers, StandBehindTheNames) {
  const Bytes producers = test::custom_section("producers", vec({}));
  const Bytes names = test::custom_section("name", {});
  EXPECT_EQ(test::warnings(test::module({producers, names})), Strings{"misplaced_section@8"});
  EXPECT_EQ(test::warnings(test::module({names, producers})), Strings{});
  EXPECT_EQ(test::warnings(test::module({producers, producers})), Strings{"duplicate_section@21"});
}

const Bytes two_features = vec({Bytes{'+'} + name("simd128"), Bytes{'-'} + name("atomics")});

TEST(TargetFeatures, HavePrefixAndName) {
  const auto list = [](auto module, const CustomSection& found) {
    Strings lines;
    for (const TargetFeature& one : target_features(module, found)) lines.push_back(one.prefix + std::string(one.name));
    return lines;
  };
  EXPECT_EQ(in_module("target_features", two_features, list), (Strings{"+simd128", "-atomics"}));
  EXPECT_EQ(in_module("other", two_features, list), Strings{});
}

TEST(TargetFeatures, AreChecked) {
  const test::CustomCase features = section("target_features");
  EXPECT_EQ(features.silent_prefixes(two_features), std::vector<std::size_t>{two_features.size()});
  features.mutate(two_features);
  EXPECT_EQ(features.warnings(vec({Bytes{'='} + name("a"), Bytes{'+'} + name("a")})),
            (Strings{"unknown_kind+1 61", "duplicate_name+4"}));
  EXPECT_EQ(features.warnings(vec({Bytes{'+'} + name("\xFF")})), Strings{"bad_utf8+3"});
  EXPECT_EQ(features.warnings(two_features + Bytes{0}), Strings{"trailing_bytes+19"});
  EXPECT_EQ(features.warnings(leb(0xFFFF'FFFF)), Strings{"unexpected_end+5"});
  // Behind the producers.
  const Bytes producers = test::custom_section("producers", vec({}));
  const Bytes section = test::custom_section("target_features", vec({}));
  EXPECT_EQ(test::warnings(test::module({section, producers})), Strings{"misplaced_section@8"});
  EXPECT_EQ(test::warnings(test::module({producers, section})), Strings{});
}

// Only the first 64 names are remembered.
TEST(TargetFeatures, AreComparedWithTheFirstFew) {
  Bytes many = leb(72);
  for (int i = 0; i < 70; ++i) many += Bytes{'+'} + name("f" + std::to_string(i));
  const Bytes contents = many + Bytes{'+'} + name("f63") + Bytes{'+'} + name("f64");
  EXPECT_EQ(section("target_features").warnings(contents), Strings{"duplicate_name+" + std::to_string(many.size())});
}

TEST(SectionUrl, IsOneText) {
  const auto url = [](auto module, const CustomSection& found) { return std::string(section_url(module, found)); };
  for (const char* title : {"sourceMappingURL", "external_debug_info"}) {
    const Bytes contents = name("a.map");
    EXPECT_EQ(in_module(title, contents, url), "a.map");
    EXPECT_EQ(section(title).silent_prefixes(contents), std::vector<std::size_t>{contents.size()});
    EXPECT_EQ(section(title).warnings(contents + Bytes{0}), Strings{"trailing_bytes+6"});
    EXPECT_EQ(section(title).warnings(name("a\xC0")), Strings{"bad_utf8+2"});
    EXPECT_EQ(section(title).warnings({5, 'a'}), Strings{"length_out_of_bounds+0"});
    EXPECT_EQ(in_module(title, {5, 'a'}, url), "");
  }
  EXPECT_EQ(in_module("build_id", name("a"), url), "");
}

TEST(BuildId, IsBytes) {
  const auto size = [](auto module, const CustomSection& found) { return build_id(module, found).size(); };
  const Bytes contents = test::sized({0xFF, 0x00, 0x80});
  EXPECT_EQ(in_module("build_id", contents, size), 3U);
  EXPECT_EQ(in_module("build_id", {5, 1}, size), 0U);
  EXPECT_EQ(in_module("other", contents, size), 0U);
  EXPECT_EQ(section("build_id").silent_prefixes(contents), std::vector<std::size_t>{contents.size()});
  EXPECT_EQ(section("build_id").warnings(contents + Bytes{0}), Strings{"trailing_bytes+4"});
}

}  // namespace
}  // namespace plimsoll
