// TypeStore: folding of equal rec groups (specification 3.0, sections 2.3.9 and 3.1.3) and what the folded types look like.
#include "types/type_store.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "testing/type_builder.hpp"

namespace plimsoll {
namespace {

using test::array_of;
using test::Definition;
using test::final_under;
using test::function;
using test::null_ref;
using test::ref;
using test::structure;
using test::TypeBuilder;
using test::under;

TEST(TypeStore, EqualTypesAreOneType) {
  TypeBuilder types;
  EXPECT_EQ(types.add(function({i32}, {i64})), 0u);
  EXPECT_EQ(types.add(function({i32}, {i32})), 1u);
  EXPECT_EQ(types.add(function({i32}, {i64})), 2u);
  EXPECT_EQ(types.canonical(), (std::vector<std::uint32_t>{0, 1, 0}));
}

// Each differs from its neighbours in one thing.
TEST(TypeStore, WhateverDiffersKeepsTypesApart) {
  const std::vector<Definition> definitions = {
      function({}, {}),
      function({i32}, {}),
      function({}, {i32}),
      function({i32, i32}, {}),
      function({i32}, {i32}),
      function({i64}, {}),
      structure({}),
      structure({{i32, false}}),
      structure({{i32, true}}),
      structure({{i8, false}}),
      structure({{i16, false}}),
      structure({{i32, false}, {i32, false}}),
      array_of({i32, false}),
      array_of({i32, true}),
      array_of({i8, false}),
      structure({{ref(HeapType::any), false}}),
      structure({{null_ref(HeapType::any), false}}),
      structure({{null_ref(HeapType::eq), false}}),
      structure({{null_ref(0), false}}),
      structure({{ref(0), false}}),
      structure({{ref(6), false}}),
      test::open(structure({})),
      test::open(structure({{i32, false}})),
      under(21, structure({})),
      final_under(21, structure({})),
      under(23, structure({})),
      under(21, structure({{i32, false}})),
      under(22, structure({{i32, false}})),
  };
  TypeBuilder types;
  for (const Definition& definition : definitions) types.add(definition);
  for (const Definition& definition : definitions) types.add(definition);
  const auto count = static_cast<std::uint32_t>(definitions.size());
  for (std::uint32_t i = 0; i < count; ++i) {
    EXPECT_EQ(types.store()[i].canonical, i);
    EXPECT_EQ(types.store()[count + i].canonical, i);
  }
}

// In (rec A B) the two are `.0` and `.1` of one group: neither is the A or B of a group of its own.
TEST(TypeStore, AGroupIsEqualAsAWholeOrNotAtAll) {
  const Definition a = structure({{i32, false}});
  const Definition b = function({}, {});
  TypeBuilder types;
  types.add({a, b});     // 0 1
  types.add(a);          // 2
  types.add(b);          // 3
  types.add({b, a});     // 4 5
  types.add({a, b});     // 6 7
  types.add({a});        // 8: a group of one is the same with and without `rec`
  types.add({a, b, a});  // 9 10 11
  types.add({a, a});     // 12 13: not one type, though alike
  types.add({a, a});     // 14 15
  EXPECT_EQ(types.canonical(), (std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5, 0, 1, 2, 9, 10, 11, 12, 13, 12, 13}));
}

TEST(TypeStore, AGroupIsNotThePrefixOfAnother) {
  const Definition a = structure({});
  TypeBuilder types;
  types.add(a);          // 0
  types.add({a, a});     // 1 2
  types.add({a, a, a});  // 3 4 5
  types.add({a, a});     // 6 7
  types.add(a);          // 8
  EXPECT_EQ(types.canonical(), (std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5, 1, 2, 0}));
}

TEST(TypeStore, SelfReferencesAreRelative) {
  TypeBuilder types;
  types.add(structure({{null_ref(0), true}}));  // refers to itself
  types.add(structure({{null_ref(1), true}}));  // so does this
  EXPECT_EQ(types.canonical(), (std::vector<std::uint32_t>{0, 0}));
}

// A type that names an earlier self-referring type from outside is not equal to it: unrolled they look alike, but groups
// are compared as they are written.
TEST(TypeStore, AReferenceOutOfTheGroupIsNotOneIntoIt) {
  TypeBuilder types;
  types.add(structure({{null_ref(0), true}}));
  types.add(structure({{null_ref(0), true}}));
  types.add(structure({{null_ref(1), true}}));
  types.add(structure({{null_ref(0), true}}));
  EXPECT_EQ(types.canonical(), (std::vector<std::uint32_t>{0, 1, 2, 1}));
}

