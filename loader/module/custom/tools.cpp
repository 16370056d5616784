// The views of `producers`, `target_features`, `sourceMappingURL`, `external_debug_info` and `build_id`.
#include "module/custom/tools.hpp"

namespace plimsoll {

ProducerValue read_producer_value(SectionReader& reader) noexcept {
  ProducerValue value;
  value.offset = reader.offset();
  value.name = reader.text();
  value.version = reader.text();
  return value;
}

ProducerField read_producer_field(SectionReader& reader) noexcept {
  constexpr std::uint32_t least_value = 2;
  ProducerField field;
  field.offset = reader.offset();
  field.name = reader.text();
  field.values = read_inner_list<ProducerValue, read_producer_value>(reader, least_value);
  return field;
}

TargetFeature read_target_feature(SectionReader& reader) noexcept {
  TargetFeature feature;
  feature.offset = reader.offset();
  feature.prefix = static_cast<char>(reader.byte());
  feature.name = reader.text();
  return feature;
}

EntryList<ProducerField> producers(std::span<const std::byte> module, const CustomSection& section) noexcept {
  constexpr std::uint32_t least_field = 2;
  if (section.kind != CustomKind::producers) return {};
  SectionReader reader(module, section.contents);
  return read_list<ProducerField, read_producer_field>(reader, least_field);
}

EntryList<TargetFeature> target_features(std::span<const std::byte> module, const CustomSection& section) noexcept {
  constexpr std::uint32_t least_feature = 2;
  if (section.kind != CustomKind::target_features) return {};
  SectionReader reader(module, section.contents);
  return read_list<TargetFeature, read_target_feature>(reader, least_feature);
}

std::string_view section_url(std::span<const std::byte> module, const CustomSection& section) noexcept {
  if (section.kind != CustomKind::source_map && section.kind != CustomKind::external_debug) return {};
  return SectionReader(module, section.contents).text();
}

std::span<const std::byte> build_id(std::span<const std::byte> module, const CustomSection& section) noexcept {
  if (section.kind != CustomKind::build_id) return {};
  SectionReader reader(module, section.contents);
  const std::uint32_t size = reader.length();
  return module.subspan(reader.offset(), size);
}

}  // namespace plimsoll
