// Every limit of Limits, one by one: what reaches it is valid, one more is refused, with a small limit and with the default one.
// All other limits are as high as they go meanwhile, so that none stands in for another. A limit without a case does not
// compile.
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "testing/bytes.hpp"
#include "testing/verdict.hpp"

namespace plimsoll {
namespace {

using test::Bytes;
using test::leb;
using test::module;
using test::repeat;
using test::section;
using test::sized;

const Bytes no_function_type = section(1, {0x01, 0x60, 0x00, 0x00});

// A module that has `count` of something.
using Make = Bytes (*)(std::uint32_t count);

Bytes entries(std::uint8_t id, std::uint32_t count, const Bytes& entry) {
  return section(id, leb(count) + repeat(count, entry));
}

Bytes types(std::uint32_t count) {  // in two groups
  const std::uint32_t half = count / 2;
  const Bytes empty_struct = {0x5F, 0x00};
  return module({section(1, Bytes{0x02, 0x4E} + leb(half) + repeat(half, empty_struct) + Bytes{0x4E} +
                                leb(count - half) + repeat(count - half, empty_struct))});
}
Bytes rec_groups(std::uint32_t count) { return module({entries(1, count, {0x4E, 0x00})}); }
Bytes rec_group_types(std::uint32_t count) {
  return module({section(1, Bytes{0x01, 0x4E} + leb(count) + repeat(count, {0x5F, 0x00}))});
}
Bytes subtype_depth(std::uint32_t count) {
  Bytes chain = leb(count + std::uint64_t{1}) + Bytes{0x50, 0x00, 0x5F, 0x00};
  for (std::uint32_t i = 0; i < count; ++i) chain += Bytes{0x50, 0x01} + leb(i) + Bytes{0x5F, 0x00};
  return module({section(1, chain)});
}
Bytes functions(std::uint32_t count) {
  return module({no_function_type, entries(3, count, {0x00}), entries(10, count, {0x02, 0x00, 0x0B})});
}
Bytes imports(std::uint32_t count) { return module({no_function_type, entries(2, count, {0x00, 0x00, 0x00, 0x00})}); }
Bytes exports(std::uint32_t count) {
  Bytes payload = leb(count);
  for (std::uint32_t i = 0; i < count; ++i) payload += test::name(std::to_string(i)) + Bytes{0x00, 0x00};
  return module(
      {no_function_type, section(3, {0x01, 0x00}), section(7, payload), section(10, {0x01, 0x02, 0x00, 0x0B})});
}
Bytes globals(std::uint32_t count) { return module({entries(6, count, {0x7F, 0x00, 0x41, 0x00, 0x0B})}); }
Bytes tags(std::uint32_t count) { return module({no_function_type, entries(13, count, {0x00, 0x00})}); }
Bytes data_segments(std::uint32_t count) { return module({entries(11, count, {0x01, 0x00})}); }
Bytes element_segments(std::uint32_t count) { return module({entries(9, count, {0x01, 0x00, 0x00})}); }
Bytes tables(std::uint32_t count) { return module({entries(4, count, {0x70, 0x00, 0x00})}); }
Bytes table_initial_entries(std::uint32_t count) {
  return module({no_function_type, section(2, {0x01, 0x00, 0x00, 0x00, 0x00}),
                 section(9, Bytes{0x01, 0x01, 0x00} + leb(count) + Bytes(count, 0x00))});
}
Bytes memories(std::uint32_t count) { return module({entries(5, count, {0x00, 0x00})}); }
Bytes function_type(std::uint32_t parameters, std::uint32_t results) {
  return module({section(
      1, Bytes{0x01, 0x60} + leb(parameters) + repeat(parameters, {0x7F}) + leb(results) + repeat(results, {0x7F}))});
}
Bytes parameters(std::uint32_t count) { return function_type(count, 0); }
Bytes results(std::uint32_t count) { return function_type(0, count); }
Bytes struct_fields(std::uint32_t count) {
  return module({section(1, Bytes{0x01, 0x5F} + leb(count) + repeat(count, {0x78, 0x00}))});
}
Bytes one_body(const Bytes& types, const Bytes& body) {
  return module({types, section(3, {0x01, 0x00}), section(10, Bytes{0x01} + sized(body))});
}
Bytes body_size(std::uint32_t count) {
  return one_body(no_function_type, Bytes{0x00} + Bytes(count - 2, 0x01) + Bytes{0x0B});
}
Bytes locals(std::uint32_t count) { return one_body(no_function_type, Bytes{0x01} + leb(count) + Bytes{0x7F, 0x0B}); }
Bytes array_new_fixed(std::uint32_t count) {
  return one_body(section(1, {0x02, 0x60, 0x00, 0x00, 0x5E, 0x7F, 0x00}),
                  Bytes{0x00, 0x00, 0xFB, 0x08, 0x01} + leb(count) + Bytes{0x1A, 0x0B});
}

struct Case {
  std::uint32_t Limits::* limit;
  std::string_view name;
  Make make;
  std::string_view error = "limit_count";
};

constexpr Case cases[] = {
    {&Limits::types, "types", types},
    {&Limits::rec_groups, "rec_groups", rec_groups},
    {&Limits::rec_group_types, "rec_group_types", rec_group_types},
    {&Limits::subtype_depth, "subtype_depth", subtype_depth, "limit_subtype_depth"},
    {&Limits::functions, "functions", functions},
    {&Limits::imports, "imports", imports},
    {&Limits::exports, "exports", exports},
    {&Limits::globals, "globals", globals},
    {&Limits::tags, "tags", tags},
    {&Limits::data_segments, "data_segments", data_segments},
    {&Limits::element_segments, "element_segments", element_segments},
    {&Limits::tables, "tables", tables},
    {&Limits::table_initial_entries, "table_initial_entries", table_initial_entries},
    {&Limits::memories, "memories", memories},
    {&Limits::parameters, "parameters", parameters},
    {&Limits::results, "results", results},
    {&Limits::body_size, "body_size", body_size, "limit_body_size"},
    {&Limits::locals, "locals", locals, "limit_locals"},
    {&Limits::struct_fields, "struct_fields", struct_fields},
    {&Limits::array_new_fixed, "array_new_fixed", array_new_fixed},
};
// The module's size, which has no count, is the one limit that is not among them.
static_assert(sizeof cases / sizeof(Case) + 1 == sizeof(Limits) / sizeof(std::uint32_t), "a limit has no case");

class EachLimit : public testing::TestWithParam<Case> {
 protected:
  // The answer to a module of `count` when the limit is `limit` and there is no other.
  static std::string answer(std::uint32_t limit, std::uint32_t count) {
    const Case& one = GetParam();
    Options options;
    for (const Case& other : cases) options.limits.*other.limit = 0xFFFF'FFFF;
    options.limits.module_size = 0xFFFF'FFFF;
    options.limits.*one.limit = limit;
    const std::optional<Error> error = test::load_error(one.make(count), options);
    if (!error) return "valid";
    if (error->detail == ErrorDetail::count) {
      EXPECT_EQ(error->expected, limit);
    }
    return std::string(name(error->code));
  }
};

TEST_P(EachLimit, SetSmall) {
  EXPECT_EQ(answer(5, 4), "valid");
  EXPECT_EQ(answer(5, 5), "valid");
  EXPECT_EQ(answer(5, 6), GetParam().error);
}

TEST_P(EachLimit, AsItIsByDefault) {
  const std::uint32_t limit = Limits{}.*GetParam().limit;
  EXPECT_EQ(answer(limit, limit), "valid");
  EXPECT_EQ(answer(limit, limit + 1), GetParam().error);
}

// With the others at their defaults, too, a module of so many loads.
TEST_P(EachLimit, CanBeReached) {
  const std::uint32_t limit = Limits{}.*GetParam().limit;
  EXPECT_FALSE(test::load_error(GetParam().make(limit)).has_value());
}

std::string case_name(const testing::TestParamInfo<Case>& info) { return std::string(info.param.name); }
INSTANTIATE_TEST_SUITE_P(, EachLimit, testing::ValuesIn(cases), case_name);

// What the records have room for bounds the limits, whatever they are set to.
TEST(Limits, NoneGoesBeyondTheRecords) {
  Options options;
  options.limits.parameters = options.limits.results = options.limits.struct_fields = 0xFFFF'FFFF;
  options.limits.exports = options.limits.imports = options.limits.functions = 0xFFFF'FFFF;
  const auto answer = [&](const Bytes& bytes) {
    const std::optional<Error> error = test::load_error(bytes, options);
    return error ? std::string(name(error->code)) : std::string("valid");
  };
  EXPECT_EQ(answer(parameters(Limits::most_values)), "valid");
  EXPECT_EQ(answer(parameters(Limits::most_values + 1)), "limit_count");
  EXPECT_EQ(answer(results(Limits::most_values)), "valid");
  EXPECT_EQ(answer(results(Limits::most_values + 1)), "limit_count");
  EXPECT_EQ(answer(struct_fields(Limits::most_fields)), "valid");
  EXPECT_EQ(answer(struct_fields(Limits::most_fields + 1)), "limit_count");
  EXPECT_EQ(answer(imports(Limits::most_entries)), "valid");
  EXPECT_EQ(answer(imports(Limits::most_entries + 1)), "limit_count");
}

// A module of 1 GiB: pages that are never touched.
TEST(Limits, OfTheModulesSizeByDefault) {
  const std::size_t limit = Limits{}.module_size;
  void* const pages = mmap(nullptr, limit + 1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  ASSERT_NE(pages, MAP_FAILED);
  const auto code = [&](std::size_t size) {
    const LoadResult result = load(BorrowedBytes(std::span(static_cast<const std::byte*>(pages), size)));
    return result ? ErrorCode::out_of_memory : result.error().code;
  };
  EXPECT_EQ(code(limit), ErrorCode::bad_magic);
  EXPECT_EQ(code(limit + 1), ErrorCode::limit_module_size);
  munmap(pages, limit + 1);
}

}  // namespace
}  // namespace plimsoll
