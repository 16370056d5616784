// The name section: what everything was called in the source.
#include <string>

#include "inspect/text.hpp"
#include "inspect/view.hpp"

namespace plimsoll::regress::inspect {
namespace {

constexpr std::size_t kind_width = 8;
constexpr std::size_t index_width = 7;

// Grouped kinds name something inside a function or type.
bool is_grouped(NameKind kind) { return kind == NameKind::local || kind == NameKind::label || kind == NameKind::field; }

std::string_view kind_word(NameKind kind) {
  switch (kind) {
    case NameKind::module: return "module";
    case NameKind::function: return "func";
    case NameKind::local: return "local";
    case NameKind::label: return "label";
    case NameKind::type: return "type";
    case NameKind::table: return "table";
    case NameKind::memory: return "memory";
    case NameKind::global: return "global";
    case NameKind::element: return "elem";
    case NameKind::data: return "data";
    case NameKind::field: return "field";
    case NameKind::tag: return "tag";
  }
  return "";
}

class NamesView {
 public:
  explicit NamesView(View& view)
      : view_(view), names_(view.file().subspan(view.part().range.offset, view.part().range.size)) {}

  void show() {
    view_.begin("names", view_.offset_title() + left("kind", kind_width) + "  " + right("of", index_width) + "  " +
                             right("index", index_width) + "  name");
    for (std::size_t i = 0; i < name_kind_count; ++i) show(static_cast<NameKind>(i));
    view_.end();
  }

 private:
  void show(NameKind kind) {
    if (kind == NameKind::module) {
      if (!names_.module_name().empty()) put(kind, {}, {}, {}, names_.module_name());
    } else if (is_grouped(kind)) {
      for (const NameGroup& group : names_.indirect_map(kind)) show(kind, group.names, group.index);
    } else {
      show(kind, names_.map(kind), {});
    }
  }

  void show(NameKind kind, const NameMap& map, std::optional<std::uint32_t> group) {
    for (const NameEntry& entry : map)
      put(kind, view_.part().range.offset + entry.offset, group, entry.index, entry.name);
  }

  void put(NameKind kind, std::optional<std::uint32_t> offset, std::optional<std::uint32_t> group,
           std::optional<std::uint32_t> index, std::string_view name) {
    if (view_.as_json()) {
      JsonOutput& json = view_.json();
      json.begin_object();
      json.field("kind", kind_word(kind));
      if (offset) json.field("offset", *offset);
      if (group) json.field(kind == NameKind::field ? "type" : "function", *group);
      if (index) json.field("index", *index);
      json.field("name", name);
      json.end_object();
      return;
    }
    view_.word(offset ? right(hexadecimal(*offset), view_.offset_width()) : "", view_.offset_width());
    view_.word(kind_word(kind), kind_width);
    view_.word(group ? right(decimal(*group), index_width) : "", index_width);
    view_.word(index ? right(decimal(*index), index_width) : "", index_width);
    view_.last(quoted(name));
  }

  View& view_;
  NameSection names_;
};

}  // namespace

void show_names(View& view) { NamesView(view).show(); }

}  // namespace plimsoll::regress::inspect
