// A stretch of a body, decoded: what the passes of the wide path hand over to each other (checker.hpp).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "validate/wide/effects.hpp"

namespace plimsoll::wide {

// The module and the body, as far as decoding needs them.
struct DecodeTables {
  // By opcode, of tables.hpp, without those whose feature is off.
  alignas(64) std::array<std::uint8_t, 256> opcode_effects{};

  // By the first byte of an index, the code of a local or a global that has this index and may be read or written; 0
  // where there is none. Added to the first effect of a group, it gives the effect.
  enum Codes : std::uint8_t { local, global_read, global_written };
  static constexpr std::size_t short_indices = 128;
  alignas(64) std::array<std::array<std::uint8_t, short_indices>, 3> codes{};
};

// How many bytes ahead memory is asked for, if there is any.
inline constexpr std::size_t prefetched = 2048;

struct Stretch {
  static constexpr std::size_t windows = 16;
  static constexpr std::size_t window = 64;  // bytes
  static constexpr std::size_t capacity = windows * window;
  static constexpr std::size_t slack = window;  // whole vectors are written

  // All instructions in order: the opcode, the byte behind it, and where they stand behind `base`. Of one that was
  // looked at by itself because it has a prefix: `decoded`, and its effect.
  static constexpr std::uint8_t decoded = 0xFC;
  const std::uint8_t* base = nullptr;
  std::uint32_t size = 0;
  alignas(64) std::array<std::uint8_t, capacity + slack> opcodes{};
  alignas(64) std::array<std::uint8_t, capacity + slack> followers{};
  std::array<std::uint16_t, capacity + slack> places;

  // Their effects, of which those of control instructions and of calls are still to be filled in.
  alignas(64) std::array<std::uint16_t, capacity + slack> effects;

  // The control instructions: which of the above, their opcode, the byte behind it.
  std::uint32_t control_size = 0;
  std::array<std::uint16_t, capacity + slack> control_at;
  std::array<std::uint8_t, capacity + slack> control_opcode;
  std::array<std::uint8_t, capacity + slack> control_byte;

  // The calls: which of the above.
  std::uint32_t call_size = 0;
  std::array<std::uint16_t, capacity / 2 + slack> call_at;

  // Where the immediates are of the control instructions with a list, and of those whose opcode has `rare_bit` set,
  // which have a long label: their byte is the number in this list of places behind `base`.
  static constexpr std::uint8_t rare_bit = 0x20;
  static constexpr std::size_t most_rare = 256;
  std::uint32_t rare_size = 0;
  std::array<std::uint16_t, most_rare> rare;
};

}  // namespace plimsoll::wide
