// The check of all custom sections: first which there are and where, then one after the other.
#include "module/custom/checker.hpp"

#include <new>
#include <utility>

namespace plimsoll {
namespace {

// Sections that may stand in a module any number of times.
bool may_repeat(CustomKind kind) noexcept {
  switch (kind) {
    case CustomKind::other:
    case CustomKind::relocations:
    case CustomKind::code_metadata:
    case CustomKind::wasmedge: return true;
    case CustomKind::name:
    case CustomKind::producers:
    case CustomKind::target_features:
    case CustomKind::dylink:
    case CustomKind::linking:
    case CustomKind::source_map:
    case CustomKind::external_debug:
    case CustomKind::build_id:
    case CustomKind::branch_hints:
    case CustomKind::trace_marks:
    case CustomKind::compilation_priorities:
    case CustomKind::instruction_frequencies:
    case CustomKind::call_targets: return false;
  }
  return false;
}

WarningCode unreadable_code(ErrorCode code) noexcept {
  if (code == ErrorCode::length_out_of_bounds) return WarningCode::length_out_of_bounds;
  if (code == ErrorCode::integer_too_long || code == ErrorCode::integer_too_large) return WarningCode::bad_integer;
  return WarningCode::unexpected_end;
}

}  // namespace

void CustomCheck::tell(CustomWarning warning) noexcept {
  if (stopped_) return;
  warning.kind = section_.kind;
  warning.section_index = section_.index;
  warning.section_offset = section_.offset;
  warning.section = section_.name;
  try {
    ++warnings_;
    stopped_ = !sink_(warning) || warnings_ == most_;
  } catch (const std::bad_alloc&) {
    stopped_ = true;
    out_of_memory_ = true;
  }
}

void CustomCheck::warn_unreadable(const SectionReader& reader) noexcept {
  if (!reader.ok()) warn(unreadable_code(reader.error().code), reader.error().offset);
}

void CustomCheck::finish(const SectionReader& reader) noexcept {
  warn_unreadable(reader);
  if (reader.ok() && !reader.at_end()) warn(WarningCode::trailing_bytes, reader.offset());
}

// Which sections there are. Their places are kept only if a check will ask for them.
void CustomCheck::survey() {
  first_.fill(none);
  std::uint32_t count = 0;
  SectionWalk sections = module_.sections();
  for (Section section; sections.next(section); ++count) {
    if (section.id == SectionId::custom) {
      std::uint32_t& first = first_[static_cast<std::size_t>(custom_kind(module_.text(section.name)))];
      if (first == none) first = count;
    } else {
      last_known_ = count;
      if (section.id == SectionId::code) code_ = count;
    }
  }
  if (!first(CustomKind::linking) && !first(CustomKind::relocations)) return;
  sections_.reserve(count);
  sections = module_.sections();
  for (Section section; sections.next(section);) {
    SectionReader header(module_.bytes(), {section.offset + 1, 5});
    header.u32();
    const std::uint32_t end = section.payload.offset + section.payload.size;
    sections_.push_back({{header.offset(), end - header.offset()}, section.id});
  }
}

void CustomCheck::check_place(const CustomSection& section) noexcept {
  const auto misplaced = [&](bool wrong) {
    if (wrong) warn(WarningCode::misplaced_section, section.offset);
  };
  const bool before_last_known = last_known_ != none && section.index < last_known_;
  const auto before = [&](CustomKind kind) { return section.index < first(kind).value_or(0); };
  switch (section.kind) {
    case CustomKind::name:
    case CustomKind::linking: misplaced(before_last_known); break;
    case CustomKind::producers: misplaced(before(CustomKind::name)); break;
    case CustomKind::target_features: misplaced(before(CustomKind::producers)); break;
    case CustomKind::dylink: misplaced(section.index != 0); break;
    case CustomKind::relocations: misplaced(before(CustomKind::linking)); break;
    case CustomKind::branch_hints:
    case CustomKind::trace_marks:
    case CustomKind::compilation_priorities:
    case CustomKind::instruction_frequencies:
    case CustomKind::call_targets:
    case CustomKind::code_metadata: misplaced(code_ != none && section.index > code_); break;
    case CustomKind::other:
    case CustomKind::source_map:
    case CustomKind::external_debug:
    case CustomKind::build_id:
    case CustomKind::wasmedge: break;
  }
}

void CustomCheck::check_contents(const CustomSection& section) {
  switch (section.kind) {
    case CustomKind::name: check_names(*this, section); break;
    case CustomKind::producers: check_producers(*this, section); break;
    case CustomKind::target_features: check_target_features(*this, section); break;
    case CustomKind::dylink: check_dylink(*this, section); break;
    case CustomKind::linking: check_linking(*this, section); break;
    case CustomKind::relocations: check_relocations(*this, section); break;
    case CustomKind::source_map:
    case CustomKind::external_debug: check_url(*this, section); break;
    case CustomKind::build_id: check_build_id(*this, section); break;
    case CustomKind::branch_hints:
    case CustomKind::trace_marks:
    case CustomKind::compilation_priorities:
    case CustomKind::instruction_frequencies:
    case CustomKind::call_targets:
    case CustomKind::code_metadata: check_code_metadata(*this, section); break;
    case CustomKind::wasmedge: check_wasmedge(*this, section); break;
    case CustomKind::other: break;
  }
}

void CustomCheck::run() {
  if (most_ == 0) return;
  survey();
  CustomSectionWalk walk(module_);
  while (going() && walk.next(section_)) {
    const bool is_first = first(section_.kind) == section_.index;
    check_place(section_);
    if (is_first || may_repeat(section_.kind))
      check_contents(section_);
    else
      warn(WarningCode::duplicate_section, section_.offset);
  }
}

std::expected<std::size_t, Error> check_custom_sections(const Module& module, WarningSink sink,
                                                        const CustomCheckOptions& options) noexcept {
  Error error;
  error.code = ErrorCode::out_of_memory;
  try {
    CustomCheck check(module, sink, options);
    check.run();
    if (check.out_of_memory()) return std::unexpected(error);
    return check.warnings();
  } catch (const std::bad_alloc&) {
    return std::unexpected(error);
  }
}

std::expected<std::pmr::vector<CustomWarning>, Error> custom_warnings(const Module& module,
                                                                      const CustomCheckOptions& options) noexcept {
  std::pmr::vector<CustomWarning> warnings(options.memory);
  const auto keep = [&](const CustomWarning& warning) {
    warnings.push_back(warning);
    return true;
  };
  const auto checked = check_custom_sections(module, keep, options);
  if (!checked) return std::unexpected(checked.error());
  return warnings;
}

}  // namespace plimsoll
