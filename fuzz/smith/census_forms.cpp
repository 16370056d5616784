// The forms that a smith must reach.
#include <string>
#include <vector>

#include "smith/census.hpp"
#include "types/read_types.hpp"

namespace plimsoll::fuzz {
namespace {

using namespace std::string_literals;
using Forms = std::vector<std::string>;

constexpr const char* amounts[] = {"0", "1", "2 to 9", "10 or more"};

// The value types, as a census names them; without those to type indices.
Forms value_types() {
  Forms forms;
  for (const ValueType type : {i32, i64, f32, f64, v128}) forms.push_back(to_string(type));
  for (const HeapTypeCode& code : heap_type_codes)
    for (const bool nullable : {false, true})
      for (const bool shared : {false, true})
        forms.push_back(to_string(ValueType::reference(code.heap, nullable).with_shared(shared)));
  for (const char* const concrete : {"ref type", "ref null type", "ref exact type", "ref null exact type"})
    forms.emplace_back(concrete);
  return forms;
}

void add(Forms& forms, const std::string& front, const Forms& ends) {
  for (const std::string& end : ends) forms.push_back(front + end);
}

void add_sections(Forms& forms) {
  for (const char* const vector :
       {"type", "import", "function", "table", "memory", "global", "export", "element", "code", "data", "tag"})
    add(forms, "section: ", {vector, std::string(vector) + ", empty"});
  add(forms, "section: ", {"custom", "start", "data count"});
}

void add_types(Forms& forms) {
  for (const std::string kind : {"function", "struct", "array", "continuation"}) {
    for (const std::string finality : {", final", ", open"})
      for (const std::string shared : {"", ", shared"})
        for (const std::string super : {"", ", under another"})
          forms.push_back("type: " + kind + finality + shared + super);
    add(forms, "type: " + kind, {", equal to another", ", deep"});
    if (kind == "continuation") continue;
    add(forms, "type: " + kind + " of ", value_types());
    add(forms, "type: " + kind + " of ", {"itself", "a later one", "one before it in its group"});
    if (kind == "function") continue;
    add(forms, "type: " + kind + " of ", {"i8", "i16"});
    add(forms, "type: " + kind, {", mutable", ", immutable"});
  }
  add(forms, "type: struct", {", with a descriptor", ", describes"});
  for (const char* const amount : amounts)
    for (const std::string what : {"parameters", "results", "fields"}) forms.push_back(what + ": " + amount);
  add(forms, "rec group of ", {"1", "2 to 9", "10 or more"});
}

void add_index_spaces(Forms& forms) {
  for (const std::string kind : {"function", "table", "memory", "global", "tag"})
    add(forms, "", {"import: " + kind, "export: " + kind});
  forms.emplace_back("import: function, exact");
  for (const std::string imported : {"", "imported "}) {
    for (const std::string bits : {"32 bits", "64 bits"}) {
      add(forms, imported + "table: " + bits, {"", ", maximum", ", shared", ", shared, maximum"});
      for (const std::string page : {"", ", pages of one byte"})
        add(forms, imported + "memory: " + bits, {page, ", maximum" + page, ", shared, maximum" + page});
    }
  }
  // Not those of which there are no constants, and so no tables.
  for (const HeapTypeCode& code : heap_type_codes)
    for (const bool shared : {false, true})
      forms.push_back("table of " + to_string(ValueType::reference(code.heap, true).with_shared(shared)));
  add(forms, "table of ", {"(ref any)", "(ref i31)", "(ref func)", "ref type", "ref null type", "ref exact type"});
  add(forms, "global of ", value_types());
  for (const std::string imported : {"", ", imported"})
    for (const std::string shared : {"", ", shared"})
      add(forms, "global: ", {"immutable" + shared + imported, "mutable" + shared + imported});
  add(forms, "", {"table: initialised", "tag: with results", "tag: without results"});
  for (const char* const amount : {"0", "1", "2 to 9"}) add(forms, "", {"memories: "s + amount, "tables: "s + amount});
}

void add_segments(Forms& forms) {
  for (const std::string items : {"expressions", "functions, typed", "expressions, typed"})
    add(forms, "element: ", {"passive, " + items, "declarative, " + items, "active, " + items});
  add(forms, "element: active, ",
      {"expressions, later table", "functions, later table, typed", "expressions, later table, typed"});
  for (const char* const amount : {"0", "1", "2 to 9"}) forms.push_back("element items: "s + amount);
  add(forms, "data: ", {"active", "active, later memory", "passive"});
  add(forms, "", {"element offset of i32", "element offset of i64", "data offset of i32", "data offset of i64"});
  for (const std::string place : {"table", "global", "element offset", "element item", "data offset"}) {
    forms.push_back("constant of several instructions: " + place);
    forms.push_back("constant of " + place + ": global.get");
  }
}

void add_bodies(Forms& forms) {
  add(forms, "local of ", value_types());
  add(forms, "", {"locals: none of a type", "blocks: six deep"});
  for (const std::string block : {"block", "loop", "if", "try", "try_table"})
    add(forms, block, {": block type empty", ": block type value", ": block type function", " with parameters"});
  for (const char* const amount : amounts) forms.push_back("labels: "s + amount);
  for (const char* const amount : {"0", "1", "2 to 9"})
    add(forms, "", {"clauses: "s + amount, "array.new_fixed of "s + amount});
  add(forms, "clause: ", {"catch", "catch_ref", "catch_all", "catch_all_ref"});
  add(forms, "handler: ", {"label", "switch"});
  add(forms, "memarg: ", {"later memory", "less than natural alignment", "offset of more than 32 bits"});
  for (const std::string copy : {"memory.copy", "table.copy"})
    add(forms, copy, {": 32 bits from 32", ": 32 bits from 64", ": 64 bits from 32", ": 64 bits from 64"});
  add(forms, "select of ", value_types());
}

}  // namespace

std::vector<std::string> every_form() {
  Forms forms;
  add_sections(forms);
  add_types(forms);
  add_index_spaces(forms);
  add_segments(forms);
  add_bodies(forms);
  return forms;
}

}  // namespace plimsoll::fuzz
