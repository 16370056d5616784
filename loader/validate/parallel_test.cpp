// Options::parallel: whatever an executor does, a load answers what it answers on one thread.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "plimsoll/load.hpp"
#include "testing/executors.hpp"
#include "testing/many_bodies.hpp"
#include "testing/memory.hpp"
#include "testing/verdict.hpp"

namespace plimsoll {
namespace {

using test::Bytes;
using test::sized;

static_assert(!std::is_copy_constructible_v<Executor> && std::has_virtual_destructor_v<Executor>);
static_assert(sizeof(Work) == 2 * sizeof(void*) && std::is_trivially_copyable_v<Work>);
static_assert(!std::is_constructible_v<Work, void (&)()>, "what may throw is no work");

constexpr std::uint32_t bodies = 1000;  // about 1 MB
constexpr std::uint32_t imported = 3;

std::string text(const std::optional<Error>& error) {
  return error ? describe(*error) + " @" + std::to_string(error->offset) : "valid";
}

Options with(test::Bookkeeper& memory, Executor* executor) {
  Options options;
  options.memory = &memory;
  options.parallel = executor;
  return options;
}

// A data section of passive segments that are empty.
Bytes segments(std::uint32_t count) { return test::section(11, test::leb(count) + test::repeat(count, {0x01, 0x00})); }

// Loads in every way that an executor may work, and wants the answer of one thread.
std::optional<Error> same_answer(const Bytes& module, Options options = {}) {
  const std::optional<Error> serial = test::load_error(module, options);
  test::Threads two(2);
  test::Threads seven(7);
  test::Busy busy;
  test::Again again;
  for (Executor* const executor : std::initializer_list<Executor*>{&two, &seven, &busy, &again}) {
    options.parallel = executor;
    options.piece_bytes = executor == &seven ? 1 : Options().piece_bytes;
    const std::optional<Error> found = test::load_error(module, options);
    EXPECT_TRUE(found == serial) << text(found) << " and not " << text(serial);
  }
  return serial;
}

TEST(Parallel, FindsTheSameBodies) {
  const Bytes bytes = test::many_bodies(bodies);
  const LoadResult serial = load(BorrowedBytes(bytes));
  ASSERT_TRUE(serial.has_value()) << describe(serial.error());
  test::Threads threads(4);
  Options options;
  options.parallel = &threads;
  const LoadResult parallel = load(BorrowedBytes(bytes), options);
  ASSERT_TRUE(parallel.has_value()) << describe(parallel.error());
  EXPECT_EQ(threads.runs, 1U);
  EXPECT_EQ(threads.asked, bytes.size() / options.piece_bytes + 1);
  ASSERT_EQ((*parallel)->bodies().size(), bodies);
  for (std::uint32_t i = 0; i < bodies; ++i) {
    EXPECT_EQ((*parallel)->bodies()[i].offset, (*serial)->bodies()[i].offset);
    EXPECT_EQ((*parallel)->bodies()[i].size, (*serial)->bodies()[i].size);
  }
}

TEST(Parallel, AsksForNoThreadsForSmallCode) {
  test::Threads threads(2);
  Options options;
  options.parallel = &threads;
  EXPECT_FALSE(test::load_error(test::many_bodies(200), options).has_value());
  EXPECT_EQ(threads.runs, 0U);
  EXPECT_FALSE(test::load_error(test::many_bodies(300), options).has_value());
  EXPECT_EQ(threads.runs, 1U);
  options.piece_bytes = 0;  // as small as can be
  EXPECT_FALSE(test::load_error(test::many_bodies(2), options).has_value());
  EXPECT_EQ(threads.runs, 2U);
}

TEST(Parallel, ReportsTheFirstBadBody) {
  for (const std::uint32_t bad : {0U, 1U, 42U, 499U, 998U, 999U}) {
    std::map<std::uint32_t, Bytes> others = {{bad, sized(test::empty_handed_body(3))}};
    const auto alone = same_answer(test::many_bodies(bodies, others));
    ASSERT_TRUE(alone.has_value());
    EXPECT_EQ(name(alone->code), "type_mismatch");
    EXPECT_EQ(alone->function, imported + bad);
    // All behind it are bad as well, and fail sooner.
    for (std::uint32_t i = bad + 1; i < bodies; ++i) others[i] = sized(test::empty_handed_body(0));
    EXPECT_EQ(same_answer(test::many_bodies(bodies, others))->function, imported + bad);
  }
}

// The bad one is in a piece that takes long, while other threads are done with a late piece at once.
TEST(Parallel, ReportsTheFirstBadBodyHoweverLongItTakes) {
  const Bytes slow = sized(test::empty_handed_body(300'000));
  const Bytes quick = sized(test::empty_handed_body(0));
  const auto error = same_answer(test::many_bodies(bodies, {{500, slow}, {501, quick}, {999, quick}}));
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->function, imported + 500);
}

// Large bodies are taken before their turn, as long as there are not too many of them.
TEST(Parallel, ReportsTheFirstOfLargeBodies) {
  const Bytes good = sized(test::constant_body(100'000));
  const Bytes bad = sized(test::empty_handed_body(100'000));
  const Bytes small = sized(test::empty_handed_body(1));
  std::map<std::uint32_t, Bytes> others;
  for (const std::uint32_t i : {0U, 1U, 400U, 998U, 999U}) others[i] = good;
  EXPECT_FALSE(same_answer(test::many_bodies(bodies, others)).has_value());
  for (const std::uint32_t i : {0U, 1U, 400U, 999U}) {
    std::map<std::uint32_t, Bytes> some = others;
    some[i] = bad;
    EXPECT_EQ(same_answer(test::many_bodies(bodies, some))->function, imported + i);
    some[i + 1 < bodies ? i + 1 : 500] = small;
    EXPECT_EQ(same_answer(test::many_bodies(bodies, some))->function, imported + (i + 1 < bodies ? i : 500));
  }
  for (std::uint32_t i = 0; i < 40; ++i) others[2 * i] = good;
  EXPECT_FALSE(same_answer(test::many_bodies(90, others)).has_value());
  others[77] = small;
  others[78] = bad;
  EXPECT_EQ(same_answer(test::many_bodies(90, others))->function, imported + 77);
}

// The sections behind are loaded while bodies are checked. What they hold is the same, and they say nothing before their turn.
TEST(Parallel, LoadsTheSectionsBehind) {
  const Bytes bad = sized(test::empty_handed_body(1));
  const Bytes good = test::many_bodies(bodies);
  const Bytes wrong = test::many_bodies(bodies, {{999, bad}});
  const Bytes passive = {0x01, 0x02, 0xAB, 0xCD};
  const Bytes data = test::section(11, test::leb(300) + test::repeat(300, passive));
  const Bytes custom = test::custom_section("title", {0x01});
  const Bytes active = test::section(11, test::vec({passive, {0x00, 0x41, 0x00, 0x0B, 0x00}}));
  EXPECT_FALSE(same_answer(good + data + custom).has_value());
  EXPECT_FALSE(same_answer(good + custom + custom + data).has_value());
  EXPECT_EQ(name(same_answer(good + custom + active)->code), "unknown_memory");
  EXPECT_EQ(name(same_answer(good + data + data)->code), "section_out_of_order");
  EXPECT_EQ(name(same_answer(good + test::section(1, test::vec({})))->code), "section_out_of_order");
  EXPECT_EQ(name(same_answer(good + data + test::section(0, {0x05}))->code), "length_out_of_bounds");
  EXPECT_EQ(name(same_answer(good + data + Bytes{0x0B})->code), "unexpected_end");
  for (const Bytes& behind : {data, active, data + data, test::section(0, {0x05}), Bytes{0x0B}}) {
    EXPECT_EQ(name(same_answer(wrong + behind)->code), "type_mismatch");
    EXPECT_EQ(name(same_answer(test::many_bodies(bodies, {}, {0x00}) + behind)->code), "section_size_mismatch");
  }

  test::Threads threads(2);
  Options options;
  options.parallel = &threads;
  const Bytes bytes = good + data;
  const LoadResult result = load(BorrowedBytes(bytes), options);
  ASSERT_TRUE(result.has_value()) << describe(result.error());
  ASSERT_EQ((*result)->data().size(), 300U);
  for (const Data segment : (*result)->data()) EXPECT_EQ(segment.bytes.size, 2U);
}

TEST(Parallel, ReportsHeadersInTheirTurn) {
  const Bytes bad = sized(test::empty_handed_body(1));
  const Bytes too_long = {0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x00};
  const Bytes no_number = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01};
  for (const std::uint32_t at : {0U, 7U, 500U, 999U}) {
    EXPECT_EQ(name(same_answer(test::many_bodies(bodies, {{at, too_long}}))->code), "length_out_of_bounds");
    EXPECT_EQ(name(same_answer(test::many_bodies(bodies, {{at, no_number}}))->code), "integer_too_long");
    if (at == 0) continue;
    EXPECT_EQ(name(same_answer(test::many_bodies(bodies, {{at, too_long}, {at - 1, bad}}))->code), "type_mismatch");
    EXPECT_EQ(name(same_answer(test::many_bodies(bodies, {{at - 1, too_long}, {at, bad}}))->code),
              "length_out_of_bounds");
  }
  Options options;
  options.limits.body_size = 2'000'000;
  const Bytes large = sized(test::constant_body(700'000));
  EXPECT_EQ(name(same_answer(test::many_bodies(bodies, {{300, large}}), options)->code), "limit_body_size");
  EXPECT_EQ(name(same_answer(test::many_bodies(bodies, {{299, bad}, {300, large}}), options)->code), "type_mismatch");
}

TEST(Parallel, ReportsWhatIsBehindTheLastBody) {
  EXPECT_EQ(name(same_answer(test::many_bodies(bodies, {}, {0x00}))->code), "section_size_mismatch");
  EXPECT_EQ(name(same_answer(test::many_bodies(bodies, {{999, sized(test::empty_handed_body(1))}}, {0x00}))->code),
            "type_mismatch");
}

// There is room for the records of bodies that can be valid, and no more.
TEST(Parallel, KeepsNoRecordOfBodiesThatAreTooShort) {
  for (const std::uint8_t size : Bytes{0, 1}) {
    Bytes body = {size};
    body.resize(1 + std::size_t{size});
    std::map<std::uint32_t, Bytes> others;
    for (std::uint32_t i = 0; i < 300'000; ++i) others[i] = body;
    const auto error = same_answer(test::many_bodies(300'000, others));
    ASSERT_TRUE(error.has_value());
    EXPECT_EQ(error->function, imported);
  }
}

TEST(Parallel, FindsABodyThatIsTooShort) {
  for (const std::uint32_t at : {1U, 77U, 999U}) {
    EXPECT_EQ(same_answer(test::many_bodies(bodies, {{at, {0x00}}}))->function, imported + at);
    EXPECT_EQ(same_answer(test::many_bodies(bodies, {{at, {0x01, 0x00}}}))->function, imported + at);
  }
}

TEST(Parallel, FunctionsMayNameWhatIsDeclared) {
  // (export "f" (func 0)), then bodies with ref.func 0; the last names another function, which nothing declares: what stands
  // behind comes too late for it.
  const auto module = [](std::uint8_t last, const Bytes& offset = {0x41, 0x00}) {
    const Bytes good = {0x00, 0xD2, 0x00, 0x1A, 0x0B};
    Bytes code;
    for (unsigned i = 0; i < 50'000; ++i) code += sized(good);
    code += sized({0x00, 0xD2, last, 0x1A, 0x0B});
    return test::module({test::section(1, test::vec({{0x60, 0x00, 0x00}})),
                         test::section(3, test::leb(50'001) + Bytes(50'001, 0x00)),
                         test::section(5, test::vec({{0x00, 0x00}})),
                         test::section(7, test::vec({test::name("f") + Bytes{0x00, 0x00}})), test::section(12, {0x01}),
                         test::section(10, test::leb(50'001) + code),
                         test::section(11, test::vec({Bytes{0x00} + offset + Bytes{0x0B, 0x00}}))});
  };
  EXPECT_FALSE(same_answer(module(0)).has_value());
  EXPECT_EQ(name(same_answer(module(0, {0xD2, 0x01}))->code), "type_mismatch");
  for (int i = 0; i < 20; ++i) EXPECT_EQ(name(same_answer(module(1, {0xD2, 0x01}))->code), "undeclared_function");
  EXPECT_EQ(name(same_answer(module(1))->code), "undeclared_function");

  // The constant of the data segment and the bodies need memory at once, from a resource that is not thread-safe.
  test::Threads threads(3);
  test::Bookkeeper memory;
  memory.is_slow = true;
  const Bytes bytes = module(0, {0x41, 0x00, 0x41, 0x00, 0x6A});
  EXPECT_TRUE(load(BorrowedBytes(bytes), with(memory, &threads)).has_value());
  EXPECT_EQ(memory.wrong, 0U);
}

// Each allocation fails in turn. The resource is not thread-safe, and says so if the loader asks it for two things at once.
TEST(Parallel, RunningOutOfMemoryIsAnError) {
  const Bytes bodies_alone = test::many_bodies(bodies, {{990, sized(test::constant_body(300'000))}});
  const Bytes with_data = bodies_alone + segments(3'000);
  for (const Bytes* const bytes : {&bodies_alone, &with_data}) {
    std::size_t failures = 0;
    for (std::size_t fails_at = 1;; ++fails_at) {
      test::Threads threads(3);
      test::Bookkeeper memory;
      memory.fails_at = fails_at;
      const std::optional<Error> error = [&] {
        const LoadResult result = load(BorrowedBytes(*bytes), with(memory, &threads));
        return result ? std::nullopt : std::optional(result.error());
      }();
      EXPECT_EQ(memory.live(), 0U) << fails_at;
      EXPECT_EQ(memory.wrong, 0U) << fails_at;
      if (memory.allocations < fails_at) {
        EXPECT_FALSE(error.has_value()) << text(error);
        break;
      }
      // What fails beside the bodies, for the sections behind, is asked for again in its turn.
      if (bytes == &with_data && !error) continue;
      ASSERT_TRUE(error.has_value()) << fails_at;
      EXPECT_EQ(text(error), "out of memory @0") << fails_at;
      EXPECT_EQ(error->function, Error::no_function);
      ++failures;
      ASSERT_LT(failures, 100U);
    }
    EXPECT_GT(failures, 5U);
  }
}

// What is wrong in front of what memory does not suffice for is the error, in whatever order both are found.
TEST(Parallel, ErrorsStandInFrontOfRunningOutOfMemory) {
  test::Bookkeeper memory;
  const Options options = with(memory, nullptr);

  memory.largest = 200'000;
  const Bytes deep =
      sized(Bytes{0x00} + test::repeat(150'000, {0x02, 0x40}) + Bytes(150'000, 0x0B) + Bytes{0x41, 0x00, 0x0B});
  const Bytes bad = sized(test::empty_handed_body(1));
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(same_answer(test::many_bodies(bodies, {{5, bad}, {900, deep}}), options)->function, imported + 5);
    EXPECT_EQ(name(same_answer(test::many_bodies(bodies, {{5, deep}, {900, bad}}), options)->code), "out_of_memory");
  }

  memory.largest = 400'000;
  const Bytes data = segments(60'000);
  const Bytes too_long = {0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x00};
  EXPECT_EQ(name(same_answer(test::many_bodies(bodies) + data, options)->code), "out_of_memory");
  EXPECT_EQ(name(same_answer(test::many_bodies(bodies, {{999, bad}}) + data, options)->code), "type_mismatch");
  EXPECT_EQ(name(same_answer(test::many_bodies(bodies, {{999, too_long}}) + data, options)->code),
            "length_out_of_bounds");
  EXPECT_EQ(name(same_answer(test::many_bodies(bodies, {}, {0x00}) + data, options)->code), "section_size_mismatch");
  EXPECT_EQ(memory.wrong, 0U);
}

// Also if the sections behind are loaded twice, because not all is well with them.
TEST(Parallel, AddsLessThan64KiBAThread) {
  const Bytes valid = test::many_bodies(bodies) + segments(3'000);
  const Bytes invalid = test::many_bodies(bodies) + segments(60'000) + test::section(0, {0x05});
  for (const Bytes* const bytes : {&valid, &invalid}) {
    const auto peak = [&](Executor* executor) {
      test::Bookkeeper memory;
      memory.is_slow = true;
      EXPECT_EQ(load(BorrowedBytes(*bytes), with(memory, executor)).has_value(), bytes == &valid);
      EXPECT_EQ(memory.wrong, 0U);
      return memory.peak;
    };
    test::Threads threads(4);
    const std::size_t serial = peak(nullptr);
    const std::size_t parallel = peak(&threads);
    EXPECT_LE(parallel, serial + 4 * (std::size_t{64} << 10));
  }
}

}  // namespace
}  // namespace plimsoll
