// Function bodies in a world where there is something of everything to use, for tests of the body checker.
#pragma once

#include <string>
#include <string_view>

#include "testing/bytes.hpp"
#include "testing/verdict.hpp"

namespace plimsoll::test {

// The module around a body. Functions 0 to 9 are imported, of the types 0 to 7, 17 and 20; all but 9 may be named by
// ref.func. Function 10 is the one whose body is tested, of type 21. Memory 0 has 32-bit addresses, memory 1 64-bit ones.
// Tables 0 and 4 are of funcref, 1 of externref, 2 of funcref with 64-bit addresses, 3 of (ref null 0). Tags 0, 1 and 2 are of
// the types 0, 2 and 6. Globals: i32, mut i64, mut funcref, mut (ref null 9). Element segments: funcref, externref, (ref 0),
// (ref null 10). One data segment. The types are in body.cpp.
Bytes world(std::string_view signature, std::string_view body);

// What a load says of a function with this signature (`[ i32 ] [ i64 ]`) and body.
std::string body_verdict(std::string_view signature, std::string_view body, const Options& options = {});

struct BodyCase {
  std::string_view signature;
  std::string_view body;
  std::string_view expected;
};

}  // namespace plimsoll::test
