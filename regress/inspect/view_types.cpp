// Types as the text format writes them, rec groups in parentheses.
#include <string>

#include "inspect/text.hpp"
#include "inspect/view.hpp"

namespace plimsoll::regress::inspect {
namespace {

constexpr std::size_t index_width = 7;

FieldNames field_names(View& view, const TypeDefinition& type, NameIndex& names) {
  if (type.kind != DefinitionKind::struct_) return {};
  names = view.index().field_names(type.index);
  return [&names](std::uint32_t field) { return names.find(field); };
}

void put_values(JsonOutput& json, std::string_view key, const std::vector<ValueType>& values) {
  json.key(key);
  json.begin_array();
  for (const ValueType value : values) json.value(to_string(value));
  json.end_array();
}

void put_fields(JsonOutput& json, const TypeDefinition& type, const FieldNames& names) {
  json.key("fields");
  json.begin_array();
  for (std::uint32_t i = 0; i < type.fields.size(); ++i) {
    json.begin_object();
    json.field("type", to_string(type.fields[i].storage()));
    json.field("mutable", type.fields[i].is_mutable());
    if (const auto name = names ? names(i) : std::nullopt) json.field("name", *name);
    json.end_object();
  }
  json.end_array();
}

void put_json(View& view, const TypeDefinition& type, std::uint32_t group, const FieldNames& names) {
  JsonOutput& json = view.json();
  json.begin_object();
  json.field("index", type.index);
  json.field("offset", type.offset);
  json.field("group", group);
  if (const auto name = view.index().name(NameKind::type, type.index)) json.field("name", *name);
  json.field("kind", kind_name(type.kind));
  json.field("final", type.is_final);
  json.key("supertypes");
  json.begin_array();
  for (const std::uint32_t supertype : type.supertypes) json.value(supertype);
  json.end_array();
  switch (type.kind) {
    case DefinitionKind::function:
      put_values(json, "parameters", type.parameters);
      put_values(json, "results", type.results);
      break;
    case DefinitionKind::struct_:
    case DefinitionKind::array: put_fields(json, type, names); break;
    case DefinitionKind::continuation: json.field("function_type", type.continued); break;
  }
  if (type.is_shared) json.field("shared", true);
  if (type.descriptor) json.field("descriptor", *type.descriptor);
  if (type.describes) json.field("describes", *type.describes);
  json.field("text", definition_text(type, names));
  json.end_object();
}

}  // namespace

void show_types(View& view) {
  view.begin("types", view.offset_title() + right("index", index_width) + "  type");
  std::uint32_t group = 0;
  bool in_group = false;
  TypeSectionUse use;
  use.begin_group = [&](std::uint32_t offset, std::uint32_t) {
    in_group = true;
    if (view.as_json()) return;
    view.offset(offset);
    view.word("", index_width);
    view.last("(rec");
  };
  use.end_group = [&] {
    in_group = false;
    ++group;
    if (view.as_json()) return;
    view.word("", view.offset_width());
    view.word("", index_width);
    view.last(")");
  };
  use.definition = [&](const TypeDefinition& type) {
    NameIndex names;
    const FieldNames named = field_names(view, type, names);
    if (view.as_json()) {
      put_json(view, type, group, named);
    } else {
      std::string text = in_group ? "  (type " : "(type ";
      if (const auto name = view.index().name(NameKind::type, type.index)) text += identifier(*name) + ' ';
      view.offset(type.offset);
      view.word(right(decimal(type.index), index_width), index_width);
      view.last(text + definition_text(type, named) + ')');
    }
    if (!in_group) ++group;
  };
  view.end(each_type(view.part(), use));
}

}  // namespace plimsoll::regress::inspect
