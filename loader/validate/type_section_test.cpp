// The type section (specification 3.0, sections 3.2.9 to 3.2.11 and 5.5.4): rec groups, sub types, and which types are equal.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "testing/verdict.hpp"

namespace plimsoll {
namespace {

using test::Bytes;
using test::module;
using test::section;
using test::verdict;
using test::verdict_at;

std::string types(std::string_view text, const Options& options = {}) { return verdict({.types = text}, options); }

TEST(TypeSection, TypesOfEveryKind) {
  EXPECT_EQ(types("func [ ] [ ] func [ i32 i64 f32 f64 v128 ] [ funcref externref ] struct [ ] struct [ i8 mut i16 i32 "
                  "] array i8 "
                  "array mut anyref"),
            "valid");
  EXPECT_EQ(types("struct [ ref:0 ]"), "valid");  // itself
  EXPECT_EQ(types("func [ null:0 ] [ ref:0 ]"), "valid");
  EXPECT_EQ(types("struct [ ref:1 ]"), "unknown_type");
  EXPECT_EQ(types("struct [ ref:1 ] struct [ ]"), "unknown_type");  // later, and of another group
  EXPECT_EQ(types("rec [ struct [ ref:1 ] struct [ ] ]"), "valid");
  EXPECT_EQ(types("rec [ struct [ ref:2 ] struct [ ] ]"), "unknown_type");
  EXPECT_EQ(types("rec [ struct [ ref:2 ] struct [ ] ] struct [ ]"), "unknown_type");
  EXPECT_EQ(types("rec [ ]"), "valid");
  EXPECT_EQ(types("rec [ ] struct [ ] struct [ ref:0 ]"), "valid");
}

TEST(TypeSection, IsReadStrictly) {
  const auto type = [](const Bytes& bytes) { return verdict_at(module({section(1, Bytes{0x01} + bytes)})); };
  EXPECT_EQ(type({0x60, 0x00, 0x00}), "valid");
  for (const unsigned kind : {0x00U, 0x40U, 0x4DU, 0x51U, 0x5DU, 0x61U, 0x7FU, 0xFFU})
    EXPECT_EQ(type({static_cast<std::uint8_t>(kind), 0x00, 0x00}), "bad_definition_type@11") << kind;
  EXPECT_EQ(type({0x50, 0x00, 0x4E}), "bad_definition_type@13");
  EXPECT_EQ(type({0x4E, 0x01, 0x4E, 0x00}), "bad_definition_type@13");  // no group in a group
  EXPECT_EQ(type({0x50, 0x02, 0x00, 0x00, 0x5F, 0x00}), "too_many_supertypes@13");
  EXPECT_EQ(type({0x5F, 0x01, 0x7F, 0x02}), "bad_mutability@14");
  EXPECT_EQ(type({0x5F, 0x01, 0x40, 0x00}), "bad_reference_type@13");
  EXPECT_EQ(type({0x60, 0x01, 0x78, 0x00}), "bad_reference_type@13");  // i8 is for fields
  EXPECT_EQ(type({0x60, 0x02, 0x7F}), "length_out_of_bounds@12");
  EXPECT_EQ(type({0x60, 0x00}), "unexpected_end_of_section@13");
  EXPECT_EQ(type({0x5E, 0x7F}), "unexpected_end_of_section@13");
  EXPECT_EQ(type({0x4E}), "unexpected_end_of_section@12");
  EXPECT_EQ(type({0x4E, 0x05, 0x60}), "length_out_of_bounds@12");
}

TEST(TypeSection, SubTypesMatchTheirSupertype) {
  EXPECT_EQ(types("sub [ ] struct [ ] sub [ 0 ] struct [ i32 ]"), "valid");
  EXPECT_EQ(types("sub [ ] struct [ i32 ] sub [ 0 ] struct [ ]"), "supertype_mismatch");
  EXPECT_EQ(types("sub [ ] struct [ i32 ] sub [ 0 ] struct [ i64 ]"), "supertype_mismatch");
  EXPECT_EQ(types("sub [ ] struct [ ] sub [ 0 ] array i32"), "supertype_mismatch");
  EXPECT_EQ(types("sub [ ] struct [ ] sub [ 0 ] func [ ] [ ]"), "supertype_mismatch");
  EXPECT_EQ(types("sub [ ] array mut i32 sub [ 0 ] array mut i32"), "valid");
  EXPECT_EQ(types("sub [ ] array mut i32 sub [ 0 ] array i32"), "supertype_mismatch");
  EXPECT_EQ(types("sub [ ] array anyref sub [ 0 ] array eqref"), "valid");
  EXPECT_EQ(types("sub [ ] array mut anyref sub [ 0 ] array mut eqref"), "supertype_mismatch");
  EXPECT_EQ(types("sub [ ] func [ eqref ] [ anyref ] sub [ 0 ] func [ anyref ] [ eqref ]"), "valid");
  EXPECT_EQ(types("sub [ ] func [ anyref ] [ ] sub [ 0 ] func [ eqref ] [ ]"), "supertype_mismatch");
  EXPECT_EQ(types("sub [ ] func [ ] [ eqref ] sub [ 0 ] func [ ] [ anyref ]"), "supertype_mismatch");
}

TEST(TypeSection, FinalTypesHaveNoSubTypes) {
  EXPECT_EQ(types("struct [ ] sub [ 0 ] struct [ ]"), "supertype_final");
  EXPECT_EQ(types("sub_final [ ] struct [ ] sub [ 0 ] struct [ ]"), "supertype_final");
  EXPECT_EQ(types("sub [ ] struct [ ] sub_final [ 0 ] struct [ ] sub [ 1 ] struct [ ]"), "supertype_final");
  EXPECT_EQ(types("sub [ ] struct [ ] sub_final [ 0 ] struct [ ] sub [ 0 ] struct [ ]"), "valid");
}

TEST(TypeSection, SupertypesComeFirst) {
  EXPECT_EQ(types("sub [ 0 ] struct [ ]"), "unknown_type");
  EXPECT_EQ(types("sub [ 1 ] struct [ ] sub [ ] struct [ ]"), "unknown_type");
  EXPECT_EQ(types("rec [ sub [ 1 ] struct [ ] sub [ ] struct [ ] ]"), "unknown_type");
  EXPECT_EQ(types("rec [ sub [ ] struct [ ] sub [ 0 ] struct [ i32 ] ]"), "valid");
  EXPECT_EQ(types("sub [ 0xffffffff ] struct [ ]"), "unknown_type");
  EXPECT_EQ(types("sub [ 0x7fffff ] struct [ ]"), "unknown_type");
}

// Whether types of one group match may depend on supertypes that the same group declares.
TEST(TypeSection, SubtypingWithinAGroup) {
  EXPECT_EQ(types("rec [ sub [ ] struct [ null:0 ] sub [ 0 ] struct [ null:1 ] ]"), "valid");
  EXPECT_EQ(types("rec [ sub [ ] struct [ null:1 ] sub [ 0 ] struct [ null:0 ] ]"), "supertype_mismatch");
  EXPECT_EQ(types("rec [ sub [ ] struct [ mut null:0 ] sub [ 0 ] struct [ mut null:1 ] ]"), "supertype_mismatch");
  EXPECT_EQ(types("rec [ sub [ ] func [ ref:1 ] [ ref:0 ] sub [ 0 ] func [ ref:0 ] [ ref:1 ] ]"), "valid");
  // 2 is under 1 is under 0; the first pair matches only because the second is declared.
  EXPECT_EQ(
      types("rec [ sub [ ] struct [ null:2 ] sub [ 0 ] struct [ null:3 ] sub [ ] struct [ ] sub [ 2 ] struct [ ] ]"),
      "valid");
  EXPECT_EQ(
      types("rec [ sub [ ] struct [ null:2 ] sub [ 0 ] struct [ null:3 ] sub [ ] struct [ ] sub [ ] struct [ ] ]"),
      "supertype_mismatch");
}

// A function that turns a reference to one type into a reference to the other says whether the first is under the second.
std::string converts(const std::string& definitions, unsigned from, unsigned to, unsigned count) {
  const std::string text =
      definitions + " func [ ref:" + std::to_string(from) + " ] [ ref:" + std::to_string(to) + " ]";
  const std::string own = std::to_string(count);
  return verdict({.types = text, .functions = own, .bodies = {"local.get 0"}});
}

TEST(TypeSection, EqualGroupsAreEqualTypes) {
  const std::string twice = "rec [ struct [ null:1 ] struct [ null:0 ] ] rec [ struct [ null:3 ] struct [ null:2 ] ]";
  EXPECT_EQ(converts(twice, 0, 2, 4), "valid");
  EXPECT_EQ(converts(twice, 2, 0, 4), "valid");
  EXPECT_EQ(converts(twice, 1, 3, 4), "valid");
  EXPECT_EQ(converts(twice, 0, 1, 4), "type_mismatch");  // alike, but not the same member
  EXPECT_EQ(converts(twice, 0, 3, 4), "type_mismatch");
  const std::string permuted = "rec [ struct [ i32 ] struct [ i64 ] ] rec [ struct [ i64 ] struct [ i32 ] ]";
  EXPECT_EQ(converts(permuted, 0, 3, 4), "type_mismatch");
  const std::string alone = "rec [ struct [ ] func [ ] [ ] ] struct [ ] rec [ struct [ ] func [ ] [ ] ]";
  EXPECT_EQ(converts(alone, 0, 2, 5), "type_mismatch");
  EXPECT_EQ(converts(alone, 0, 3, 5), "valid");
}

// Subtypes of equal types are under both.
TEST(TypeSection, SubtypingGoesThroughEqualTypes) {
  const std::string text =
      "sub [ ] struct [ ] sub [ ] struct [ ] sub [ 0 ] struct [ i32 ] sub [ 1 ] struct [ i32 ] sub [ 3 ] struct [ i32 "
      "i32 ]";
  EXPECT_EQ(converts(text, 2, 1, 5), "valid");
  EXPECT_EQ(converts(text, 3, 0, 5), "valid");
  EXPECT_EQ(converts(text, 2, 3, 5), "valid");
  EXPECT_EQ(converts(text, 4, 2, 5), "valid");
  EXPECT_EQ(converts(text, 2, 4, 5), "type_mismatch");
  EXPECT_EQ(converts(text, 0, 2, 5), "type_mismatch");
}

TEST(TypeSection, HierarchiesAreLimited) {
  std::string chain = "sub [ ] struct [ ]";
  for (int i = 0; i < 63; ++i) chain += " sub [ " + std::to_string(i) + " ] struct [ ]";
  EXPECT_EQ(types(chain), "valid");
  EXPECT_EQ(types(chain + " sub [ 63 ] struct [ ]"), "limit_subtype_depth");
  EXPECT_EQ(types(chain + " sub [ 62 ] struct [ ]"), "valid");
  Options options;
  options.limits.subtype_depth = 2;
  EXPECT_EQ(types("sub [ ] struct [ ] sub [ 0 ] struct [ ] sub [ 1 ] struct [ ]", options), "valid");
  EXPECT_EQ(types("sub [ ] struct [ ] sub [ 0 ] struct [ ] sub [ 1 ] struct [ ] sub [ 2 ] struct [ ]", options),
            "limit_subtype_depth");
}

// The error stands where the supertype is named.
TEST(TypeSection, ErrorsOfSubTypesStandAtTheSupertype) {
  const Bytes bytes = test::assemble({.types = "struct [ ] rec [ sub [ ] struct [ i32 ] sub [ 1 ] struct [ ] ]"});
  // 8 id, 9 size, 10 count, 11 5F 00, 13 4E 02, 15 50 00 5F 01 7F 00, 21 50 01, 23 the index
  EXPECT_EQ(verdict_at(bytes), "supertype_mismatch@23");
  EXPECT_EQ(verdict_at(test::assemble({.types = "struct [ ] sub [ 0 ] struct [ ]"})), "supertype_final@15");
  EXPECT_EQ(verdict_at(test::assemble({.types = "struct [ ] sub [ 5 ] struct [ ]"})), "unknown_type@15");
}

TEST(TypeSection, NeedsItsFeatures) {
  const Options before_gc = test::with_features("-gc");
  EXPECT_EQ(types("func [ ] [ ]", before_gc), "valid");
  for (const std::string_view text : {"struct [ ]", "array i32", "sub [ ] func [ ] [ ]", "sub_final [ ] func [ ] [ ]",
                                      "rec [ func [ ] [ ] ]", "func [ anyref ] [ ]", "func [ i31ref ] [ ]"})
    EXPECT_EQ(types(text, before_gc), "feature_required") << text;
  EXPECT_EQ(types("func [ ref:0 ] [ ]", test::with_features("-function-references")), "feature_required");
  EXPECT_EQ(types("func [ funcref ] [ ]", test::with_features("-reference-types")), "feature_required");
  EXPECT_EQ(types("func [ externref ] [ ]", test::with_features("-reference-types")), "feature_required");
  EXPECT_EQ(types("func [ v128 ] [ ]", test::with_features("-simd")), "feature_required");
  EXPECT_EQ(types("func [ exnref ] [ ]", test::with_features("-exceptions")), "feature_required");
  EXPECT_EQ(types("func [ ] [ i32 ]", test::with_features("-multi-value")), "valid");
  EXPECT_EQ(types("func [ ] [ i32 i32 ]", test::with_features("-multi-value")), "feature_required");
}

// A function type with much behind it is read at once, and judged as one at the end of the section.
TEST(TypeSection, FunctionTypesAreJudgedAlikeWhereverTheyStand) {
  const auto said = [](const test::Bytes& type, std::string_view features) {
    const test::Bytes more = test::repeat(4, {0x60, 0, 0});
    return test::verdict_at(test::module({test::section(1, test::Bytes{5} + type + more)}),
                            test::with_features(features));
  };
  EXPECT_EQ(said({0x60, 0, 2, 0x7F, 0x7F}, ""), "valid");
  EXPECT_EQ(said({0x60, 0, 2, 0x7F, 0x7F}, "-multi-value").substr(0, 16), "feature_required");
  EXPECT_EQ(said({0x60, 0, 1, 0x7F}, "-multi-value"), "valid");
  EXPECT_EQ(said({0x60, 1, 0x63, 0, 0}, ""), "valid");  // itself
  EXPECT_EQ(said({0x60, 1, 0x63, 0, 0}, "-gc").substr(0, 12), "unknown_type");
  EXPECT_EQ(said({0x60, 1, 0x63, 1, 0}, "").substr(0, 12), "unknown_type");
  EXPECT_EQ(said({0x60, 1, 0x78, 0}, "").substr(0, 18), "bad_reference_type");
}

}  // namespace
}  // namespace plimsoll