TEST(TypeStore, MutualReferences) {
  TypeBuilder types;
  types.add({structure({{null_ref(1), false}}), structure({{null_ref(0), false}})});  // 0 1
  types.add({structure({{null_ref(3), false}}), structure({{null_ref(2), false}})});  // 2 3: the same
  types.add({structure({{null_ref(4), false}}), structure({{null_ref(5), false}})});  // 4 5: each itself
  types.add(
      {structure({{null_ref(1), false}}), structure({{null_ref(0), false}})});  // 6 7: the first two, from outside
  EXPECT_EQ(types.canonical(), (std::vector<std::uint32_t>{0, 1, 0, 1, 4, 5, 6, 7}));
}

TEST(TypeStore, ReferencesToFoldedGroupsAreToTheFirst) {
  TypeBuilder types;
  types.add(function({}, {}));                                          // 0
  types.add(function({}, {}));                                          // 1 = 0
  types.add(structure({{ref(0), false}}));                              // 2
  types.add(structure({{ref(1), false}}));                              // 3 = 2
  types.add({array_of({ref(3), true}), function({ref(4)}, {ref(1)})});  // 4 5
  types.add({array_of({ref(2), true}), function({ref(6)}, {ref(0)})});  // 6 7 = 4 5
  EXPECT_EQ(types.canonical(), (std::vector<std::uint32_t>{0, 0, 2, 2, 4, 5, 4, 5}));
  EXPECT_EQ(types.store().results(7)[0], ref(0));
  EXPECT_EQ(types.store().parameters(7)[0], ref(4));
  EXPECT_EQ(types.store().canonical(null_ref(3)), null_ref(2));
  EXPECT_EQ(types.store().canonical(i64), i64);
  EXPECT_EQ(types.store().canonical(funcref), funcref);
}

TEST(TypeStore, SupertypesInsideAndOutsideTheGroup) {
  TypeBuilder types;
  types.add(test::open(structure({})));                             // 0
  types.add(test::open(structure({})));                             // 1 = 0
  types.add(under(0, structure({})));                               // 2
  types.add(under(1, structure({})));                               // 3 = 2: its supertype is the same one
  types.add({test::open(structure({})), under(4, structure({}))});  // 4 5: under its own neighbour
  types.add({test::open(structure({})), under(6, structure({}))});  // 6 7 = 4 5
  types.add({test::open(structure({})), under(4, structure({}))});  // 8 9: under another group's
  types.add({test::open(structure({})), under(0, structure({}))});  // 10 11
  EXPECT_EQ(types.canonical(), (std::vector<std::uint32_t>{0, 0, 2, 2, 4, 5, 4, 5, 8, 9, 10, 11}));
  EXPECT_EQ(types.store()[3].depth, 1u);
  EXPECT_EQ(types.store()[7].depth, 1u);
  EXPECT_EQ(types.store()[7].supertype, 4u);
}

TEST(TypeStore, EmptyGroupsAreNoTypes) {
  TypeBuilder types;
  types.add(std::vector<Definition>{});
  types.add(std::vector<Definition>{});
  EXPECT_EQ(types.store().size(), 0u);
  EXPECT_EQ(types.add(function({}, {})), 0u);
}

TEST(TypeStore, AFoldedGroupKeepsNoValues) {
  TypeBuilder types;
  types.add(function({i32, i64}, {f32}));
  const std::uint32_t before = types.store().value_count();
  types.add(function({i32, i64}, {f32}));
  EXPECT_EQ(types.store().value_count(), before);
  types.add(function({i32}, {}));
  EXPECT_EQ(types.store().parameters(1).size(), 2u);
  EXPECT_EQ(types.store().parameters(2)[0], i32);
}

