#include "trace/engine.hpp"

#include <dlfcn.h>

#include <bit>
#include <cstdint>

namespace plimsoll::regress {
namespace {

// A function of a library, or null.
template <typename Function>
void look_up(void* library, const char* name, Function*& function) {
  function = std::bit_cast<Function*>(::dlsym(library, name));
}

class WasmCApi : public Engine {
 public:
  static std::unique_ptr<Engine> in(void* library) {
    auto engine = std::unique_ptr<WasmCApi>(new WasmCApi);
    Functions& api = engine->api_;
    look_up(library, "wasm_engine_new", api.engine_new);
    look_up(library, "wasm_store_new", api.store_new);
    look_up(library, "wasm_module_validate", api.module_validate);
    look_up(library, "wasm_module_new", api.module_new);
    look_up(library, "wasm_module_delete", api.module_delete);
    if (!api.engine_new || !api.store_new || !api.module_validate || !api.module_new || !api.module_delete)
      return nullptr;
    engine->store_ = api.store_new(api.engine_new());
    return engine;
  }

  bool load(std::span<const std::byte> module_bytes, const Observer& observer) override {
    Bytes bytes{module_bytes.size(), std::bit_cast<char*>(module_bytes.data())};
    observer.phase("validate");
    const bool valid = api_.module_validate(store_, &bytes);
    observer.phase("new");
    Module* const module = api_.module_new(store_, &bytes);
    observer.loaded();
    if (module != nullptr) api_.module_delete(module);
    return valid && module != nullptr;
  }

  bool validate(std::span<const std::byte> module_bytes) override {
    const Bytes bytes{module_bytes.size(), std::bit_cast<char*>(module_bytes.data())};
    return api_.module_validate(store_, &bytes);
  }

  [[nodiscard]] std::string_view interface() const noexcept override { return "wasm-c-api"; }

 private:
  struct Bytes {
    std::size_t size;
    char* data;
  };
  struct Context;
  struct Store;
  struct Module;
  struct Functions {
    Context* (*engine_new)() = nullptr;
    Store* (*store_new)(Context*) = nullptr;
    bool (*module_validate)(Store*, const Bytes*) = nullptr;
    Module* (*module_new)(Store*, const Bytes*) = nullptr;
    void (*module_delete)(Module*) = nullptr;
  };

  WasmCApi() = default;

  Functions api_;
  Store* store_ = nullptr;
};

class WasmEdge : public Engine {
 public:
  static std::unique_ptr<Engine> in(void* library) {
    auto engine = std::unique_ptr<WasmEdge>(new WasmEdge);
    Functions& api = engine->api_;
    look_up(library, "WasmEdge_ConfigureCreate", api.configure_create);
    look_up(library, "WasmEdge_LoaderCreate", api.loader_create);
    look_up(library, "WasmEdge_LoaderParseFromBuffer", api.parse_from_buffer);
    look_up(library, "WasmEdge_LoaderParseFromBytes", api.parse_from_bytes);
    look_up(library, "WasmEdge_ValidatorCreate", api.validator_create);
    look_up(library, "WasmEdge_ValidatorValidate", api.validate);
    look_up(library, "WasmEdge_ASTModuleDelete", api.module_delete);
    look_up(library, "WasmEdge_ResultOK", api.result_ok);
    if (!api.configure_create || !api.loader_create || (!api.parse_from_buffer && !api.parse_from_bytes) ||
        !api.validator_create || !api.validate || !api.module_delete || !api.result_ok) {
      return nullptr;
    }
    Configure* const configure = api.configure_create();
    engine->loader_ = api.loader_create(configure);
    engine->validator_ = api.validator_create(configure);
    return engine;
  }

  bool load(std::span<const std::byte> module_bytes, const Observer& observer) override {
    observer.phase("decode");
    Module* module = nullptr;
    bool valid = api_.result_ok(parse(module, module_bytes)) && module != nullptr;
    if (valid) {
      observer.phase("validate");
      valid = api_.result_ok(api_.validate(validator_, module));
    }
    observer.loaded();
    if (module != nullptr) api_.module_delete(module);
    return valid;
  }

  bool validate(std::span<const std::byte> module_bytes) override {
    return load(module_bytes, {.phase = [](std::string_view) {}, .loaded = [] {}});
  }

  [[nodiscard]] std::string_view interface() const noexcept override { return "WasmEdge"; }

 private:
  struct Result {
    std::uint32_t code;
  };
  struct Bytes {
    std::uint32_t size;
    const std::uint8_t* data;
  };
  struct Configure;
  struct Loader;
  struct Validator;
  struct Module;
  struct Functions {
    Configure* (*configure_create)() = nullptr;
    Loader* (*loader_create)(const Configure*) = nullptr;
    Result (*parse_from_buffer)(Loader*, Module**, const std::uint8_t*, std::uint32_t) = nullptr;
    Result (*parse_from_bytes)(Loader*, Module**, Bytes) = nullptr;
    Validator* (*validator_create)(const Configure*) = nullptr;
    Result (*validate)(Validator*, const Module*) = nullptr;
    void (*module_delete)(Module*) = nullptr;
    bool (*result_ok)(Result) = nullptr;
  };

  WasmEdge() = default;

  Result parse(Module*& module, std::span<const std::byte> bytes) {
    const auto* const data = std::bit_cast<const std::uint8_t*>(bytes.data());
    const auto size = static_cast<std::uint32_t>(bytes.size());
    // The older name first: all versions have it.
    if (api_.parse_from_buffer) return api_.parse_from_buffer(loader_, &module, data, size);
    return api_.parse_from_bytes(loader_, &module, {size, data});
  }

  Functions api_;
  Loader* loader_ = nullptr;
  Validator* validator_ = nullptr;
};

}  // namespace

std::expected<std::unique_ptr<Engine>, std::string> Engine::open(const std::filesystem::path& library) {
  void* const loaded = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (loaded == nullptr) return std::unexpected(std::string(::dlerror()));
  // Who has an API of its own may have the common one beside it, with less to tell.
  if (auto engine = WasmEdge::in(loaded)) return engine;
  if (auto engine = WasmCApi::in(loaded)) return engine;
  return std::unexpected(
      "it exports neither the WebAssembly C API (wasm_module_validate, wasm_module_new) nor WasmEdge's "
      "(WasmEdge_LoaderParseFromBuffer, WasmEdge_ValidatorValidate)");
}

}  // namespace plimsoll::regress
