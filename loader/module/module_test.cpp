// Module: every accessor, on a module with something in every section, put together by hand so that every offset is known.
#include "plimsoll/module.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "plimsoll/load.hpp"
#include "testing/assemble.hpp"
#include "testing/bytes.hpp"

namespace plimsoll {
namespace {

using test::Bytes;

const test::ModuleText everything = {
    .types =
        "func [ i32 i64 ] [ f32 ] rec [ sub [ ] struct [ mut i32 null:2 ] sub_final [ 1 ] struct [ mut i32 null:2 i8 ] "
        "] "
        "array mut i16 func [ i32 i64 ] [ f32 ] func [ ] [ ] func [ i32 ] [ ]",
    .imports =
        "env f func 5 env t table funcref 1..2 '' m memory shared 1..2 env g global mut i64 \xC3\xA9 e tag 6 env f2 "
        "func 4",
    .functions = "5 0",
    .tables = "funcref 3.. null:1 i64 0..9 init ref.null 1 end",
    .memories = "i64 5..",
    .tags = "6 5",
    .globals = "i32 i32.const 42 end mut null:2 ref.null none end",
    .exports = "run func 3 '' memory 1 tab table 2 glob global 1 exc tag 2",
    .start = "2",
    .elements =
        "0 i32.const 1 end [ 0 3 1 ] 5 funcref [ ref.func 2 end ref.null func end ] 3 0 [ 2 ] "
        "6 2 i64.const 7 end null:1 [ ref.null 1 end ]",
    .data_count = "3",
    .bodies = {"local 2 i32 local 0 f64 local 1 null:1 nop", "f32.const 0"},
    .data = "0 i32.const 8 end hello 1 '' 2 1 i64.const 9 end x"};

// The bytes, and the module over them.
class ModuleTest : public testing::Test {
 protected:
  void SetUp() override {
    bytes_ = test::custom_section("first", test::text("1"));
    bytes_ = test::preamble() + bytes_;
    const Bytes rest = test::assemble(everything);
    bytes_.insert(bytes_.end(), rest.begin() + 8, rest.end());
    bytes_ += test::custom_section("last", {});
    LoadResult result = load(BorrowedBytes(bytes_));
    ASSERT_TRUE(result.has_value()) << describe(result.error()) << " @" << result.error().offset;
    module_ = *std::move(result);
  }
  [[nodiscard]] const Module& module() const { return *module_; }
  [[nodiscard]] std::string text(ByteRange range) const { return std::string(module_->text(range)); }
  // The bytes of a range as the assembler would write them.
  [[nodiscard]] bool is(ByteRange range, const Bytes& expected) const {
    return std::equal(expected.begin(), expected.end(), bytes_.begin() + range.offset,
                      bytes_.begin() + range.offset + range.size);
  }

