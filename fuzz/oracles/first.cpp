#include "oracles/first.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace plimsoll::fuzz {
namespace {

using Bytes = std::span<const std::byte>;

// A section or a body: its size, then so many bytes. What stands there is well-formed as far as the error is behind it.
struct Part {
  std::size_t begin;
  std::size_t end;
};
std::optional<Part> sized_part(Bytes bytes, std::size_t position) {
  std::size_t size = 0;
  for (unsigned shift = 0; position < bytes.size() && shift < 35; shift += 7) {
    const auto byte = std::to_integer<std::size_t>(bytes[position++]);
    size |= (byte & 0x7F) << shift;
    if (byte < 0x80)
      return size <= bytes.size() - position ? std::optional(Part{position, position + size}) : std::nullopt;
  }
  return std::nullopt;
}

// The end of the body or of the section that an offset lies in; none if it lies in no section.
std::optional<std::size_t> end_of_part(Bytes bytes, const Error& error) {
  constexpr auto code = std::byte{static_cast<std::uint8_t>(SectionId::code)};
  for (std::size_t position = 8; position < bytes.size();) {
    const std::optional<Part> section = sized_part(bytes, position + 1);
    if (!section || error.offset < section->begin) return std::nullopt;
    const bool is_its = error.section == std::to_integer<std::uint8_t>(bytes[position]);
    if (error.offset > section->end || (error.offset == section->end && !is_its)) {
      position = section->end;
      continue;
    }
    if (bytes[position] != code || error.function == Error::no_function) return section->end;
    // Behind the count, the bodies.
    std::size_t next = section->begin;
    while (next < section->end && (bytes[next] & std::byte{0x80}) != std::byte{0}) ++next;
    for (++next; next < section->end;) {
      const std::optional<Part> body = sized_part(bytes, next);
      if (!body || error.offset < body->begin) return section->end;
      if (error.offset <= body->end) return body->end;
      next = body->end;
    }
    return section->end;
  }
  return std::nullopt;
}

}  // namespace

void require_first_error(Bytes bytes, const Options& options, const Answer& answer) {
  if (answer.valid() || answer.error->section == Error::no_section) return;
  const std::optional<std::size_t> end = end_of_part(bytes, *answer.error);
  if (!end || *end >= bytes.size()) return;
  std::vector<std::byte> other(bytes.begin(), bytes.end());
  // Bytes that are no section, no size, no type and no instruction.
  std::fill(other.begin() + static_cast<std::ptrdiff_t>(*end), other.end(), std::byte{0xFF});
  require_same("first", "with other bytes behind the part that is wrong",
               answer_of(load(BorrowedBytes(other), options)), answer);
}

}  // namespace plimsoll::fuzz
