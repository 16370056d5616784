// Measures a module: loads it twice, because a figure that is not the same again is none.
#pragma once

#include <optional>
#include <string>

#include "gate/catalogue.hpp"
#include "gate/load_line.hpp"
#include "gate/subject.hpp"
#include "gate/tolerance.hpp"

namespace plimsoll::regress::gate {

// What became of one module.
struct Measured {
  std::string name;
  std::string absent;                 // if its file is not there: where it should be
  std::string problem;                // else, if there are no figures: why
  LoadLine line;                      // else; without a reason
  std::optional<LoadLine> otherwise;  // what the second load gave, if that is not the same
  std::uint64_t left = 0;             // bytes on the heap after the module was destroyed
  Report report;                      // of the first load
};

// Opens and loads what `entry` names. Two figures within the tolerances are the same; the larger one counts.
[[nodiscard]] Measured measure(const Entry& entry, Subject& subject, const Tolerances& tolerances = {});

}  // namespace plimsoll::regress::gate
