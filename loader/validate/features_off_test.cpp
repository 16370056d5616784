// What each feature brought beside its instructions, without it: the error names the feature, or is the one that the version of
// the specification before it had.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "testing/verdict.hpp"

namespace plimsoll {
namespace {

using test::ModuleText;

// `valid` with everything, then the verdict without the feature. A missing feature must be the one that is named.
std::string without(Feature feature, const ModuleText& text) {
  EXPECT_EQ(test::verdict(text, test::with_features(Features::all())), "valid") << name(feature);
  const Features features = Features::all().remove(feature);
  const std::optional<Error> error = test::load_error(test::assemble(text), test::with_features(features));
  if (error && error->code == ErrorCode::feature_required) {
    EXPECT_EQ(name(error->feature), name(feature));
  }
  return test::verdict(text, test::with_features(features));
}

constexpr std::string_view plain = "func [ ] [ ]";

TEST(FeaturesOff, MutableGlobals) {
  EXPECT_EQ(without(Feature::mutable_global, {.imports = "m g global mut i32"}), "feature_required");
  EXPECT_EQ(without(Feature::mutable_global, {.globals = "mut i32 i32.const 0 end", .exports = "g global 0"}),
            "feature_required");
  EXPECT_EQ(without(Feature::mutable_global, {.globals = "mut i32 i32.const 0 end"}), "valid");
  EXPECT_EQ(without(Feature::mutable_global, {.imports = "m g global i32"}), "valid");
}

TEST(FeaturesOff, MultiValue) {
  EXPECT_EQ(without(Feature::multi_value, {.types = "func [ ] [ i32 i32 ]"}), "feature_required");
  EXPECT_EQ(without(Feature::multi_value, {.types = plain, .functions = "0", .bodies = {"block =0 end"}}),
            "feature_required");
  EXPECT_EQ(
      without(Feature::multi_value, {.types = plain, .functions = "0", .bodies = {"block i32 i32.const 0 end drop"}}),
      "valid");
}

TEST(FeaturesOff, ReferenceTypes) {
  EXPECT_EQ(without(Feature::reference_types, {.types = "func [ externref ] [ ]"}), "feature_required");
  EXPECT_EQ(without(Feature::reference_types, {.types = "func [ funcref ] [ ]"}), "feature_required");
  EXPECT_EQ(without(Feature::reference_types, {.tables = "externref 1.."}), "feature_required");
  EXPECT_EQ(without(Feature::reference_types, {.tables = "funcref 1.. funcref 1.."}), "multiple_tables");
  EXPECT_EQ(without(Feature::reference_types, {.imports = "m t table funcref 1..", .tables = "funcref 1.."}),
            "multiple_tables");
  EXPECT_EQ(without(Feature::reference_types, {.tables = "funcref 1.."}), "valid");
  EXPECT_EQ(
      without(Feature::reference_types,
              {.types = plain, .functions = "0", .tables = "funcref 1..", .bodies = {"i32.const 0 call_indirect 0 0"}}),
      "valid");
}

TEST(FeaturesOff, BulkMemory) {
  EXPECT_EQ(without(Feature::bulk_memory, {.data = "1 a"}), "feature_required");
  EXPECT_EQ(without(Feature::bulk_memory, {.data_count = "0"}), "feature_required");
  EXPECT_EQ(without(Feature::bulk_memory, {.elements = "1 0 [ ]"}), "feature_required");
  EXPECT_EQ(without(Feature::bulk_memory, {.elements = "3 0 [ ]"}), "feature_required");
  EXPECT_EQ(without(Feature::bulk_memory, {.tables = "funcref 1..", .elements = "4 i32.const 0 end [ ]"}),
            "feature_required");
  EXPECT_EQ(without(Feature::bulk_memory, {.tables = "funcref 1..", .elements = "0 i32.const 0 end [ ]"}), "valid");
  EXPECT_EQ(without(Feature::bulk_memory, {.memories = "1..", .data = "0 i32.const 0 end a"}), "valid");
}

TEST(FeaturesOff, Vectors) {
  EXPECT_EQ(without(Feature::simd, {.types = "func [ v128 ] [ ]"}), "feature_required");
  EXPECT_EQ(without(Feature::simd, {.imports = "m g global v128"}), "feature_required");
  EXPECT_EQ(without(Feature::simd, {.types = plain, .functions = "0", .bodies = {"local 1 v128"}}), "feature_required");
  EXPECT_EQ(without(Feature::relaxed_simd, {.types = "func [ v128 ] [ ]"}), "valid");
}

TEST(FeaturesOff, ExtendedConstants) {
  EXPECT_EQ(without(Feature::extended_const, {.globals = "i32 i32.const 1 i32.const 2 i32.add end"}),
            "constant_required");
  EXPECT_EQ(without(Feature::extended_const, {.globals = "i32 i32.const 1 end"}), "valid");
}

TEST(FeaturesOff, FunctionReferences) {
  EXPECT_EQ(without(Feature::function_references, {.types = "func [ ] [ ] func [ ref:0 ] [ ]"}), "feature_required");
  EXPECT_EQ(without(Feature::function_references, {.imports = "m t table null:func 1.."}), "feature_required");
  EXPECT_EQ(without(Feature::function_references, {.tables = "funcref 1.. init ref.null func end"}),
            "feature_required");
}

TEST(FeaturesOff, Gc) {
  EXPECT_EQ(without(Feature::gc, {.types = "struct [ ]"}), "feature_required");
  EXPECT_EQ(without(Feature::gc, {.types = "rec [ func [ ] [ ] ]"}), "feature_required");
  EXPECT_EQ(without(Feature::gc, {.types = "sub [ ] func [ ] [ ]"}), "feature_required");
  EXPECT_EQ(without(Feature::gc, {.imports = "m g global anyref"}), "feature_required");
  EXPECT_EQ(without(Feature::gc, {.globals = "i32 i32.const 1 end i32 global.get 0 end"}), "unknown_global");
}

TEST(FeaturesOff, MultiMemory) {
  EXPECT_EQ(without(Feature::multi_memory, {.memories = "1.. 1.."}), "multiple_memories");
  EXPECT_EQ(without(Feature::multi_memory, {.imports = "m m memory 1..", .memories = "1.."}), "multiple_memories");
  EXPECT_EQ(
      without(Feature::multi_memory,
              {.types = plain, .functions = "0", .memories = "1..", .bodies = {"i32.const 0 i32.load m0 0 0 drop"}}),
      "bad_memory_flags");
  EXPECT_EQ(without(Feature::multi_memory,
                    {.types = plain, .functions = "0", .memories = "1..", .bodies = {"i32.const 0 i32.load 0 0 drop"}}),
            "valid");
}

TEST(FeaturesOff, Memory64) {
  EXPECT_EQ(without(Feature::memory64, {.memories = "i64 1.."}), "feature_required");
  EXPECT_EQ(without(Feature::memory64, {.tables = "funcref i64 1.."}), "feature_required");
  EXPECT_EQ(without(Feature::memory64, {.memories = "1.."}), "valid");
}

TEST(FeaturesOff, Exceptions) {
  // Tags are the legacy exceptions' too.
  const Features neither = Features::all().remove(Feature::exceptions).remove(Feature::legacy_exceptions);
  EXPECT_EQ(test::verdict({.types = plain, .tags = "0"}, test::with_features(neither)), "feature_required");
  EXPECT_EQ(test::verdict({.types = plain, .imports = "m e tag 0"}, test::with_features(neither)), "feature_required");
  EXPECT_EQ(without(Feature::exceptions, {.types = "func [ exnref ] [ ]"}), "feature_required");
}

TEST(FeaturesOff, Threads) {
  EXPECT_EQ(without(Feature::threads, {.memories = "shared 1..1"}), "feature_required");
  EXPECT_EQ(without(Feature::threads, {.imports = "m m memory shared 1..1"}), "feature_required");
  EXPECT_EQ(without(Feature::threads, {.memories = "1..1"}), "valid");
}

// The zero bytes before multi-memory and reference-types stand for index 0, whatever an instruction before them named.
TEST(FeaturesOff, ZeroBytesAreTheFirstMemoryAndTable) {
  const std::string_view before[] = {"", "local.get 1 drop ", "global.get 1 drop ", "i32.const 0 br_if 0 ", "call 1 "};
  const std::string_view instructions[] = {"memory.size 0 drop",
                                           "i32.const 0 memory.grow 0 drop",
                                           "i32.const 0 i32.const 0 i32.const 0 memory.copy 0 0",
                                           "i32.const 0 i32.const 0 i32.const 0 memory.fill 0",
                                           "i32.const 0 i32.const 0 i32.const 0 memory.init 0 0",
                                           "i32.const 0 call_indirect 0 0"};
  for (const Features& features : {Features::wasm2(), Features::wasm2().remove(Feature::reference_types)}) {
    for (const std::string_view front : before) {
      for (const std::string_view instruction : instructions) {
        const std::string body = "local 2 i32 " + std::string(front) + std::string(instruction);
        const ModuleText text = {.types = plain,
                                 .functions = "0 0",
                                 .tables = "funcref 1..",
                                 .memories = "1..",
                                 .globals = "i32 i32.const 0 end i32 i32.const 0 end",
                                 .data_count = "1",
                                 .bodies = {"", body},
                                 .data = "1 a"};
        EXPECT_EQ(test::verdict(text, test::with_features(features)), "valid") << body;
      }
    }
  }
}

}  // namespace
}  // namespace plimsoll
