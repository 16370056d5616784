// StreamLoader: wherever the pieces are cut, the answer is that of a load of the whole, and it comes as soon as it can.
#include "plimsoll/stream.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "testing/body.hpp"
#include "testing/executors.hpp"
#include "testing/many_bodies.hpp"
#include "testing/memory.hpp"
#include "testing/verdict.hpp"

namespace plimsoll {
namespace {

using test::Bytes;
using test::sized;
using Total = std::optional<std::uint64_t>;

static_assert(!std::is_copy_constructible_v<StreamLoader> && !std::is_copy_assignable_v<StreamLoader>);
static_assert(std::is_nothrow_move_constructible_v<StreamLoader> && std::is_nothrow_move_assignable_v<StreamLoader>);

std::string text(const std::optional<Error>& error) {
  return error
             ? describe(*error) + " @" + std::to_string(error->offset) + " in section " + std::to_string(error->section)
             : "valid";
}

std::span<const std::byte> part(const Bytes& bytes, std::size_t begin, std::size_t size) {
  return std::as_bytes(std::span(bytes)).subspan(begin, size);
}

struct Streamed {
  std::optional<Error> error;
  std::size_t pushed = 0;  // bytes, up to and with the push that failed
};

// Pushes pieces of the sizes that `next` gives, told how many bytes are needed, until one fails; then finishes.
Streamed stream(const Bytes& module, Total total, const std::function<std::size_t(std::size_t)>& next,
                const Options& options = {}) {
  StreamLoader loader(options, total);
  Streamed result;
  while (result.pushed < module.size()) {
    const std::size_t size = std::min(next(loader.need()), module.size() - result.pushed);
    const auto pushed = loader.push(part(module, result.pushed, size));
    result.pushed += size;
    if (pushed) continue;
    result.error = pushed.error();
    EXPECT_EQ(loader.need(), 0U);
    EXPECT_EQ(text(loader.push({}).error()), text(result.error)) << "an error is final";
    break;
  }
  const LoadResult module_or = loader.finish();
  if (module_or) {
    EXPECT_FALSE(result.error.has_value());
    EXPECT_TRUE(std::ranges::equal((*module_or)->bytes(), std::as_bytes(std::span(module))));
  } else if (result.error) {
    EXPECT_EQ(text(module_or.error()), text(result.error));
  } else {
    result.error = module_or.error();
  }
  return result;
}

std::size_t one(std::size_t) { return 1; }
std::size_t needed(std::size_t need) { return std::max<std::size_t>(need, 1); }

// In pieces of several sizes, with and without the total.
void same_answer(const Bytes& module, const Options& options = {}) {
  const std::optional<Error> whole = test::load_error(module, options);
  for (const Total total : {Total(), Total(module.size())}) {
    for (const std::size_t size : {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{64}, module.size()}) {
      const Streamed found = stream(module, total, [&](std::size_t) { return size; }, options);
      ASSERT_TRUE(found.error == whole) << "pieces of " << size << ": " << text(found.error) << " and not "
                                        << text(whole);
    }
    const Streamed found = stream(module, total, needed, options);
    ASSERT_TRUE(found.error == whole) << "as needed: " << text(found.error) << " and not " << text(whole);
  }
}

Bytes small_module() {
  return test::world("[ ] [ i32 ]", "local 2 i64 block i32 i32.const 1 i64.const 2 i64.store8 0 1 i32.const 7 end");
}

TEST(Stream, AnswersWhateverTheSizeOfThePieces) {
  same_answer(small_module());
  same_answer({});
  same_answer(test::preamble());
  same_answer({0x00, 'a', 's', 'n', 0x01, 0x00, 0x00, 0x00});
  same_answer({0x00, 'a', 's', 'm', 0x0D, 0x00, 0x01, 0x00});
  same_answer({0x01});
}

TEST(Stream, AnswersForEveryCutInTwo) {
  const Bytes good = small_module();
  Bytes bad = good;
  bad[bad.size() - 30] ^= 0x55;
  for (const Bytes& module : {good, bad}) {
    const std::optional<Error> whole = test::load_error(module);
    for (std::size_t first = 1; first < module.size(); ++first) {
      for (const Total total : {Total(), Total(module.size())}) {
        bool is_first = true;
        const auto next = [&](std::size_t) { return std::exchange(is_first, false) ? first : module.size(); };
        const Streamed found = stream(module, total, next);
        ASSERT_TRUE(found.error == whole) << first << ": " << text(found.error) << " and not " << text(whole);
      }
    }
  }
}

TEST(Stream, AnswersForEveryPrefix) {
  const Bytes module = small_module();
  for (std::size_t size = 0; size < module.size(); ++size)
    same_answer(Bytes(module.begin(), module.begin() + static_cast<std::ptrdiff_t>(size)));
}

TEST(Stream, AnswersForEveryBitFlipped) {
  const Bytes module = small_module();
  for (std::size_t at = 0; at < module.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      Bytes changed = module;
      changed[at] = static_cast<std::uint8_t>(changed[at] ^ 1U << bit);
      SCOPED_TRACE(std::to_string(at) + " " + std::to_string(bit));
      same_answer(changed);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST(Stream, RefusesABadBodyWithItsLastByte) {
  const Bytes bad = sized(test::empty_handed_body(4));
  const Bytes before = test::many_bodies(100);
  const Bytes module = test::many_bodies(100, {{50, bad}});
  const auto whole = test::load_error(module);
  ASSERT_TRUE(whole.has_value());
  const LoadResult lengths = load(BorrowedBytes(before));
  // What stands in front of body 50 is as long in both, but for its own size.
  const ByteRange body = (*lengths)->bodies()[50];
  const std::size_t end = body.offset - test::leb(body.size).size() + bad.size();
  const Streamed known = stream(module, module.size(), one);
  EXPECT_EQ(text(known.error), text(whole));
  EXPECT_EQ(known.pushed, end);
  // Without the total the section may yet run over the end of the module: with its last byte it does not.
  const Bytes more = module + test::custom_section("behind", test::repeat(100, {0x00}));
  const Streamed unknown = stream(more, {}, one);
  EXPECT_EQ(text(unknown.error), text(whole));
  EXPECT_EQ(unknown.pushed, module.size());
  // And if it does, that is the error, as for the whole.
  same_answer(Bytes(module.begin(), module.end() - 1));
}

TEST(Stream, RefusesSizesAndCountsThatLieWhenTheyAreRead) {
  const auto pushed_until = [](const Bytes& front, std::string_view code) {
    const Bytes module = front + Bytes(1000, 0x00);
    const Streamed found = stream(module, module.size(), one);
    EXPECT_EQ(text(found.error), text(test::load_error(module)));
    EXPECT_EQ(name(found.error->code), code);
    return found.pushed - front.size();
  };
  const Bytes start = test::preamble();
  EXPECT_EQ(pushed_until(start + Bytes{0x01, 0xFF, 0xFF, 0x03}, "length_out_of_bounds"), 0U);
  EXPECT_EQ(pushed_until(start + Bytes{0x0F}, "bad_section_id"), 0U);
  EXPECT_EQ(pushed_until(start + Bytes{0x01, 0x80, 0x80, 0x80, 0x80, 0x80}, "integer_too_long"), 0U);
  EXPECT_EQ(pushed_until(start + Bytes{0x03, 0x01, 0x00, 0x01, 0xE4, 0x07}, "section_out_of_order"), 0U);
  for (const std::uint8_t id : Bytes{1, 2, 3, 4, 5, 6, 7, 9, 11, 13})
    EXPECT_EQ(pushed_until(start + Bytes{id, 0xE4, 0x07, 0xFF, 0xFF, 0x01}, "length_out_of_bounds"), 0U) << int{id};
  EXPECT_EQ(pushed_until(start + Bytes{0x0A, 0xE4, 0x07, 0x01}, "function_code_mismatch"), 0U);
  EXPECT_EQ(pushed_until(start + Bytes{0x0C, 0x01, 0x05, 0x0B, 0xE4, 0x07, 0x04}, "data_count_mismatch"), 0U);
  const Bytes code = start + test::section(1, test::vec({{0x60, 0x00, 0x00}})) + test::section(3, {0x01, 0x00});
  EXPECT_EQ(pushed_until(code + Bytes{0x0A, 0xE4, 0x07, 0x01, 0xE3, 0x07}, "length_out_of_bounds"), 0U);
  EXPECT_EQ(pushed_until(code + Bytes{0x0A, 0xE4, 0x07, 0x01, 0x02, 0x00, 0x0B}, "section_size_mismatch"), 0U);
}

// Pushing what is needed takes a push or a few for each thing that is looked at; less says nothing.
TEST(Stream, KnowsHowMuchItNeeds) {
  const Bytes module = test::many_bodies(100);
  for (const Total total : {Total(), Total(module.size())}) {
    std::size_t pushes = 0;
    EXPECT_FALSE(stream(module, total, [&](std::size_t need) {
                   EXPECT_GE(need, 1U);
                   ++pushes;
                   return need;
                 }).error.has_value());
    EXPECT_LE(pushes, 8 + 6 * 3 + 3 * 100U);
  }
  StreamLoader loader({}, module.size());
  EXPECT_EQ(loader.need(), 4U);
  ASSERT_TRUE(loader.push(part(module, 0, 1)).has_value());
  EXPECT_EQ(loader.need(), 3U);
  ASSERT_TRUE(loader.push(part(module, 1, module.size() - 1)).has_value());
  EXPECT_EQ(loader.need(), 0U);
  EXPECT_TRUE(loader.finish().has_value());
}

TEST(Stream, TakesTimeLinearInItsPieces) {
  const Bytes module = test::many_bodies(1000, {{500, sized(test::constant_body(100'000))}}) +
                       test::custom_section("c", Bytes(300'000, 0x00));
  EXPECT_FALSE(stream(module, {}, one).error.has_value());  // quadratic, it would take hours
}

TEST(Stream, HoldsTheSenderToItsTotal) {
  const Bytes module = small_module();
  // More.
  const Streamed more = stream(module, module.size() - 10, one);
  ASSERT_TRUE(more.error.has_value());
  EXPECT_EQ(name(more.error->code), "length_out_of_bounds") << "of the section that cannot end where it says";
  StreamLoader empty({}, 8);
  ASSERT_TRUE(empty.push(part(module, 0, 8)).has_value());
  const auto error = empty.push(part(module, 8, 3));
  ASSERT_FALSE(error.has_value());
  EXPECT_EQ(name(error.error().code), "limit_module_size");
  EXPECT_EQ(error.error().offset, 8U);
  EXPECT_EQ(error.error().found, 11U);
  // Less: the answer for what has come.
  for (std::size_t size = 0; size <= module.size(); ++size) {
    const Bytes prefix(module.begin(), module.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(text(stream(prefix, module.size() + 10, one).error), text(test::load_error(prefix))) << size;
  }
}

TEST(Stream, HoldsTheModuleToItsLimit) {
  const Bytes module = test::many_bodies(100);
  Options options;
  options.limits.module_size = static_cast<std::uint32_t>(module.size());
  EXPECT_EQ(text(stream(module, {}, one, options).error), "valid");
  options.limits.module_size -= 1;
  const std::string whole = text(test::load_error(module, options));
  EXPECT_EQ(text(stream(module, module.size(), one, options).error), whole);
  EXPECT_EQ(text(stream(module, {}, one, options).error), whole);
  EXPECT_EQ(stream(module, module.size(), one, options).pushed, 1U);
}

TEST(Stream, GivesAModuleThatOwnsItsBytes) {
  const Bytes bytes = test::many_bodies(300);
  test::Threads threads(2);
  Options options;
  options.parallel = &threads;
  std::unique_ptr<const Module> module;
  {
    StreamLoader first(options);
    ASSERT_TRUE(first.push(part(bytes, 0, 100)).has_value());
    StreamLoader second = std::move(first);
    ASSERT_TRUE(second.push(part(bytes, 100, bytes.size() - 100)).has_value());
    EXPECT_EQ(name(first.push({}).error().code), "out_of_memory");
    LoadResult result = second.finish();
    ASSERT_TRUE(result.has_value());
    module = *std::move(result);
  }
  EXPECT_TRUE(std::ranges::equal(module->bytes(), std::as_bytes(std::span(bytes))));
  EXPECT_EQ(module->bodies().size(), 300U);
  EXPECT_EQ(threads.runs, 1U) << "a code section that comes in one piece is shared out";
}

TEST(Stream, RunningOutOfMemoryIsAnError) {
  const Bytes module = test::many_bodies(100, {{90, sized(test::constant_body(3000))}});
  std::size_t failures = 0;
  for (std::size_t fails_at = 1;; ++fails_at) {
    test::Bookkeeper memory;
    memory.fails_at = fails_at;
    Options options;
    options.memory = &memory;
    const Streamed found = stream(module, {}, [](std::size_t) { return 1000; }, options);
    EXPECT_EQ(memory.live(), 0U) << fails_at;
    EXPECT_EQ(memory.wrong, 0U) << fails_at;
    if (!found.error) break;
    EXPECT_EQ(name(found.error->code), "out_of_memory") << fails_at;
    ++failures;
    ASSERT_LT(failures, 100U);
  }
  EXPECT_GT(failures, 4U);
}

}  // namespace
}  // namespace plimsoll
