#include "ledger/findings.hpp"

#include <algorithm>
#include <utility>

namespace plimsoll::regress {

namespace {

// Of fewer ticks, the clock of the input says too little: the module is as good as read at once.
constexpr std::uint64_t least_ticks = 4;
constexpr std::uint64_t least_samples = 8;

std::string number(std::uint64_t value) {
  std::string text = std::to_string(value);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
  return text;
}

std::string percent(double share) { return std::to_string(static_cast<std::uint64_t>(share * 100 + 0.5)) + " %"; }

std::string times(double passes) {
  const auto tenths = static_cast<std::uint64_t>(passes * 10 + 0.5);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " times";
}

double ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

// What the load was to keep: what it kept or, if it gave as good as everything back (a rejection, a validator), what it
// had when it had read what it read. Of a program that was recorded to its end nobody knows, but for its peak.
std::uint64_t kept(const Report& report, Verdict verdict) {
  if (verdict == Verdict::unknown && report.live_at_last_touch == 0) return report.peak;
  constexpr std::uint64_t as_good_as = 16;
  if (verdict == Verdict::valid && report.retained > report.live_at_last_touch / as_good_as) return report.retained;
  const std::uint64_t had = std::max(report.retained, report.live_at_last_touch);
  return had != 0 ? had : report.peak;
}

class Judge {
 public:
  Judge(const Report& report, Verdict verdict, const Thresholds& thresholds)
      : report_(report), verdict_(verdict), thresholds_(thresholds), kept_(kept(report, verdict)) {}

  std::vector<Finding> findings() {
    raw_copies();
    streamed_copy();
    accounted_copy();
    transient_copy();
    late_copy();
    twins();
    leak();
    std::ranges::sort(found_, {}, [](const Finding& finding) { return std::pair(-finding.share, finding.kind); });
    return std::move(found_);
  }

 private:
  [[nodiscard]] bool much(std::uint64_t bytes, double share, double threshold) const {
    return bytes > thresholds_.floor && share > threshold;
  }

  void find(FindingKind kind, Detector detector, double share, std::uint64_t bytes, const std::string& text) {
    const auto culprit = std::ranges::find(report_.culprits, detector, &Culprit::detector);
    found_.push_back({.kind = kind,
                      .detector = detector,
                      .share = share,
                      .bytes = bytes,
                      .text = std::string(name(kind)) + ": " + text,
                      .culprit = culprit == report_.culprits.end()
                                     ? Finding::no_culprit
                                     : static_cast<std::size_t>(culprit - report_.culprits.begin())});
  }

  void raw_copies() {
    const double share = ratio(report_.copied_bytes, report_.module_bytes);
    if (!much(report_.copied_bytes, share, thresholds_.raw_copy)) return;
    find(FindingKind::raw_copy, Detector::raw_copies, share, report_.copied_bytes,
         number(report_.copied_bytes) + " bytes of the module, " + percent(share) +
             ", stood in heap blocks; all runs of them are " + number(report_.copied_block_bytes) + " bytes long");
  }

  void streamed_copy() {
    const double share = ratio(report_.stream_hits, report_.stream_samples);
    if (report_.stream_samples < least_samples || share <= thresholds_.streamed_copy) return;
    find(FindingKind::streamed_copy, Detector::raw_copies, share, report_.module_bytes,
         "in " + percent(share) + " of " + number(report_.stream_samples) + " samples, block " +
             number(report_.stream_block) +
             " held other bytes of the module than before: it is read through that buffer");
  }

  void accounted_copy() {
    const double share = ratio(report_.accounted, report_.module_bytes);
    if (!much(report_.accounted, share, thresholds_.raw_copy)) return;
    find(FindingKind::accounted_copy, Detector::counts, share, report_.accounted,
         "by the loader's own account it copied " + number(report_.accounted) + " bytes, " + percent(share) +
             " of the module");
  }

  // What else a program does is not the loader's: of unknown verdicts nothing is said.
  void transient_copy() {
    if (verdict_ == Verdict::unknown || report_.peak <= kept_) return;
    const std::uint64_t beside = report_.peak - kept_;
    const double share = ratio(beside, kept_);
    if (!much(beside, share, thresholds_.transient_copy)) return;
    find(FindingKind::transient_copy, Detector::counts, share, beside,
         "at the peak " + number(beside) + " bytes were live beside the " + number(kept_) + " that were kept, " +
             percent(share) + " of them");
  }

  // In one go at the end of the input counts as after it: who copies and then reads a last byte is no better.
  void late_copy() {
    if (!report_.clocked || report_.pages_touched < least_ticks) return;
    const bool at_end = report_.burst_tick + 2 >= report_.pages_touched && report_.burst_tick != report_.pages_touched;
    const std::uint64_t bytes = std::max(report_.after, at_end ? report_.burst : 0);
    const double share = ratio(bytes, kept_);
    if (!much(bytes, share, thresholds_.late_copy)) return;
    const double passes = ratio(report_.touches, report_.pages_touched);
    if (passes >= thresholds_.second_reading) {
      find(FindingKind::second_reading, Detector::input_clock, share, bytes,
           "when all of the input had been read, " + number(bytes) + " bytes were allocated, " + percent(share) +
               " of what was kept, and the input was gone through " + times(passes));
    } else {
      find(FindingKind::late_copy, Detector::input_clock, share, bytes,
           "when all of the input had been read, " + number(bytes) + " bytes were allocated, " + percent(share) +
               " of what was kept, without reading it again");
    }
  }

  void twins() {
    const double share = ratio(report_.twin_bytes, kept_);
    if (!much(report_.twin_bytes, share, thresholds_.twin_copy)) return;
    const bool grew = report_.growth_twin_bytes * 2 > report_.twin_bytes;
    const std::string sizes = number(report_.twin_bytes) + " bytes in " + number(report_.twin_blocks) +
                              " blocks equal those of an older block that lived then, " + percent(share) +
                              " of what was kept";
    if (grew) {
      find(FindingKind::growth_copy, Detector::twins, share, report_.twin_bytes,
           sizes + ", most of them made while a container grew");
    } else {
      find(FindingKind::twin_copy, Detector::twins, share, report_.twin_bytes, sizes);
    }
  }

  void leak() {
    if (verdict_ != Verdict::rejected || report_.retained <= thresholds_.floor) return;
    find(FindingKind::leak, Detector::leak, ratio(report_.retained, report_.peak), report_.retained,
         number(report_.retained) + " bytes in " + number(report_.retained_blocks) +
             " blocks are still there after the module was rejected");
  }

  const Report& report_;
  Verdict verdict_;
  const Thresholds& thresholds_;
  std::uint64_t kept_;
  std::vector<Finding> found_;
};

}  // namespace

std::string_view name(FindingKind kind) noexcept {
  switch (kind) {
    case FindingKind::raw_copy: return "raw copy";
    case FindingKind::streamed_copy: return "streamed copy";
    case FindingKind::transient_copy: return "transient copy";
    case FindingKind::late_copy: return "late copy";
    case FindingKind::second_reading: return "second reading";
    case FindingKind::twin_copy: return "twin copy";
    case FindingKind::growth_copy: return "growth copy";
    case FindingKind::leak: return "leak";
    case FindingKind::accounted_copy: return "accounted copy";
  }
  return "unknown finding";
}

std::vector<Finding> findings(const Report& report, Verdict verdict, const Thresholds& thresholds) {
  return Judge(report, verdict, thresholds).findings();
}

}  // namespace plimsoll::regress
