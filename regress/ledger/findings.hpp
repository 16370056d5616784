// What a recording's figures mean: whether the loader copied the module, and how.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/report.hpp"

namespace plimsoll::regress {

enum class Verdict : std::uint8_t { valid, rejected, unknown };

enum class FindingKind : std::uint8_t {
  raw_copy,        // D2: the module's own bytes stand in heap blocks
  streamed_copy,   // D2: and pass through one small block, again and again
  transient_copy,  // D1: much more was live at one time than stayed
  late_copy,       // D4: a second representation was made when all of the input had been read
  second_reading,  // D4: and the input was read again for it
  twin_copy,       // D3: blocks are copies of blocks that lived at the same time
  growth_copy,     // D3: and were made while a container grew
  leak,            // D1: something stayed after the module was rejected
  accounted_copy,  // D5: the loader says that it copies
};

// "raw copy", "streamed copy" and so on. Static storage.
[[nodiscard]] std::string_view name(FindingKind kind) noexcept;

struct Finding {
  static constexpr std::size_t no_culprit = ~std::size_t{0};

  FindingKind kind = FindingKind::raw_copy;
  Detector detector = Detector::counts;
  double share = 0;                  // of the module (D2, D5) or of what the load kept (the others): 1 is a whole copy
  std::uint64_t bytes = 0;           // of heap, or of the module
  std::string text;                  // one sentence for people
  std::size_t culprit = no_culprit;  // index into Report::culprits
};

// From which share on a figure is a finding. What they are set by stands in regress/ledger/README.md, with the figures.
struct Thresholds {
  std::uint64_t floor = std::uint64_t{64} << 10;  // bytes: less is never a finding, however large its share
  double raw_copy = 0.5;                          // of the module; streamed bytes and those of D5 are held to it, too
  double streamed_copy = 0.5;                     // of the samples
  double transient_copy = 0.6;                    // of what was kept: live beside it at the peak
  double late_copy = 0.25;                        // of what was kept
  double second_reading = 1.5;                    // passes over the input that make a late copy a second reading
  double twin_copy = 0.07;                        // of what was kept
};

inline constexpr Thresholds thresholds_for_any_loader{};

// Of a loader that promises to copy nothing at all, and to leave nothing behind. It has tables for what is going on
// beside those that it keeps, so a peak says nothing.
inline constexpr Thresholds thresholds_for_ours{.floor = 0,
                                                .raw_copy = 0,
                                                .streamed_copy = 0.1,
                                                .transient_copy = 1e9,
                                                .late_copy = 0,
                                                .second_reading = 1.5,
                                                .twin_copy = 0.01};

// Largest share first. What a detector that was off would have found is not there. Throws only std::bad_alloc.
[[nodiscard]] std::vector<Finding> findings(const Report& report, Verdict verdict,
                                            const Thresholds& thresholds = thresholds_for_any_loader);

}  // namespace plimsoll::regress
