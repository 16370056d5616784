// Locals (specification 3.0, sections 3.4.3, 3.4.5 and 5.5.13): their types, whether they have a value yet, and how
// many there may be. The checker keeps the first 256 apart from the rest, so everything is tried on both sides of that
// border.
#include <gtest/gtest.h>

#include <array>
#include <memory_resource>
#include <string>
#include <string_view>
#include <vector>

#include "testing/body.hpp"
#include "testing/check_bodies.hpp"
#include "validate/locals.hpp"

namespace plimsoll {
namespace {

using test::body_verdict;
using test::check;

TEST(BodyLocals, ParametersComeFirst) {
  check({
      {"[ i32 i64 ] [ i64 ]", "local.get 1", "valid"},
      {"[ i32 i64 ] [ i32 ]", "local.get 1", "type_mismatch"},
      {"[ i32 i64 ] [ f32 ]", "local 1 f32 local.get 2", "valid"},
      {"[ i32 i64 ] [ f32 ]", "local 1 f32 local.get 1", "type_mismatch"},
      {"[ i32 ] [ f64 ]", "local 2 f32 local 1 f64 local.get 3", "valid"},
      {"[ i32 ] [ f32 ]", "local 2 f32 local 1 f64 local.get 2", "valid"},
      {"[ i32 ] [ f64 ]", "local 0 f32 local 1 f64 local.get 1", "valid"},  // a run of none
      {"[ ] [ i32 ]", "local.get 0", "unknown_local"},
      {"[ i32 ] [ i32 ]", "local.get 1", "unknown_local"},
      {"[ i32 ] [ i32 ]", "local 1 i32 local.get 2", "unknown_local"},
      {"[ i32 ] [ i32 ]", "local.get 0xffffffff", "unknown_local"},
      {"[ i32 ] [ ]", "i32.const 1 local.set 1", "unknown_local"},
      {"[ i32 ] [ i32 ]", "i32.const 1 local.tee 1", "unknown_local"},
  });
}

TEST(BodyLocals, SetAndTee) {
  check({
      {"[ i32 ] [ ]", "i32.const 1 local.set 0", "valid"},
      {"[ i32 ] [ ]", "i64.const 1 local.set 0", "type_mismatch"},
      {"[ i32 ] [ ]", "local.set 0", "type_mismatch"},
      {"[ i32 ] [ i32 ]", "i32.const 1 local.tee 0", "valid"},
      {"[ i32 ] [ i32 ]", "i64.const 1 local.tee 0", "type_mismatch"},
      {"[ i32 ] [ ]", "i32.const 1 local.tee 0", "type_mismatch"},
      {"[ i32 ] [ i32 ]", "unreachable local.tee 0", "valid"},
      {"[ i32 ] [ i64 ]", "unreachable local.tee 0", "type_mismatch"},
      {"[ funcref ] [ ]", "ref.func 0 local.set 0", "valid"},
      {"[ ref:0 ] [ ]", "ref.null func local.set 0", "type_mismatch"},
      // What tee leaves has the local's type.
      {"[ funcref ] [ ref:0 ]", "ref.func 0 local.tee 0", "type_mismatch"},
      {"[ anyref ] [ anyref ]", "ref.null none local.tee 0", "valid"},
  });
}

TEST(BodyLocals, TypesMustExist) {
  check({
      {"[ ] [ ]", "local 1 null:21", "valid"},
      {"[ ] [ ]", "local 1 null:22", "unknown_type"},
      {"[ ] [ ]", "local 1 ref:0xfffff", "unknown_type"},
      {"[ ] [ ]", "local 1 #40", "bad_reference_type"},
      {"[ ] [ ]", "local 1 #78", "bad_reference_type"},  // i8 is for fields
  });
}

// --- Locals without a default value ---------------------------------------------------------------------------------

// The text with `$0`, `$1` ... replaced by the numbers from `first` on.
std::string place(std::string_view text, std::size_t first) {
  std::string placed;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '$')
      placed += std::to_string(first + static_cast<std::size_t>(text[++i] - '0'));
    else
      placed += text[i];
  }
  return placed;
}

