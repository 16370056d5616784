/* For a program that loads WebAssembly modules and wants its loads recorded exactly: where one begins and ends, its phases,
 * its input, what it copied on purpose. Under `plimsoll trace -- PROGRAM ...` the calls reach Plimsoll's ledger; run any other
 * way they do nothing. C99 or C++; nothing to link but dlsym (with glibc before 2.34: -ldl).
 *
 *   const void* input = plimsoll_ledger_input(bytes, size);
 *   plimsoll_ledger_begin(input, size);
 *   struct module* module = decode(input, size);
 *   plimsoll_ledger_phase("validate");
 *   int valid = validate(module);
 *   plimsoll_ledger_end(valid);
 *   ... module is destroyed, then `bytes`
 *
 * One load at a time; from whichever thread, but one call at a time. Not from signal handlers. Each begin with its end makes
 * a report of its own. */
#ifndef PLIMSOLL_LEDGER_H
#define PLIMSOLL_LEDGER_H

#include <dlfcn.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What the preloaded library exports, under the name plimsoll_ledger_functions_1. Call the functions below instead. */
struct plimsoll_ledger_functions {
  const void* (*input)(const void* bytes, size_t size);
  int (*begin)(const void* module_bytes, size_t size);
  void (*phase)(const char* name);
  void (*account)(size_t bytes);
  void (*end)(int verdict);
};

/* The ledger's functions, or a null pointer without a ledger. */
static inline const struct plimsoll_ledger_functions* plimsoll_ledger(void) {
  static int looked_up;
  static void* found;
  if (!__atomic_load_n(&looked_up, __ATOMIC_ACQUIRE)) {
    __atomic_store_n(&found, dlsym(0 /* RTLD_DEFAULT */, "plimsoll_ledger_functions_1"), __ATOMIC_RELAXED);
    __atomic_store_n(&looked_up, 1, __ATOMIC_RELEASE);
  }
#ifdef __cplusplus
  return static_cast<const struct plimsoll_ledger_functions*>(__atomic_load_n(&found, __ATOMIC_RELAXED));
#else
  return (const struct plimsoll_ledger_functions*)__atomic_load_n(&found, __ATOMIC_RELAXED);
#endif
}

/* A copy of the module whose pages tell the ledger when they are read: load from there, and the input clock (detector D4)
 * ticks. It stays until the next call. `bytes` itself where there is no ledger or no clock. Call before begin. */
static inline const void* plimsoll_ledger_input(const void* bytes, size_t size) {
  const struct plimsoll_ledger_functions* ledger = plimsoll_ledger();
  return ledger ? ledger->input(bytes, size) : bytes;
}

/* Starts to record, in place of what may be recorded already. The bytes are read during this call only. 0 = recording. */
static inline int plimsoll_ledger_begin(const void* module_bytes, size_t size) {
  const struct plimsoll_ledger_functions* ledger = plimsoll_ledger();
  return ledger ? ledger->begin(module_bytes, size) : -1;
}

/* What follows belongs to this phase, until the next. A name may come again. */
static inline void plimsoll_ledger_phase(const char* name) {
  const struct plimsoll_ledger_functions* ledger = plimsoll_ledger();
  if (ledger) ledger->phase(name);
}

/* The loader says that it has copied so many bytes (detector D5). */
static inline void plimsoll_ledger_account(size_t bytes) {
  const struct plimsoll_ledger_functions* ledger = plimsoll_ledger();
  if (ledger) ledger->account(bytes);
}

/* Stops and writes the report. verdict: 1 the module is valid, 0 it was rejected, -1 unknown. */
static inline void plimsoll_ledger_end(int verdict) {
  const struct plimsoll_ledger_functions* ledger = plimsoll_ledger();
  if (ledger) ledger->end(verdict);
}

#ifdef __cplusplus
}
#endif

#endif
