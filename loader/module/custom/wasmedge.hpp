// Reading `wasmedge`, entry by entry: what its view and its check share.
#pragma once

#include "module/custom/section_reader.hpp"
#include "plimsoll/wasmedge_section.hpp"

namespace plimsoll {

// Reads the section from its first byte. The reader is at the end of the last part afterwards, or failed where the bytes do
// not follow the format; what was read before stays. Of another version nothing but the version is read.
WasmEdgeSection read_wasmedge(SectionReader& reader) noexcept;

WasmEdgePart read_wasmedge_part(SectionReader& reader) noexcept;

}  // namespace plimsoll
