// Control instructions (specification 3.0, section 3.4.8): blocks, branches, and code that cannot be reached.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "testing/body.hpp"
#include "testing/check_bodies.hpp"

namespace plimsoll {
namespace {

using test::body_verdict;
using test::check;

// --- The body itself ------------------------------------------------------------------------------------------------

TEST(BodyControl, ABodyGivesItsResultsAndNothingElse) {
  check({
      {"[ ] [ ]", "", "valid"},
      {"[ ] [ ]", "nop nop nop", "valid"},
      {"[ ] [ i32 ]", "i32.const 1", "valid"},
      {"[ ] [ i32 ]", "", "type_mismatch"},
      {"[ ] [ i32 ]", "i64.const 1", "type_mismatch"},
      {"[ ] [ ]", "i32.const 1", "type_mismatch"},
      {"[ ] [ i32 ]", "i32.const 1 i32.const 1", "type_mismatch"},
      {"[ ] [ i32 ]", "i64.const 1 i32.const 1", "type_mismatch"},
      {"[ ] [ i32 i64 ]", "i32.const 1 i64.const 1", "valid"},
      {"[ ] [ i32 i64 ]", "i64.const 1 i32.const 1", "type_mismatch"},
      {"[ ] [ i32 i64 f32 ]", "i32.const 1 i64.const 1 f32.const 1", "valid"},
      {"[ ] [ i32 i64 f32 ]", "i64.const 1 f32.const 1", "type_mismatch"},
      {"[ ] [ funcref ]", "ref.func 0", "valid"},
      {"[ ] [ ref:0 ]", "ref.func 0", "valid"},
      {"[ ] [ ref:1 ]", "ref.func 0", "type_mismatch"},
      {"[ i32 ] [ ]", "", "valid"},  // parameters are locals, not operands
      {"[ i32 ] [ i32 ]", "", "type_mismatch"},
  });
}

// --- Blocks ---------------------------------------------------------------------------------------------------------

TEST(BodyControl, Blocks) {
  check({
      {"[ ] [ ]", "block void end", "valid"},
      {"[ ] [ ]", "block void block void block void end end end", "valid"},
      {"[ ] [ i32 ]", "block i32 i32.const 1 end", "valid"},
      {"[ ] [ v128 ]", "block v128 v128.const 1 end", "valid"},
      {"[ ] [ funcref ]", "block funcref ref.func 0 end", "valid"},
      {"[ ] [ ref:0 ]", "block ref:0 ref.func 0 end", "valid"},
      {"[ ] [ ref:0 ]", "block funcref ref.func 0 end", "type_mismatch"},  // the block's type is what counts
      {"[ ] [ anyref ]", "block null:9 ref.null none end", "valid"},
      {"[ ] [ ]", "block void i32.const 1 end", "type_mismatch"},
      {"[ ] [ i32 ]", "block i32 end", "type_mismatch"},
      {"[ ] [ i32 ]", "block i32 i64.const 1 end", "type_mismatch"},
      {"[ ] [ i64 ]", "block i32 i32.const 1 end", "type_mismatch"},
      {"[ ] [ ]", "block i32 i32.const 1 end", "type_mismatch"},
      {"[ ] [ i32 ]", "block i32 i32.const 1 i32.const 1 end", "type_mismatch"},
      // What stands below a block is out of its reach.
      {"[ ] [ i32 ]", "i32.const 1 block void drop end", "type_mismatch"},
      {"[ ] [ i32 ]", "i32.const 1 block i32 end", "type_mismatch"},
      {"[ ] [ i32 ]", "i32.const 1 block i32 i32.eqz end", "type_mismatch"},
      {"[ ] [ i32 ]", "i32.const 1 block i32 i32.const 2 i32.add end", "type_mismatch"},
      {"[ ] [ i32 ]", "i32.const 1 block void end", "valid"},
      {"[ ] [ i32 ]", "i32.const 1 block i32 i32.const 2 end i32.add", "valid"},
      {"[ ] [ ]", "block null:21 unreachable end drop", "valid"},
      {"[ ] [ ]", "block null:22 unreachable end drop", "unknown_type"},
      {"[ ] [ ]", "block =22 end", "unknown_type"},
      {"[ ] [ ]", "block =8 end", "not_function_type"},
      {"[ ] [ ]", "block =11 end", "not_function_type"},
  });
}

TEST(BodyControl, BlocksWithParameters) {
  check({
      {"[ ] [ i32 ]", "i32.const 1 block =20 i32.eqz end", "valid"},
      {"[ ] [ i32 ]", "i32.const 1 block =20 end", "valid"},
      {"[ ] [ i32 ]", "block =20 i32.const 1 end", "type_mismatch"},
      {"[ ] [ i32 ]", "i64.const 1 block =20 drop i32.const 1 end", "type_mismatch"},
      {"[ ] [ i64 i32 ]", "i32.const 1 i64.const 1 block =7 drop drop i64.const 1 i32.const 1 end", "valid"},
      {"[ ] [ i64 i32 ]", "i32.const 1 i64.const 1 block =7 end", "type_mismatch"},
      {"[ ] [ i32 ]", "i32.const 1 i32.const 2 block =3 i32.add end", "valid"},
      {"[ ] [ i32 ]", "i32.const 1 i32.const 2 block =3 i32.add i32.eqz end", "valid"},
      {"[ ] [ i32 ]", "i32.const 1 i32.const 2 block =3 end", "type_mismatch"},
      {"[ ] [ ]", "i32.const 1 block =2 drop end", "valid"},
      {"[ ] [ ]", "i32.const 1 block =2 end", "type_mismatch"},
      {"[ ] [ i32 ]", "i32.const 7 i32.const 1 block =20 drop drop i32.const 1 end drop", "type_mismatch"},
      // A parameter becomes the type that the block says, whatever it was.
      {"[ ref:10 ] [ ]", "local.get 0 ref.null func i32.const 1 block =17 unreachable end drop drop drop", "valid"},
      {"[ ref:10 ] [ ]",
       "local.get 0 ref.null func i32.const 1 block =17 drop drop struct.get 10 1 drop unreachable end drop drop drop",
       "type_mismatch"},
      {"[ ref:10 ] [ ]",
       "local.get 0 ref.null func i32.const 1 block =17 drop drop struct.get 9 0 drop unreachable end drop drop drop",
       "valid"},
      {"[ null:9 ] [ ]", "local.get 0 ref.null func i32.const 1 block =17 unreachable end drop drop drop",
       "type_mismatch"},
  });
}

TEST(BodyControl, Loops) {
  check({
      {"[ ] [ ]", "loop void end", "valid"},
      {"[ ] [ ]", "loop void br 0 end", "valid"},
      {"[ ] [ i32 ]", "loop i32 i32.const 1 end", "valid"},
      {"[ ] [ i32 ]", "loop i32 end", "type_mismatch"},
      // A branch to a loop takes its parameters, not its results.
      {"[ ] [ i32 ]", "loop i32 br 0 end", "valid"},
      {"[ ] [ i32 ]", "loop i32 i32.const 1 br_if 0 i32.const 2 end", "valid"},
      {"[ ] [ i32 ]", "loop i32 i32.const 1 i32.const 1 br_if 0 end",
       "valid"},  // the branch leaves the operand where it is
      {"[ ] [ i32 ]", "loop i32 i32.const 1 i32.const 1 br_if 0 i32.eqz end", "valid"},
      {"[ ] [ i32 ]", "i32.const 1 loop =20 i32.const 1 br_if 0 end", "valid"},
      {"[ ] [ i32 ]", "i32.const 1 loop =20 br 0 end", "valid"},
      {"[ ] [ i32 ]", "i32.const 1 loop =20 drop br 0 end", "type_mismatch"},
      {"[ ] [ i32 ]", "i32.const 1 loop =20 drop i64.const 1 br 0 end", "type_mismatch"},
      {"[ ] [ i64 i32 ]", "i32.const 1 i64.const 1 loop =7 br 0 end", "valid"},
      {"[ ] [ i64 i32 ]", "i32.const 1 i64.const 1 loop =7 i32.const 1 br_if 0 unreachable end", "valid"},
      {"[ ] [ i64 i32 ]", "i32.const 1 i64.const 1 loop =7 drop drop i64.const 1 i32.const 1 end", "valid"},
      {"[ ] [ i64 i32 ]", "i32.const 1 i64.const 1 loop =7 drop drop i64.const 1 i32.const 1 br 0 end",
       "type_mismatch"},
      {"[ ] [ ]", "i32.const 1 loop =2 br 0 end", "valid"},
      {"[ ] [ ]", "i32.const 1 loop =2 drop end", "valid"},
      {"[ ] [ ]", "loop =2 drop end", "type_mismatch"},
  });
}

TEST(BodyControl, IfAndElse) {
  check({
      {"[ ] [ ]", "i32.const 1 if void end", "valid"},
      {"[ ] [ ]", "i32.const 1 if void else end", "valid"},
      {"[ ] [ ]", "i32.const 1 if void nop else nop end", "valid"},
      {"[ ] [ ]", "if void end", "type_mismatch"},
      {"[ ] [ ]", "i64.const 1 if void end", "type_mismatch"},
      {"[ ] [ i32 ]", "i32.const 1 if i32 i32.const 2 else i32.const 3 end", "valid"},
      {"[ ] [ i32 ]", "i32.const 1 if i32 i32.const 2 end", "type_mismatch"},  // without an else it gives nothing
      {"[ ] [ i32 ]", "i32.const 1 if i32 unreachable end", "type_mismatch"},
      {"[ ] [ i32 ]", "i32.const 1 if i32 i32.const 2 else end", "type_mismatch"},
      {"[ ] [ i32 ]", "i32.const 1 if i32 else i32.const 2 end", "type_mismatch"},
      {"[ ] [ i32 ]", "i32.const 1 if i32 i64.const 2 else i32.const 2 end", "type_mismatch"},
      {"[ ] [ i32 ]", "i32.const 1 if i32 i32.const 2 else i64.const 2 end", "type_mismatch"},
      {"[ ] [ i32 ]", "i32.const 1 if i32 i32.const 2 i32.const 2 else i32.const 2 end", "type_mismatch"},
      {"[ ] [ i32 ]", "i32.const 1 if i32 i32.const 2 else i32.const 2 i32.const 2 end", "type_mismatch"},
      {"[ ] [ i32 ]", "i32.const 1 if i32 br 0 else i32.const 3 end", "type_mismatch"},
      {"[ ] [ i32 ]", "i32.const 1 if i32 i32.const 2 br 0 else i32.const 3 br 0 end", "valid"},
      {"[ ] [ i32 ]", "i32.const 1 if i32 unreachable else unreachable end", "valid"},
      {"[ ] [ ]", "i32.const 1 if void else i32.const 1 if void else end end", "valid"},
      // Without an else, the parameters pass through as the results.
      {"[ ] [ i32 ]", "i32.const 7 i32.const 1 if =20 i32.eqz end", "valid"},
      {"[ ] [ i32 i64 f32 f64 ]", "call 4 i32.const 1 if =5 end", "valid"},
      {"[ ] [ i64 i32 ]", "i32.const 1 i64.const 1 i32.const 1 if =7 drop drop i64.const 1 i32.const 1 end",
       "type_mismatch"},
      {"[ ] [ i64 i32 ]", "i32.const 1 i64.const 1 i32.const 1 if =7 unreachable else unreachable end", "valid"},
      {"[ ] [ ]", "i32.const 7 i32.const 1 if =2 drop end", "type_mismatch"},
      {"[ ] [ ]", "i32.const 7 i32.const 1 if =2 drop else drop end", "valid"},
      {"[ ] [ i32 ]", "i32.const 1 if =1 i32.const 1 end", "type_mismatch"},
      // Parameters stand again for the second branch.
      {"[ ] [ i32 ]", "i32.const 7 i32.const 1 if =20 drop i32.const 1 else i32.eqz end", "valid"},
      {"[ ] [ i32 ]", "i32.const 7 i32.const 1 if =20 else drop end", "type_mismatch"},
      {"[ ] [ ]", "else", "unexpected_else"},
      {"[ ] [ ]", "block void else end", "unexpected_else"},
      {"[ ] [ ]", "loop void else end", "unexpected_else"},
      {"[ ] [ ]", "i32.const 1 if void else else end", "unexpected_else"},
      {"[ ] [ ]", "i32.const 1 if void block void else end end", "unexpected_else"},
  });
}

// --- Branches -------------------------------------------------------------------------------------------------------

TEST(BodyControl, Branches) {
  check({
      {"[ ] [ ]", "br 0", "valid"},
      {"[ ] [ ]", "br 1", "unknown_label"},
      {"[ ] [ ]", "block void br 1 end", "valid"},
      {"[ ] [ ]", "block void br 2 end", "unknown_label"},
      {"[ ] [ ]", "block void end br 1", "unknown_label"},
      {"[ ] [ ]", "br 0xffffffff", "unknown_label"},
      {"[ ] [ i32 ]", "i32.const 1 br 0", "valid"},
      {"[ ] [ i32 ]", "br 0", "type_mismatch"},
      {"[ ] [ i32 ]", "i64.const 1 br 0", "type_mismatch"},
      {"[ ] [ i32 ]", "i64.const 1 i32.const 1 br 0", "valid"},  // what lies below is dropped
      {"[ ] [ i32 ]", "block void i32.const 1 br 1 end i32.const 1", "valid"},
      {"[ ] [ i32 ]", "block i64 i32.const 1 br 1 end drop i32.const 1", "valid"},
      {"[ ] [ i32 ]", "block i64 i32.const 1 br 0 end drop i32.const 1", "type_mismatch"},
      {"[ ] [ i32 i64 ]", "i32.const 1 i64.const 1 br 0", "valid"},
      {"[ ] [ i32 i64 ]", "i64.const 1 br 0", "type_mismatch"},
      {"[ ] [ i32 i64 f32 f64 ]", "call 4 br 0", "valid"},
      {"[ ] [ funcref ]", "ref.func 0 br 0", "valid"},
      {"[ ] [ i32 ]", "i32.const 1 block void br 1 end",
       "type_mismatch"},  // the label's operand must be the block's own
  });
}

TEST(BodyControl, ConditionalBranches) {
  check({
      {"[ ] [ ]", "i32.const 1 br_if 0", "valid"},
      {"[ ] [ ]", "br_if 0", "type_mismatch"},
      {"[ ] [ ]", "i64.const 1 br_if 0", "type_mismatch"},
      {"[ ] [ ]", "i32.const 1 br_if 1", "unknown_label"},
      {"[ ] [ i32 ]", "i32.const 1 i32.const 1 br_if 0", "valid"},
      {"[ ] [ i32 ]", "i32.const 1 br_if 0", "type_mismatch"},
      {"[ ] [ i32 ]", "i64.const 1 i32.const 1 br_if 0 drop i32.const 1", "type_mismatch"},
      {"[ ] [ i32 ]", "i32.const 1 i32.const 1 br_if 0 i32.eqz", "valid"},
      {"[ ] [ i32 ]", "i32.const 1 i32.const 1 br_if 0 drop", "type_mismatch"},
      {"[ ] [ i32 ]", "block i32 i32.const 1 i32.const 1 br_if 1 end", "valid"},
      // What is left has the label's type, not its own.
      {"[ ] [ funcref ]", "ref.func 0 i32.const 1 br_if 0", "valid"},
      {"[ ] [ ]", "block funcref ref.func 0 i32.const 1 br_if 0 call_ref 0 ref.null func end drop", "type_mismatch"},
      {"[ ] [ ]", "block null:0 ref.func 0 i32.const 1 br_if 0 call_ref 0 ref.null nofunc end drop", "valid"},
      {"[ ] [ i32 i64 f32 f64 ]", "call 4 i32.const 1 br_if 0", "valid"},
      {"[ ] [ i32 i64 f32 f64 ]", "call 4 i32.const 1 br_if 0 drop f64.const 1", "valid"},
      {"[ ] [ i32 i64 f32 f64 ]", "call 4 i32.const 1 br_if 0 drop drop f64.const 1", "type_mismatch"},
  });
}

TEST(BodyControl, BranchTables) {
  check({
      {"[ ] [ ]", "i32.const 1 br_table [ ] 0", "valid"},
      {"[ ] [ ]", "i32.const 1 br_table [ 0 0 0 ] 0", "valid"},
      {"[ ] [ ]", "br_table [ ] 0", "type_mismatch"},
      {"[ ] [ ]", "i64.const 1 br_table [ ] 0", "type_mismatch"},
      {"[ ] [ ]", "block void i32.const 1 br_table [ 0 1 ] 1 end", "valid"},
      {"[ ] [ ]", "block void i32.const 1 br_table [ 0 2 ] 1 end", "unknown_label"},
      {"[ ] [ ]", "block void i32.const 1 br_table [ 0 1 ] 2 end", "unknown_label"},
      {"[ ] [ i32 ]", "i32.const 1 i32.const 1 br_table [ 0 ] 0", "valid"},
      {"[ ] [ i32 ]", "i32.const 1 br_table [ 0 ] 0", "type_mismatch"},
      {"[ ] [ i32 ]", "i64.const 1 i32.const 1 br_table [ 0 ] 0", "type_mismatch"},
      // All labels take as many operands.
      {"[ ] [ i32 ]", "block void i32.const 1 i32.const 1 br_table [ 0 ] 1 end i32.const 1", "type_mismatch"},
      {"[ ] [ i32 ]", "block void i32.const 1 i32.const 1 br_table [ 1 ] 0 end i32.const 1", "type_mismatch"},
      {"[ ] [ i32 ]", "block i32 i32.const 1 i32.const 1 br_table [ 0 1 ] 1 end", "valid"},
      {"[ ] [ i32 ]", "block i64 i32.const 1 i32.const 1 br_table [ 0 ] 1 end drop i32.const 1", "type_mismatch"},
      {"[ ] [ i32 ]", "block i64 i32.const 1 i32.const 1 br_table [ 1 ] 0 end drop i32.const 1", "type_mismatch"},
      // Each label takes the operands as they are: supertypes may differ.
      {"[ ] [ funcref ]", "block null:0 ref.func 0 i32.const 1 br_table [ 0 1 ] 1 end", "valid"},
      {"[ ] [ funcref ]", "block null:1 ref.func 0 i32.const 1 br_table [ 0 1 ] 1 end", "type_mismatch"},
      {"[ ] [ ref:func ]", "block funcref ref.func 0 i32.const 1 br_table [ 0 1 0 1 ] 0 end unreachable", "valid"},
      {"[ funcref ] [ ref:func ]", "block funcref local.get 0 i32.const 1 br_table [ 0 1 ] 0 end unreachable",
       "type_mismatch"},
      // A loop's label takes its parameters.
      {"[ ] [ i32 ]", "loop i32 block void i32.const 1 br_table [ 0 1 ] 0 end i32.const 1 end", "valid"},
      {"[ ] [ i32 ]", "loop i32 i32.const 1 i32.const 1 br_table [ 0 ] 1 end", "type_mismatch"},
      {"[ ] [ i32 ]", "i32.const 1 loop =20 drop block i32 i32.const 1 i32.const 1 br_table [ 0 1 ] 2 end end",
       "valid"},
      // Blocks and loops of one type differ in what they take.
      {"[ ] [ i32 ]", "loop i32 block i32 i32.const 1 i32.const 1 br_table [ 0 ] 1 end end", "type_mismatch"},
      {"[ ] [ i64 i32 ]",
       "i32.const 1 i64.const 1 loop =7 block =7 i32.const 1 br_table [ 0 ] 1 end drop drop br 1 end", "type_mismatch"},
      // Many operands.
      {"[ ] [ i32 i64 f32 f64 ]", "call 4 i32.const 1 br_table [ 0 0 ] 0", "valid"},
      {"[ ] [ i32 i64 f32 f64 ]", "block =4 call 4 i32.const 1 br_table [ 0 1 ] 1 end", "valid"},
      {"[ ] [ i32 i64 f32 f64 ]", "i32.const 1 i64.const 1 call 4 i32.const 1 br_table [ 0 0 ] 0", "valid"},
      {"[ ] [ i64 i32 i64 f32 ]", "call 4 i32.const 1 br_table [ 0 0 ] 0", "type_mismatch"},
      {"[ ] [ i32 i64 f32 f64 f64 ]", "call 4 f64.const 1 i32.const 1 br_table [ 0 0 ] 0", "valid"},
      {"[ ] [ i32 i32 i64 f32 f64 ]", "i32.const 1 call 4 i32.const 1 br_table [ 0 0 ] 0", "valid"},
      {"[ ] [ i32 i64 f32 ]", "call 4 drop i32.const 1 br_table [ 0 0 ] 0", "valid"},
      {"[ ] [ i64 f32 f64 ]", "call 4 i32.const 1 br_table [ 0 0 ] 0", "valid"},
      {"[ ] [ f32 i32 i64 f32 f64 ]", "call 4 i32.const 1 br_table [ 0 0 ] 0", "type_mismatch"},
  });
}

// In unreachable code a br_table's labels still take as many operands as one another, and what is there must fit.
TEST(BodyControl, BranchTablesInUnreachableCode) {
  check({
      {"[ ] [ i32 ]", "unreachable br_table [ 0 ] 0", "valid"},
      {"[ ] [ i32 ]", "block i64 unreachable br_table [ 0 ] 1 end unreachable", "valid"},
      {"[ ] [ i32 ]", "block void unreachable br_table [ 0 ] 1 end unreachable", "type_mismatch"},
      {"[ ] [ i32 ]", "block void unreachable br_table [ 1 ] 0 end unreachable", "type_mismatch"},
      {"[ ] [ i32 ]", "block i64 unreachable i32.const 1 i32.const 1 br_table [ 0 ] 1 end unreachable",
       "type_mismatch"},
      {"[ ] [ i32 ]", "block i64 unreachable i32.const 1 br_table [ 0 ] 1 end unreachable", "valid"},
      {"[ ] [ i32 i64 ]", "unreachable i64.const 1 i32.const 1 br_table [ 0 ] 0", "valid"},
      {"[ ] [ i32 i64 ]", "unreachable i32.const 1 i32.const 1 br_table [ 0 ] 0", "type_mismatch"},
      {"[ ] [ i32 i64 ]", "unreachable f32.const 1 i64.const 1 i32.const 1 br_table [ 0 ] 0", "type_mismatch"},
  });
}

TEST(BodyControl, Returns) {
  check({
      {"[ ] [ ]", "return", "valid"},
      {"[ ] [ ]", "block void loop void return end end", "valid"},
      {"[ ] [ i32 ]", "i32.const 1 return", "valid"},
      {"[ ] [ i32 ]", "return", "type_mismatch"},
      {"[ ] [ i32 ]", "i64.const 1 return", "type_mismatch"},
      {"[ ] [ i32 ]", "f32.const 1 f64.const 1 i32.const 1 return", "valid"},
      {"[ ] [ i32 ]", "block f32 i32.const 1 return end drop i32.const 1", "valid"},
      {"[ ] [ i32 i64 f32 f64 ]", "call 4 return", "valid"},
      {"[ ] [ i32 i64 f32 f64 ]", "call 4 f64.const 1 return", "type_mismatch"},
      {"[ ] [ i32 ]", "i32.const 1 block void return end", "type_mismatch"},
      {"[ ] [ anyref ]", "ref.null none return", "valid"},
  });
}

// --- Unreachable code -----------------------------------------------------------------------------------------------

TEST(BodyControl, UnreachableCodeIsPolymorphic) {
  check({
      {"[ ] [ i32 i64 ]", "unreachable", "valid"},
      {"[ ] [ i32 ]", "unreachable i32.add", "valid"},
      {"[ ] [ i64 ]", "unreachable i32.add", "type_mismatch"},
      {"[ ] [ i32 ]", "unreachable i64.const 1 i32.add", "type_mismatch"},
      {"[ ] [ i32 ]", "unreachable i32.const 1 i32.add", "valid"},
      {"[ ] [ ]", "unreachable i32.const 1", "type_mismatch"},  // what is there is still too much
      {"[ ] [ ]", "unreachable drop drop drop", "valid"},
      {"[ ] [ i32 ]", "unreachable i64.const 1", "type_mismatch"},
      {"[ ] [ i32 i64 ]", "unreachable i64.const 1", "valid"},
      {"[ ] [ i32 i64 ]", "unreachable i32.const 1", "type_mismatch"},
      {"[ ] [ i64 ]", "unreachable i32.const 1 i64.const 1", "type_mismatch"},
      // It ends with its block.
      {"[ ] [ i32 ]", "block void unreachable end", "type_mismatch"},
      {"[ ] [ i32 ]", "block i32 unreachable end", "valid"},
      {"[ ] [ i32 ]", "block i32 unreachable end i32.eqz", "valid"},
      {"[ ] [ i32 ]", "i32.const 1 if i32 unreachable else end", "type_mismatch"},
      {"[ ] [ i32 ]", "unreachable if i32 else i32.const 1 end", "type_mismatch"},  // blocks in it are not
      {"[ ] [ i32 ]", "unreachable block i32 end", "type_mismatch"},
      {"[ ] [ i32 ]", "unreachable block =20 end", "valid"},
      {"[ ] [ i32 i32 ]", "unreachable i32.const 1 block =20 end", "valid"},
      {"[ ] [ i32 ]", "unreachable i64.const 1 block =20 end", "type_mismatch"},
      {"[ ] [ ]", "unreachable block =6 drop drop drop drop end", "valid"},
      {"[ ] [ ]", "unreachable block =6 drop drop drop end", "type_mismatch"},
      {"[ ] [ ]", "unreachable i64.const 1 block =6 drop drop drop drop end", "type_mismatch"},
      {"[ ] [ ]", "unreachable f64.const 1 block =6 drop drop drop drop end", "valid"},
      // The same after each instruction that does not go on.
      {"[ ] [ i32 ]", "i32.const 1 br 0 i32.add", "valid"},
      {"[ ] [ i32 ]", "i32.const 1 return i32.add", "valid"},
      {"[ ] [ i32 ]", "i32.const 1 i32.const 1 br_table [ ] 0 i32.add", "valid"},
      {"[ ] [ i32 ]", "return_call 1 i32.add", "valid"},
      {"[ ] [ i32 ]", "throw 0 i32.add", "valid"},
      {"[ ] [ i32 ]", "ref.null exn throw_ref i32.add", "valid"},
      {"[ ] [ i32 ]", "i32.const 1 br_if 0 i32.add", "type_mismatch"},
      // Unreachable code is checked like any other.
      {"[ ] [ ]", "unreachable br 1", "unknown_label"},
      {"[ ] [ ]", "unreachable local.get 0 drop", "unknown_local"},
      {"[ ] [ ]", "unreachable call 11", "unknown_function"},
      {"[ ] [ ]", "br 0 else", "unexpected_else"},
      {"[ ] [ i32 ]", "unreachable br_if 0 i32.eqz", "valid"},
      {"[ ] [ i32 ]", "unreachable br_if 0 i64.eqz", "type_mismatch"},
      {"[ ] [ i32 ]", "unreachable f32.const 1 i32.const 1 br_if 0", "type_mismatch"},
      {"[ ] [ i32 ]", "unreachable i64.const 1 br_if 0", "type_mismatch"},
      {"[ ] [ ]", "unreachable if void else end", "valid"},
      {"[ ] [ ]", "unreachable f32.const 1 if void end", "type_mismatch"},
      {"[ ] [ ]", "unreachable i32.const 1 br 0 i64.const 1 i32.eqz", "type_mismatch"},
      {"[ ] [ i32 ]", "unreachable call 3 call 20", "unknown_function"},
      {"[ ] [ i32 ]", "unreachable call 3 call 2 i32.const 1", "valid"},
      {"[ ] [ i32 ]", "unreachable f32.const 1 call 3", "type_mismatch"},
      {"[ ] [ i32 ]", "unreachable f32.const 1 i32.const 1 call 3", "type_mismatch"},
  });
}

// --- Nesting --------------------------------------------------------------------------------------------------------

TEST(BodyControl, DeepNesting) {
  for (const std::size_t depth :
       {std::size_t{62}, std::size_t{63}, std::size_t{64}, std::size_t{65}, std::size_t{130}, std::size_t{5000}}) {
    std::string open, close;
    for (std::size_t i = 0; i < depth; ++i) {
      open += i % 3 == 0 ? "block i32 " : i % 3 == 1 ? "loop i32 " : "i32.const 1 if i32 ";
      close = (i % 3 == 2 ? " else unreachable end" : " end") + close;
    }
    const std::string last = std::to_string(depth);
    EXPECT_EQ(body_verdict("[ ] [ i32 ]", open + "i32.const 1" + close), "valid") << depth;
    EXPECT_EQ(body_verdict("[ ] [ i32 ]", open + "i32.const 1 i32.const 1 br_if " + last + close), "valid") << depth;
    EXPECT_EQ(body_verdict("[ ] [ i32 ]", open + "i32.const 1 br " + std::to_string(depth + 1) + close),
              "unknown_label");
    EXPECT_EQ(body_verdict("[ ] [ i32 ]", open + "i64.const 1 br " + last + close), "type_mismatch") << depth;
  }
}

TEST(BodyControl, ManyOperands) {
  for (const std::size_t count : {std::size_t{510}, std::size_t{511}, std::size_t{512}, std::size_t{513},
                                  std::size_t{2100}, std::size_t{20'000}}) {
    std::string push, drop;
    for (std::size_t i = 0; i < count; ++i) {
      push += i % 2 == 0 ? "i32.const 1 " : "f64.const 1 ";
      drop += "drop ";
    }
    EXPECT_EQ(body_verdict("[ ] [ ]", push + drop), "valid") << count;
    EXPECT_EQ(body_verdict("[ ] [ ]", push + "drop"), "type_mismatch") << count;
    EXPECT_EQ(body_verdict("[ ] [ ]", push + drop + "drop"), "type_mismatch") << count;
    EXPECT_EQ(body_verdict("[ ] [ ]", push + "unreachable"), "valid") << count;
  }
}

}  // namespace
}  // namespace plimsoll
