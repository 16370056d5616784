// The type section, entry by entry (specification 3.0, section 5.5.4; 6.4 for the text). Type indices stay as they are
// written, and a module that is not valid is read as far as it goes. Also what proposals add to a definition: continuation
// types (stack-switching), `descriptor` and `describes` (custom-descriptors), `shared` (shared-everything-threads).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "inspect/part.hpp"
#include "plimsoll/types.hpp"

namespace plimsoll::regress::inspect {

enum class DefinitionKind : std::uint8_t { function, struct_, array, continuation };

struct TypeDefinition {
  std::uint32_t offset = 0;
  std::uint32_t index = 0;
  bool is_sub = false;  // written with `sub`
  bool is_final = true;
  bool is_shared = false;
  std::vector<std::uint32_t> supertypes;
  std::optional<std::uint32_t> describes;
  std::optional<std::uint32_t> descriptor;
  DefinitionKind kind = DefinitionKind::function;
  std::vector<ValueType> parameters;  // functions
  std::vector<ValueType> results;     // functions
  std::vector<FieldType> fields;      // structs; an array has one
  std::uint32_t continued = 0;        // continuations: the function type's index
};

// Takes one definition. The vectors of `type` are filled anew.
void read_definition(Cursor& cursor, TypeDefinition& type);

// What is handed over of the type section, in its order. `group_size` is none for a type on its own.
struct TypeSectionUse {
  std::function<void(std::uint32_t offset, std::uint32_t size)> begin_group = [](auto, auto) {};
  std::function<void(const TypeDefinition&)> definition;
  std::function<void()> end_group = [] {};
};
// Returns the first error, if there was one.
std::optional<Error> each_type(const Part& part, const TypeSectionUse& use);

// A field's name, if it has one.
using FieldNames = std::function<std::optional<std::string_view>(std::uint32_t field)>;

// `(func (param i32) (result i64))`, `(sub final 3 (struct (field (mut i8))))`.
[[nodiscard]] std::string definition_text(const TypeDefinition& type, const FieldNames& field_names = {});
// ` (param i32 i32) (result i64)`: of a function type, with a blank before each part.
[[nodiscard]] std::string signature_text(const TypeDefinition& type);
[[nodiscard]] std::string field_text(FieldType field);
[[nodiscard]] std::string_view kind_name(DefinitionKind kind) noexcept;

}  // namespace plimsoll::regress::inspect