TEST(TypeStore, AViewSaysAllThereIs) {
  TypeBuilder types;
  types.add({test::open(structure({{i32, true}, {i8, false}})),
             final_under(0, structure({{i32, true}, {i8, false}, {f64, false}}))});
  types.add(function({i32, ref(0)}, {f32}));
  types.add(array_of({i16, true}));
  const SubType first = types.store().view(0);
  EXPECT_EQ(first.kind, CompositeKind::struct_);
  EXPECT_FALSE(first.is_final);
  EXPECT_TRUE(first.starts_group);
  EXPECT_EQ(first.depth, 0);
  EXPECT_EQ(first.supertype, SubType::no_supertype);
  ASSERT_EQ(first.fields.size(), 2u);
  EXPECT_EQ(first.fields[0], FieldType(i32, true));
  EXPECT_EQ(first.fields[1], FieldType(i8, false));
  EXPECT_TRUE(first.parameters.empty());
  const SubType second = types.store().view(1);
  EXPECT_TRUE(second.is_final);
  EXPECT_FALSE(second.starts_group);
  EXPECT_EQ(second.depth, 1);
  EXPECT_EQ(second.supertype, 0u);
  EXPECT_EQ(second.fields.size(), 3u);
  const SubType third = types.store().view(2);
  EXPECT_EQ(third.kind, CompositeKind::function);
  ASSERT_EQ(third.parameters.size(), 2u);
  EXPECT_EQ(third.parameters[1], ref(0));
  ASSERT_EQ(third.results.size(), 1u);
  EXPECT_EQ(third.results[0], f32);
  EXPECT_TRUE(third.fields.empty());
  const SubType fourth = types.store().view(3);
  EXPECT_EQ(fourth.kind, CompositeKind::array);
  ASSERT_EQ(fourth.fields.size(), 1u);
  EXPECT_EQ(fourth.fields[0], FieldType(i16, true));
  EXPECT_TRUE(types.store().is(3, CompositeKind::array));
  EXPECT_FALSE(types.store().is(3, CompositeKind::struct_));
  EXPECT_FALSE(types.store().is(4, CompositeKind::array));
}

// Against the definition: a group's text, in which references into the group count from its start and all others name the
// first of their kind.
std::string text_of(const std::vector<Definition>& group, std::uint32_t start,
                    const std::vector<std::uint32_t>& canonical) {
  const auto index = [&](std::uint32_t i) {
    return i >= start ? "." + std::to_string(i - start) : std::to_string(canonical[i]);
  };
  const auto value = [&](ValueType type) {
    if (!type.is_reference() || !type.is_concrete()) return std::to_string(type.bits());
    return std::string(type.is_nullable() ? "n" : "r") + index(type.type_index());
  };
  std::string text;
  for (const Definition& one : group) {
    text += "|" + std::to_string(static_cast<int>(one.kind)) + (one.is_final ? "f" : "o");
    if (one.supertype) text += "<" + index(*one.supertype);
    for (const ValueType type : one.parameters) text += "(" + value(type);
    for (const ValueType type : one.results) text += ")" + value(type);
    for (const FieldType field : one.fields) text += (field.is_mutable() ? "m" : "c") + value(field.storage());
  }
  return text;
}

// Whoever makes groups collide has them hashed again, with a key.
TEST(TypeStore, GroupsFoldWhenTheyCollideToo) {
  TypeBuilder types;
  for (const bool collide : {true, false}) {
    types.add(function({i32}, {}));
    types.add({structure({{ref(types.store().size()), false}}), structure({{ref(0), false}})});
    types.add(structure({{i32, true}}));
    if (collide) types.collide();
  }
  types.add(structure({{i64, true}}));
  EXPECT_EQ(types.canonical(), (std::vector<std::uint32_t>{0, 1, 2, 3, 0, 1, 2, 3, 8}));
}

TEST(TypeStore, RandomGroupsFoldAsTheDefinitionSays) {
  std::mt19937 random(20240229);
  const auto below = [&](std::uint32_t bound) { return static_cast<std::uint32_t>(random() % bound); };
  std::size_t folded = 0;
  for (int round = 0; round < 60; ++round) {
    TypeBuilder types;
    std::map<std::string, std::uint32_t> seen;
    std::vector<std::uint32_t> canonical;
    while (types.store().size() < 200) {
      const std::uint32_t start = types.store().size();
      const std::uint32_t count = 1 + below(3);
      const auto type = [&] {
        const std::uint32_t near = start < 3 ? 0 : start - 3;
        switch (below(4)) {
          case 0: return i32;
          case 1: return funcref;
          case 2: return null_ref(near + below(start + count - near));
          default: return ref(near + below(start + count - near));
        }
      };
      std::vector<Definition> group;
      for (std::uint32_t i = 0; i < count; ++i) {
        Definition one = below(2) == 0 ? structure({{type(), below(2) == 0}}) : function({type()}, {});
        one.is_final = below(3) != 0;
        // A supertype that is alike enough: validity is not the store's business.
        if (i != 0 && !group[i - 1].is_final && below(2) == 0) one.supertype = start + i - 1;
        group.push_back(one);
      }
      const auto [found, fresh] = seen.try_emplace(text_of(group, start, canonical), start);
      folded += fresh ? 0 : 1;
      for (std::uint32_t i = 0; i < count; ++i) canonical.push_back(found->second + i);
      types.add(group);
      ASSERT_EQ(types.canonical(), canonical) << "round " << round;
    }
  }
  EXPECT_GT(folded, 100u);
}

}  // namespace
}  // namespace plimsoll
