#include "ledger/culprits.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace plimsoll::regress {

namespace {

constexpr std::size_t detectors = 5;

struct Charge {
  std::uint64_t bytes = 0;
  std::uint64_t blocks = 0;
};

using Charges = std::array<std::vector<Charge>, detectors>;  // [detector][stack]

Charges charges(const Report& report, std::size_t stacks, std::span<const LoggedBlock> log,
                std::span<const Twins::Twin> twins) {
  Charges charges;
  charges.fill(std::vector<Charge>(stacks + 1));
  const auto add = [&](Detector detector, std::uint32_t stack, std::uint64_t bytes) {
    if (bytes == 0) return;
    // A thread may have come here with a stack of the recording before.
    Charge& charge = charges[static_cast<std::size_t>(detector)][stack <= stacks ? stack : Stacks::none];
    charge.bytes += bytes;
    ++charge.blocks;
  };
  for (const LoggedBlock& block : log) {
    add(Detector::counts, block.stack, block.size);
    add(Detector::raw_copies, block.stack, block.copied);
    if (report.clocked && block.tick == report.pages_touched && block.tick != 0) {
      add(Detector::input_clock, block.stack, block.size);
    }
    if (block.death == 0) add(Detector::leak, block.stack, block.size);
  }
  for (const Twins::Twin& twin : twins) add(Detector::twins, log[twin.serial - 1].stack, twin.bytes);
  return charges;
}

// Most bytes first; stacks are numbered by first appearance, so the order is the same in every run.
std::vector<std::uint32_t> worst(const std::vector<Charge>& charges) {
  std::vector<std::uint32_t> order;
  for (std::uint32_t stack = 1; stack < charges.size(); ++stack) {
    if (charges[stack].bytes != 0) order.push_back(stack);
  }
  const auto better = [&](std::uint32_t a, std::uint32_t b) {
    return std::pair(charges[b].bytes, a) < std::pair(charges[a].bytes, b);
  };
  const auto kept = static_cast<std::ptrdiff_t>(std::min(order.size(), Culprit::most_of_each));
  std::ranges::partial_sort(order, order.begin() + kept, better);
  order.resize(static_cast<std::size_t>(kept));
  return order;
}

}  // namespace

void blame(Report& report, LoadedObjects& objects, const Stacks& stacks, std::span<const LoggedBlock> log,
           std::span<const Twins::Twin> twins) {
  std::map<std::uintptr_t, std::uint32_t> known;
  const auto number = [&](std::uintptr_t address) {
    const auto [entry, is_new] = known.emplace(address, static_cast<std::uint32_t>(report.frames.size()));
    if (is_new) report.frames.push_back(objects.frame(address));
    return entry->second;
  };
  const Charges all = charges(report, stacks.size(), log, twins);
  for (std::size_t detector = 0; detector < detectors; ++detector) {
    for (const std::uint32_t stack : worst(all[detector])) {
      Culprit culprit{.detector = static_cast<Detector>(detector),
                      .bytes = all[detector][stack].bytes,
                      .blocks = all[detector][stack].blocks,
                      .frames = {}};
      for (const std::uintptr_t address : stacks.frames(stack)) culprit.frames.push_back(number(address));
      report.culprits.push_back(std::move(culprit));
    }
  }
  report.objects = objects.files();
}

}  // namespace plimsoll::regress
