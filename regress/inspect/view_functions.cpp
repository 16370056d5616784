// Functions: imported ones, then those that are defined, with where their bodies stand.
#include <algorithm>
#include <string>

#include "inspect/text.hpp"
#include "inspect/view.hpp"

namespace plimsoll::regress::inspect {
namespace {

constexpr std::size_t index_width = 7;
constexpr std::size_t type_width = 5;
constexpr std::size_t widest_signature = 36;

std::string signature(const Index& index, std::uint32_t type) {
  const std::string text = index.signature(type);
  return text.empty() ? text : text.substr(1);
}

std::size_t signature_width(View& view) {
  std::size_t width = 0;
  TypeSectionUse use;
  use.definition = [&](const TypeDefinition& type) {
    if (type.kind == DefinitionKind::function && width < widest_signature)
      width = std::max(width, signature_text(type).size());
  };
  each_type(view.part(), use);
  return std::min(width, widest_signature);
}

struct Row {
  std::uint32_t function = 0;
  std::optional<ByteRange> body;  // of defined functions
  std::uint32_t offset = 0;
  const RawImport* import = nullptr;
};

void put_json(View& view, const Row& row, std::uint32_t type) {
  JsonOutput& json = view.json();
  const Index& index = view.index();
  json.begin_object();
  json.field("index", row.function);
  json.field("type_index", type);
  json.field("type", signature(index, type));
  if (const auto name = index.name(NameKind::function, row.function)) json.field("name", *name);
  if (const auto name = index.exported(row.function)) json.field("export", *name);
  if (row.import != nullptr) {
    json.key("import");
    json.begin_object();
    json.field("module", view.text(row.import->module));
    json.field("name", view.text(row.import->name));
    json.end_object();
  }
  json.field("offset", row.offset);
  if (row.body) json.field("size", row.body->size);
  json.end_object();
}

void put_row(View& view, const Row& row, std::size_t width) {
  const Index& index = view.index();
  const std::uint32_t type = index.function_type(row.function).value_or(0);
  if (view.as_json()) {
    put_json(view, row, type);
    return;
  }
  view.offset(row.offset);
  view.word(right(row.body ? View::thousands(row.body->size) : "import", view.size_width()), view.size_width());
  view.word(right(decimal(row.function), index_width), index_width);
  view.word(right(decimal(type), type_width), type_width);
  view.word(signature(index, type), width);
  view.last(index.label(NameKind::function, row.function));
}

}  // namespace

void show_functions(View& view) {
  const std::size_t width = view.as_json() ? 0 : signature_width(view);
  view.begin("functions", view.offset_title() + right("bytes", view.size_width()) + "  " + right("index", index_width) +
                              "  " + right("type", type_width) + "  " + left("signature", width) + "  name");
  each_import(view.part(), [&](const RawImport& import) {
    if (import.type.kind == ExternalKind::function)
      put_row(view, {.function = import.index, .body = {}, .offset = import.offset, .import = &import}, width);
  });
  const auto error = each_body(view, [&](const Body& body) {
    put_row(view, {.function = body.function, .body = body.range, .offset = body.range.offset, .import = nullptr},
            width);
  });
  view.end(error);
}

}  // namespace plimsoll::regress::inspect
