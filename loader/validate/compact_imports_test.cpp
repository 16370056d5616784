// The compact import section: imports grouped by module, and by type.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "testing/assemble.hpp"
#include "testing/verdict.hpp"

namespace plimsoll {
namespace {

using test::Bytes;
using test::valid;
using test::verdict;
using test::verdict_at;
using test::with_features;

const Options on = with_features("wasm3,compact-imports,custom-descriptors");

// The imports of a module as `module.name kind index`.
std::vector<std::string> imports(const Bytes& bytes) {
  const auto module = load(BorrowedBytes(std::as_bytes(std::span(bytes))), on);
  if (!module) return {std::string(name(module.error().code))};
  std::vector<std::string> lines;
  for (const Import& import : (*module)->imports()) {
    constexpr std::string_view kinds[] = {"func", "table", "memory", "global", "tag"};
    lines.push_back(std::string((*module)->text(import.module)) + "." + std::string((*module)->text(import.name)) +
                    " " + std::string(kinds[static_cast<std::size_t>(import.kind)]) + " " +
                    std::to_string(import.index) + (import.is_exact ? " exact" : ""));
  }
  return lines;
}

using Lines = std::vector<std::string>;

TEST(CompactImports, ItemsOfOneModule) {
  const Bytes bytes =
      test::assemble({.types = "func [ ] [ ]",
                      .imports = "a b func 0 m items [ f func 0 t table funcref 1.. g global i32 ] c d func 0"});
  EXPECT_EQ(imports(bytes), (Lines{"a.b func 0", "m.f func 1", "m.t table 0", "m.g global 0", "c.d func 2"}));
}

TEST(CompactImports, NamesOfOneType) {
  const Bytes bytes = test::assemble(
      {.types = "func [ ] [ ]", .imports = "m names global mut i64 [ x y '' ] n names exact_func 0 [ f ] o p func 0"});
  EXPECT_EQ(imports(bytes), (Lines{"m.x global 0", "m.y global 1", "m. global 2", "n.f func 0 exact", "o.p func 1"}));
  const auto module = load(BorrowedBytes(std::as_bytes(std::span(bytes))), on);
  ASSERT_TRUE(module);
  for (const Global& global : (*module)->globals()) EXPECT_TRUE(global.type == i64 && global.is_mutable);
}

TEST(CompactImports, MayBeEmpty) {
  EXPECT_EQ(imports(test::assemble({.imports = "m items [ ] n names func 7 [ ]"})), Lines{});
}

TEST(CompactImports, EachIsJudged) {
  EXPECT_EQ(verdict(test::ModuleText{.types = "func [ ] [ ]", .imports = "m items [ f func 0 g func 1 ]"}, on),
            "unknown_type");
  EXPECT_EQ(verdict({.imports = "m names func 0 [ f ]"}, on), "unknown_type");
  EXPECT_EQ(verdict({.imports = "m names memory 2..1 [ f ]"}, on), "limits_order");
}

TEST(CompactImports, TheLowerOfTwoErrorsIsTheTypes) {
  // Module "m", an empty name, the form, the type function 0, one name of which the byte is no UTF-8.
  const auto section = [](const Bytes& entry) {
    return test::preamble() + test::section(2, Bytes{0x01, 0x01, 'm', 0x00} + entry);
  };
  EXPECT_EQ(verdict_at(section({0x7E, 0x00, 0x00, 0x01, 0x01, 0xFF}), on), "unknown_type@16");
  EXPECT_EQ(verdict_at(section({0x7E, 0x02, 0x00, 0x00, 0x01, 0x01, 0xFF}), on), "bad_utf8@20");
  EXPECT_EQ(verdict_at(section({0x7F, 0x01, 0x01, 'x', 0x05}), on), "bad_import_kind@18");
}

TEST(CompactImports, NeedAnEmptyNameAndTheProposal) {
  const auto entry = [](const Bytes& name, std::uint8_t form) {
    return test::preamble() + test::section(2, Bytes{0x01, 0x01, 'm'} + name + Bytes{form, 0x00, 0x00});
  };
  EXPECT_EQ(verdict_at(entry({0x01, 'x'}, 0x7F), on), "bad_import_kind@15");
  EXPECT_EQ(verdict_at(entry({0x00}, 0x7D), on), "bad_import_kind@14");
  const auto error = test::load_error(entry({0x00}, 0x7F), with_features("wasm3"));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, ErrorCode::bad_import_kind);
  EXPECT_EQ(error->feature, Feature::compact_imports);
}

TEST(CompactImports, AreCountedTogether) {
  Options few = on;
  few.limits.imports = 3;
  EXPECT_EQ(verdict({.imports = "m names global i32 [ a b c ]"}, few), valid);
  EXPECT_EQ(verdict({.imports = "m names global i32 [ a b c d ]"}, few), "limit_count");
  EXPECT_EQ(verdict({.imports = "m names global i32 [ a b ] n items [ c global i32 d global i32 ]"}, few),
            "limit_count");
  EXPECT_EQ(verdict({.imports = "m names global i32 [ a b c ] n x global i32"}, few), "limit_count");
}

}  // namespace
}  // namespace plimsoll