// Runs of locals that stand in front of the ones under test, and how many they are.
constexpr std::pair<std::string_view, std::size_t> fronts[] = {
    {"", 0},
    {"local 1 i32 ", 1},
    {"local 254 i64 ", 254},
    {"local 255 i64 ", 255},
    {"local 256 i64 ", 256},
    {"local 257 i64 ", 257},
    {"local 100 f32 local 200 i64 ", 300},
    {"local 40000 i32 ", 40'000},
};

// The cases with two locals of type (ref 9), `$0` and `$1`, below, across and above the border. `new` makes a value.
void check_everywhere(const std::vector<std::pair<std::string_view, std::string_view>>& cases) {
  for (const auto& [body, expected] : cases) {
    for (const auto& [front, count] : fronts) {
      std::string text = std::string(front) + "local 2 ref:9 " + place(body, count);
      for (std::size_t at = 0; (at = text.find("new ", at)) != std::string::npos; at += 4)
        text.replace(at, 4, "struct.new_default 9 ");
      EXPECT_EQ(body_verdict("[ ] [ ]", text), expected) << text;
    }
  }
}

constexpr std::string_view unset = "uninitialized_local";
constexpr std::string_view fine = "valid";

TEST(BodyLocals, HaveNoValueUntilTheyAreSet) {
  check_everywhere({
      {"", fine},
      {"local.get $0 drop", unset},
      {"local.get $1 drop", unset},
      {"new local.set $0 local.get $0 drop", fine},
      {"new local.tee $0 drop local.get $0 drop", fine},
      {"new local.set $0 local.get $1 drop", unset},
      {"new local.set $1 local.get $0 drop", unset},
      {"new local.set $0 new local.set $1 local.get $0 local.set $1 local.get $1 drop", fine},
      {"new local.set $0 new local.set $0 local.get $0 drop", fine},
      {"local.get $0 drop new local.set $0", unset},
      // Unreachable code makes no difference.
      {"unreachable local.get $0 drop", unset},
      {"unreachable local.set $0 local.get $0 drop", fine},
      {"unreachable local.tee $0 drop local.get $0 drop", fine},
      {"br 0 local.get $0 drop", unset},
  });
}

TEST(BodyLocals, LoseTheirValueAtTheEndOfTheBlock) {
  check_everywhere({
      {"block void new local.set $0 local.get $0 drop end", fine},
      {"block void new local.set $0 end local.get $0 drop", unset},
      {"block void new local.tee $0 drop end local.get $0 drop", unset},
      {"loop void new local.set $0 end local.get $0 drop", unset},
      {"block void new local.set $0 br 0 end local.get $0 drop", unset},
      {"new local.set $0 block void local.get $0 drop end local.get $0 drop", fine},
      {"new local.set $0 block void new local.set $0 end local.get $0 drop", fine},
      {"new local.set $0 loop void local.get $0 drop end", fine},
      {"new local.set $0 block void new local.set $1 local.get $0 drop local.get $1 drop end local.get $0 drop", fine},
      {"new local.set $0 block void new local.set $1 end local.get $1 drop", unset},
      {"block void block void new local.set $0 end local.get $0 drop end", unset},
      {"block void block void new local.set $0 local.get $0 drop end end", fine},
      {"block void new local.set $0 block void new local.set $1 end local.get $0 drop end", fine},
      {"block void new local.set $0 block void new local.set $1 end end local.get $0 drop", unset},
      {"block void new local.set $0 end block void local.get $0 drop end", unset},
      {"block void new local.set $0 end new local.set $0 local.get $0 drop", fine},
      {"block ref:9 new local.tee $0 end local.set $0 local.get $0 drop", fine},
      {"block ref:9 new local.tee $0 end drop local.get $0 drop", unset},
      {"try_table void [ ] new local.set $0 local.get $0 drop end", fine},
      {"try_table void [ ] new local.set $0 end local.get $0 drop", unset},
      {"block void block void new local.set $0 end new local.set $1 end local.get $1 drop", unset},
  });
}

TEST(BodyLocals, StartEachBranchAnew) {
  check_everywhere({
      {"i32.const 1 if void new local.set $0 local.get $0 drop else new local.set $0 local.get $0 drop end", fine},
      {"i32.const 1 if void new local.set $0 else local.get $0 drop end", unset},
      {"i32.const 1 if void new local.set $0 else new local.set $0 end local.get $0 drop", unset},
      {"i32.const 1 if void new local.set $0 end local.get $0 drop", unset},
      {"i32.const 1 if void else new local.set $0 end local.get $0 drop", unset},
      {"new local.set $0 i32.const 1 if void local.get $0 drop else local.get $0 drop end local.get $0 drop", fine},
      {"new local.set $0 i32.const 1 if void new local.set $1 else local.get $1 drop end", unset},
      {"i32.const 1 if void block void new local.set $0 end else local.get $0 drop end", unset},
      {"i32.const 1 if ref:9 new local.tee $0 else new local.tee $0 end local.set $0 local.get $0 drop", fine},
  });
}

TEST(BodyLocals, StartEachHandlerAnew) {
  check_everywhere({
      {"try void new local.set $0 local.get $0 drop catch 0 new local.set $0 local.get $0 drop end", fine},
      {"try void new local.set $0 catch 0 local.get $0 drop end", unset},
      {"try void new local.set $0 catch_all local.get $0 drop end", unset},
      {"try void catch 0 new local.set $0 catch 0 local.get $0 drop end", unset},
      {"try void catch 0 new local.set $0 catch_all local.get $0 drop end", unset},
      {"try void new local.set $0 catch_all new local.set $0 end local.get $0 drop", unset},
      {"try void new local.set $0 delegate 0 local.get $0 drop", unset},
      {"new local.set $0 try void catch 0 local.get $0 drop catch_all local.get $0 drop end local.get $0 drop", fine},
  });
}

TEST(BodyLocals, WithADefaultHaveAValueAtOnce) {
  for (const std::string_view type :
       {"i32", "i64", "f32", "f64", "v128", "funcref", "anyref", "null:9", "nullref", "exnref"}) {
    for (const auto& [front, count] : fronts) {
      const std::string body = std::string(front) + "local 1 " + std::string(type) + place(" local.get $0 drop", count);
      EXPECT_EQ(body_verdict("[ ] [ ]", body), fine) << body;
    }
  }
  check({
      {"[ ref:9 ] [ ref:9 ]", "local.get 0", "valid"},  // parameters always have one
      {"[ ref:9 ] [ ref:9 ]", "local 1 ref:9 local.get 1", "uninitialized_local"},
      {"[ ] [ ]", "local 1 ref:func local.get 0 drop", "uninitialized_local"},
      {"[ ] [ ]", "local 1 ref:i31 local.get 0 drop", "uninitialized_local"},
  });
}

// One function after the other: what the first set, the second has not.
TEST(BodyLocals, OfTheNextFunctionHaveNoValue) {
  for (const auto& [front, count] : fronts) {
    const std::string sets =
        std::string(front) + place("local 2 ref:0 struct.new_default 0 local.set $0 local.get $0 drop", count);
    const std::string gets = std::string(front) + place("local 2 ref:0 local.get $0 drop", count);
    const test::ModuleText module = {.types = "struct [ ] func [ ] [ ]", .functions = "1 1", .bodies = {sets, gets}};
    EXPECT_EQ(test::verdict(module), unset) << front;
    const test::ModuleText other = {
        .types = "struct [ ] func [ ] [ ]", .functions = "1 1 1", .bodies = {sets, sets, sets}};
    EXPECT_EQ(test::verdict(other), fine) << front;
  }
}

TEST(BodyLocals, ManyParameters) {
  std::string parameters;
  for (int i = 0; i < 300; ++i) parameters += i == 200 || i == 280 ? "ref:9 " : i % 2 == 0 ? "i32 " : "f32 ";
  const std::string signature = "[ " + parameters + "] [ ]";
  EXPECT_EQ(body_verdict(signature, "local.get 254 i32.eqz drop local.get 255 f32.neg drop local.get 256 i32.eqz drop"),
            "valid");
  EXPECT_EQ(body_verdict(signature, "local.get 299 f32.neg drop local.get 280 drop local.get 200 drop"), "valid");
  EXPECT_EQ(body_verdict(signature, "local.get 299 i32.eqz drop"), "type_mismatch");
  EXPECT_EQ(body_verdict(signature, "local.get 300 drop"), "unknown_local");
  EXPECT_EQ(body_verdict(signature, "local 1 i64 local.get 300 i64.eqz drop"), "valid");
}

// --- How many -------------------------------------------------------------------------------------------------------

TEST(BodyLocals, AreLimited) {
  check({
      {"[ ] [ ]", "local 50000 i32", "valid"},
      {"[ ] [ ]", "local 50001 i32", "limit_locals"},
      {"[ i32 ] [ ]", "local 49999 i32", "valid"},
      {"[ i32 ] [ ]", "local 50000 i32", "limit_locals"},  // parameters count
      {"[ ] [ ]", "local 25000 i32 local 25000 f64", "valid"},
      {"[ ] [ ]", "local 25000 i32 local 25001 f64", "limit_locals"},
      {"[ ] [ ]", "local 0xffffffff i32", "limit_locals"},
      {"[ ] [ ]", "local 50000 i32 local.get 49999 drop", "valid"},
      {"[ ] [ ]", "local 50000 i32 local.get 50000 drop", "unknown_local"},
  });
}

// The format itself has room for 2^32 - 1.
TEST(BodyLocals, AreFewerThanFourGibi) {
  Options options;
  options.limits.locals = 0xFFFF'FFFF;
  EXPECT_EQ(body_verdict("[ ] [ ]", "local 0xffffffff i32 local.get 0xfffffffe drop", options), "valid");
  EXPECT_EQ(body_verdict("[ ] [ ]", "local 0xffffffff i32 local 1 i32", options), "too_many_locals");
  EXPECT_EQ(body_verdict("[ i32 ] [ ]", "local 0xffffffff i32", options), "too_many_locals");
  EXPECT_EQ(body_verdict("[ ] [ ]", "local 0x80000000 i32 local 0x80000000 i64", options), "too_many_locals");
  EXPECT_EQ(
      body_verdict("[ ] [ ]", "local 0x80000000 i32 local 0x7fffffff i64 local.get 0x80000000 i64.eqz drop", options),
      "valid");
}

// --- The store itself, against a plain list -------------------------------------------------------------------------

TEST(Locals, AreWhatWasAdded) {
  Locals locals(std::pmr::new_delete_resource());
  for (int round = 0; round < 3; ++round) {
    std::vector<ValueType> expected;
    const std::vector<ValueType> parameters(static_cast<std::size_t>(round) * 200, f32);
    locals.begin(parameters, 50'000);
    expected.insert(expected.end(), parameters.begin(), parameters.end());
    const std::array<ValueType, 5> types = {i32, i64, v128, funcref, ValueType::reference(3, false)};
    for (std::uint32_t run = 0; run < 40; ++run) {
      const ValueType type = types[run % types.size()];
      const std::uint32_t count = run * 7 % 19;
      locals.add(count, type);
      expected.insert(expected.end(), count, type);
    }
    ASSERT_EQ(locals.size(), expected.size());
    EXPECT_EQ(locals.flat_size(), std::min<std::size_t>(expected.size(), Locals::flat_capacity));
    for (std::uint32_t i = 0; i < locals.size(); ++i) {
      ASSERT_EQ(locals.type(i), expected[i]) << i;
      ASSERT_EQ(locals.has_value(i), expected[i].is_defaultable() || i < parameters.size()) << i;
      if (i < locals.flat_size()) {
        const std::uint32_t unset_bit = locals.has_value(i) ? 0 : Locals::unset_bit;
        ASSERT_EQ(locals.flat()[i], expected[i].bits() | unset_bit) << i;
      }
    }
  }
}

TEST(Locals, ValuesComeAndGoWithTheDepth) {
  Locals locals(std::pmr::new_delete_resource());
  locals.begin({}, 50'000);
  locals.add(600, ValueType::reference(HeapType::any, false));
  EXPECT_FALSE(locals.any_initialised());
  for (const std::uint32_t index : {0U, 255U, 256U, 599U}) locals.initialise(index, 1);
  for (const std::uint32_t index : {1U, 254U, 257U, 598U}) locals.initialise(index, 2);
  locals.initialise(0, 2);  // has one already
  locals.initialise(300, 3);
  const auto with_value = [&] {
    std::vector<std::uint32_t> indices;
    for (std::uint32_t i = 0; i < locals.size(); ++i)
      if (locals.has_value(i)) indices.push_back(i);
    return indices;
  };
  EXPECT_EQ(with_value(), (std::vector<std::uint32_t>{0, 1, 254, 255, 256, 257, 300, 598, 599}));
  locals.leave(4);
  EXPECT_EQ(with_value().size(), 9u);
  locals.leave(2);
  EXPECT_EQ(with_value(), (std::vector<std::uint32_t>{0, 255, 256, 599}));
  locals.leave(1);
  EXPECT_TRUE(with_value().empty());
  EXPECT_FALSE(locals.any_initialised());
}

}  // namespace
}  // namespace plimsoll
