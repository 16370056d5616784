// Instructions that make a value of a wanted type: constant expressions, and operands in bodies.
#pragma once

#include <cstdint>

#include "encode/instructions.hpp"
#include "encode/writer.hpp"
#include "smith/entropy.hpp"
#include "smith/plan.hpp"
#include "smith/types.hpp"

namespace plimsoll::fuzz {

// Where the instructions are to stand.
struct Place {
  bool in_body = false;    // otherwise in a constant expression, which may name any function
  bool is_shared = false;  // in a shared function
};

class Values {
 public:
  Values(Entropy& entropy, Types& types, const Plan& plan) noexcept
      : entropy_(entropy), types_(types), plan_(plan), features_(plan.features) {}

  // Writes constant instructions that give a value of `type`, which is canonical. In a constant expression false, and nothing is
  // written, if that cannot be done, which can be only if it is a reference that is not nullable. Bounded by a constant.
  bool make(Writer& out, ValueType type, Place place, unsigned depth = 0);

  // Bits for a number: small ones, those at which something changes, any.
  std::uint64_t number_bits();

 private:
  void make_number(Writer& out, ValueType type, Place place, unsigned depth);
  bool make_arithmetic(Writer& out, ValueType type, Place place, unsigned depth);
  bool make_reference(Writer& out, ValueType type, Place place, unsigned depth);
  bool make_null(Writer& out, ValueType type);
  bool make_global(Writer& out, ValueType type, Place place);
  bool make_function(Writer& out, ValueType type, Place place);
  bool make_i31(Writer& out, ValueType type, Place place, unsigned depth);
  bool make_aggregate(Writer& out, ValueType type, Place place, unsigned depth);
  bool make_aggregate_of(Writer& out, std::uint32_t index, Place place, unsigned depth);
  bool make_array(Writer& out, std::uint32_t index, Place place, unsigned depth);
  bool make_converted(Writer& out, ValueType type, Place place, unsigned depth);
  bool make_non_null(Writer& out, ValueType type);

  Entropy& entropy_;
  Types& types_;
  const Plan& plan_;
  Features features_;
  std::size_t long_ = 0;  // where what is written is long enough
};

// Writes an instruction with one index, or two.
void write_indexed(Writer& out, Opcode opcode, std::uint32_t first, std::uint32_t second = 0);

}  // namespace plimsoll::fuzz
