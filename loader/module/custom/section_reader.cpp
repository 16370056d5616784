// The text of a SectionReader: the one thing in it that a check wants to hear of.
#include "module/custom/section_reader.hpp"

#include "module/custom/checker.hpp"

namespace plimsoll {

std::string_view SectionReader::text() noexcept {
  const std::uint32_t size = length();
  const std::uint32_t at = offset();
  const std::span<const std::uint8_t> bytes = take(size);
  if (!is_utf8(bytes.data(), bytes.size())) {
    if (check_ != nullptr) check_->warn(WarningCode::bad_utf8, at);
    return {};
  }
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace plimsoll
