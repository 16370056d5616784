// Replaces a file by new content, whole or not at all.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>

namespace plimsoll::regress::gate {

// Writes `content` beside `file`, brings it to the disk, and renames it into place: whoever opens `file` meanwhile, or after a
// crash, finds the old content or the new. The new file has the old one's mode. Refuses, with a sentence for people, a `file`
// that is there and is not a regular file (a link would be replaced by a copy); after any failure the old file stands as it
// was and nothing else is left in the folder.
[[nodiscard]] std::expected<void, std::string> replace_file(const std::filesystem::path& file,
                                                            std::string_view content);

}  // namespace plimsoll::regress::gate
