// The text of a SectionReader: the one thing in it that a check wants to hear of.
#include "module/custom/section_reader.hpp"

#include "module/custom/checker.hpp"

namespace plimsoll {

std::string_view SectionReader::text() noexcept {
  const std::uint32_t size = length();
  const std::uint32_t at = offset();
  const std::span<const std::uint8_t> bytes = take(size);
  const std::size_t good = utf8_prefix(bytes.data(), bytes.size());
  if (good != bytes.size()) {
    if (check_ != nullptr) check_->warn(WarningCode::bad_utf8, at + static_cast<std::uint32_t>(good));
    return {};
  }
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace plimsoll
