// The beginning and the ends of a process: the recording ends when main returns or a function of the exit family is called,
// before anything that was registered to run then.
#include <pthread.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "trace/preload/next.hpp"
#include "trace/preload/session.hpp"

namespace {

using plimsoll::regress::preload::Next;
using plimsoll::regress::preload::Session;

using Main = int(int, char**, char**);
using Start = int(Main*, int, char**, Main*, void (*)(), void (*)(), void*);

constinit Next<Start> next_start("__libc_start_main");
constinit Next<void(int)> next_exit("exit");
constinit Next<void(int)> next_quick_exit("quick_exit");
constinit Next<void(int)> next_exit_now("_exit");
constinit Next<void(int)> next_Exit_now("_Exit");

constinit Main* main_of_program = nullptr;

int main_and_report(int count, char** arguments, char** environment) {
  const int result = main_of_program(count, arguments, environment);
  Session::instance().finish();
  return result;
}

[[gnu::constructor]] void begin_session() {
  ::pthread_atfork(nullptr, nullptr, [] { Session::instance().forked(); });
  Session::instance().start();
}

// For a main that ends with pthread_exit, and for the C library's own calls of exit.
[[gnu::destructor]] void end_session() { Session::instance().finish(); }

[[noreturn]] void leave(Next<void(int)>& next, int status) {
  Session::instance().finish();
  next(status);
  std::unreachable();
}

}  // namespace

#pragma GCC visibility push(default)
extern "C" {

// NOLINTBEGIN(bugprone-reserved-identifier, readability-identifier-naming): the names are glibc's
int __libc_start_main(Main* main, int count, char** arguments, Main* init, void (*fini)(), void (*rtld_fini)(),
                      void* stack_end) {
  main_of_program = main;
  return next_start(main_and_report, count, arguments, init, fini, rtld_fini, stack_end);
}

void _exit(int status) { leave(next_exit_now, status); }
void _Exit(int status) noexcept { leave(next_Exit_now, status); }
// NOLINTEND(bugprone-reserved-identifier, readability-identifier-naming)

void exit(int status) noexcept { leave(next_exit, status); }
void quick_exit(int status) noexcept { leave(next_quick_exit, status); }

}  // extern "C"
#pragma GCC visibility pop
