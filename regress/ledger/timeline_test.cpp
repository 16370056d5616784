#include "ledger/timeline.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

namespace plimsoll::regress {
namespace {

TEST(Timeline, KeepsEveryPointOfAShortRecording) {
  Timeline timeline;
  for (std::uint64_t event = 1; event <= 100; ++event) timeline.add({.event = event, .live = event * 7, .phase = 0});
  ASSERT_EQ(timeline.points().size(), 100u);
  EXPECT_EQ(timeline.points()[41], (TimelinePoint{.event = 42, .live = 294, .phase = 0}));
}

TEST(Timeline, KeepsThePeakOfALongOneInOrder) {
  for (const std::uint64_t peak : {1u, 12'345u, 99'999u, 100'000u}) {
    Timeline timeline;
    for (std::uint64_t event = 1; event <= 100'000; ++event) {
      timeline.add({.event = event, .live = event == peak ? 1'000'000 : event % 1000, .phase = 1});
    }
    const auto points = timeline.points();
    EXPECT_LE(points.size(), Timeline::capacity);
    EXPECT_GE(points.size(), Timeline::capacity / 4);
    EXPECT_TRUE(std::ranges::is_sorted(points, {}, &TimelinePoint::event));
    EXPECT_EQ(std::ranges::count(points, TimelinePoint{.event = peak, .live = 1'000'000, .phase = 1}), 1);
  }
}

TEST(Timeline, EventsMayBeFarApart) {
  Timeline timeline;
  for (std::uint64_t event = 1; event <= 5000; ++event) timeline.add({.event = event << 20, .live = event, .phase = 0});
  EXPECT_LE(timeline.points().size(), Timeline::capacity);
  EXPECT_EQ(timeline.points().back(), (TimelinePoint{.event = std::uint64_t{5000} << 20, .live = 5000, .phase = 0}));
}

TEST(Timeline, ClearedItStartsOver) {
  Timeline timeline;
  for (std::uint64_t event = 1; event <= 10'000; ++event) timeline.add({.event = event, .live = 1, .phase = 0});
  timeline.clear();
  for (std::uint64_t event = 1; event <= 3; ++event) timeline.add({.event = event, .live = event, .phase = 0});
  EXPECT_EQ(timeline.points().size(), 3u);
}

}  // namespace
}  // namespace plimsoll::regress
