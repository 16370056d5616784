// Custom descriptors: clauses of types, exact types, and what makes and takes them. The official suite of the proposal has more
// of each; here stand the codes, and what only a feature list shows.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "testing/verdict.hpp"

namespace plimsoll {
namespace {

using test::valid;
using test::verdict;
using test::with_features;

const Options on = with_features("wasm3,custom-descriptors");

std::string types(std::string_view text, const Options& options = on) { return verdict({.types = text}, options); }

TEST(Descriptors, ComeInPairs) {
  EXPECT_EQ(types("rec [ descriptor 1 struct [ ] describes 0 struct [ ] ]"), valid);
  EXPECT_EQ(types("rec [ descriptor 1 struct [ ] describes 0 descriptor 2 struct [ ] describes 1 struct [ ] ]"), valid);
  EXPECT_EQ(types("rec [ descriptor 1 struct [ ] struct [ ] ]"), "descriptor_mismatch");
  EXPECT_EQ(types("rec [ struct [ ] describes 0 struct [ ] ]"), "described_mismatch");
  EXPECT_EQ(types("rec [ descriptor 2 struct [ ] describes 0 struct [ ] describes 0 struct [ ] ]"),
            "described_mismatch");
  EXPECT_EQ(types("rec [ describes 1 struct [ ] descriptor 0 struct [ ] ]"), "described_forward");
  EXPECT_EQ(types("describes 0 descriptor 0 struct [ ]"), "described_forward");
}

TEST(Descriptors, StayInsideTheirGroup) {
  EXPECT_EQ(types("descriptor 1 struct [ ]"), "descriptor_outside_group");
  EXPECT_EQ(types("descriptor 1 struct [ ] describes 0 struct [ ]"), "descriptor_outside_group");
  EXPECT_EQ(types("struct [ ] descriptor 0 struct [ ]"), "descriptor_outside_group");
  EXPECT_EQ(types("struct [ ] describes 0 struct [ ]"), "described_outside_group");
}

TEST(Descriptors, AreStructs) {
  EXPECT_EQ(types("rec [ descriptor 1 func [ ] [ ] describes 0 struct [ ] ]"), "descriptor_not_struct");
  EXPECT_EQ(types("rec [ descriptor 1 struct [ ] describes 0 array i8 ]"), "described_not_struct");
}

TEST(Descriptors, AreOfOneSharing) {
  const Options both = with_features("wasm3,custom-descriptors,shared-everything-threads");
  EXPECT_EQ(types("rec [ shared descriptor 1 struct [ ] shared describes 0 struct [ ] ]", both), valid);
  EXPECT_EQ(types("rec [ shared descriptor 1 struct [ ] describes 0 struct [ ] ]", both), "descriptor_mismatch");
}

// Equal groups are one, clauses included.
TEST(Descriptors, ArePartOfATypesIdentity) {
  const auto passes = [](std::string_view second, std::string_view signature) {
    const std::string text = "rec [ descriptor 1 struct [ ] describes 0 struct [ ] ] " + std::string(second) +
                             " func " + std::string(signature);
    return verdict({.types = text, .functions = "4", .bodies = {"local.get 0"}}, on);
  };
  EXPECT_EQ(passes("rec [ descriptor 3 struct [ ] describes 2 struct [ ] ]", "[ ref:0 ] [ ref:2 ]"), valid);
  EXPECT_EQ(passes("rec [ descriptor 3 struct [ ] describes 2 struct [ ] ]", "[ ref:1 ] [ ref:3 ]"), valid);
  EXPECT_EQ(passes("rec [ struct [ ] struct [ ] ]", "[ ref:0 ] [ ref:2 ]"), "type_mismatch");
}

TEST(Descriptors, SubtypesKeepThem) {
  const std::string super = "rec [ sub [ ] descriptor 1 struct [ ] sub [ ] describes 0 struct [ ] ] ";
  EXPECT_EQ(types(super + "rec [ sub [ 0 ] descriptor 3 struct [ ] sub [ 1 ] describes 2 struct [ ] ]"), valid);
  EXPECT_EQ(types(super + "sub [ 0 ] struct [ ]"), "supertype_mismatch");
  EXPECT_EQ(types(super + "sub [ 1 ] struct [ ]"), "supertype_mismatch");
  EXPECT_EQ(types(super + "rec [ sub [ 0 ] descriptor 3 struct [ ] sub [ ] describes 2 struct [ ] ]"),
            "supertype_mismatch");
  EXPECT_EQ(types(super + "rec [ sub [ ] descriptor 3 struct [ ] sub [ 1 ] describes 2 struct [ ] ]"),
            "supertype_mismatch");
  EXPECT_EQ(types("sub [ ] struct [ ] rec [ sub [ 0 ] descriptor 2 struct [ ] describes 1 struct [ ] ]"), valid);
}

// Types: 0 a struct of an i32 described by 1; 2 an open struct without descriptor; 3 under 2.
std::string body(std::string_view signature, std::string_view code, const Options& options = on) {
  const std::string text =
      "rec [ descriptor 1 struct [ i32 ] describes 0 struct [ ] ] sub [ ] struct [ ] sub [ 2 ] struct [ ] func " +
      std::string(signature);
  return verdict({.types = text, .functions = "4", .exports = "f func 0", .bodies = {code}}, options);
}

TEST(ExactTypes, MatchTheirTypeAndNotTheOtherWayRound) {
  EXPECT_EQ(body("[ ref:exact:2 ] [ ref:2 ]", "local.get 0"), valid);
  EXPECT_EQ(body("[ ref:2 ] [ ref:exact:2 ]", "local.get 0"), "type_mismatch");
  EXPECT_EQ(body("[ ref:exact:3 ] [ ref:2 ]", "local.get 0"), valid);
  EXPECT_EQ(body("[ ref:exact:3 ] [ ref:exact:2 ]", "local.get 0"), "type_mismatch");
  EXPECT_EQ(body("[ ref:none ] [ ref:exact:2 ]", "local.get 0"), valid);
  EXPECT_EQ(body("[ nullref ] [ ref:exact:2 ]", "local.get 0"), "type_mismatch");
  EXPECT_EQ(body("[ ref:exact:2 ] [ eqref ]", "local.get 0"), valid);
}

TEST(ExactTypes, AreWhatInstructionsMake) {
  EXPECT_EQ(body("[ ] [ ref:exact:2 ]", "struct.new 2"), valid);
  EXPECT_EQ(body("[ ] [ ref:exact:4 ]", "ref.func 0"), valid);
  EXPECT_EQ(verdict({.types = "func [ ref:exact:0 ] [ ]"}, with_features("wasm3")), "bad_heap_type");
}

TEST(ExactTypes, LocalsWithoutAValueAreStillThat) {
  EXPECT_EQ(body("[ ] [ ref:exact:2 ]", "local 1 ref:exact:2 local.get 0"), "uninitialized_local");
  EXPECT_EQ(body("[ ] [ ref:exact:2 ]", "local 1 ref:exact:2 struct.new 2 local.set 0 local.get 0"), valid);
  EXPECT_EQ(body("[ ref:exact:2 ] [ ref:exact:2 ]", "local.get 0"), valid);
}

TEST(ExactTypes, ImportedFunctionsAreExactIfTheySaySo) {
  const auto imported = [](std::string_view import, const Options& options = on) {
    return verdict({.types = "func [ ] [ ] func [ ] [ ref:exact:0 ]",
                    .imports = import,
                    .functions = "1",
                    .exports = "f func 0",
                    .bodies = {"ref.func 0"}},
                   options);
  };
  EXPECT_EQ(imported("m f exact_func 0"), valid);
  EXPECT_EQ(imported("m f func 0"), "type_mismatch");
  EXPECT_EQ(verdict(test::ModuleText{.types = "func [ ] [ ]", .imports = "m f exact_func 0"}, with_features("wasm3")),
            "bad_import_kind");
}

TEST(Descriptors, Allocation) {
  EXPECT_EQ(body("[ null:exact:1 ] [ ref:exact:0 ]", "i32.const 1 local.get 0 struct.new_desc 0"), valid);
  EXPECT_EQ(body("[ null:exact:1 ] [ ref:exact:0 ]", "local.get 0 struct.new_default_desc 0"), valid);
  EXPECT_EQ(body("[ null:1 ] [ ref:0 ]", "i32.const 1 local.get 0 struct.new_desc 0"), "type_mismatch");
  EXPECT_EQ(body("[ ] [ ref:0 ]", "i32.const 1 struct.new 0"), "descriptor_required");
  EXPECT_EQ(body("[ ] [ ref:0 ]", "struct.new_default 0"), "descriptor_required");
  EXPECT_EQ(body("[ ] [ ref:2 ]", "struct.new_desc 2"), "descriptor_superfluous");
  EXPECT_EQ(body("[ ] [ ref:4 ]", "struct.new_desc 4"), "not_struct_type");
}

TEST(Descriptors, AreRead) {
  EXPECT_EQ(body("[ null:0 ] [ ref:1 ]", "local.get 0 ref.get_desc 0"), valid);
  EXPECT_EQ(body("[ null:exact:0 ] [ ref:exact:1 ]", "local.get 0 ref.get_desc 0"), valid);
  EXPECT_EQ(body("[ null:0 ] [ ref:exact:1 ]", "local.get 0 ref.get_desc 0"), "type_mismatch");
  EXPECT_EQ(body("[ ] [ ref:exact:1 ]", "unreachable ref.get_desc 0"), valid);
  EXPECT_EQ(body("[ null:2 ] [ ]", "local.get 0 ref.get_desc 2 drop"), "no_descriptor");
  EXPECT_EQ(body("[ anyref ] [ ]", "local.get 0 ref.get_desc 0 drop"), "type_mismatch");
  EXPECT_EQ(body("[ ] [ ]", "ref.get_desc 9 drop"), "unknown_type");
}

TEST(Descriptors, Cast) {
  EXPECT_EQ(body("[ anyref null:1 ] [ ref:0 ]", "local.get 0 local.get 1 ref.cast_desc_eq 0"), valid);
  EXPECT_EQ(body("[ anyref null:1 ] [ null:0 ]", "local.get 0 local.get 1 ref.cast_desc_eq_null 0"), valid);
  EXPECT_EQ(body("[ anyref null:1 ] [ ref:0 ]", "local.get 0 local.get 1 ref.cast_desc_eq_null 0"), "type_mismatch");
  EXPECT_EQ(body("[ anyref null:1 ] [ ref:exact:0 ]", "local.get 0 local.get 1 ref.cast_desc_eq exact:0"),
            "type_mismatch");
  EXPECT_EQ(body("[ anyref null:exact:1 ] [ ref:exact:0 ]", "local.get 0 local.get 1 ref.cast_desc_eq exact:0"), valid);
  EXPECT_EQ(body("[ anyref null:1 ] [ ]", "local.get 0 local.get 1 ref.cast_desc_eq any drop"), "no_descriptor");
  EXPECT_EQ(
      body("[ anyref null:1 ] [ null:0 ]", "local.get 0 local.get 1 br_on_cast_desc_eq 3 0 any 0 drop unreachable"),
      valid);
  EXPECT_EQ(body("[ anyref null:1 ] [ anyref ]", "local.get 0 local.get 1 br_on_cast_desc_eq_fail 3 0 any 0"), valid);
  EXPECT_EQ(body("[ anyref ] [ anyref ]", "local.get 0 br_on_cast_desc_eq_fail 3 0 any 0"), "type_mismatch");
}

// With the proposal, the types of a branching cast need only be of one hierarchy.
TEST(Descriptors, BranchingCastsAreRelaxed) {
  const std::string_view up = "local.get 0 br_on_cast 3 0 2 any drop unreachable";
  EXPECT_EQ(body("[ null:2 ] [ anyref ]", up), valid);
  EXPECT_EQ(verdict({.types = "struct [ ] func [ null:0 ] [ anyref ]",
                     .functions = "1",
                     .bodies = {"local.get 0 br_on_cast 3 0 0 any drop unreachable"}},
                    with_features("wasm3")),
            "type_mismatch");
  EXPECT_EQ(body("[ null:2 ] [ funcref ]", "local.get 0 br_on_cast 3 0 2 func drop unreachable"), "type_mismatch");
}

}  // namespace
}  // namespace plimsoll