 private:
  Bytes bytes_;
  std::unique_ptr<const Module> module_;
};

TEST_F(ModuleTest, Types) {
  const Records<SubType> types = module().types();
  ASSERT_EQ(types.size(), 7u);
  EXPECT_EQ(types[0].kind, CompositeKind::function);
  ASSERT_EQ(types[0].parameters.size(), 2u);
  EXPECT_EQ(types[0].parameters[1], i64);
  ASSERT_EQ(types[0].results.size(), 1u);
  EXPECT_EQ(types[0].results[0], f32);
  EXPECT_TRUE(types[0].is_final);
  EXPECT_EQ(types[1].kind, CompositeKind::struct_);
  EXPECT_FALSE(types[1].is_final);
  EXPECT_TRUE(types[1].starts_group);
  EXPECT_FALSE(types[2].starts_group);
  EXPECT_TRUE(types[2].is_final);
  EXPECT_EQ(types[2].supertype, 1u);
  EXPECT_EQ(types[2].depth, 1);
  ASSERT_EQ(types[2].fields.size(), 3u);
  EXPECT_EQ(types[2].fields[1], FieldType(ValueType::reference(2U, true), false));
  EXPECT_EQ(types[2].fields[2], FieldType(i8, false));
  EXPECT_EQ(types[3].kind, CompositeKind::array);
  EXPECT_EQ(types[3].fields[0], FieldType(i16, true));
  EXPECT_EQ(types[4].canonical, 0u);  // equal to the first
  EXPECT_EQ(types[5].canonical, 5u);
}

TEST_F(ModuleTest, TypesAsTheyAreWrittenAreMadeCanonicalAndCompared) {
  const auto ref = [](std::uint32_t index, bool nullable) { return ValueType::reference(index, nullable); };
  EXPECT_EQ(module().canonical(ref(4, true)), ref(0, true));
  EXPECT_EQ(module().canonical(ref(2, false)), ref(2, false));
  EXPECT_EQ(module().canonical(ref(99, true)), ref(99, true));
  for (const ValueType type : {i32, v128, funcref, i8}) EXPECT_EQ(module().canonical(type), type);
  EXPECT_TRUE(module().matches(ref(4, false), ref(0, true)));
  EXPECT_TRUE(module().matches(ref(4, false), funcref));
  EXPECT_TRUE(module().matches(ref(2, false), ref(1, false)));
  EXPECT_FALSE(module().matches(ref(1, false), ref(2, false)));
  EXPECT_FALSE(module().matches(ref(2, true), ref(1, false)));
  EXPECT_TRUE(module().matches(i32, i32));
  EXPECT_FALSE(module().matches(i32, i64));
  EXPECT_FALSE(module().matches(ref(99, true), ref(99, true)));
  EXPECT_FALSE(module().matches(funcref, ref(99, true)));
}

TEST_F(ModuleTest, Imports) {
  struct Expected {
    std::string module, name;
    ExternalKind kind;
    std::uint32_t index;
  };
  const Expected expected[] = {{"env", "f", ExternalKind::function, 0}, {"env", "t", ExternalKind::table, 0},
                               {"", "m", ExternalKind::memory, 0},      {"env", "g", ExternalKind::global, 0},
                               {"\xC3\xA9", "e", ExternalKind::tag, 0}, {"env", "f2", ExternalKind::function, 1}};
  ASSERT_EQ(module().imports().size(), std::size(expected));
  std::size_t i = 0;
  for (const Import import : module().imports()) {
    EXPECT_EQ(text(import.module), expected[i].module);
    EXPECT_EQ(text(import.name), expected[i].name);
    EXPECT_EQ(import.kind, expected[i].kind);
    EXPECT_EQ(import.index, expected[i].index);
    ++i;
  }
  EXPECT_EQ(module().imported_count(ExternalKind::function), 2u);
  for (const ExternalKind kind : {ExternalKind::table, ExternalKind::memory, ExternalKind::global, ExternalKind::tag})
    EXPECT_EQ(module().imported_count(kind), 1u);
}

TEST_F(ModuleTest, IndexSpaces) {
  EXPECT_EQ(std::vector<std::uint32_t>(module().functions().begin(), module().functions().end()),
            (std::vector<std::uint32_t>{5, 4, 5, 0}));  // indices as they are written
  EXPECT_EQ(std::vector<std::uint32_t>(module().tags().begin(), module().tags().end()),
            (std::vector<std::uint32_t>{6, 6, 5}));

  const Records<Table> tables = module().tables();
  ASSERT_EQ(tables.size(), 3u);
  EXPECT_EQ(tables[0].element, funcref);
  EXPECT_EQ(tables[0].limits.minimum, 1u);
  EXPECT_TRUE(tables[0].limits.has_maximum);
  EXPECT_EQ(tables[0].limits.maximum, 2u);
  EXPECT_EQ(tables[0].init.size, 0u);
  EXPECT_EQ(tables[1].element, funcref);
  EXPECT_FALSE(tables[1].limits.has_maximum);
  EXPECT_EQ(tables[1].init.size, 0u);
  EXPECT_EQ(tables[2].element, ValueType::reference(1U, true));
  EXPECT_TRUE(tables[2].limits.is_64);
  EXPECT_EQ(tables[2].limits.address_type(), i64);
  EXPECT_EQ(tables[2].limits.maximum, 9u);
  EXPECT_TRUE(is(tables[2].init, test::assemble_code("ref.null 1 end")));

  ASSERT_EQ(module().memories().size(), 2u);
  EXPECT_TRUE(module().memories()[0].limits.is_shared);
  EXPECT_EQ(module().memories()[0].limits.maximum, 2u);
  EXPECT_TRUE(module().memories()[1].limits.is_64);
  EXPECT_EQ(module().memories()[1].limits.minimum, 5u);

  const Records<Global> globals = module().globals();
  ASSERT_EQ(globals.size(), 3u);
  EXPECT_EQ(globals[0].type, i64);
  EXPECT_TRUE(globals[0].is_mutable);
  EXPECT_EQ(globals[0].init.size, 0u);
  EXPECT_EQ(globals[1].type, i32);
  EXPECT_FALSE(globals[1].is_mutable);
  EXPECT_TRUE(is(globals[1].init, test::assemble_code("i32.const 42 end")));
  EXPECT_EQ(globals[2].type, ValueType::reference(2U, true));
  EXPECT_TRUE(globals[2].is_mutable);
  EXPECT_TRUE(is(globals[2].init, test::assemble_code("ref.null none end")));
}

TEST_F(ModuleTest, ExportsAndStart) {
  struct Expected {
    std::string name;
    ExternalKind kind;
    std::uint32_t index;
  };
  const Expected expected[] = {{"run", ExternalKind::function, 3},
                               {"", ExternalKind::memory, 1},
                               {"tab", ExternalKind::table, 2},
                               {"glob", ExternalKind::global, 1},
                               {"exc", ExternalKind::tag, 2}};
  const Records<Export> exports = module().exports();
  ASSERT_EQ(exports.size(), std::size(expected));
  for (std::size_t i = 0; i < std::size(expected); ++i) {
    EXPECT_EQ(text(exports[i].name), expected[i].name);
    EXPECT_EQ(exports[i].kind, expected[i].kind);
    EXPECT_EQ(exports[i].index, expected[i].index);
  }
  EXPECT_EQ(text(exports.front().name), "run");
  EXPECT_EQ(text(exports.back().name), "exc");
  EXPECT_EQ(module().start(), 2u);
}

TEST_F(ModuleTest, Elements) {
  const Records<Element> elements = module().elements();
  ASSERT_EQ(elements.size(), 4u);

  EXPECT_EQ(elements[0].mode, SegmentMode::active);
  EXPECT_FALSE(elements[0].has_expressions);
  EXPECT_EQ(elements[0].table, 0u);
  EXPECT_EQ(elements[0].type, funcref.with_null(false));
  EXPECT_EQ(elements[0].count, 3u);
  EXPECT_TRUE(is(elements[0].offset, test::assemble_code("i32.const 1 end")));
  EXPECT_TRUE(is(elements[0].items, {0, 3, 1}));
  ElementItems functions = module().items(elements[0]);
  ElementItems::Item item;
  for (const std::uint32_t function : {0U, 3U, 1U}) {
    ASSERT_TRUE(functions.next(item));
    EXPECT_FALSE(item.is_expression);
    EXPECT_EQ(item.function, function);
  }
  EXPECT_FALSE(functions.next(item));
  EXPECT_FALSE(functions.next(item));

  EXPECT_EQ(elements[1].mode, SegmentMode::passive);
  EXPECT_TRUE(elements[1].has_expressions);
  EXPECT_EQ(elements[1].type, funcref);
  EXPECT_EQ(elements[1].offset.size, 0u);
  ElementItems expressions = module().items(elements[1]);
  ASSERT_TRUE(expressions.next(item));
  EXPECT_TRUE(item.is_expression);
  EXPECT_TRUE(is(item.expression, test::assemble_code("ref.func 2 end")));
  ASSERT_TRUE(expressions.next(item));
  EXPECT_TRUE(is(item.expression, test::assemble_code("ref.null func end")));
  EXPECT_FALSE(expressions.next(item));

  EXPECT_EQ(elements[2].mode, SegmentMode::declarative);
  EXPECT_EQ(elements[2].count, 1u);
  EXPECT_EQ(elements[3].mode, SegmentMode::active);
  EXPECT_EQ(elements[3].table, 2u);
  EXPECT_EQ(elements[3].type, ValueType::reference(1U, true));
  EXPECT_TRUE(is(elements[3].offset, test::assemble_code("i64.const 7 end")));
  EXPECT_TRUE(is(elements[3].items, test::assemble_code("ref.null 1 end")));
}

TEST_F(ModuleTest, Data) {
  const Records<Data> data = module().data();
  EXPECT_EQ(module().data_count(), 3u);
  ASSERT_EQ(data.size(), 3u);
  EXPECT_EQ(data[0].mode, SegmentMode::active);
  EXPECT_EQ(data[0].memory, 0u);
  EXPECT_TRUE(is(data[0].offset, test::assemble_code("i32.const 8 end")));
  EXPECT_EQ(text(data[0].bytes), "hello");
  EXPECT_EQ(data[1].mode, SegmentMode::passive);
  EXPECT_EQ(data[1].bytes.size, 0u);
  EXPECT_EQ(data[1].offset.size, 0u);
  EXPECT_EQ(data[2].memory, 1u);
  EXPECT_TRUE(is(data[2].offset, test::assemble_code("i64.const 9 end")));
  EXPECT_EQ(text(data[2].bytes), "x");
}

TEST_F(ModuleTest, Bodies) {
  ASSERT_EQ(module().bodies().size(), 2u);
  FunctionBody body = module().body(0);
  const std::string_view first = "local 2 i32 local 0 f64 local 1 null:1 nop";
  EXPECT_TRUE(is(body.range(), test::assemble_body(first)));
  EXPECT_TRUE(is(body.expression(), test::assemble_code("nop end")));
  EXPECT_EQ(body.expression().offset + body.expression().size, body.range().offset + body.range().size);
  LocalRun run;
  ASSERT_TRUE(body.next_locals(run));
  EXPECT_EQ(run.count, 2u);
  EXPECT_EQ(run.type, i32);
  ASSERT_TRUE(body.next_locals(run));
  EXPECT_EQ(run.count, 0u);
  EXPECT_EQ(run.type, f64);
  ASSERT_TRUE(body.next_locals(run));
  EXPECT_EQ(run.count, 1u);
  EXPECT_EQ(run.type, ValueType::reference(1U, true));
  EXPECT_FALSE(body.next_locals(run));
  EXPECT_FALSE(body.next_locals(run));
  InstructionReader reader = body.instructions();
  Instruction instruction;
  ASSERT_TRUE(reader.next(instruction));
  EXPECT_EQ(instruction.opcode, opcode("nop"));
  EXPECT_EQ(instruction.offset, body.expression().offset);  // offsets count from the start of the module
  ASSERT_TRUE(reader.next(instruction));
  EXPECT_EQ(instruction.opcode, opcode("end"));
  EXPECT_FALSE(reader.next(instruction));
  EXPECT_FALSE(reader.failed());
  FunctionBody plain = module().body(1);
  EXPECT_FALSE(plain.next_locals(run));
  EXPECT_TRUE(is(plain.expression(), test::assemble_code("f32.const 0 end")));
}

TEST_F(ModuleTest, SectionsInTheOrderOfTheFile) {
  SectionWalk walk = module().sections();
  std::vector<unsigned> ids;
  std::vector<std::string> names;
  Section section;
  while (walk.next(section)) {
    ids.push_back(static_cast<unsigned>(section.id));
    if (section.id == SectionId::custom) {
      names.push_back(text(section.name) + "=" + text(section.payload));
    } else {
      EXPECT_EQ(section.name.size, 0u);
    }
  }
  EXPECT_EQ(ids, (std::vector<unsigned>{0, 1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11, 0}));
  EXPECT_EQ(names, (std::vector<std::string>{"first=1", "last="}));
  EXPECT_FALSE(walk.next(section));
}

TEST(Module, OfNothing) {
  const Bytes bytes = test::preamble();
  const LoadResult result = load(BorrowedBytes(bytes));
  ASSERT_TRUE(result.has_value());
  const Module& module = **result;
  EXPECT_TRUE(module.types().empty());
  EXPECT_TRUE(module.imports().empty());
  EXPECT_EQ(module.imports().begin(), module.imports().end());
  EXPECT_TRUE(module.functions().empty());
  EXPECT_TRUE(module.tables().empty());
  EXPECT_TRUE(module.memories().empty());
  EXPECT_TRUE(module.tags().empty());
  EXPECT_TRUE(module.globals().empty());
  EXPECT_TRUE(module.exports().empty());
  EXPECT_TRUE(module.elements().empty());
  EXPECT_TRUE(module.data().empty());
  EXPECT_TRUE(module.bodies().empty());
  EXPECT_FALSE(module.start().has_value());
  EXPECT_FALSE(module.data_count().has_value());
  Section section;
  EXPECT_FALSE(module.sections().next(section));
}

}  // namespace
}  // namespace plimsoll
