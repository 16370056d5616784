// What a module that is being made has besides types: its index spaces, as far as instructions need to know them.
#pragma once

#include <cstdint>
#include <vector>

#include "plimsoll/features.hpp"
#include "plimsoll/types.hpp"

namespace plimsoll::fuzz {

struct PlannedTable {
  ValueType element = bottom;
  SizeLimits limits = {};
};

struct PlannedGlobal {
  ValueType type = bottom;
  bool is_mutable = false;
  bool is_shared = false;
};

struct PlannedFunction {
  std::uint32_t type = 0;
  bool is_exact = true;      // references to it have its very type
  bool is_declared = false;  // bodies may name it in ref.func
};

struct Plan {
  Features features = {};
  std::vector<PlannedFunction> functions = {};
  std::vector<PlannedTable> tables = {};
  std::vector<SizeLimits> memories = {};
  std::vector<PlannedGlobal> globals = {};  // those before the one whose initialiser is being made
  std::vector<std::uint32_t> tags = {};     // type indices
  std::vector<ValueType> elements = {};     // types of element segments
  std::uint32_t data_segments = 0;          // that instructions may name
};

}  // namespace plimsoll::fuzz
