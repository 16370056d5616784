// Reading `metadata.code.*`, entry by entry: what its views and its check share.
#pragma once

#include "module/custom/section_reader.hpp"
#include "plimsoll/code_metadata.hpp"

namespace plimsoll {

CodeHint read_code_hint(SectionReader& reader) noexcept;
FunctionHints read_function_hints(SectionReader& reader) noexcept;
CallTarget read_call_target(SectionReader& reader) noexcept;

// Whether sections of a kind are called `metadata.code.` and something.
constexpr bool is_code_metadata(CustomKind kind) noexcept {
  return kind >= CustomKind::branch_hints && kind <= CustomKind::code_metadata;
}

}  // namespace plimsoll
