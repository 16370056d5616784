// The views that are tables: their text, exactly, and that JSON gives the same figures.
#include <gtest/gtest.h>

#include <string>

#include "inspect/shown.hpp"

namespace plimsoll::regress::inspect {
namespace {

TEST(InspectViews, Sections) {
  const auto module = corpus_module("every_section");
  EXPECT_EQ(show(module, ViewKind::sections).text, R"(test: module of 208 bytes
section        offset  bytes   share    entries  name
custom            0xa     14    6.7%             "first"
type             0x1a     14    6.7%          3
import           0x2a     46   22.1%          5
function         0x5a      3    1.4%          2
table            0x5f      5    2.4%          1
memory           0x66      4    1.9%          1
tag              0x6c      3    1.4%          1
custom           0x71      8    3.8%             "between"
global           0x7b     11    5.3%          2
export           0x88     21   10.1%          5
start            0x9f      1    0.5%             function 1
element          0xa2      7    3.4%          1
data count       0xab      1    0.5%          1
code             0xae     12    5.8%          2
data             0xbc     11    5.3%          1
custom           0xc9      7    3.4%             "last"
)");
  const auto document = show_json(module, ViewKind::sections);
  EXPECT_EQ(document["name"], "test");
  EXPECT_EQ(document["kind"], "module");
  EXPECT_EQ(document["size"], module.size());
  EXPECT_EQ(document["error"], nullptr);
  std::uint32_t end = 8;
  for (const auto& section : document["sections"]) {
    EXPECT_EQ(section["header"], end);
    end = section["offset"].get<std::uint32_t>() + section["size"].get<std::uint32_t>();
  }
  EXPECT_EQ(end, module.size());
}

TEST(InspectViews, Imports) {
  const auto module = corpus_module("every_section");
  EXPECT_EQ(show(module, ViewKind::imports).text, R"(offset  kind      index  module and name  type
  0x2b  func          0  "env" "f"  (type 0)
  0x33  table         0  "env" "t"  0 funcref
  0x3d  memory        0  "env" "m"  0
  0x46  global        0  "env" "g"  i32
  0x4f  tag           0  "env" "e"  (type 2) (param i32)
)");
}

// Imports of every kind, with every part that a type can have.
constexpr std::string_view many_imports = R"(
  00 "asm" 01 00 00 00
  01 { leb(2) 60 01 7f 00  60 00 01 7e }
  02 { leb(7)
    { "env" } { "log" } 00 leb(0)
    { "env" } { "table" } 01 70 01 leb(1) leb(10)
    { "env" } { "memory" } 02 03 leb(1) leb(2)
    { "env" } { "memory 64" } 02 04 leb(1)
    { "env" } { "stack" } 03 7f 01
    { "env" } { "e" } 04 00 leb(0)
    { "env" } { "now" } 00 leb(1)
  })";

TEST(InspectViews, ImportsOfEveryKind) {
  EXPECT_EQ(show(assembled(many_imports), ViewKind::imports).text, R"(offset  kind      index  module and name    type
  0x16  func          0  "env" "log"        (type 0) (param i32)
  0x20  table         0  "env" "table"      1 10 funcref
  0x2f  memory        0  "env" "memory"     1 2 shared
  0x3e  memory        1  "env" "memory 64"  i64 1
  0x4f  global        0  "env" "stack"      (mut i32)
  0x5c  tag           0  "env" "e"          (type 0) (param i32)
  0x65  func          1  "env" "now"        (type 1) (result i64)
)");
  const auto imports = show_json(assembled(many_imports), ViewKind::imports)["imports"];
  ASSERT_EQ(imports.size(), 7U);
  EXPECT_EQ(imports[3], (nlohmann::json{{"offset", 0x3e},
                                        {"module", "env"},
                                        {"name", "memory 64"},
                                        {"kind", "memory"},
                                        {"index", 1},
                                        {"type", "i64 1"}}));
  EXPECT_EQ(imports[6]["index"], 1);
  EXPECT_EQ(imports[6]["type_index"], 1);
}

TEST(InspectViews, Exports) {
  const auto module = corpus_module("every_section");
  EXPECT_EQ(show(module, ViewKind::exports).text, R"(offset  kind      index  name
  0x89  func          2  "f"
  0x8d  table         1  "t"
  0x91  memory        1  "m"
  0x95  global        1  "g"
  0x99  tag           1  "e"
)");
  EXPECT_EQ(show_json(module, ViewKind::exports)["exports"][0]["name"], "f");
}

TEST(InspectViews, TypesAsTheTextFormatWritesThem) {
  EXPECT_EQ(show(corpus_module("gc_rec_groups"), ViewKind::types).text, R"(offset    index  type
   0xb           (rec
   0xd        0    (type (sub (struct (field (mut (ref null 1))))))
  0x14        1    (type (sub (array (mut (ref null 0)))))
                 )
  0x1a           (rec
  0x1c        2    (type (sub (struct (field (mut (ref null 3))))))
  0x23        3    (type (sub (array (mut (ref null 2)))))
                 )
  0x29           (rec
  0x2b        4    (type (func (param (ref null 0)) (result (ref null 3))))
                 )
  0x32        5  (type (func (param (ref null 2)) (result (ref null 1))))
  0x39           (rec
                 )
)");
  const auto types = show_json(corpus_module("gc_rec_groups"), ViewKind::types)["types"];
  ASSERT_EQ(types.size(), 6U);
  EXPECT_EQ(types[1]["group"], 0);
  EXPECT_EQ(types[2]["group"], 1);
  EXPECT_EQ(types[2]["text"], "(sub (struct (field (mut (ref null 3)))))");
  EXPECT_EQ(types[2]["fields"], (nlohmann::json{{{"type", "(ref null 3)"}, {"mutable", true}}}));
}

// What proposals add to a definition.
TEST(InspectViews, TypesOfProposals) {
  const auto module = assembled(R"(
    00 "asm" 01 00 00 00
    01 { leb(4) 60 00 00  5d leb(0)  4e leb(2) 4d leb(3) 5f leb(0) 4c leb(2) 5f leb(0)  65 5e 77 01 })");
  EXPECT_EQ(show(module, ViewKind::types).text, R"(offset    index  type
   0xb        0  (type (func))
   0xe        1  (type (cont 0))
  0x10           (rec
  0x12        2    (type (descriptor 3) (struct))
  0x16        3    (type (describes 2) (struct))
                 )
  0x1a        4  (type (shared (array (mut i16))))
)");
}

TEST(InspectViews, FieldNames) {
  const auto module = assembled(R"(
    00 "asm" 01 00 00 00
    01 { leb(1) 5f leb(2) 7f 00 7e 01 }
    00 { { "name" } 04 { leb(1) leb(0) { "point" } } 0a { leb(1) leb(0) leb(1) leb(1) { "y" } } })");
  EXPECT_EQ(show(module, ViewKind::types).text, R"(offset    index  type
   0xb        0  (type $point (struct (field i32) (field $y (mut i64))))
)");
  EXPECT_EQ(show(module, ViewKind::names).text, R"(offset  kind           of    index  name
  0x1b  type                     0  "point"
  0x27  field           0        1  "y"
)");
}

TEST(InspectViews, Functions) {
  const auto module = corpus_module("every_section");
  EXPECT_EQ(show(module, ViewKind::functions).text,
            R"(offset  bytes    index   type  signature                      name
  0x2b  import        0      0                                 (import "env" "f")
  0xb0      2        1      0
  0xb3      7        2      1  (param i32 i32) (result i32)   (export "f")
)");
  const auto functions = show_json(module, ViewKind::functions)["functions"];
  ASSERT_EQ(functions.size(), 3U);
  EXPECT_EQ(functions[2]["type"], "(param i32 i32) (result i32)");
  EXPECT_EQ(functions[2]["export"], "f");
}

TEST(InspectViews, Names) {
  EXPECT_EQ(show(corpus_module("names"), ViewKind::names).text, R"(offset  kind           of    index  name
        module                      "a module"
  0x5b  func                     0  "f"
  0x63  local           0        0  "parameter"
  0x6e  local           0        1  "local"
  0x7a  label           0        0  "the block"
  0x88  type                     0  "fn"
  0x8c  type                     1  "point"
  0x96  table                    0  "t"
  0x9c  memory                   0  "mémoire"
  0xa9  global                   0  "g"
  0xaf  elem                     0  "elements"
  0xbc  data                     0  "data"
  0xc7  field           1        0  "x"
  0xcd  tag                      0  "tag"
)");
}

TEST(InspectViews, Data) {
  EXPECT_EQ(show(corpus_module("bulk_memory"), ViewKind::data).text,
            R"(offset  bytes    index  address               contents
  0x84      6        0  i32.const 0           "active"
  0x8c      7        1  passive               "passive"
)");
  const auto data = show_json(corpus_module("bulk_memory"), ViewKind::data)["data"];
  EXPECT_EQ(data[0], (nlohmann::json{{"index", 0},
                                     {"offset", 0x84},
                                     {"size", 6},
                                     {"mode", "active"},
                                     {"memory", 0},
                                     {"address", "i32.const 0"},
                                     {"start", "616374697665"}}));
}

TEST(InspectViews, Histogram) {
  EXPECT_EQ(show(corpus_module("legacy_exceptions"), ViewKind::histogram).text,
            R"(        count   share  code   instruction
            3   21.4%  0b     end
            3   21.4%  41     i32.const
            2   14.3%  06     try
            1    7.1%  02     block
            1    7.1%  07     catch
            1    7.1%  08     throw
            1    7.1%  09     rethrow
            1    7.1%  18     delegate
            1    7.1%  19     catch_all
           14                 in all
)");
  const auto rows = show_json(corpus_module("legacy_exceptions"), ViewKind::histogram)["histogram"];
  EXPECT_EQ(rows[0]["count"], 3);
}

TEST(InspectViews, WhereThereIsNothingItSaysSo) {
  const auto module = assembled(R"(00 "asm" 01 00 00 00)");
  for (const ViewKind view : all_views) {
    const Shown shown = show(module, view);
    EXPECT_TRUE(shown.good);
    EXPECT_TRUE(shown.text.ends_with(": none\n")) << shown.text;
  }
}

// The modules inside a component, also inside a component inside it, with offsets from the start of the file.
TEST(InspectViews, Components) {
  const auto component = assembled(R"(
    00 "asm" 0d 00 01 00
    01 { 00 "asm" 01 00 00 00  05 { leb(1) 00 leb(1) } }
    04 { 00 "asm" 0d 00 01 00
      01 { 00 "asm" 01 00 00 00  01 { leb(1) 60 00 00 } 03 { leb(1) leb(0) } 0a { leb(1) { leb(0) 0b } } }
      01 { 00 "asm" 01 00 00 00  03 { leb(1) leb(0) } }
    })");
  const Shown shown = show(component, ViewKind::sections);
  EXPECT_EQ(shown.text, R"(test: component of 73 bytes
section        offset  bytes   share    entries  name
core module       0xa     13   17.8%
component        0x19     48   65.8%

test#core0: module of 13 bytes
section        offset  bytes   share    entries  name
memory           0x14      3   23.1%          1

test#component0: component of 48 bytes
section        offset  bytes   share    entries  name
core module      0x23     24   50.0%
core module      0x3d     12   25.0%

test#component0#core0: module of 24 bytes
section        offset  bytes   share    entries  name
type             0x2d      4   16.7%          1
function         0x33      2    8.3%          1
code             0x37      4   16.7%          1

test#component0#core1: module of 12 bytes
section        offset  bytes   share    entries  name
function         0x47      2   16.7%          1
)");
  EXPECT_EQ(shown.complaints, "test#component0#core1 0x48 unknown_type\n");
  EXPECT_FALSE(shown.good);

  const auto document = show_json(component, ViewKind::disassembly);
  EXPECT_EQ(document["kind"], "component");
  EXPECT_EQ(document["parts"][0]["name"], "test#core0");
  const auto& inner = document["parts"][1]["parts"][0];
  EXPECT_EQ(inner["name"], "test#component0#core0");
  EXPECT_EQ(inner["disassembly"][0]["instructions"][0]["offset"], 0x3a);

  EXPECT_EQ(find_part(component, "test", "#component0#core1")->range.offset, 0x3dU);
  EXPECT_EQ(find_part(component, "test", "")->range.size, component.size());
  EXPECT_FALSE(find_part(component, "test", "#core1").has_value());
  EXPECT_FALSE(find_part(component, "test", "#core0#core0").has_value());
}

TEST(InspectViews, ComponentsNestedBeyondReasonAreRefused) {
  const auto preamble = assembled(R"(00 "asm" 0d 00 01 00)");
  std::vector<std::byte> component = preamble;
  for (int i = 0; i < 200; ++i) {
    const std::size_t size = component.size();
    const std::byte header[] = {std::byte{4}, std::byte(0x80 | (size & 0x7F)), std::byte(size >> 7)};
    component.insert(component.begin(), std::begin(header), std::end(header));
    component.insert(component.begin(), preamble.begin(), preamble.end());
  }
  const Shown shown = show(component, ViewKind::sections);
  EXPECT_FALSE(shown.good);
  EXPECT_TRUE(shown.complaints.find("limit_count") != std::string::npos) << shown.complaints;
}

}  // namespace
}  // namespace plimsoll::regress::inspect
