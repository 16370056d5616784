// An engine's loader, called through the C API of the shared library that it comes in: the WebAssembly C API (wasm.h), or
// WasmEdge's own. Only what loading needs; the declarations are ours, by the documented signatures.
#pragma once

#include <cstddef>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace plimsoll::regress {

// Not thread-safe. Lives until the process ends: engines do not like to be unloaded.
class Engine {
 public:
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  virtual ~Engine() = default;

  // Loads the library into this process. Fails with a sentence: it cannot be loaded, or exports neither API.
  [[nodiscard]] static std::expected<std::unique_ptr<Engine>, std::string> open(const std::filesystem::path& library);

  // What is called around a load: phase with a name when one begins, loaded while the module, if there is one, still lives.
  struct Observer {
    std::function<void(std::string_view)> phase;
    std::function<void()> loaded;
  };

  // Decodes and validates a module and destroys it. Returns whether it is valid.
  virtual bool load(std::span<const std::byte> module_bytes, const Observer& observer) = 0;

  // Decodes and validates a module, keeping nothing, and compiles nothing where the API can do without. Returns whether it is valid.
  virtual bool validate(std::span<const std::byte> module_bytes) = 0;

  // Which API it is: `wasm-c-api` or `WasmEdge`.
  [[nodiscard]] virtual std::string_view interface() const noexcept = 0;

 protected:
  Engine() = default;
};

}  // namespace plimsoll::regress
