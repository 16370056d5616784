// Reading LEB128 numbers: of one length each, and of lengths as they are in code, where nine of ten have one byte. The
// floor is to add up the same bytes.
#include "bytes/leb128.hpp"

#include <cstdint>
#include <numeric>

#include "micro/benches.hpp"

namespace plimsoll::bench {
namespace {

constexpr int numbers = 4096;
constexpr int as_in_code = 0;  // the length of a bench with mixed lengths

// So many bytes, the last of them without the mark that more follow.
void append(std::vector<std::uint8_t>& bytes, int length, std::uint32_t value) {
  for (int i = 1; i < length; ++i) bytes.push_back(static_cast<std::uint8_t>(0x80U | (value >> i & 0x7FU)));
  bytes.push_back(static_cast<std::uint8_t>(value & 0x07U));
}

std::vector<std::uint8_t> make(int length) {
  std::vector<std::uint8_t> bytes;
  std::uint32_t random = 12345;
  for (int i = 0; i < numbers; ++i) {
    random = random * 1664525U + 1013904223U;
    const std::uint32_t dice = random >> 24U;
    const int mixed = dice < 230 ? 1 : dice < 248 ? 2 : dice < 253 ? 3 : 5;
    append(bytes, length == as_in_code ? mixed : length, random >> 8U);
  }
  return bytes;
}

template <class Read>
void read_all(benchmark::State& state, Read read) {
  const std::vector<std::uint8_t> bytes = make(static_cast<int>(state.range(0)));
  const std::uint8_t* const end = bytes.data() + bytes.size();
  for (auto _ : state) {
    std::uint64_t total = 0;
    for (const std::uint8_t* position = bytes.data(); position != nullptr && position != end;)
      position = read(position, end, total);
    benchmark::DoNotOptimize(total);
  }
  count_bytes(state, bytes.size());
  state.SetItemsProcessed(state.iterations() * numbers);
}

const std::uint8_t* read_u32(const std::uint8_t* position, const std::uint8_t* end, std::uint64_t& total) {
  std::uint32_t value = 0;
  LebFailure failure;
  position = read_unsigned(position, end, value, failure);
  total += value;
  return position;
}

const std::uint8_t* read_s64(const std::uint8_t* position, const std::uint8_t* end, std::uint64_t& total) {
  std::int64_t value = 0;
  LebFailure failure;
  position = read_signed<64>(position, end, value, failure);
  total += static_cast<std::uint64_t>(value);
  return position;
}

void add_up(benchmark::State& state) {
  const std::vector<std::uint8_t> bytes = make(static_cast<int>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(std::accumulate(bytes.begin(), bytes.end(), 0U));
  count_bytes(state, bytes.size());
  state.SetItemsProcessed(state.iterations() * numbers);
}

}  // namespace

void register_leb128() {
  const auto add = [](const char* name, auto bench) {
    for (const int length : {as_in_code, 1, 2, 3, 5})
      benchmark::RegisterBenchmark(name, bench)->ArgName("bytes")->Arg(length);
  };
  add("leb128/u32", [](benchmark::State& state) { read_all(state, read_u32); });
  add("leb128/s64", [](benchmark::State& state) { read_all(state, read_s64); });
  add("floor/leb128_sum", add_up);
}

}  // namespace plimsoll::bench
