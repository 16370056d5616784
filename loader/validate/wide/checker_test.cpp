// The wide path by itself: that it accepts what it is for, which no verdict tells, since others check again what it
// leaves; and bodies made to stand at every place of a window, to fill every stack and to end in every form of number.
#include "validate/wide/checker.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "testing/assemble.hpp"
#include "testing/verdict.hpp"

namespace plimsoll::wide {
namespace {

using test::assemble_body;
using test::Bytes;

class Wide : public testing::TestWithParam<Vectors> {
 protected:
  void SetUp() override {
    if (best_vectors() < GetParam()) GTEST_SKIP() << "this processor cannot do that";
    module_bytes_ =
        test::assemble({.types = "func [ ] [ ] func [ ] [ i32 ] func [ i32 i64 ] [ f64 ] func [ i32 ] [ ] "
                                 "func [ i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 ] [ i32 ] "
                                 "func [ ] [ i32 i64 ] func [ externref ] [ ]",
                        .imports = "i 0 func 0 i 1 func 1 i 2 func 2 i 3 func 3 i 4 func 4 i 5 func 5 i 6 func 6",
                        .tables = "funcref 1..",
                        .memories = "1..",
                        .tags = "0 3",
                        .globals = "i32 i32.const 0 end mut i64 i64.const 0 end",
                        .data_count = "0"});
    auto loaded = load(BorrowedBytes(std::span<const std::uint8_t>(module_bytes_)));
    ASSERT_TRUE(loaded.has_value());
    module_ = *std::move(loaded);
    checker_ = std::make_unique<Checker>(ModuleAccess::data(*module_), GetParam());
  }

