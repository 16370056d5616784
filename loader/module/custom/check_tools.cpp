// The checks of `producers`, `target_features`, `sourceMappingURL`, `external_debug_info` and `build_id`.
#include <algorithm>
#include <array>
#include <string_view>

#include "module/custom/checker.hpp"
#include "module/custom/tools.hpp"

namespace plimsoll {
namespace {

// Names that should differ. Only the first few are remembered: sections that people have hold no more, and nobody can make
// the check quadratic.
class Distinct {
 public:
  void accept(CustomCheck& check, std::uint32_t offset, std::string_view name) noexcept {
    const auto end = names_.begin() + static_cast<std::ptrdiff_t>(count_);
    if (std::find(names_.begin(), end, name) != end)
      check.warn(WarningCode::duplicate_name, offset);
    else if (count_ < names_.size())
      names_[count_++] = name;
  }

 private:
  std::array<std::string_view, 64> names_;
  std::size_t count_ = 0;
};

}  // namespace

void check_producers(CustomCheck& check, const CustomSection& section) noexcept {
  SectionReader reader = check.reader(section.contents);
  Distinct fields;
  const std::uint32_t count = reader.u32();
  for (std::uint32_t i = 0; i < count && reader.ok() && check.going(); ++i) {
    const std::uint32_t offset = reader.offset();
    const std::string_view field = reader.text();
    if (!reader.ok()) break;
    if (field != "language" && field != "processed-by" && field != "sdk") check.warn(WarningCode::unknown_name, offset);
    fields.accept(check, offset, field);
    Distinct values;
    const std::uint32_t value_count = reader.u32();
    for (std::uint32_t j = 0; j < value_count && reader.ok() && check.going(); ++j) {
      const ProducerValue value = read_producer_value(reader);
      if (reader.ok()) values.accept(check, value.offset, value.name);
    }
  }
  check.finish(reader);
}

void check_target_features(CustomCheck& check, const CustomSection& section) noexcept {
  SectionReader reader = check.reader(section.contents);
  Distinct names;
  const std::uint32_t count = reader.u32();
  for (std::uint32_t i = 0; i < count && reader.ok() && check.going(); ++i) {
    const TargetFeature feature = read_target_feature(reader);
    if (!reader.ok()) break;
    if (feature.prefix != '+' && feature.prefix != '-')
      check.warn_value(WarningCode::unknown_kind, feature.offset, static_cast<std::uint8_t>(feature.prefix));
    names.accept(check, feature.offset, feature.name);
  }
  check.finish(reader);
}

void check_url(CustomCheck& check, const CustomSection& section) noexcept {
  SectionReader reader = check.reader(section.contents);
  reader.text();
  check.finish(reader);
}

void check_build_id(CustomCheck& check, const CustomSection& section) noexcept {
  SectionReader reader = check.reader(section.contents);
  reader.take(reader.length());
  check.finish(reader);
}

}  // namespace plimsoll
