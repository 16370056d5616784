#include "inspect/type_text.hpp"

#include <string_view>

#include "inspect/text.hpp"
#include "types/read_types.hpp"

namespace plimsoll::regress::inspect {
namespace {

using namespace type_code;

// The kind of definition that a byte stands for.
std::optional<DefinitionKind> definition_kind(std::uint8_t byte) {
  switch (byte) {
    case function_type: return DefinitionKind::function;
    case struct_type: return DefinitionKind::struct_;
    case array_type: return DefinitionKind::array;
    case continuation_type: return DefinitionKind::continuation;
    default: return std::nullopt;
  }
}

bool take_if(Cursor& cursor, std::uint8_t byte) {
  if (cursor.peek() != byte) return false;
  cursor.byte();
  return true;
}

// A vector. Its count is not believed: it ends where the bytes do.
template <class Item, class Read>
void read_list(Cursor& cursor, std::vector<Item>& items, Read read) {
  items.clear();
  const std::uint32_t count = cursor.u32();
  for (std::uint32_t i = 0; i < count && cursor.ok(); ++i) items.push_back(read(cursor));
}

void read_values(Cursor& cursor, std::vector<ValueType>& values) {
  read_list(cursor, values, [](Cursor& c) { return read_value_type(c, Features::all()); });
}

void read_clauses(Cursor& cursor, TypeDefinition& type) {
  type.is_sub = cursor.peek() == sub_type || cursor.peek() == sub_type_final;
  if (type.is_sub) {
    type.is_final = cursor.byte() == sub_type_final;
    read_list(cursor, type.supertypes, [](Cursor& c) { return c.u32(); });
  }
  type.is_shared = take_if(cursor, shared_code);
  if (take_if(cursor, describes_clause)) type.describes = cursor.u32();
  if (take_if(cursor, descriptor_clause)) type.descriptor = cursor.u32();
}

void read_body(Cursor& cursor, TypeDefinition& type) {
  const auto read_field = [](Cursor& c) { return read_field_type(c, Features::all()); };
  switch (type.kind) {
    case DefinitionKind::function:
      read_values(cursor, type.parameters);
      read_values(cursor, type.results);
      break;
    case DefinitionKind::struct_: read_list(cursor, type.fields, read_field); break;
    case DefinitionKind::array: type.fields.push_back(read_field(cursor)); break;
    case DefinitionKind::continuation: type.continued = static_cast<std::uint32_t>(cursor.s33()); break;
  }
}

void put_values(std::string& text, std::string_view word, const std::vector<ValueType>& values) {
  if (values.empty()) return;
  text += " (";
  text += word;
  for (const ValueType value : values) text += ' ' + to_string(value);
  text += ')';
}

std::string composite_text(const TypeDefinition& type, const FieldNames& field_names) {
  std::string text = '(' + std::string(kind_name(type.kind));
  switch (type.kind) {
    case DefinitionKind::function: text += signature_text(type); break;
    case DefinitionKind::struct_:
      for (std::uint32_t i = 0; i < type.fields.size(); ++i) {
        text += " (field ";
        if (const auto name = field_names ? field_names(i) : std::nullopt) text += identifier(*name) + ' ';
        text += field_text(type.fields[i]) + ')';
      }
      break;
    case DefinitionKind::array:
      for (const FieldType field : type.fields) text += ' ' + field_text(field);
      break;
    case DefinitionKind::continuation: text += ' ' + decimal(type.continued); break;
  }
  return text + ')';
}

}  // namespace

void read_definition(Cursor& cursor, TypeDefinition& type) {
  const std::uint32_t index = type.index;
  type.parameters.clear();
  type.results.clear();
  type.fields.clear();
  type.supertypes.clear();
  type.describes.reset();
  type.descriptor.reset();
  type.is_final = true;
  type.index = index;
  type.offset = cursor.offset();
  read_clauses(cursor, type);
  const std::uint32_t at = cursor.offset();
  const auto kind = definition_kind(cursor.byte());
  if (!kind) {
    cursor.fail(ErrorCode::bad_definition_type, at);
    return;
  }
  type.kind = *kind;
  read_body(cursor, type);
}

std::optional<Error> each_type(const Part& part, const TypeSectionUse& use) {
  TypeDefinition type;
  const auto read_one = [&](Cursor& cursor) {
    read_definition(cursor, type);
    if (cursor.ok()) use.definition(type);
    ++type.index;
  };
  return each_entry(part, SectionId::type, [&](Cursor& cursor, std::uint32_t) {
    const std::uint32_t at = cursor.offset();
    if (!take_if(cursor, rec_group)) {
      read_one(cursor);
      return;
    }
    const std::uint32_t size = cursor.u32();
    use.begin_group(at, size);
    for (std::uint32_t i = 0; i < size && cursor.ok(); ++i) read_one(cursor);
    use.end_group();
  });
}

std::string_view kind_name(DefinitionKind kind) noexcept {
  switch (kind) {
    case DefinitionKind::function: return "func";
    case DefinitionKind::struct_: return "struct";
    case DefinitionKind::array: return "array";
    case DefinitionKind::continuation: return "cont";
  }
  return "";
}

std::string field_text(FieldType field) {
  const std::string storage = to_string(field.storage());
  return field.is_mutable() ? "(mut " + storage + ')' : storage;
}

std::string signature_text(const TypeDefinition& type) {
  std::string text;
  put_values(text, "param", type.parameters);
  put_values(text, "result", type.results);
  return text;
}

std::string definition_text(const TypeDefinition& type, const FieldNames& field_names) {
  std::string text = composite_text(type, field_names);
  if (type.descriptor) text = "(descriptor " + decimal(*type.descriptor) + ") " + text;
  if (type.describes) text = "(describes " + decimal(*type.describes) + ") " + text;
  if (type.is_shared) text = "(shared " + text + ')';
  if (!type.is_sub) return text;
  std::string front = type.is_final ? "(sub final " : "(sub ";
  for (const std::uint32_t supertype : type.supertypes) front += decimal(supertype) + ' ';
  return front + text + ')';
}

}  // namespace plimsoll::regress::inspect
