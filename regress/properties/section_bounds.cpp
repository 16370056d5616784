#include "properties/section_bounds.hpp"

namespace plimsoll::regress::properties {
namespace {

constexpr std::size_t preamble = 8;

// Reads a LEB128 of at most 32 bits at `position` and moves behind it; false if there is none.
bool read_leb(std::span<const std::byte> bytes, std::size_t& position, std::uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 35; shift += 7) {
    if (position == bytes.size()) return false;
    const auto byte = std::to_integer<std::uint64_t>(bytes[position++]);
    value |= (byte & 0x7F) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

}  // namespace

std::vector<SectionBounds> section_bounds(std::span<const std::byte> module) {
  std::vector<SectionBounds> sections;
  std::size_t position = preamble;
  while (position < module.size()) {
    SectionBounds section{.id = std::to_integer<std::uint8_t>(module[position]), .begin = position};
    std::uint64_t size = 0;
    if (!read_leb(module, ++position, size) || size > module.size() - position) break;
    section.payload = position;
    section.end = position += static_cast<std::size_t>(size);
    sections.push_back(section);
  }
  return sections;
}

CodeBounds code_bounds(std::span<const std::byte> module, const SectionBounds& section) {
  CodeBounds code;
  const auto payload = module.subspan(section.payload, section.end - section.payload);
  std::size_t position = 0;
  std::uint64_t number = 0;
  if (!read_leb(payload, position, number)) return code;
  code.count.assign(payload.begin(), payload.begin() + static_cast<std::ptrdiff_t>(position));
  while (read_leb(payload, position, number) && number <= payload.size() - position) {
    code.bodies.push_back(payload.subspan(position, static_cast<std::size_t>(number)));
    position += static_cast<std::size_t>(number);
  }
  return code;
}

void append_leb(std::vector<std::byte>& bytes, std::uint64_t value, std::size_t size) {
  while (value >= 0x80 || size > 1) {
    bytes.push_back(static_cast<std::byte>(value | 0x80));
    value >>= 7;
    if (size > 1) --size;
  }
  bytes.push_back(static_cast<std::byte>(value));
}

std::vector<std::byte> with_payload(std::span<const std::byte> module, const SectionBounds& section,
                                    std::span<const std::byte> payload) {
  std::vector<std::byte> result(module.begin(), module.begin() + static_cast<std::ptrdiff_t>(section.begin + 1));
  append_leb(result, payload.size());
  result.insert(result.end(), payload.begin(), payload.end());
  result.insert(result.end(), module.begin() + static_cast<std::ptrdiff_t>(section.end), module.end());
  return result;
}

}  // namespace plimsoll::regress::properties
