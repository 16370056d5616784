#include "testing/body.hpp"

#include "testing/assemble.hpp"

namespace plimsoll::test {
namespace {

constexpr std::string_view world_types =
    "func [ ] [ ] "                                         // 0
    "func [ ] [ i32 ] "                                     // 1
    "func [ i32 ] [ ] "                                     // 2
    "func [ i32 i32 ] [ i32 ] "                             // 3
    "func [ ] [ i32 i64 f32 f64 ] "                         // 4
    "func [ i32 i64 f32 f64 ] [ i32 i64 f32 f64 ] "         // 5
    "func [ i32 i64 f32 f64 ] [ ] "                         // 6
    "func [ i32 i64 ] [ i64 i32 ] "                         // 7
    "struct [ i32 mut i64 i8 mut i16 ] "                    // 8
    "sub [ ] struct [ mut i32 ] "                           // 9
    "sub [ 9 ] struct [ mut i32 f64 ] "                     // 10
    "array mut i32 "                                        // 11
    "array i8 "                                             // 12
    "array mut funcref "                                    // 13
    "struct [ ref:9 ] "                                     // 14
    "array mut ref:9 "                                      // 15
    "array mut i64 "                                        // 16
    "func [ ref:9 null:func i32 ] [ null:9 ref:any i64 ] "  // 17
    "array mut null:9 "                                     // 18
    "array null:10 "                                        // 19
    "func [ i32 ] [ i32 ] ";                                // 20

// A section's payload without the number of its entries, which takes one byte.
Bytes without_count(const Bytes& payload) { return {payload.begin() + 1, payload.end()}; }

Bytes without_preamble(const Bytes& module) { return {module.begin() + 8, module.end()}; }

// Everything between the types and the code, and what stands behind it. The last section is short, so that most of a short
// body is within the last bytes of the input.
const Bytes& before_code() {
  static const Bytes bytes = without_preamble(
      assemble({.imports = "i 0 func 0 i 1 func 1 i 2 func 2 i 3 func 3 i 4 func 4 i 5 func 5 i 6 func 6 i 7 func 7 "
                           "i 8 func 17 i 9 func 20",
                .functions = "21",
                .tables = "funcref 1.. externref 1..10 funcref i64 1.. null:0 1.. funcref 2..2",
                .memories = "1.. i64 1..",
                .tags = "0 2 6",
                .globals = "i32 i32.const 0 end mut i64 i64.const 0 end mut funcref ref.null func end "
                           "mut null:9 ref.null none end",
                .exports = "0 func 0 1 func 1 2 func 2 3 func 3 4 func 4 5 func 5 6 func 6 7 func 7 8 func 8",
                .elements = "5 funcref [ ref.func 0 end ] 5 externref [ ] 5 ref:0 [ ref.func 0 end ] 5 null:10 [ ]",
                .data_count = "1"}));
  return bytes;
}
const Bytes& behind_code() {
  static const Bytes bytes = without_preamble(assemble({.data = "1 ''"}));
  return bytes;
}

}  // namespace

Bytes world(std::string_view signature, std::string_view body) {
  static const Bytes types = without_count(assemble_types(world_types));
  const Bytes own = without_count(assemble_types("func " + std::string(signature)));
  return preamble() + section(1, leb(22) + types + own) + before_code() +
         section(10, leb(1) + sized(assemble_body(body))) + behind_code();
}

std::string body_verdict(std::string_view signature, std::string_view body, const Options& options) {
  return verdict(world(signature, body), options);
}

}  // namespace plimsoll::test
