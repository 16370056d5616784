// A module that passes through one small buffer is seen while it is read.
#include "ledger/stream_sampler.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "ledger/ledger_test_support.hpp"

namespace plimsoll::regress {
namespace {

using test_support::keep;
using test_support::pseudo_random;

constexpr std::size_t module_bytes = std::size_t{1} << 20;

template <typename Load>
Report sampled(Load load) {
  const auto module = pseudo_random(module_bytes);
  const auto input = ClockedInput::create(module);
  Recording recording;
  recording.begin(input.value(), {.raw_copies = true}).value();
  load(input->bytes());
  return recording.end().value();
}

TEST(StreamSampler, AReusedBufferIsFound) {
  for (const std::size_t size : {512u, 4096u, 65'536u}) {
    SCOPED_TRACE(size);
    const Report report = sampled([&](auto bytes) {
      const auto buffer = std::make_unique<std::byte[]>(size);
      for (std::size_t at = 0; at < bytes.size(); at += size) std::memcpy(keep(buffer.get()), bytes.data() + at, size);
      std::memset(keep(buffer.get()), 0, size);
      keep(buffer.get());
    });
    EXPECT_GE(report.stream_samples, 60u);
    EXPECT_GE(report.stream_hits * 10, report.stream_samples * 9 / (size == 65'536 ? 4 : 1));
    EXPECT_EQ(report.stream_block, 1u);
  }
}

TEST(StreamSampler, ABufferThatIsMadeAnewForEachPieceIsNoReuse) {
  const Report report = sampled([](auto bytes) {
    for (std::size_t at = 0; at < bytes.size(); at += 4096) {
      const std::vector<std::byte> buffer(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                                          bytes.begin() + static_cast<std::ptrdiff_t>(at + 4096));
      keep(const_cast<std::byte*>(buffer.data()));
    }
  });
  EXPECT_LE(report.stream_hits, 2u);
  EXPECT_EQ(report.copied_bytes, module_bytes);  // but each is searched when it is freed
}

TEST(StreamSampler, APieceThatIsCopiedOnceAndKeptIsNoStream) {
  const auto kept = std::make_unique<std::byte[]>(1);
  const Report report = sampled([&](auto bytes) {
    const std::vector<std::byte> piece(bytes.begin(), bytes.begin() + 4096);
    keep(const_cast<std::byte*>(piece.data()));
    for (std::size_t at = 0; at < bytes.size(); ++at) *keep(kept.get()) ^= bytes[at];
  });
  EXPECT_GE(report.stream_samples, 60u);
  EXPECT_LE(report.stream_hits, 1u);
}

TEST(StreamSampler, ReadingWithoutABufferHitsNothing) {
  const Report report = sampled([](auto bytes) {
    const auto table = std::make_unique<std::uint64_t[]>(512);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      keep(table.get())[at % 512] += std::to_integer<std::uint64_t>(bytes[at]);
    }
  });
  EXPECT_GE(report.stream_samples, 60u);
  EXPECT_EQ(report.stream_hits, 0u);
}

}  // namespace
}  // namespace plimsoll::regress
