// An engine with the WebAssembly C API, and a defect on demand: $PLIMSOLL_TEST_ENGINE is one of copy, leak, crash, exit.
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

struct Bytes {
  std::size_t size;
  const char* data;
};

struct Module {
  char* copy;
};

bool wanted(std::string_view defect) {
  const char* const chosen = std::getenv("PLIMSOLL_TEST_ENGINE");
  return chosen != nullptr && chosen == defect;
}

// Not of the warm-up.
void fail(const Bytes& bytes) {
  if (bytes.size <= 8) return;
  if (wanted("crash")) std::raise(SIGSEGV);
  if (wanted("exit")) std::exit(7);
}

bool is_valid(const Bytes& bytes) {
  unsigned sum = 0;
  for (std::size_t at = 0; at < bytes.size; ++at) sum += static_cast<unsigned char>(bytes.data[at]);
  return bytes.size >= 8 && std::memcmp(bytes.data, "\0asm\1\0\0\0", 8) == 0 && sum != 0;
}

char store;

}  // namespace

extern "C" {

void* wasm_engine_new() { return &store; }
void* wasm_store_new(void*) { return &store; }

bool wasm_module_validate(void*, const Bytes* bytes) {
  fail(*bytes);
  return is_valid(*bytes);
}

Module* wasm_module_new(void*, const Bytes* bytes) {
  const bool valid = is_valid(*bytes);
  char* copy = nullptr;
  if ((valid && wanted("copy")) || (!valid && wanted("leak"))) {
    copy = static_cast<char*>(std::malloc(bytes->size));
    std::memcpy(copy, bytes->data, bytes->size);
    asm volatile("" : "+r"(copy) : : "memory");
  }
  return valid ? new Module{copy} : nullptr;
}

void wasm_module_delete(Module* module) {
  std::free(module->copy);
  delete module;
}

}  // extern "C"