  // Whether the expression is accepted as that of a function of the type, with these locals, or 300 of type i32.
  bool accepts(const Bytes& code, std::uint32_t type = 0, std::span<const ValueType> local_types = {}) {
    Bytes room = code;
    room.resize(code.size() + lookahead, 0xFF);
    Locals locals(std::pmr::new_delete_resource());
    locals.begin({}, 50'000);
    for (const ValueType local : local_types) locals.add(1, local);
    if (local_types.empty()) locals.add(300, i32);
    Stacks stacks(std::pmr::new_delete_resource());
    return checker_->accepts(room.data(), room.data() + code.size(), type, locals, stacks);
  }
  bool accepts(std::string_view code, std::uint32_t type = 0, std::span<const ValueType> local_types = {}) {
    return accepts(test::assemble_code(code) + Bytes{0x0B}, type, local_types);
  }

  Bytes module_bytes_;
  std::unique_ptr<const Module> module_;
  std::unique_ptr<Checker> checker_;
};

std::string times(std::size_t count, std::string_view text) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

TEST_P(Wide, AcceptsWhatIsCommon) {
  const std::string_view bodies[] = {
      "nop",
      "i32.const 1 i32.const 2 i32.add drop",
      "local.get 0 local.set 299 local.get 299 local.tee 127 local.set 128",
      "global.get 0 drop global.get 1 global.set 1",
      "i32.const 0 i32.load 2 8 drop i32.const 0 i64.const 5 i64.store 3 100000",
      "block void br 0 end loop i32 i32.const 0 end drop",
      "block i32 i32.const 1 i32.const 1 br_if 0 end drop",
      "i32.const 0 if void nop else nop end i32.const 0 if i32 i32.const 1 else i32.const 2 end drop",
      "i32.const 0 if void end",
      "block void block void i32.const 0 br_table [ 0 1 ] 0 end end",
      "block i64 i64.const 0 return end drop",
      "unreachable",
      "i32.const 5 i32.const 6 unreachable",
      "block void i32.const 0 br 0 end",
      "return",
      "call 0 call 1 drop i32.const 0 i64.const 0 call 2 drop",
      "call 5 drop drop",
      "i32.const 0 call_indirect 0 0 i32.const 1 i32.const 0 call_indirect 3 0",
      "f32.const 1 drop f64.const 1 drop",
      "i32.const 1 i32.const 2 i32.const 0 select drop f64.const 1 f64.const 1 i32.const 0 select drop",
      "memory.size 0 memory.grow 0 drop i32.const 0 i32.const 0 i32.const 0 memory.copy 0 0",
      "f64.const 1 i64.trunc_sat_f64_s drop",
      "i32.const 0 v128.load 4 0 v128.not drop i32.const 0 i32x4.splat i32x4.extract_lane 3 drop",
      "i32.const 0 i32.const 1 i32.atomic.rmw.add 2 0 drop",
      "try void call 0 catch 1 drop catch_all rethrow 0 end",
      "try i32 i32.const 1 catch 0 i32.const 2 end drop",
      "try void try void nop delegate 0 catch_all end",
      "block void try_table void [ catch 0 0 catch_all 0 ] call 0 end end",
      "block exnref try_table void [ catch_all_ref 0 ] call 0 end return end throw_ref",
      "i32.const 3 throw 1",
      "block =1 i32.const 1 end drop",
  };
  for (const std::string_view body : bodies) EXPECT_TRUE(accepts(body)) << body;
  EXPECT_TRUE(accepts("i32.const 1", 1));
  EXPECT_TRUE(accepts("i32.const 1 return", 1));
  EXPECT_TRUE(accepts("i32.const 0 i64.const 0 call 2 i32.trunc_f64_s", 1));
}

TEST_P(Wide, LeavesWhatIsWrong) {
  const std::string_view bodies[] = {
      "i32.const 1",
      "drop",
      "i32.const 1 i64.const 2 i32.add drop",
      "i32.const 2 i32.add drop",
      "local.get 300 drop",
      "i64.const 0 local.set 0",
      "i64.const 0 local.set 200",
      "i32.const 0 global.set 0",
      "global.get 2 drop",
      "i32.const 0 i32.load 3 8 drop",
      "i64.const 0 i32.load 2 8 drop",
      "block i32 end drop",
      "block void i32.const 1 end",
      "br 1",
      "i32.const 0 br_if 7",
      "block i32 i64.const 0 i32.const 1 br_if 0 drop i32.const 1 end drop",
      "i32.const 0 if i32 i32.const 1 end drop",
      "else",
      "block void else end",
      "i32.const 0 if void else else end",
      "block i32 i64.const 1 br 0 end drop",
      "block void i32.const 0 br_table [ 0 3 ] 0 end",
      "block i32 i32.const 0 br_table [ 0 ] 0 end drop",
      "unreachable i32.const 1 i64.const 1 i32.add drop",
      "i32.const 7 return drop i64.const 0 i32.eqz drop end",
      "call 7",
      "i64.const 0 i64.const 0 call 2 drop",
      "i32.const 0 call_indirect 7 0",
      "i64.const 0 call_indirect 0 0",
      "i32.const 1 i64.const 2 i32.const 0 select drop",
      "i32.const 0 v128.load 5 0 drop",
      "i32.const 0 i32x4.splat i32x4.extract_lane 4 drop",
      "i32.const 0 i32.const 1 i32.atomic.rmw.add 1 0 drop",
      "try void catch_all catch 0 end",
      "catch 0",
      "block void delegate 0",
      "try void rethrow 0 end",
      "try void delegate 1",
      "throw 1",
      "throw 2",
      "throw_ref",
      "block void try_table void [ catch 1 0 ] end end",
      "try_table void [ catch_all 1 ] end",
  };
  for (const std::string_view body : bodies) {
    Bytes code;
    try {
      code = test::assemble_code(body);
    } catch (const std::invalid_argument&) {
      ADD_FAILURE() << body;
      continue;
    }
    EXPECT_FALSE(accepts(code + Bytes{0x0B})) << body;
  }
  EXPECT_FALSE(accepts("nop", 1));
  EXPECT_FALSE(accepts("i64.const 1", 1));
  EXPECT_FALSE(accepts("i64.const 1 return", 1));
  EXPECT_FALSE(accepts(Bytes{0x01}));        // no end
  EXPECT_FALSE(accepts(Bytes{0x0B, 0x01}));  // one too early
  EXPECT_FALSE(accepts(Bytes{0x0B, 0x0B}));
  EXPECT_FALSE(accepts(Bytes{0x41, 0x80}));  // the last number goes on
  EXPECT_FALSE(accepts(Bytes{0x41, 0x01, 0x1A}));
}

// Every instruction at every place of a window, and over its end.
TEST_P(Wide, AcceptsAtEveryPlace) {
  const std::string_view parts[] = {
      "local.get 1 local.get 200 i32.add i32.const -100000 i32.xor i64.extend_i32_u global.get 1 i64.add global.set 1",
      "i32.const 0 f64.const 1 f64.store 3 70000",
      "block void block void local.get 299 br_table [ 0 1 0 1 0 ] 1 end call 0 end",
      "i32.const 0 i64.const 0 call 2 drop",
      "i32.const 0 v128.load 4 1 v128.const 1 i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 "
      "14 31 drop",
      "i64.const -9223372036854775808 drop i32.const -2147483648 drop",
  };
  for (const std::string_view part : parts)
    for (std::size_t i = 0; i < 130; ++i) {
      const std::string body = times(i, "nop ") + std::string(part);
      EXPECT_TRUE(accepts(body)) << i << ": " << part;
      EXPECT_FALSE(accepts(body + " drop")) << i << ": " << part;
      EXPECT_FALSE(accepts(body + " i32.const 0")) << i << ": " << part;
    }
}

// A body that ends in the middle of its last instruction, wherever that is.
TEST_P(Wide, LeavesABodyThatIsCut) {
  const Bytes whole =
      test::assemble_code("block void i32.const 1000000 i64.const 0 i64.store 3 1000000 end call 0 end");
  for (std::size_t nops = 0; nops < 80; nops += 9)
    for (std::size_t size = 1; size < whole.size(); ++size) {
      const Bytes cut = Bytes(nops, 0x01) + Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_FALSE(accepts(cut)) << nops << " " << size;
    }
}

TEST_P(Wide, TakesNumbersOfEveryLength) {
  const auto drop_all = [](Bytes code) { return code + Bytes{0x1A, 0x0B}; };
  const auto padded = [](std::uint8_t opcode, unsigned length, std::uint8_t fill, std::uint8_t last) {
    Bytes code{opcode};
    code.insert(code.end(), length - 1, static_cast<std::uint8_t>(fill | 0x80));
    code.push_back(last);
    return code;
  };
  for (unsigned length = 1; length <= 12; ++length) {
    EXPECT_EQ(accepts(drop_all(padded(0x41, length, 0, 0))), length <= 5) << "i32.const " << length;
    EXPECT_EQ(accepts(drop_all(padded(0x42, length, 0, 0))), length <= 10) << "i64.const " << length;
    EXPECT_EQ(accepts(drop_all(padded(0x41, length, 0x7F, 0x7F))), length <= 5) << "i32.const -1 " << length;
    EXPECT_EQ(accepts(drop_all(padded(0x42, length, 0x7F, 0x7F))), length <= 10) << "i64.const -1 " << length;
    EXPECT_EQ(accepts(drop_all(padded(0x20, length, 0, 0))), length <= 5) << "local.get " << length;
    EXPECT_EQ(accepts(drop_all(padded(0x23, length, 0, 0))), length <= 5) << "global.get " << length;
    EXPECT_EQ(accepts(padded(0x10, length, 0, 0) + Bytes{0x0B}), length <= 5) << "call " << length;
    EXPECT_EQ(accepts(padded(0x0C, length, 0, 0) + Bytes{0x0B}), length <= 5) << "br " << length;
    const Bytes load = Bytes{0x41, 0x00, 0x28} + padded(0x02, length, 0, 0);
    EXPECT_EQ(accepts(drop_all(load)), length <= 5) << "i32.load " << length;
  }
  for (unsigned last = 0; last < 0x80; ++last) {
    const auto byte = static_cast<std::uint8_t>(last);
    EXPECT_EQ(accepts(drop_all(padded(0x41, 5, 0, byte))), last < 0x08 || last >= 0x78) << last;
    EXPECT_EQ(accepts(drop_all(padded(0x42, 10, 0, byte))), last == 0 || last == 0x7F) << last;
    EXPECT_EQ(accepts(drop_all(Bytes{0x41, 0x00, 0x28} + padded(0x02, 5, 0, byte))), last < 0x10) << last;
    EXPECT_EQ(accepts(drop_all(padded(0x20, 5, 0, byte))), last == 0) << last;
  }
}

TEST_P(Wide, HoldsManyOperandsAndFrames) {
  for (const std::size_t count : {1U, 8U, 9U, 15U, 16U, 17U, 31U, 100U, 1000U}) {
    const std::string consts = times(count, "i32.const 1 ");
    EXPECT_TRUE(accepts(consts + times(count, "drop "))) << count;
    EXPECT_TRUE(accepts(consts + times(count - 1, "i32.add ") + "drop")) << count;
    EXPECT_FALSE(accepts(consts + times(count, "i32.add ") + "drop")) << count;
    EXPECT_FALSE(accepts("i64.const 1 " + consts + times(count, "i32.add ") + "drop")) << count;
    EXPECT_TRUE(accepts(times(count, "block void ") + times(count, "end "))) << count;
    EXPECT_TRUE(accepts(times(count, "block void ") + "br " + std::to_string(count) + times(count, " end "))) << count;
    EXPECT_FALSE(accepts(times(count, "block void ") + "br " + std::to_string(count + 1) + times(count, " end ")))
        << count;
    EXPECT_TRUE(accepts(times(count, "block void i32.const 1 br_if 0 ") + times(count, "end "))) << count;
    EXPECT_TRUE(accepts(times(count, "loop i32 ") + "i32.const 0 " + times(count, "end ") + "drop")) << count;
    EXPECT_FALSE(accepts(times(count, "block void ") + times(count + 1, "end "))) << count;
    EXPECT_TRUE(accepts(consts + "unreachable")) << count;
    EXPECT_TRUE(accepts("block i32 " + consts + "br 0 end drop")) << count;
  }
  const std::string twelve = times(12, "i32.const 1 ");
  EXPECT_TRUE(accepts(twelve + "call 4 drop"));
  EXPECT_TRUE(accepts(times(20, "i32.const 7 ") + twelve + "call 4 drop " + times(20, "drop ")));
  EXPECT_FALSE(accepts(times(11, "i32.const 1 ") + "call 4 drop"));
  EXPECT_FALSE(accepts("i64.const 1 " + times(11, "i32.const 1 ") + "call 4 drop"));
}

// Lists are made of 64 instructions at once, which may all belong on one.
TEST_P(Wide, ListsManyInARow) {
  const std::string_view parts[] = {
      "call 0 ",
      "block void end ",
      "i32.const 0 br_if 0 ",
      "block void i32.const 0 br_table [ 0 1 ] 0 end ",
      "local.get 200 local.set 201 ",
      "i32.const 0 i32x4.splat drop ",
  };
  for (const std::string_view part : parts)
    for (std::size_t count = 1; count < 200; ++count) {
      const std::string body = times(count % 3, "nop ") + times(count, part);
      EXPECT_TRUE(accepts(body)) << count << ": " << part;
      EXPECT_FALSE(accepts(body + "call 1")) << count << ": " << part;
      EXPECT_FALSE(accepts(body + "local.get 300 drop")) << count << ": " << part;
    }
  // So many with long labels have room in a list of their own.
  const auto branches = [](std::size_t count) {
    return times(150, "block void ") + times(count, "i32.const 0 br_if 140 ") + times(150, "end ");
  };
  EXPECT_TRUE(accepts(branches(150)));
}

// Indices below 16, below 128 and above are looked up in different ways.
TEST_P(Wide, KeepsLocalsApart) {
  constexpr std::array types = {i32, i64, f32, f64, v128};
  constexpr std::array consts = {"i32.const 0", "i64.const 0", "f32.const 0", "f64.const 0", "v128.const 0"};
  for (const std::size_t count : {1U, 15U, 16U, 17U, 33U, 127U, 128U, 129U, 200U}) {
    std::vector<ValueType> locals;
    for (std::size_t i = 0; i < count; ++i) locals.push_back(types[i * i % 7 % types.size()]);
    for (std::size_t i = 0; i <= count; ++i) {
      const std::string index = std::to_string(i);
      for (std::size_t type = 0; type < types.size(); ++type) {
        const bool right = i < count && locals[i] == types[type];
        const std::string value(consts[type]);
        EXPECT_EQ(accepts(value + " local.set " + index, 0, locals), right) << i << " of " << count;
        EXPECT_EQ(accepts(value + " local.tee " + index + " drop", 0, locals), right) << i << " of " << count;
        EXPECT_EQ(accepts("block void " + value + " local.get " + index + " local.get " + index +
                              " i32.const 0 select drop drop end",
                          0, locals),
                  i < count)
            << i << " of " << count;
      }
    }
  }
}

TEST_P(Wide, KeepsGlobalsApart) {
  constexpr std::array types = {"i32", "i64", "f32", "f64"};
  const auto type_of = [](std::size_t i) { return i * i % 7 % 4; };
  const auto is_mutable = [](std::size_t i) { return i % 3 != 0; };
  for (const std::size_t count : {1U, 15U, 16U, 17U, 127U, 128U, 129U, 200U}) {
    std::string globals;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string type = types[type_of(i)];
      globals += (is_mutable(i) ? "mut " : "") + type + " " + type + ".const 0 end ";
    }
    module_bytes_ = test::assemble({.types = "func [ ] [ ]", .globals = globals});
    module_ = load(BorrowedBytes(std::span<const std::uint8_t>(module_bytes_))).value();
    checker_ = std::make_unique<Checker>(ModuleAccess::data(*module_), GetParam());
    for (std::size_t i = 0; i <= count; ++i) {
      const std::string index = std::to_string(i);
      for (std::size_t type = 0; type < types.size(); ++type) {
        const std::string name = types[type];
        const bool right = i < count && type_of(i) == type;
        EXPECT_EQ(accepts("global.get " + index + " " + name + ".const 0 " + name + ".eq drop"), right)
            << i << " of " << count;
        EXPECT_EQ(accepts(name + ".const 0 global.set " + index), right && is_mutable(i)) << i << " of " << count;
      }
    }
  }
}

// More types than there are slots for, so that slots are used again and again.
TEST_P(Wide, KeepsSignaturesApart) {
  std::string types;
  std::string imports;
  for (int i = 0; i < 700; ++i) {
    std::string parameters;
    for (int bit = 0; bit < 6; ++bit)
      parameters += (i * 7 + bit) % 3 == 0 ? "i32 " : (i >> bit & 1) != 0 ? "i64 " : "f32 ";
    types += "func [ " + parameters + "] [ ] ";
    imports += "i f" + std::to_string(i) + " func " + std::to_string(i) + " ";
  }
  module_bytes_ = test::assemble({.types = types + "func [ ] [ ]", .imports = imports});
  module_ = load(BorrowedBytes(std::span<const std::uint8_t>(module_bytes_))).value();
  checker_ = std::make_unique<Checker>(ModuleAccess::data(*module_), GetParam());
  const auto operands = [](int which) {
    std::string code;
    for (int bit = 0; bit < 6; ++bit)
      code += (which * 7 + bit) % 3 == 0 ? "i32.const 0 " : (which >> bit & 1) != 0 ? "i64.const 0 " : "f32.const 0 ";
    return code;
  };
  const TypeStore& all = ModuleAccess::data(*module_).types;
  std::string code;  // in an order in which many that stand together want the same slot
  for (int i = 0; i < 700; ++i) {
    const int which = i * 37 % 700;
    code += operands(which) + "call " + std::to_string(which) + " ";
    const int other = (which + 1 + i) % 700;
    const bool same = std::ranges::equal(all.parameters(static_cast<std::uint32_t>(which)),
                                         all.parameters(static_cast<std::uint32_t>(other)));
    EXPECT_EQ(accepts(code + operands(which) + "call " + std::to_string(other), 700), same) << which << " " << other;
  }
}

TEST_P(Wide, LeavesWhatAFeatureIsOffFor) {
  const auto accepted = [&](Features features, std::string_view body) {
    Options options;
    options.features = features;
    module_bytes_ = test::assemble({.types = "func [ ] [ ] func [ ] [ i32 ]", .memories = "1.."});
    module_ = load(BorrowedBytes(std::span<const std::uint8_t>(module_bytes_)), options).value();
    checker_ = std::make_unique<Checker>(ModuleAccess::data(*module_), GetParam());
    return accepts(body);
  };
  const std::pair<Feature, std::string_view> uses[] = {
      {Feature::sign_extension, "i32.const 1 i32.extend8_s drop"},
      {Feature::saturating_float_to_int, "f32.const 1 i32.trunc_sat_f32_s drop"},
      {Feature::bulk_memory, "i32.const 0 i32.const 0 i32.const 0 memory.fill 0"},
      {Feature::simd, "i32.const 0 i32x4.splat drop"},
      {Feature::simd, "block v128 unreachable end unreachable"},
      {Feature::multi_value, "block =1 i32.const 0 end drop"},
      {Feature::threads, "i32.const 0 i32.atomic.load 2 0 drop"},
      {Feature::legacy_exceptions, "try void catch_all end"},
      {Feature::exceptions, "block exnref unreachable end unreachable"},
      {Feature::exceptions, "try_table void [ ] end"},
  };
  for (const auto& [feature, body] : uses) {
    EXPECT_TRUE(accepted(Features::browsers(), body)) << body;
    EXPECT_FALSE(accepted(Features::browsers().remove(feature), body)) << body;
  }
}

INSTANTIATE_TEST_SUITE_P(EachVectors, Wide, testing::Values(Vectors::avx2, Vectors::avx512),
                         [](const auto& vectors) { return vectors.param == Vectors::avx2 ? "avx2" : "avx512"; });

}  // namespace
}  // namespace plimsoll::wide
