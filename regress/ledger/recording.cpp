#include "ledger/recording.hpp"

#include "ledger/recorder.hpp"

namespace plimsoll::regress {

std::string_view describe(RecordingError error) noexcept {
  switch (error) {
    case RecordingError::hooks_missing:
      return "the heap hooks are not in this program: link plimsoll_heap_hooks, and no other allocator before it";
    case RecordingError::already_recording: return "a recording has already begun and not ended";
    case RecordingError::not_begun: return "no recording has begun";
    case RecordingError::cannot_fail: return "an allocation cannot be made to fail where a sanitizer owns the heap";
    case RecordingError::out_of_memory: return "the system has no memory for the ledger's own books";
  }
  return "unknown recording error";
}

std::string_view name(Detector detector) noexcept {
  switch (detector) {
    case Detector::counts: return "counts";
    case Detector::raw_copies: return "raw_copies";
    case Detector::twins: return "twins";
    case Detector::input_clock: return "input_clock";
    case Detector::leak: return "leak";
  }
  return "unknown";
}

Recording::~Recording() {
  if (active_) Recorder::instance().abandon();
}

std::expected<void, RecordingError> Recording::begin(std::span<const std::byte> module_bytes) {
  return begin(module_bytes, Options{});
}

std::expected<void, RecordingError> Recording::begin(std::span<const std::byte> module_bytes, Options options) {
  auto begun = Recorder::instance().begin(module_bytes, options);
  if (begun) active_ = true;
  return begun;
}

std::expected<void, RecordingError> Recording::begin(const ClockedInput& input, Options options) {
  auto begun = Recorder::instance().begin(input, options);
  if (begun) active_ = true;
  return begun;
}

void Recording::account(std::uint64_t bytes) noexcept { Recorder::instance().account(bytes); }

std::expected<void, RecordingError> Recording::phase(std::string_view name) {
  if (!active_) return std::unexpected(RecordingError::not_begun);
  Recorder::instance().phase(name);
  return {};
}

std::expected<Report, RecordingError> Recording::end() {
  if (!active_) return std::unexpected(RecordingError::not_begun);
  active_ = false;
  return Recorder::instance().end();
}

}  // namespace plimsoll::regress
