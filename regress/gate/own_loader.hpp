// Our own loader as a subject, in this process. Needs the heap hooks in the program.
#pragma once

#include "gate/subject.hpp"

namespace plimsoll::regress::gate {

class OwnLoader final : public Subject {
 public:
  [[nodiscard]] Key key() const override { return own_key(); }
  // The verdict is `valid` or the name of the error's code. Depth::pins destroys the Module while recording, so that what it
  // leaves behind is seen; Depth::full reports until the Module is held.
  [[nodiscard]] std::expected<Observation, std::string> load(const OpenedModule& module, Depth depth) override;
};

}  // namespace plimsoll::regress::gate
