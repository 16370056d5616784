// Reading the small sections of tools, entry by entry: what their views and checks share.
#pragma once

#include "module/custom/section_reader.hpp"
#include "plimsoll/tool_sections.hpp"

namespace plimsoll {

ProducerValue read_producer_value(SectionReader& reader) noexcept;
ProducerField read_producer_field(SectionReader& reader) noexcept;
TargetFeature read_target_feature(SectionReader& reader) noexcept;

}  // namespace plimsoll
