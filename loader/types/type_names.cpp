// Types as the text format writes them (specification 3.0, section 6.4).
#include <array>
#include <string>
#include <string_view>

#include "plimsoll/types.hpp"

namespace plimsoll {
namespace {

constexpr std::array<std::string_view, 8> number_names = {"bottom", "i32", "i64", "f32", "f64", "v128", "i8", "i16"};
constexpr std::array<std::string_view, 14> heap_names = {"func", "nofunc", "extern", "noextern", "any",
                                                         "eq",   "i31",    "struct", "array",    "none",
                                                         "exn",  "noexn",  "cont",   "nocont"};
// The short forms of the nullable references to them.
constexpr std::array<std::string_view, 14> short_names = {
    "funcref",   "nullfuncref", "externref", "nullexternref", "anyref",     "eqref",   "i31ref",
    "structref", "arrayref",    "nullref",   "exnref",        "nullexnref", "contref", "nullcontref"};

}  // namespace

std::string to_string(ValueType type) {
  if (!type.is_reference()) return std::string(number_names[type.bits() < number_names.size() ? type.bits() : 0]);
  // The reference of unreachable code (types/type_store.hpp) has a heap type without a name.
  if (!type.is_concrete() && static_cast<std::size_t>(type.heap_type()) >= heap_names.size()) return "(ref bottom)";
  const bool shared = !type.is_concrete() && type.is_shared_abstract();
  if (!type.is_concrete() && type.is_nullable() && !shared)
    return std::string(short_names[static_cast<std::size_t>(type.heap_type())]);
  std::string text = type.is_nullable() ? "(ref null " : "(ref ";
  if (type.is_concrete())
    text += type.is_exact() ? "(exact " + std::to_string(type.type_index()) + ")" : std::to_string(type.type_index());
  else
    text.append(shared ? "(shared " : "")
        .append(heap_names[static_cast<std::size_t>(type.heap_type())])
        .append(shared ? ")" : "");
  return text + ")";
}

}  // namespace plimsoll
