// The planted loader as a shared library with the part of the standard C API (wasm-c-api) that it takes to validate and make a
// module, for `plimsoll trace --engine` and `plimsoll gate --engine`. The variable PLANTED_DEFECT names the defect; without it,
// the loads are clean. It says `refused` of what its decoder refuses: nothing is validated beyond that.
//
// The API is declared here as far as it is implemented; its names and layouts are those of its header, wasm.h.
#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>
#include <utility>

#include "planted/loader.hpp"

namespace planted = plimsoll::regress::planted;

// NOLINTBEGIN(readability-identifier-naming): the names are the API's
#pragma GCC visibility push(default)
extern "C" {

struct wasm_engine_t {
  planted::Defect defect = planted::Defect::clean;
};
struct wasm_config_t {
  int unused = 0;
};
struct wasm_store_t {
  planted::Defect defect = planted::Defect::clean;
};
struct wasm_byte_vec_t {
  std::size_t size;
  char* data;
};
// Its views are of the caller's bytes, which must outlive it: that is more than the API asks of callers, but a clean load copies
// nothing.
struct wasm_module_t {
  std::unique_ptr<const planted::Loaded> loaded;
};

wasm_config_t* wasm_config_new() { return new wasm_config_t; }
void wasm_config_delete(wasm_config_t* config) { delete config; }

wasm_engine_t* wasm_engine_new() {
  const char* const wanted = std::getenv("PLANTED_DEFECT");
  const auto defect = planted::defect_named(wanted == nullptr ? "clean" : wanted);
  return defect ? new wasm_engine_t{*defect} : nullptr;
}
wasm_engine_t* wasm_engine_new_with_config(wasm_config_t* config) {
  delete config;
  return wasm_engine_new();
}
void wasm_engine_delete(wasm_engine_t* engine) { delete engine; }

wasm_store_t* wasm_store_new(wasm_engine_t* engine) { return new wasm_store_t{engine->defect}; }
void wasm_store_delete(wasm_store_t* store) { delete store; }

void wasm_byte_vec_new_empty(wasm_byte_vec_t* out) { *out = {}; }
void wasm_byte_vec_new_uninitialized(wasm_byte_vec_t* out, std::size_t size) {
  *out = {size, static_cast<char*>(std::malloc(size))};
}
void wasm_byte_vec_new(wasm_byte_vec_t* out, std::size_t size, const char* data) {
  wasm_byte_vec_new_uninitialized(out, size);
  std::copy_n(data, size, out->data);
}
void wasm_byte_vec_delete(wasm_byte_vec_t* bytes) {
  std::free(bytes->data);
  *bytes = {};
}

wasm_module_t* wasm_module_new(wasm_store_t* store, const wasm_byte_vec_t* binary) {
  auto loaded = planted::load(std::as_bytes(std::span(binary->data, binary->size)), store->defect);
  return loaded ? new wasm_module_t{*std::move(loaded)} : nullptr;
}
bool wasm_module_validate(wasm_store_t* store, const wasm_byte_vec_t* binary) {
  return planted::load(std::as_bytes(std::span(binary->data, binary->size)), store->defect).has_value();
}
void wasm_module_delete(wasm_module_t* module) { delete module; }

}  // extern "C"
#pragma GCC visibility pop
// NOLINTEND(readability-identifier-naming)
