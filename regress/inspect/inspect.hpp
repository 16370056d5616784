// `plimsoll inspect`, without its command line: shows views of a module, or of the core modules inside a component.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inspect/output.hpp"
#include "inspect/part.hpp"
#include "plimsoll/load.hpp"

namespace plimsoll::regress::inspect {

enum class ViewKind : std::uint8_t {
  sections,
  imports,
  exports,
  types,
  functions,
  tables,
  memories,
  globals,
  tags,
  elements,
  names,
  data,
  custom,
  disassembly,
  histogram,
};

struct Request {
  std::vector<ViewKind> views;         // in the order in which they are shown
  std::vector<std::string> functions;  // for the disassembly: indices or names; empty: all
  bool json = false;
  bool colour = false;
  Options load;  // what decides whether a module is valid
};

// The part of a file that a path names: the file itself (empty), `#core0`, `#component1#core0`. Nothing if there is none.
[[nodiscard]] std::optional<Part> find_part(FileBytes file, const std::string& name, std::string_view path);

// Why one of these functions is not there, in a sentence; nothing if they all are. Linear in the part.
[[nodiscard]] std::optional<std::string> misfit(const Part& part, const std::vector<std::string>& functions);

// Is told what is wrong with a part; offsets count from the start of the file.
using Complain = std::function<void(const Part& part, const Error& error)>;

// Shows what is asked for. Not valid is no obstacle: what can be read is shown, and the rest told to `complain`.
// Returns whether everything is valid. Memory is linear in the module, and does not depend on how much is printed.
bool inspect(const Part& part, const Request& request, Output& out, const Complain& complain);

}  // namespace plimsoll::regress::inspect
