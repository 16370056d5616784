// A program to be traced: `traced_program MODE FILE` reads FILE and then does what the MODE says. Built plainly, whatever the
// rest of the build checks.
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <new>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "trace/plimsoll_ledger.h"

namespace {

// Hides a value from the compiler, so that it cannot leave out what is done for it.
template <typename T>
T* keep(T* pointer) {
  asm volatile("" : "+r"(pointer) : : "memory");
  return pointer;
}

std::size_t size_of(int file) {
  struct stat status{};
  ::fstat(file, &status);
  return static_cast<std::size_t>(status.st_size);
}

char* read_all(int file) {
  const std::size_t size = size_of(file);
  char* const bytes = static_cast<char*>(keep(std::malloc(size)));
  for (std::size_t at = 0; at < size;) {
    const ssize_t count = ::read(file, bytes + at, size - at);
    if (count <= 0) break;
    at += static_cast<std::size_t>(count);
  }
  return bytes;
}

// The copy that every mode makes.
void copy_to_heap(const char* path) {
  const int file = ::open(path, O_RDONLY);
  char* const bytes = read_all(file);
  ::close(file);
  std::free(keep(bytes));
}

int map(const char* path) {
  const int file = ::open(path, O_RDONLY);
  const std::size_t size = size_of(file);
  void* const pages = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  ::close(file);
  unsigned sum = 0;
  for (std::size_t at = 0; at < size; at += 512) sum += static_cast<const unsigned char*>(pages)[at];
  keep(&sum);
  delete[] keep(new char[size]);  // once all of it has been read
  return ::munmap(pages, size);
}

[[noreturn]] void crash() {
  ::raise(SIGSEGV);
  std::abort();
}

int in_a_child(const char* path) {
  const pid_t child = ::fork();
  if (child == 0) {
    copy_to_heap(path);
    std::exit(0);
  }
  int status = 0;
  return ::waitpid(child, &status, 0) == child && status == 0 ? 0 : 1;
}

// While another thread keeps the heap's locks busy, so that the child inherits one now and then.
int fork_while_recorded(const char* path) {
  copy_to_heap(path);
  std::thread([] {
    for (;;) delete keep(new int);
  }).detach();
  for (int i = 0; i < 20; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      copy_to_heap(path);
      std::exit(0);
    }
    int status = 0;
    if (::waitpid(child, &status, 0) != child || status != 0) return 1;
  }
  return 0;
}

int vfork_while_recorded(const char* path) {
  copy_to_heap(path);
  const pid_t child = ::vfork();
  if (child == 0) ::_exit(0);
  int status = 0;
  return ::waitpid(child, &status, 0) == child ? 0 : 1;
}

bool handler_was_called = false;

// The exception and the handler are those of the program's C++ library.
int run_out_of_memory(const char* path) {
  copy_to_heap(path);
  std::set_new_handler([] {
    handler_was_called = true;
    std::set_new_handler(nullptr);
  });
  try {
    keep(::operator new(~std::size_t{0} / 4));
    return 1;
  } catch (const std::bad_alloc&) {
  }
  if (std::uncaught_exceptions() != 0) return 2;
  if (keep(::operator new(~std::size_t{0} / 4, std::nothrow)) != nullptr) return 3;
  return handler_was_called ? 0 : 4;
}

int map_a_copy(const char* path) {
  const int file = ::open(path, O_RDONLY);
  const std::size_t size = size_of(file);
  void* const pages = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (std::size_t at = 0; at < size;) {
    const ssize_t count = ::read(file, static_cast<char*>(pages) + at, size - at);
    if (count <= 0) break;
    at += static_cast<std::size_t>(count);
  }
  keep(pages);
  ::close(file);
  return ::munmap(pages, size);
}

// Says exactly where its load is, copies on purpose, and keeps it although the module is "rejected".
int load_with_ledger(const char* path, int verdict) {
  const int file = ::open(path, O_RDONLY);
  char* const bytes = read_all(file);
  const std::size_t size = size_of(file);
  const char* const input = static_cast<const char*>(plimsoll_ledger_input(bytes, size));
  const bool recorded = plimsoll_ledger_begin(input, size) == 0;
  plimsoll_ledger_phase("decode");
  char* const copy = static_cast<char*>(std::malloc(size));
  std::memcpy(copy, input, size);
  plimsoll_ledger_account(size);
  plimsoll_ledger_phase("validate");
  std::free(keep(std::malloc(100)));
  plimsoll_ledger_end(verdict);
  std::free(keep(copy));
  std::free(keep(bytes));
  ::close(file);
  return recorded ? 0 : 1;
}

void close_all() {
  for (int file = 3; file < 1024; ++file) ::close(file);
}

int run(const std::string& mode, const char* path) {
  if (mode == "never") return 0;
  if (mode == "map") return map(path);
  if (mode == "map-a-copy") return map_a_copy(path);
  if (mode == "fork") return in_a_child(path);
  if (mode == "fork-while-recorded") return fork_while_recorded(path);
  if (mode == "vfork") return vfork_while_recorded(path);
  if (mode == "out-of-memory") return run_out_of_memory(path);
  if (mode == "ledger") return load_with_ledger(path, 1) + load_with_ledger(path, 0);
  if (mode == "stdin") {
    std::free(keep(read_all(STDIN_FILENO)));
    return 0;
  }
  if (mode == "stream") {
    std::ifstream file(path, std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    return keep(bytes.data()) == nullptr ? 1 : 0;
  }
  copy_to_heap(path);
  if (mode == "twice") copy_to_heap(path);
  if (mode == "status") return 3;
  if (mode == "exit") std::exit(0);
  if (mode == "_exit") ::_exit(0);
  if (mode == "_Exit") std::_Exit(0);
  if (mode == "quick_exit") std::quick_exit(0);
  if (mode == "pthread_exit") ::pthread_exit(nullptr);
  if (mode == "abort") std::abort();
  if (mode == "kill") ::raise(SIGKILL);
  if (mode == "crash") crash();
  if (mode == "close-all") close_all();
  if (mode == "exec") ::execl("/bin/true", "true", nullptr);
  if (mode == "threads") {
    for (int i = 0; i < 3; ++i) {
      std::thread([] {
        for (;;) delete[] keep(new char[1000]);
      }).detach();
    }
  }
  if (mode == "print") std::puts(std::getenv("LD_PRELOAD"));
  return 0;
}

}  // namespace

int main(int count, char** arguments) { return count == 3 ? run(arguments[1], arguments[2]) : 2; }
