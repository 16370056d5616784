// The sections of a module or component: where each stands and how large it is.
#include <string>

#include "inspect/text.hpp"
#include "inspect/view.hpp"

namespace plimsoll::regress::inspect {
namespace {

std::string share(std::uint32_t part, std::uint32_t whole) {
  const std::uint64_t tenths = whole == 0 ? 0 : (std::uint64_t{part} * 1000 + whole / 2) / whole;
  return decimal(tenths / 10) + '.' + decimal(tenths % 10) + '%';
}

// What stands first in the section: the number of entries, or the one number there is.
std::optional<std::uint32_t> first_number(const View& view, const RawSection& section, PartKind kind) {
  const bool is_number = kind == PartKind::module &&
                         (section.id == number(SectionId::start) || section.id == number(SectionId::data_count));
  if (!is_number && !is_vector(section.id, kind)) return std::nullopt;
  Cursor cursor = cursor_over(view.file(), section.payload);
  const std::uint32_t count = cursor.u32();
  return cursor.ok() ? std::optional(count) : std::nullopt;
}

std::string remark(const View& view, const RawSection& section, PartKind kind, std::optional<std::uint32_t> first) {
  std::string text;
  if (section.id == number(SectionId::custom)) text = quoted(view.text(section.name));
  if (kind == PartKind::module && section.id == number(SectionId::start) && first) text = "function " + decimal(*first);
  if (section.payload.size < section.declared)
    text += (text.empty() ? "" : "  ") + ("cut off: " + View::thousands(section.declared) + " bytes declared");
  return text;
}

void put_json(View& view, const RawSection& section, PartKind kind, std::optional<std::uint32_t> first) {
  JsonOutput& json = view.json();
  const bool is_start = kind == PartKind::module && section.id == number(SectionId::start);
  json.begin_object();
  json.field("id", section.id);
  json.field("section", section_name(section.id, kind));
  json.field("header", section.header);
  json.field("offset", section.payload.offset);
  json.field("size", section.payload.size);
  if (section.payload.size < section.declared) json.field("declared_size", section.declared);
  if (section.id == number(SectionId::custom)) json.field("name", view.text(section.name));
  if (first) json.field(is_start ? "function" : "count", *first);
  json.end_object();
}

}  // namespace

void show_sections(View& view) {
  constexpr std::size_t name_width = 13;
  constexpr std::size_t count_width = 9;
  constexpr std::size_t share_width = 6;
  const PartKind kind = kind_of(view.part());
  const std::uint32_t whole = view.part().range.size;
  view.begin("sections", left("section", name_width) + "  " + view.offset_title() + right("bytes", view.size_width()) +
                             "  " + right("share", share_width) + "  " + right("entries", count_width) + "  name");
  RawSections sections(view.part());
  for (RawSection section; kind != PartKind::unknown && sections.next(section);) {
    const auto first = first_number(view, section, kind);
    if (view.as_json()) {
      put_json(view, section, kind, first);
      continue;
    }
    const bool is_start = kind == PartKind::module && section.id == number(SectionId::start);
    view.word(section_name(section.id, kind), name_width);
    view.offset(section.payload.offset);
    view.number(section.payload.size, view.size_width());
    view.word(right(share(section.payload.size, whole), share_width), share_width);
    view.word(first && !is_start ? right(View::thousands(*first), count_width) : "", count_width);
    view.last(remark(view, section, kind, first));
  }
  view.end(sections.error());
}

}  // namespace plimsoll::regress::inspect
