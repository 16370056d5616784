// Tables, memories, globals, tags and element segments: their text, exactly, and that JSON gives the same.
#include <gtest/gtest.h>

#include "inspect/shown.hpp"

namespace plimsoll::regress::inspect {
namespace {

// Something of each, with names for some.
constexpr std::string_view definitions = R"(
  00 "asm" 01 00 00 00
  01 { leb(1) 60 01 7f 00 }
  02 { leb(2) { "env" } { "g" } 03 7e 00  { "env" } { "t" } 01 70 00 leb(1) }
  03 { leb(1) leb(0) }
  04 { leb(2) 70 01 leb(1) leb(2)  40 00 63 70 00 leb(3) d2 leb(0) 0b }
  05 { leb(1) 04 leb(1) }
  0d { leb(1) 00 leb(0) }
  06 { leb(2) 7f 01 41 sleb(5) 0b  7e 00 23 leb(0) 42 sleb(-1) 7c 0b }
  09 { leb(4)
    00 41 sleb(0) 0b leb(1) leb(0)
    06 leb(1) 41 sleb(0) 0b 70 leb(1) d2 leb(0) 0b
    01 00 leb(10) repeat(10) { leb(0) }
    07 70 leb(1) d0 70 0b }
  0a { leb(1) { leb(0) 0b } }
  00 { { "name" } 07 { leb(1) leb(1) { "stack" } } 08 { leb(1) leb(0) { "vtable" } } })";

TEST(InspectDefinitions, Text) {
  const auto module = assembled(definitions);
  EXPECT_TRUE(show(module, ViewKind::tables).good) << show(module, ViewKind::tables).complaints;
  EXPECT_EQ(show(module, ViewKind::tables).text,
            R"(offset    index  type                      import or value       name
  0x1b        0  1 funcref                 (import "env" "t")
  0x2c        1  1 2 funcref
  0x30        2  3 funcref                 ref.func 0
)");
  EXPECT_EQ(show(module, ViewKind::memories).text,
            R"(offset    index  type                      import or value       name
  0x3c        0  i64 1
)");
  EXPECT_EQ(show(module, ViewKind::globals).text,
            R"(offset    index  type                      import or value       name
  0x12        0  i64                       (import "env" "g")
  0x46        1  (mut i32)                 i32.const 5           $stack
  0x4b        2  i64                       global.get 0 i64.const -1 i64.add
)");
  EXPECT_EQ(show(module, ViewKind::tags).text, R"(offset    index  type                      import or value       name
  0x41        0  (type 0) (param i32)
)");
  EXPECT_EQ(show(module, ViewKind::elements).text, R"(offset  items    index  address               type and items
  0x56      1        0  i32.const 0           func 0  ;; $vtable
  0x5c      1        1  (table 1) i32.const 0  funcref (ref.func 0)
  0x66     10        2  passive               func 0 0 0 0 0 0 0 0 ...
  0x73      1        3  declarative           funcref (ref.null func)
)");
}

TEST(InspectDefinitions, Json) {
  const auto module = assembled(definitions);
  const auto globals = show_json(module, ViewKind::globals)["globals"];
  ASSERT_EQ(globals.size(), 3U);
  EXPECT_EQ(globals[0]["import"]["name"], "g");
  EXPECT_EQ(globals[1]["name"], "stack");
  EXPECT_EQ(globals[2]["init"], "global.get 0 i64.const -1 i64.add");
  const auto elements = show_json(module, ViewKind::elements)["elements"];
  ASSERT_EQ(elements.size(), 4U);
  EXPECT_EQ(elements[0]["name"], "vtable");
  EXPECT_EQ(elements[1]["items"], nlohmann::json{"(ref.func 0)"});
  EXPECT_EQ(elements[2]["items"].size(), 10U);
  EXPECT_EQ(elements[3]["mode"], "declarative");
}

}  // namespace
}  // namespace plimsoll::regress::inspect
