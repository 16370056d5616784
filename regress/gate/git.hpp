// What git knows of a pins file.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "gate/pins.hpp"

namespace plimsoll::regress::gate {

// The text of `file` at a revision: `HEAD`, `origin/main`, `v1.2~3`. Fails with what git says, on one line.
[[nodiscard]] std::expected<std::string, std::string> file_at(const std::filesystem::path& file,
                                                              std::string_view revision);

// One commit that changed the file.
struct Revision {
  std::string commit;   // as git abbreviates it
  std::string date;     // 2026-11-23
  std::string subject;  // the first line of its message
};

// The commits that changed `file`, newest first, renames not followed. With `name`, those whose diff has its load line.
[[nodiscard]] std::expected<std::vector<Revision>, std::string> revisions_of(const std::filesystem::path& file,
                                                                             std::string_view name = {});

// A load line as it was from a commit on.
struct PastLine {
  Revision revision;
  LoadLine line;  // an empty name: there was none from here on
};

// How the load line `name` came to be what it is, newest first: a commit is in it if the line differs from the commit before.
// Revisions whose file cannot be read are left out. A call of git for each commit.
[[nodiscard]] std::expected<std::vector<PastLine>, std::string> history(const std::filesystem::path& file,
                                                                        std::string_view name);

}  // namespace plimsoll::regress::gate
