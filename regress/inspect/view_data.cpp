// Data segments: where their bytes stand, where they go, and how they start.
#include <algorithm>
#include <string>

#include "inspect/instruction_text.hpp"
#include "inspect/text.hpp"
#include "inspect/view.hpp"

namespace plimsoll::regress::inspect {
namespace {

constexpr std::size_t index_width = 7;
constexpr std::size_t place_width = 20;
constexpr std::uint32_t preview = 32;  // bytes

std::string place(View& view, const RawData& entry) {
  if (!entry.is_active) return "passive";
  const std::string text = expression_text(view.file(), entry.expression, view.index());
  return entry.memory == 0 ? text : "(memory " + decimal(entry.memory) + ") " + text;
}

std::string start_of(View& view, const RawData& entry) {
  const ByteRange shown{entry.bytes.offset, std::min(entry.bytes.size, preview)};
  return quoted(view.text(shown)) + (entry.bytes.size > preview ? "..." : "");
}

void put_json(View& view, const RawData& entry, std::uint32_t index) {
  JsonOutput& json = view.json();
  json.begin_object();
  json.field("index", index);
  if (const auto name = view.index().name(NameKind::data, index)) json.field("name", *name);
  json.field("offset", entry.bytes.offset);
  json.field("size", entry.bytes.size);
  json.field("mode", entry.is_active ? "active" : "passive");
  if (entry.is_active) {
    json.field("memory", entry.memory);
    json.field("address", expression_text(view.file(), entry.expression, view.index()));
  }
  std::string hex;
  for (const char c : view.text({entry.bytes.offset, std::min(entry.bytes.size, preview)}))
    hex += hexadecimal_byte(static_cast<unsigned char>(c));
  json.field("start", hex);
  json.end_object();
}

}  // namespace

void show_data(View& view) {
  view.begin("data", view.offset_title() + right("bytes", view.size_width()) + "  " + right("index", index_width) +
                         "  " + left("address", place_width) + "  contents");
  const auto error = each_entry(view.part(), SectionId::data, [&](Cursor& cursor, std::uint32_t index) {
    RawData entry;
    read_data(view.file(), cursor, entry);
    if (!cursor.ok()) return;
    if (view.as_json()) {
      put_json(view, entry, index);
      return;
    }
    view.offset(entry.bytes.offset);
    view.number(entry.bytes.size, view.size_width());
    view.word(right(decimal(index), index_width), index_width);
    view.word(place(view, entry), place_width);
    const std::string name = view.index().label(NameKind::data, index);
    view.last(start_of(view, entry) + (name.empty() ? "" : "  ;; " + name));
  });
  view.end(error);
}

}  // namespace plimsoll::regress::inspect
