// The heap over a recording, in few points: a curve for people.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "ledger/report.hpp"

namespace plimsoll::regress {

// Keeps, of every `stride` events, the one with most bytes live; when it is full, the stride doubles. So the peak is
// always among the points. Not thread-safe; O(1) amortised; takes no memory but its own.
class Timeline {
 public:
  static constexpr std::size_t capacity = 512;

  constexpr Timeline() noexcept = default;

  void clear() noexcept {
    size_ = 0;
    stride_ = 1;
  }

  // `event` is larger than all before.
  void add(const TimelinePoint& point) noexcept {
    if (joins_last(point)) return;
    // More than once where events are far apart.
    while (size_ == capacity) halve();
    if (!joins_last(point)) points_[size_++] = point;
  }

  [[nodiscard]] std::span<const TimelinePoint> points() const noexcept { return std::span(points_).first(size_); }

 private:
  bool joins_last(const TimelinePoint& point) noexcept {
    if (size_ == 0 || points_[size_ - 1].event / stride_ != point.event / stride_) return false;
    if (points_[size_ - 1].live <= point.live) points_[size_ - 1] = point;
    return true;
  }

  void halve() noexcept {
    const std::array<TimelinePoint, capacity> old = points_;
    size_ = 0;
    stride_ *= 2;
    for (const TimelinePoint& point : old) add(point);
  }

  std::array<TimelinePoint, capacity> points_{};
  std::size_t size_ = 0;
  std::uint64_t stride_ = 1;
};

}  // namespace plimsoll::regress
