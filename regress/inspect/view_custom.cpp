// Custom sections: all of them with where they stand, those that are known with what they hold.
#include <string>

#include "inspect/text.hpp"
#include "inspect/view.hpp"
#include "plimsoll/custom_sections.hpp"

namespace plimsoll::regress::inspect {

void show_custom(View& view) {
  const std::uint32_t begin = view.part().range.offset;
  view.begin("custom", view.offset_title() + right("bytes", view.size_width()) + "  name");
  CustomSectionWalk sections(view.file().subspan(begin, view.part().range.size));
  for (CustomSection section; sections.next(section);) {
    if (view.as_json()) {
      JsonOutput& json = view.json();
      json.begin_object();
      json.field("name", section.name);
      json.field("offset", begin + section.contents.offset);
      json.field("size", section.contents.size);
      json.end_object();
      continue;
    }
    view.offset(begin + section.contents.offset);
    view.number(section.contents.size, view.size_width());
    view.last(quoted(section.name));
  }
  view.end();
}

}  // namespace plimsoll::regress::inspect
