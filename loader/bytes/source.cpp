// The byte sources that own something: a buffer, or a read-only mapping of a file.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "plimsoll/bytes.hpp"

namespace plimsoll {
namespace {

// Closes a file descriptor when it goes out of scope.
class Descriptor {
 public:
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const noexcept { return fd_; }

 private:
  int fd_;
};

std::unexpected<Error> failure(ErrorCode code, int number) noexcept {
  Error error;
  error.code = code;
  if (number != 0) {
    error.detail = ErrorDetail::system;
    error.found = static_cast<std::uint32_t>(number);
  }
  return std::unexpected(error);
}

}  // namespace

std::span<const std::byte> OwnedBytes::view() const noexcept {
  if (const auto* vector = std::get_if<std::vector<std::byte>>(&bytes_)) return *vector;
  const auto* array = std::get_if<Array>(&bytes_);
  return {array->bytes.get(), array->size};
}

std::expected<MappedBytes, Error> MappedBytes::open(const char* path) noexcept {
  // O_NONBLOCK: a FIFO without a writer must not block; it is refused below.
  const Descriptor file(::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return failure(ErrorCode::cannot_open, errno);
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return failure(ErrorCode::cannot_open, errno);
  if (!S_ISREG(status.st_mode)) return failure(ErrorCode::not_a_file, S_ISDIR(status.st_mode) ? EISDIR : 0);
  if (status.st_size > 0xFFFF'FFFF) return failure(ErrorCode::limit_module_size, 0);
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size == 0) return MappedBytes(std::span<const std::byte>{});
  void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (address == MAP_FAILED) return failure(ErrorCode::cannot_map, errno);
  return MappedBytes(std::span(static_cast<const std::byte*>(address), size));
}

MappedBytes::~MappedBytes() {
  if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

}  // namespace plimsoll
