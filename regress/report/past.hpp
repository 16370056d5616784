// What a pins file was at each revision.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "gate/git.hpp"
#include "gate/pins.hpp"

namespace plimsoll::regress::report {

struct PastPins {
  gate::Revision revision;  // an empty commit: what is in the working tree, and in no commit
  std::string problem;      // why there are no lines: they cannot be read, or are not comparable with those of now
  std::vector<gate::Pin> lines;
};

// Oldest first. The last is `now`, as the file stands, whether it is committed or not. A call of git for each revision. Fails, with
// what git says, where there is no repository.
[[nodiscard]] std::expected<std::vector<PastPins>, std::string> past_of(const std::filesystem::path& file,
                                                                        const gate::Pins& now);

}  // namespace plimsoll::regress::report
