// A loader with a switch for each way of copying a module that it must not (issue "the ledger and the load lines"): what the
// detectors are tried on. Its clean form is a fair loader, and silent.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "planted/module.hpp"

namespace plimsoll::regress::planted {

enum class Defect : std::uint8_t {
  clean,
  deep_copy,           // the decoded module is copied, the original dropped
  deep_copy_kept,      // ... and both are kept
  function_copy,       // each function is decoded, then copied into the module
  file_copy,           // the file is copied into a block of the heap, and stays there
  small_buffer,        // the file is read through one buffer of 4 KB, filled again and again
  other_layout,        // the decoded module is written anew in another layout, the original dropped
  arena_copy,          // instructions in an arena, which is copied into one block by memcpy
  decoded_twice,       // decoded, dropped, and decoded again
  tenth_of_functions,  // every tenth function is copied
  linked_list,         // code is linked lists of nodes of 16 bytes; the decoded module is copied, the original dropped
  deep_copy_then_input,  // deep_copy, and after it the input is read to its end
  throwing_moves,        // functions in a vector that grows, with moves that may throw: growing copies them
  error_copy,            // the partial module is copied when the input is refused
  error_leak,            // the partial module stays when the input is refused
  thread_copy,           // deep_copy on another thread
  mapped_copy,           // file_copy in memory from mmap
};

inline constexpr std::array all_defects{
    Defect::clean,          Defect::deep_copy,          Defect::deep_copy_kept, Defect::function_copy,
    Defect::file_copy,      Defect::small_buffer,       Defect::other_layout,   Defect::arena_copy,
    Defect::decoded_twice,  Defect::tenth_of_functions, Defect::linked_list,    Defect::deep_copy_then_input,
    Defect::throwing_moves, Defect::error_copy,         Defect::error_leak,     Defect::thread_copy,
    Defect::mapped_copy,
};

// "deep_copy", ...; static storage.
[[nodiscard]] std::string_view name(Defect defect) noexcept;
[[nodiscard]] std::optional<Defect> defect_named(std::string_view name) noexcept;

// Whether it shows on inputs that are refused only.
[[nodiscard]] constexpr bool only_on_errors(Defect defect) noexcept {
  return defect == Defect::error_copy || defect == Defect::error_leak;
}

struct LoadError {
  std::uint32_t offset = 0;      // bytes
  const char* reason = nullptr;  // static storage
};

// What a load keeps: the module, and in some defects more.
struct Loaded {
  Loaded() = default;
  explicit Loaded(const Module& copied) : module(copied) {}
  Loaded(const Loaded&) = delete;
  Loaded& operator=(const Loaded&) = delete;
  virtual ~Loaded() = default;

  Module module;
  std::uint64_t checksum = 0;  // of the input, where a defect makes one
};

using LoadResult = std::expected<std::unique_ptr<const Loaded>, LoadError>;

// Loads a module in the way of `defect`. The result's names, data and custom sections are views of `input`, which must outlive
// it. Thread-safe.
[[nodiscard]] LoadResult load(std::span<const std::byte> input, Defect defect);

}  // namespace plimsoll::regress::planted
