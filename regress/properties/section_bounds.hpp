// Where the sections of a module stand, found without the loader's help, so that it can be judged by it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace plimsoll::regress::properties {

struct SectionBounds {
  std::uint8_t id = 0;
  std::size_t begin = 0;    // of its id
  std::size_t payload = 0;  // first byte behind its size
  std::size_t end = 0;
};

// The sections of `module`, up to the first that does not fit. None if it is shorter than a preamble.
std::vector<SectionBounds> section_bounds(std::span<const std::byte> module);

// The code section: its count as it stands, and the function bodies up to the first that does not fit.
struct CodeBounds {
  std::vector<std::byte> count;
  std::vector<std::span<const std::byte>> bodies;  // local declarations included
};
CodeBounds code_bounds(std::span<const std::byte> module, const SectionBounds& section);

// `value` as LEB128, at least `size` bytes long, appended.
void append_leb(std::vector<std::byte>& bytes, std::uint64_t value, std::size_t size = 1);

// `module` with the payload of one section replaced and its size set right.
std::vector<std::byte> with_payload(std::span<const std::byte> module, const SectionBounds& section,
                                    std::span<const std::byte> payload);

}  // namespace plimsoll::regress::properties
