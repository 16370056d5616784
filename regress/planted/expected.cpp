#include "planted/expected.hpp"

namespace plimsoll::regress::planted {
namespace {

using enum FindingKind;

template <FindingKind... kinds>
constexpr FindingKind all_of[]{kinds...};

}  // namespace

std::span<const FindingKind> expected_findings(Defect defect) noexcept {
  switch (defect) {
    case Defect::clean: return {};
    case Defect::deep_copy:
    case Defect::thread_copy: return all_of<transient_copy, late_copy, twin_copy>;
    case Defect::deep_copy_kept: return all_of<late_copy, twin_copy>;
    case Defect::function_copy:
    case Defect::tenth_of_functions: return all_of<twin_copy>;
    case Defect::file_copy: return all_of<raw_copy>;
    case Defect::mapped_copy: return all_of<raw_copy, late_copy>;
    case Defect::small_buffer: return all_of<streamed_copy>;
    case Defect::other_layout:
    case Defect::arena_copy:
    case Defect::linked_list: return all_of<transient_copy, late_copy>;
    case Defect::decoded_twice: return all_of<second_reading>;
    case Defect::deep_copy_then_input: return all_of<transient_copy, twin_copy>;
    case Defect::throwing_moves: return all_of<growth_copy>;
    case Defect::error_copy: return all_of<late_copy, twin_copy>;
    case Defect::error_leak: return all_of<leak>;
  }
  return {};
}

std::span<const FindingKind> expected_fast_findings(Defect defect) noexcept {
  switch (defect) {
    case Defect::clean:
    case Defect::function_copy:
    case Defect::tenth_of_functions:
    case Defect::small_buffer: return {};
    case Defect::deep_copy:
    case Defect::thread_copy:
    case Defect::other_layout:
    case Defect::arena_copy:
    case Defect::linked_list: return all_of<transient_copy, late_copy>;
    case Defect::deep_copy_kept:
    case Defect::file_copy:
    case Defect::mapped_copy:
    case Defect::error_copy: return all_of<late_copy>;
    case Defect::decoded_twice: return all_of<second_reading>;
    case Defect::throwing_moves:
    case Defect::deep_copy_then_input: return all_of<transient_copy>;
    case Defect::error_leak: return all_of<leak>;
  }
  return {};
}

}  // namespace plimsoll::regress::planted
