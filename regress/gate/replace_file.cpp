#include "gate/replace_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace plimsoll::regress::gate {
namespace {

std::unexpected<std::string> failed(std::string_view what, int error) {
  return std::unexpected(fmt::format("{}: {}", what, std::strerror(error)));
}

// A file that is removed unless it was moved into place.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string pattern) : path_(std::move(pattern)) {
    descriptor_ = ::mkostemp(path_.data(), O_CLOEXEC);
    error_ = descriptor_ < 0 ? errno : 0;
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    const bool made = descriptor_ >= 0 || closed_;
    if (descriptor_ >= 0) ::close(descriptor_);
    if (made && !moved_) ::unlink(path_.c_str());
  }

  [[nodiscard]] int error() const noexcept { return error_; }

  // Each returns 0 or an errno.
  int write(std::string_view content) noexcept {
    while (!content.empty()) {
      const ssize_t count = ::write(descriptor_, content.data(), content.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return errno;
      content.remove_prefix(static_cast<std::size_t>(count));
    }
    return 0;
  }
  int set_mode(mode_t mode) noexcept { return ::fchmod(descriptor_, mode) == 0 ? 0 : errno; }
  // A file system may find out only here that it has no room.
  int finish() noexcept {
    if (::fsync(descriptor_) != 0) return errno;
    closed_ = true;
    return ::close(std::exchange(descriptor_, -1)) == 0 ? 0 : errno;
  }
  int move_to(const char* path) noexcept {
    if (::rename(path_.c_str(), path) != 0) return errno;
    moved_ = true;
    return 0;
  }

 private:
  std::string path_;
  int descriptor_ = -1;
  int error_ = 0;
  bool closed_ = false;
  bool moved_ = false;
};

mode_t mode_of_new_files() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return 0666 & ~mask;
}

// The new name is on the disk when the folder is. Not every file system can; the content is there in either case.
void sync_folder(const std::filesystem::path& folder) noexcept {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

}  // namespace

std::expected<void, std::string> replace_file(const std::filesystem::path& file, std::string_view content) {
  struct stat old{};
  mode_t mode = 0;
  if (::lstat(file.c_str(), &old) == 0) {
    if (S_ISLNK(old.st_mode)) return std::unexpected("is a symbolic link: name the file that it leads to");
    if (!S_ISREG(old.st_mode)) return std::unexpected("is not a regular file");
    mode = old.st_mode & 07777;
  } else if (errno == ENOENT) {
    mode = mode_of_new_files();
  } else {
    return failed("cannot be replaced", errno);
  }
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  TemporaryFile temporary((folder / fmt::format(".{}.XXXXXX", file.filename().string())).string());
  if (temporary.error() != 0) return failed("cannot write a file beside it", temporary.error());
  for (const int error : {temporary.write(content), temporary.set_mode(mode)}) {
    if (error != 0) return failed("cannot write its new content", error);
  }
  if (const int error = temporary.finish()) return failed("cannot write its new content", error);
  if (const int error = temporary.move_to(file.c_str())) return failed("cannot be replaced", error);
  sync_folder(folder);
  return {};
}

}  // namespace plimsoll::regress::gate
