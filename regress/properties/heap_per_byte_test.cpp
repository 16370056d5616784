// How deep a real module may lie in the water: peak heap per byte of it.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "ledger/ledger.hpp"
#include "plimsoll/bytes.hpp"
#include "properties/inputs.hpp"
#include "properties/recorded_load.hpp"

namespace plimsoll::regress::properties {
namespace {

constexpr double most_per_byte = 0.25;
constexpr double most_per_byte_gc = 0.40;  // a GC module is half types
constexpr double geometric_mean_per_byte = 0.05;
constexpr double floor_bytes = 16 * 1024;  // what any module may take
constexpr std::array<std::string_view, 3> gc_modules{"cfr", "dart_fmt", "dart_fmt_unopt"};

double most_peak(std::string_view name, double size) {
  const bool gc = std::ranges::find(gc_modules, name) != gc_modules.end();
  return std::max(floor_bytes, size * (gc ? most_per_byte_gc : most_per_byte));
}

TEST(HeapPerByte, OfTiersBAndCIsWithinTheLine) {
  auto files = real_modules('B');
  const auto largest = real_modules('C');
  if (files.empty() || largest.empty()) GTEST_SKIP() << how_to_get_tiers();
  files.insert(files.end(), largest.begin(), largest.end());
  double sum_of_logarithms = 0;
  double count = 0;
  for (const auto& file : files) {
    const std::string name = file.stem().string();
    const auto mapped = MappedBytes::open(file.c_str());
    ASSERT_TRUE(mapped.has_value()) << file;
    const RecordedLoad run = record_load(mapped->view(), Features::browsers(), {.raw_copies = false});
    if (run.error && run.error->code == ErrorCode::component) continue;
    EXPECT_FALSE(run.error.has_value()) << name << " is " << to_string(run.error);
    const auto size = static_cast<double>(mapped->view().size());
    const auto peak = static_cast<double>(run.report.peak);
    EXPECT_LE(peak, most_peak(name, size)) << name << ": " << peak / size << " per byte";
    // Those for which the floor counts would drown the others.
    if (size * most_per_byte < floor_bytes) continue;
    sum_of_logarithms += std::log(peak / size);
    count += 1;
  }
  ASSERT_GE(count, 1);
  const double mean = std::exp(sum_of_logarithms / count);
  RecordProperty("geometric_mean", std::to_string(mean));
  EXPECT_LE(mean, geometric_mean_per_byte) << "over " << count << " modules";
}

}  // namespace
}  // namespace plimsoll::regress::properties
