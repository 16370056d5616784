// The byte sources that own something: a buffer, a read-only mapping of a file, or pages that a module streams into.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "bytes/stream_buffer.hpp"
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

namespace {

// Rounded up to whole pages, at least one.
std::size_t whole_pages(std::size_t bytes) noexcept {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return std::max(bytes + page - 1, page) / page * page;
}

}  // namespace

bool StreamBuffer::reserve(std::size_t most, bool all_will_come) noexcept {
  const std::size_t size = whole_pages(most);
  const int protection = all_will_come ? PROT_READ | PROT_WRITE : PROT_NONE;
  void* address = ::mmap(nullptr, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (address == MAP_FAILED) return false;
  data_ = static_cast<std::byte*>(address);
  reserved_ = size;
  usable_ = all_will_come ? size : 0;
  return true;
}

bool StreamBuffer::append(std::span<const std::byte> bytes) noexcept {
  constexpr std::size_t first = std::size_t{64} << 10;
  if (bytes.size() > usable_ - size_) {
    const std::size_t wanted = std::max({whole_pages(size_ + bytes.size()), 2 * usable_, first});
    const std::size_t usable = std::min(whole_pages(wanted), reserved_);
    if (::mprotect(data_, usable, PROT_READ | PROT_WRITE) != 0) return false;
    usable_ = usable;
  }
  if (!bytes.empty()) std::memcpy(data_ + size_, bytes.data(), bytes.size());
  size_ += bytes.size();
  return true;
}

void StreamBuffer::freeze() noexcept {
  const std::size_t used = whole_pages(size_);
  if (used < reserved_) ::munmap(data_ + used, reserved_ - used);
  reserved_ = std::min(used, reserved_);
  usable_ = 0;
  ::mprotect(data_, reserved_, PROT_READ);  // if that is refused, nobody writes there all the same
}

StreamBuffer::~StreamBuffer() {
  if (data_ != nullptr) ::munmap(data_, reserved_);
}

}  // namespace plimsoll
