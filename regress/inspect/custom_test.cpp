// Custom sections that are known are shown in full.
#include <gtest/gtest.h>

#include "inspect/shown.hpp"

namespace plimsoll::regress::inspect {
namespace {

// A module with nothing but custom sections: those of tools.
constexpr std::string_view tools = R"(
  00 "asm" 01 00 00 00
  00 { { "producers" } leb(2)
    { "language" } leb(1) { "C++" } { "23" }
    { "processed-by" } leb(2) { "clang" } { "19.1" } { "wasm-opt" } { "" } }
  00 { { "target_features" } leb(2) "+" { "simd128" } "-" { "shared-mem" } }
  00 { { "sourceMappingURL" } { "a.wasm.map" } }
  00 { { "build_id" } { de ad be ef } }
  00 { { "mine" } "anything at all that is longer than the preview" })";

TEST(InspectCustom, SectionsOfTools) {
  EXPECT_EQ(show(assembled(tools), ViewKind::custom).text, R"(offset  bytes  section
  0x14     53  "producers"
  0x1f           language "C++" "23"
  0x34           processed-by "clang" "19.1"
  0x3f           processed-by "wasm-opt"
  0x5b     22  "target_features"
  0x5c           + "simd128"
  0x65           - "shared-mem"
  0x84     11  "sourceMappingURL"
                 "a.wasm.map"
  0x9a      5  "build_id"
                 deadbeef
  0xa6     47  "mine"
                 "anything at all that is longer t"...
)");
  const auto document = show_json(assembled(tools), ViewKind::custom);
  const auto& custom = document["custom"];
  ASSERT_EQ(custom.size(), 5U);
  EXPECT_EQ(custom[0]["fields"][1]["values"][0], (nlohmann::json{{"name", "clang"}, {"version", "19.1"}}));
  EXPECT_EQ(custom[1]["features"][0]["name"], "simd128");
  EXPECT_EQ(custom[2]["url"], "a.wasm.map");
  EXPECT_EQ(custom[3]["id"], "deadbeef");
  EXPECT_EQ(document["custom_warnings"], nlohmann::json::array());
}

// What compilers leave in an object file for the linker.
constexpr std::string_view object = R"(
  00 "asm" 01 00 00 00
  01 { leb(1) 60 00 00 }
  02 { leb(1) { "env" } { "log" } 00 leb(0) }
  03 { leb(1) leb(0) }
  0a { leb(1) { leb(0) 10 80 80 80 80 00 0b } }
  00 { { "linking" } leb(2)
    08 { leb(2)
      00 leb(0x10) leb(0)
      00 leb(4) leb(1) { "main" } } 
    06 { leb(1) leb(100) leb(1) } }
  00 { { "reloc.CODE" } leb(3) leb(1) 00 leb(4) leb(0) })";

TEST(InspectCustom, SectionsOfTheLinker) {
  EXPECT_EQ(show(assembled(object), ViewKind::custom).text, R"(offset  bytes  section
  0x35     20  "linking"
                 version 2
  0x47           initialized by symbol 1 with priority 100
  0x39           symbol 0 func 0 undefined
  0x3c           symbol 1 func 1 $main hidden
  0x56      5  "reloc.CODE"
                 of section 3
  0x58           +0x4 R_WASM_FUNCTION_INDEX_LEB symbol 0
)");
  const auto custom = show_json(assembled(object), ViewKind::custom)["custom"];
  EXPECT_EQ(custom[0]["symbols"][1]["name"], "main");
  EXPECT_EQ(custom[0]["init_functions"][0]["priority"], 100);
  EXPECT_EQ(custom[1]["relocations"][0]["type"], "R_WASM_FUNCTION_INDEX_LEB");
}

constexpr std::string_view library = R"(
  00 "asm" 01 00 00 00
  00 { { "dylink.0" }
    01 { leb(4096) leb(4) leb(2) leb(0) }
    02 { leb(1) { "libc.so" } }
    04 { leb(1) { "env" } { "errno" } leb(1) } })";

TEST(InspectCustom, DynamicLibraries) {
  EXPECT_EQ(show(assembled(library), ViewKind::custom).text, R"(offset  bytes  section
  0x13     32  "dylink.0"
                 memory of 4,096 bytes, aligned to 2^4; table of 2 entries, aligned to 2^0
  0x1d           needs "libc.so"
  0x28           import "env" "errno" weak
)");
  const auto custom = show_json(assembled(library), ViewKind::custom)["custom"];
  EXPECT_EQ(custom[0]["memory_size"], 4096);
  EXPECT_EQ(custom[0]["needed"], nlohmann::json{"libc.so"});
}

constexpr std::string_view hints = R"(
  00 "asm" 01 00 00 00
  01 { leb(1) 60 01 7f 00 }
  03 { leb(1) leb(0) }
  00 { { "metadata.code.branch_hint" } leb(1) leb(0) leb(1) leb(3) leb(1) 01 }
  0a { leb(1) { leb(0) 20 leb(0) 04 40 0b 0b } }
  00 { { "name" } 01 { leb(1) leb(0) { "f" } } })";

TEST(InspectCustom, HintsAboutCode) {
  EXPECT_EQ(show(assembled(hints), ViewKind::custom).text, R"(offset  bytes  section
  0x2f      6  "metadata.code.branch_hint"
  0x30           func 0  ;; $f
  0x32             +0x3 likely
  0x47      6  "name"
                 --names shows it
)");
  const auto custom = show_json(assembled(hints), ViewKind::custom)["custom"];
  EXPECT_EQ(custom[0]["functions"][0]["hints"][0]["hint"], "likely");
}

TEST(InspectCustom, WarningsAreToldWithTheirPlace) {
  const auto module = assembled(R"(
    00 "asm" 01 00 00 00
    00 { { "producers" } leb(1) { "language" } leb(9) })");
  const Shown shown = show(module, ViewKind::custom);
  EXPECT_TRUE(shown.good);
  EXPECT_EQ(shown.text, R"(offset  bytes  section
  0x14     11  "producers"
  0x1f  ;; warning: custom section 'producers': unexpected end
)");
  EXPECT_FALSE(show_json(module, ViewKind::custom)["custom_warnings"].empty());
}

}  // namespace
}  // namespace plimsoll::regress::inspect
