#include "ledger/stream_sampler.hpp"

#include <algorithm>
#include <bit>

namespace plimsoll::regress {

void StreamSampler::clear() noexcept {
  candidates_.fill(Candidate{});
  samples_ = 0;
  best_ = Candidate{};
}

void StreamSampler::allocated(std::uintptr_t address, std::uint64_t size, std::uint64_t serial,
                              std::uint32_t phase) noexcept {
  if (size < least_block || size > most_block) return;
  const auto place = std::ranges::find(candidates_, 0u, &Candidate::address);
  if (place != candidates_.end()) *place = {.address = address, .size = size, .serial = serial, .phase = phase};
}

void StreamSampler::releasing(std::uintptr_t address) noexcept {
  const auto gone = std::ranges::find(candidates_, address, &Candidate::address);
  if (gone == candidates_.end()) return;
  if (gone->hits > best_.hits) best_ = *gone;
  *gone = Candidate{};
}

void StreamSampler::sample(RawCopies& module) noexcept {
  ++samples_;
  for (Candidate& candidate : candidates_) {
    if (candidate.address == 0) continue;
    const std::span<const std::byte> content(std::bit_cast<const std::byte*>(candidate.address),
                                             static_cast<std::size_t>(candidate.size));
    const std::uint64_t hash = content_hash(content);
    const bool changed = hash != candidate.hash;
    candidate.hash = hash;
    // At least a quarter of it: a table that fills up and has some name in it is no stream.
    const auto holds = [&] {
      return module.search(content, {.serial = candidate.serial, .phase = candidate.phase}).bytes;
    };
    if (changed && holds() >= candidate.size / 4) ++candidate.hits;
  }
}

StreamSampler::Result StreamSampler::result() const noexcept {
  const Candidate& most = *std::ranges::max_element(candidates_, {}, &Candidate::hits);
  const Candidate& best = most.hits > best_.hits ? most : best_;
  return {.samples = samples_, .hits = best.hits, .block = best.serial};
}

}  // namespace plimsoll::regress
