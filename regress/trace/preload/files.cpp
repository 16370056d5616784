// Functions of the C library that open files, watched for the module.
#include <fcntl.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdio>

#include "trace/preload/next.hpp"
#include "trace/preload/session.hpp"

namespace {

using plimsoll::regress::preload::Next;
using plimsoll::regress::preload::Session;

constinit Next<int(const char*, int, ...)> next_open("open");
constinit Next<int(const char*, int, ...)> next_open64("open64");
constinit Next<int(int, const char*, int, ...)> next_openat("openat");
constinit Next<int(int, const char*, int, ...)> next_openat64("openat64");
constinit Next<int(const char*, int)> next_open_2("__open_2");
constinit Next<int(const char*, int)> next_open64_2("__open64_2");
constinit Next<int(int, const char*, int)> next_openat_2("__openat_2");
constinit Next<int(int, const char*, int)> next_openat64_2("__openat64_2");
constinit Next<std::FILE*(const char*, const char*)> next_fopen("fopen");
constinit Next<std::FILE*(const char*, const char*)> next_fopen64("fopen64");
constinit Next<std::FILE*(const char*, const char*, std::FILE*)> next_freopen("freopen");
constinit Next<std::FILE*(const char*, const char*, std::FILE*)> next_freopen64("freopen64");

// Only a file that is opened to be read.
int seen(int descriptor, int flags) noexcept {
  if (descriptor >= 0 && (flags & O_ACCMODE) != O_WRONLY) Session::instance().opened(descriptor);
  return descriptor;
}

std::FILE* seen(std::FILE* stream) noexcept {
  if (stream != nullptr) Session::instance().opened(::fileno(stream));
  return stream;
}

// The argument that stands there only for files to be made.
mode_t mode_of(int flags, std::va_list arguments) noexcept {
  return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(arguments, mode_t) : mode_t{0};
}

}  // namespace

#pragma GCC visibility push(default)
extern "C" {

int open(const char* path, int flags, ...) {
  std::va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return seen(next_open(path, flags, mode), flags);
}

int open64(const char* path, int flags, ...) {
  std::va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return seen(next_open64(path, flags, mode), flags);
}

int openat(int folder, const char* path, int flags, ...) {
  std::va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return seen(next_openat(folder, path, flags, mode), flags);
}

int openat64(int folder, const char* path, int flags, ...) {
  std::va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return seen(next_openat64(folder, path, flags, mode), flags);
}

// What programs built with _FORTIFY_SOURCE call.
// NOLINTBEGIN(bugprone-reserved-identifier, readability-identifier-naming): the names are glibc's
int __open_2(const char* path, int flags) { return seen(next_open_2(path, flags), flags); }
int __open64_2(const char* path, int flags) { return seen(next_open64_2(path, flags), flags); }
int __openat_2(int folder, const char* path, int flags) { return seen(next_openat_2(folder, path, flags), flags); }
int __openat64_2(int folder, const char* path, int flags) { return seen(next_openat64_2(folder, path, flags), flags); }
// NOLINTEND(bugprone-reserved-identifier, readability-identifier-naming)

std::FILE* fopen(const char* path, const char* mode) { return seen(next_fopen(path, mode)); }
std::FILE* fopen64(const char* path, const char* mode) { return seen(next_fopen64(path, mode)); }
std::FILE* freopen(const char* path, const char* mode, std::FILE* stream) {
  return seen(next_freopen(path, mode, stream));
}
std::FILE* freopen64(const char* path, const char* mode, std::FILE* stream) {
  return seen(next_freopen64(path, mode, stream));
}

}  // extern "C"
#pragma GCC visibility pop
