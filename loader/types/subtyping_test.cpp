// Subtyping (specification 3.0, section 3.3): value types, references, and what a subtype's definition must match.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "testing/type_builder.hpp"
#include "types/type_store.hpp"

namespace plimsoll {
namespace {

using test::array_of;
using test::Definition;
using test::function;
using test::null_ref;
using test::open;
using test::ref;
using test::structure;
using test::TypeBuilder;
using test::under;

constexpr HeapType heaps[] = {HeapType::any,     HeapType::eq,       HeapType::i31,  HeapType::struct_,
                              HeapType::array,   HeapType::none,     HeapType::func, HeapType::nofunc,
                              HeapType::extern_, HeapType::noextern, HeapType::exn,  HeapType::noexn};

// Section 3.3.3, written out: a row per type, an x under each of its supertypes.
constexpr std::string_view heap_matrix[] = {
    // any eq i31 struct array none | func nofunc | extern noextern | exn noexn
    "x..... .. .. ..",  // any
    "xx.... .. .. ..",  // eq
    "xxx... .. .. ..",  // i31
    "xx.x.. .. .. ..",  // struct
    "xx..x. .. .. ..",  // array
    "xxxxxx .. .. ..",  // none
    "...... x. .. ..",  // func
    "...... xx .. ..",  // nofunc
    "...... .. x. ..",  // extern
    "...... .. xx ..",  // noextern
    "...... .. .. x.",  // exn
    "...... .. .. xx",  // noexn
};

bool expected_match(std::size_t sub, std::size_t super) {
  std::string row(heap_matrix[sub]);
  std::erase(row, ' ');
  return row[super] == 'x';
}

TEST(Subtyping, AbstractHeapTypes) {
  const TypeBuilder types;
  for (std::size_t sub = 0; sub < std::size(heaps); ++sub) {
    for (std::size_t super = 0; super < std::size(heaps); ++super) {
      const bool related = expected_match(sub, super);
      const std::string what = to_string(ref(heaps[sub])) + " <: " + to_string(ref(heaps[super]));
      EXPECT_EQ(types.store().matches(ref(heaps[sub]), ref(heaps[super])), related) << what;
      EXPECT_EQ(types.store().matches(ref(heaps[sub]), null_ref(heaps[super])), related) << what << " null";
      EXPECT_EQ(types.store().matches(null_ref(heaps[sub]), null_ref(heaps[super])), related) << "null both " << what;
      EXPECT_FALSE(types.store().matches(null_ref(heaps[sub]), ref(heaps[super]))) << "null " << what;
    }
  }
}

TEST(Subtyping, NumbersAndVectorsMatchThemselves) {
  const TypeBuilder types;
  const ValueType numbers[] = {i32, i64, f32, f64, v128};
  for (const ValueType a : numbers) {
    for (const ValueType b : numbers) EXPECT_EQ(types.store().matches(a, b), a == b) << to_string(a) << to_string(b);
    for (const HeapType heap : heaps) {
      EXPECT_FALSE(types.store().matches(a, null_ref(heap)));
      EXPECT_FALSE(types.store().matches(ref(heap), a));
    }
  }
}

TEST(Subtyping, BottomMatchesEverythingAndNothingMatchesIt) {
  TypeBuilder types;
  types.add(structure({}));
  std::vector<ValueType> all = {i32, i64, f32, f64, v128, ref(0), null_ref(0)};
  for (const HeapType heap : heaps) {
    all.push_back(ref(heap));
    all.push_back(null_ref(heap));
  }
  for (const ValueType type : all) {
    EXPECT_TRUE(types.store().matches(bottom, type)) << to_string(type);
    EXPECT_FALSE(types.store().matches(type, bottom)) << to_string(type);
    EXPECT_EQ(types.store().matches(bottom_reference, type), type.is_reference()) << to_string(type);
    EXPECT_FALSE(types.store().matches(type, bottom_reference)) << to_string(type);
  }
}

// Defined types under the abstract ones, and the bottoms under them.
TEST(Subtyping, DefinedTypesAndAbstractOnes) {
  TypeBuilder types;
  const std::uint32_t structs = types.add(structure({{i32, false}}));
  const std::uint32_t arrays = types.add(array_of({i32, false}));
  const std::uint32_t functions = types.add(function({}, {}));
  struct Case {
    std::uint32_t index;
    std::vector<HeapType> above;
    std::vector<HeapType> below;
  };
  const Case cases[] = {
      {structs, {HeapType::struct_, HeapType::eq, HeapType::any}, {HeapType::none}},
      {arrays, {HeapType::array, HeapType::eq, HeapType::any}, {HeapType::none}},
      {functions, {HeapType::func}, {HeapType::nofunc}},
  };
  for (const Case& one : cases) {
    for (const HeapType heap : heaps) {
      const bool above = std::find(one.above.begin(), one.above.end(), heap) != one.above.end();
      const bool below = std::find(one.below.begin(), one.below.end(), heap) != one.below.end();
      EXPECT_EQ(types.store().matches(ref(one.index), ref(heap)), above) << one.index << to_string(ref(heap));
      EXPECT_EQ(types.store().matches(null_ref(one.index), null_ref(heap)), above);
      EXPECT_EQ(types.store().matches(ref(one.index), null_ref(heap)), above);
      EXPECT_FALSE(types.store().matches(null_ref(one.index), ref(heap)));
      EXPECT_EQ(types.store().matches(ref(heap), ref(one.index)), below) << to_string(ref(heap)) << one.index;
      EXPECT_EQ(types.store().matches(null_ref(heap), null_ref(one.index)), below);
      EXPECT_FALSE(types.store().matches(null_ref(heap), ref(one.index)));
    }
    for (const Case& other : cases) {
      EXPECT_EQ(types.store().matches(ref(one.index), ref(other.index)), &one == &other);
      EXPECT_EQ(types.store().matches(ref(one.index), null_ref(other.index)), &one == &other);
      EXPECT_EQ(types.store().matches(null_ref(one.index), null_ref(other.index)), &one == &other);
      EXPECT_FALSE(types.store().matches(null_ref(one.index), ref(other.index)));
    }
  }
}

// A tree: 0 over 1 and 2, 1 over 3. What is declared counts, not what happens to look alike.
TEST(Subtyping, DeclaredSupertypesAreTransitive) {
  TypeBuilder types;
  types.add(open(structure({})));                  // 0
  types.add(under(0, structure({{i32, false}})));  // 1
  types.add(under(0, structure({{i64, false}})));  // 2
  types.add(under(1, structure({{i32, false}})));  // 3
  types.add(open(structure({{i32, false}})));      // 4: like 1, under nothing
  const bool expected[5][5] = {
      {true, false, false, false, false},  //
      {true, true, false, false, false},   //
      {true, false, true, false, false},   //
      {true, true, false, true, false},    //
      {false, false, false, false, true},
  };
  for (std::uint32_t sub = 0; sub < 5; ++sub)
    for (std::uint32_t super = 0; super < 5; ++super)
      EXPECT_EQ(types.store().matches(ref(sub), ref(super)), expected[sub][super]) << sub << " <: " << super;
}

TEST(Subtyping, ALongChain) {
  TypeBuilder types;
  types.add(open(structure({})));
  for (std::uint32_t i = 0; i < 63; ++i) types.add(under(i, structure({})));
  EXPECT_EQ(types.store()[63].depth, 63u);
  for (std::uint32_t sub = 0; sub < 64; ++sub)
    for (std::uint32_t super = 0; super < 64; ++super)
      ASSERT_EQ(types.store().matches(ref(sub), ref(super)), super <= sub) << sub << " <: " << super;
}

// Whether the type defined second may be declared under the one defined first (section 3.3.8).
bool may_extend(const test::Definition& sub, const test::Definition& super) {
  TypeBuilder types;
  types.add(open(structure({})));                  // 0
  types.add(under(0, structure({{i32, false}})));  // 1 <: 0
  const std::uint32_t above = types.add(open(super));
  const std::uint32_t below = types.add(sub);
  return types.store().composite_matches(below, above);
}

TEST(Subtyping, FunctionsTakeMoreAndGiveLess) {
  EXPECT_TRUE(may_extend(function({}, {}), function({}, {})));
  EXPECT_TRUE(may_extend(function({ref(0)}, {ref(1)}), function({ref(1)}, {ref(0)})));
  EXPECT_FALSE(may_extend(function({ref(1)}, {}), function({ref(0)}, {})));
  EXPECT_FALSE(may_extend(function({}, {ref(0)}), function({}, {ref(1)})));
  EXPECT_TRUE(may_extend(function({null_ref(1)}, {}), function({ref(1)}, {})));
  EXPECT_FALSE(may_extend(function({ref(1)}, {}), function({null_ref(1)}, {})));
  EXPECT_TRUE(may_extend(function({}, {ref(1)}), function({}, {null_ref(1)})));
  EXPECT_FALSE(may_extend(function({}, {null_ref(1)}), function({}, {ref(1)})));
  EXPECT_FALSE(may_extend(function({i32}, {}), function({}, {})));
  EXPECT_FALSE(may_extend(function({}, {}), function({i32}, {})));
  EXPECT_FALSE(may_extend(function({}, {i32}), function({}, {})));
  EXPECT_FALSE(may_extend(function({}, {}), function({}, {i32})));
  EXPECT_FALSE(may_extend(function({i32}, {}), function({}, {i32})));
  EXPECT_FALSE(may_extend(function({i32, i64}, {}), function({i64, i32}, {})));
}

TEST(Subtyping, StructsGrowAtTheEndAndDeepen) {
  const FieldType plain(i32, false);
  EXPECT_TRUE(may_extend(structure({}), structure({})));
  EXPECT_TRUE(may_extend(structure({plain}), structure({})));
  EXPECT_TRUE(may_extend(structure({plain, {f64, true}}), structure({plain})));
  EXPECT_FALSE(may_extend(structure({}), structure({plain})));
  EXPECT_FALSE(may_extend(structure({{f64, false}, plain}), structure({plain})));
  EXPECT_TRUE(may_extend(structure({{ref(1), false}}), structure({{ref(0), false}})));
  EXPECT_TRUE(may_extend(structure({{ref(1), false}}), structure({{null_ref(HeapType::eq), false}})));
  EXPECT_FALSE(may_extend(structure({{ref(0), false}}), structure({{ref(1), false}})));
  EXPECT_FALSE(may_extend(structure({{null_ref(1), false}}), structure({{ref(1), false}})));
}

TEST(Subtyping, MutableFieldsAreInvariant) {
  EXPECT_TRUE(may_extend(structure({{ref(1), true}}), structure({{ref(1), true}})));
  EXPECT_FALSE(may_extend(structure({{ref(1), true}}), structure({{ref(0), true}})));
  EXPECT_FALSE(may_extend(structure({{ref(0), true}}), structure({{ref(1), true}})));
  EXPECT_FALSE(may_extend(structure({{ref(1), true}}), structure({{null_ref(1), true}})));
  // Mutability itself stays as it is, one way and the other.
  EXPECT_FALSE(may_extend(structure({{i32, true}}), structure({{i32, false}})));
  EXPECT_FALSE(may_extend(structure({{i32, false}}), structure({{i32, true}})));
}

TEST(Subtyping, PackedTypesMatchThemselves) {
  const ValueType storages[] = {i8, i16, i32};
  for (const ValueType a : storages)
    for (const ValueType b : storages)
      for (const bool is_mutable : {false, true})
        EXPECT_EQ(may_extend(structure({{a, is_mutable}}), structure({{b, is_mutable}})), a == b);
}

TEST(Subtyping, ArraysAreLikeTheirElement) {
  EXPECT_TRUE(may_extend(array_of({i8, true}), array_of({i8, true})));
  EXPECT_FALSE(may_extend(array_of({i8, true}), array_of({i16, true})));
  EXPECT_TRUE(may_extend(array_of({ref(1), false}), array_of({ref(0), false})));
  EXPECT_FALSE(may_extend(array_of({ref(1), true}), array_of({ref(0), true})));
  EXPECT_FALSE(may_extend(array_of({i32, true}), array_of({i32, false})));
}

TEST(Subtyping, KindsDoNotMix) {
  const test::Definition kinds[] = {function({}, {}), structure({{i32, false}}), array_of({i32, false})};
  for (const test::Definition& a : kinds)
    for (const test::Definition& b : kinds) EXPECT_EQ(may_extend(a, b), &a == &b);
}

TEST(Subtyping, ListsMatchOneByOne) {
  const TypeBuilder types;
  const std::vector<ValueType> two = {ref(HeapType::i31), i32};
  const std::vector<ValueType> above = {null_ref(HeapType::any), i32};
  const std::vector<ValueType> one = {null_ref(HeapType::any)};
  EXPECT_TRUE(types.store().all_match(two, above));
  EXPECT_FALSE(types.store().all_match(above, two));
  EXPECT_FALSE(types.store().all_match(two, one));
  EXPECT_FALSE(types.store().all_match(one, two));
  EXPECT_TRUE(types.store().all_match({}, {}));
}

TEST(Subtyping, EachHierarchyHasItsTop) {
  TypeBuilder types;
  types.add(structure({}));
  types.add(array_of({i8, false}));
  types.add(function({}, {}));
  const std::pair<HeapType, HeapType> tops[] = {
      {HeapType::any, HeapType::any},         {HeapType::eq, HeapType::any},
      {HeapType::i31, HeapType::any},         {HeapType::struct_, HeapType::any},
      {HeapType::array, HeapType::any},       {HeapType::none, HeapType::any},
      {HeapType::func, HeapType::func},       {HeapType::nofunc, HeapType::func},
      {HeapType::extern_, HeapType::extern_}, {HeapType::noextern, HeapType::extern_},
      {HeapType::exn, HeapType::exn},         {HeapType::noexn, HeapType::exn},
  };
  for (const auto& [heap, top] : tops) {
    EXPECT_EQ(types.store().top(ref(heap)), null_ref(top));
    EXPECT_EQ(types.store().top(null_ref(heap)), null_ref(top));
  }
  EXPECT_EQ(types.store().top(ref(0)), null_ref(HeapType::any));
  EXPECT_EQ(types.store().top(null_ref(1)), null_ref(HeapType::any));
  EXPECT_EQ(types.store().top(ref(2)), null_ref(HeapType::func));
}

// When the store is finished, trees of types are numbered and questions answered by number: the answers stay the same.
TEST(Subtyping, FinishingTheStoreChangesNoAnswer) {
  TypeBuilder types;
  std::mt19937 random(20'261'122);
  types.add(open(structure({})));
  for (std::uint32_t i = 1; i < 300; ++i) {
    const std::uint32_t super = static_cast<std::uint32_t>(random() % i);
    const bool below = random() % 8 != 0 && types.store()[super].is_final == 0 && types.store()[super].depth < 63;
    Definition definition = structure({FieldType(i32, random() % 2 == 0)});
    if (random() % 16 != 0) definition = open(std::move(definition));
    if (below) definition.supertype = super;
    types.add(definition);  // some are equal to others
  }
  const TypeStore& store = types.store();
  const auto answers = [&] {
    std::vector<bool> all;
    for (std::uint32_t a = 0; a < store.size(); ++a)
      for (std::uint32_t b = 0; b < store.size(); ++b)
        all.push_back(store.matches(ValueType::reference(store[a].canonical, false),
                                    ValueType::reference(store[b].canonical, true)));
    return all;
  };
  std::vector<std::uint32_t> supertypes;
  for (std::uint32_t i = 0; i < store.size(); ++i) supertypes.push_back(store.view(i).supertype);
  const std::vector<bool> before = answers();
  types.finish();
  EXPECT_EQ(answers(), before);
  EXPECT_GT(std::ranges::count(before, true), 600);
  for (std::uint32_t i = 0; i < store.size(); ++i) EXPECT_EQ(store.view(i).supertype, supertypes[i]) << i;
}

}  // namespace
}  // namespace plimsoll
