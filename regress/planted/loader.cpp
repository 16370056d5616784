#include "planted/loader.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <new>
#include <thread>
#include <utility>

#include "planted/code_forms.hpp"
#include "planted/decoder.hpp"

namespace plimsoll::regress::planted {
namespace {

using Input = std::span<const std::byte>;

// Nothing before this may be left out or put off: what was built has been seen.
void observe(const void* pointer) noexcept { asm volatile("" : : "r"(pointer) : "memory"); }

LoadError error_of(const Reader& reader) { return {.offset = reader.offset(), .reason = reader.reason()}; }

// Decodes into what `build` fills; an error if the reader failed.
std::expected<void, LoadError> decode(Reader& reader, Module& module, CodeBuilder& code) {
  const bool ok = decode_module(reader, module, code);
  observe(&module);
  if (!ok) return std::unexpected(error_of(reader));
  return {};
}

std::expected<void, LoadError> decode(Input input, Module& module) {
  Reader reader(input);
  CodeVector code(module.code);
  return decode(reader, module, code);
}

// The common end: the result, unless there was an error.
LoadResult finish(std::expected<void, LoadError> decoded, std::unique_ptr<const Loaded> loaded) {
  observe(loaded.get());
  if (!decoded) return std::unexpected(decoded.error());
  return loaded;
}

LoadResult load_clean(Input input, Access access = Access::direct) {
  auto loaded = std::make_unique<Loaded>();
  Reader reader(input, access);
  CodeVector code(loaded->module.code);
  const auto decoded = decode(reader, loaded->module, code);
  return finish(decoded, std::move(loaded));
}

LoadResult deep_copy(Input input) {
  const auto original = std::make_unique<Module>();
  if (const auto decoded = decode(input, *original); !decoded) return std::unexpected(decoded.error());
  return finish({}, std::make_unique<Loaded>(*original));
}

struct WithOriginal final : Loaded {
  using Loaded::Loaded;
  std::unique_ptr<const Module> original;
};

LoadResult deep_copy_kept(Input input) {
  auto original = std::make_unique<Module>();
  if (const auto decoded = decode(input, *original); !decoded) return std::unexpected(decoded.error());
  auto loaded = std::make_unique<WithOriginal>(*original);
  loaded->original = std::move(original);
  return finish({}, std::move(loaded));
}

LoadResult function_copy(Input input, std::uint32_t every) {
  auto loaded = std::make_unique<Loaded>();
  Reader reader(input);
  CopiedCode code(loaded->module.code, every);
  const auto decoded = decode(reader, loaded->module, code);
  return finish(decoded, std::move(loaded));
}

struct WithFile final : Loaded {
  std::vector<std::byte> file;
};

LoadResult file_copy(Input input) {
  auto loaded = std::make_unique<WithFile>();
  loaded->file.assign(input.begin(), input.end());
  const auto decoded = decode(loaded->file, loaded->module);
  return finish(decoded, std::move(loaded));
}

struct WithPackedCode final : Loaded {
  PackedCode code;
};

LoadResult other_layout(Input input) {
  auto loaded = std::make_unique<WithPackedCode>();
  if (const auto decoded = decode(input, loaded->module); !decoded) return std::unexpected(decoded.error());
  loaded->code = pack(loaded->module.code);
  std::vector<CodeSegment>().swap(loaded->module.code);
  return finish({}, std::move(loaded));
}

struct WithArena final : Loaded {
  ArenaCode code;
};

LoadResult arena_copy(Input input) {
  auto loaded = std::make_unique<WithArena>();
  Reader reader(input);
  ArenaCode scratch;
  ArenaBuilder builder(scratch);
  const auto decoded = decode(reader, loaded->module, builder);
  if (decoded) loaded->code = scratch.persist();
  return finish(decoded, std::move(loaded));
}

LoadResult decoded_twice(Input input) {
  {
    Module first;
    if (const auto decoded = decode(input, first); !decoded) return std::unexpected(decoded.error());
  }
  return load_clean(input);
}

struct WithListCode final : Loaded {
  WithListCode(const Module& original, const ListCode& copied) : Loaded(original), code(copied) {}
  ListCode code;
};

LoadResult linked_list(Input input) {
  const auto original = std::make_unique<Module>();
  ListCode code;
  ListBuilder builder(code);
  Reader reader(input);
  if (const auto decoded = decode(reader, *original, builder); !decoded) return std::unexpected(decoded.error());
  return finish({}, std::make_unique<WithListCode>(*original, code));
}

std::uint64_t checksum(Input input) {  // FNV-1a
  std::uint64_t sum = 0xCBF29CE484222325;
  for (const std::byte byte : input) sum = (sum ^ static_cast<std::uint64_t>(byte)) * 0x100000001B3;
  return sum;
}

LoadResult deep_copy_then_input(Input input) {
  const auto original = std::make_unique<Module>();
  if (const auto decoded = decode(input, *original); !decoded) return std::unexpected(decoded.error());
  auto loaded = std::make_unique<Loaded>(*original);
  observe(loaded.get());
  loaded->checksum = checksum(input);
  return finish({}, std::move(loaded));
}

struct WithCautiousCode final : Loaded {
  std::vector<CautiousSegment> code;
};

LoadResult throwing_moves(Input input) {
  auto loaded = std::make_unique<WithCautiousCode>();
  Reader reader(input);
  GrowingCode code(loaded->code);
  const auto decoded = decode(reader, loaded->module, code);
  return finish(decoded, std::move(loaded));
}

// What is thrown where a message is to show how far decoding came.
struct Diagnosis {
  LoadError error;
  Module decoded;
};

LoadResult error_copy(Input input) {
  auto loaded = std::make_unique<Loaded>();
  try {
    if (const auto decoded = decode(input, loaded->module); !decoded) throw Diagnosis{decoded.error(), loaded->module};
  } catch (const Diagnosis& diagnosis) {
    observe(&diagnosis);
    return std::unexpected(diagnosis.error);
  }
  return finish({}, std::move(loaded));
}

// Refused modules, which nobody takes back. They can be reached, so that a sanitizer's search for leaks is content.
struct Refused {
  std::unique_ptr<Loaded> loaded;
  Refused* next = nullptr;
};
constinit std::atomic<Refused*> all_refused{nullptr};

LoadResult error_leak(Input input) {
  auto loaded = std::make_unique<Loaded>();
  const auto decoded = decode(input, loaded->module);
  if (decoded) return finish({}, std::move(loaded));
  auto* const refused = new Refused{std::move(loaded), all_refused.load()};
  while (!all_refused.compare_exchange_weak(refused->next, refused)) {
  }
  return std::unexpected(decoded.error());
}

LoadResult thread_copy(Input input) {
  const auto original = std::make_unique<Module>();
  if (const auto decoded = decode(input, *original); !decoded) return std::unexpected(decoded.error());
  std::unique_ptr<Loaded> loaded;
  std::thread([&] { loaded = std::make_unique<Loaded>(*original); }).join();
  return finish({}, std::move(loaded));
}

class Mapping {
 public:
  explicit Mapping(std::size_t size)
      : size_(std::max<std::size_t>(size, 1)),
        address_(::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
    if (address_ == MAP_FAILED) throw std::bad_alloc();
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() { ::munmap(address_, size_); }
  [[nodiscard]] void* address() const noexcept { return address_; }

 private:
  std::size_t size_;
  void* address_;
};

struct WithMapping final : Loaded {
  explicit WithMapping(std::size_t size) : mapping(size) {}
  Mapping mapping;
};

LoadResult mapped_copy(Input input) {
  auto loaded = std::make_unique<WithMapping>(input.size());
  auto* const copied = static_cast<std::byte*>(loaded->mapping.address());
  std::ranges::copy(input, copied);
  const auto decoded = decode(Input(copied, input.size()), loaded->module);
  return finish(decoded, std::move(loaded));
}

}  // namespace

std::string_view name(Defect defect) noexcept {
  switch (defect) {
    case Defect::clean: return "clean";
    case Defect::deep_copy: return "deep_copy";
    case Defect::deep_copy_kept: return "deep_copy_kept";
    case Defect::function_copy: return "function_copy";
    case Defect::file_copy: return "file_copy";
    case Defect::small_buffer: return "small_buffer";
    case Defect::other_layout: return "other_layout";
    case Defect::arena_copy: return "arena_copy";
    case Defect::decoded_twice: return "decoded_twice";
    case Defect::tenth_of_functions: return "tenth_of_functions";
    case Defect::linked_list: return "linked_list";
    case Defect::deep_copy_then_input: return "deep_copy_then_input";
    case Defect::throwing_moves: return "throwing_moves";
    case Defect::error_copy: return "error_copy";
    case Defect::error_leak: return "error_leak";
    case Defect::thread_copy: return "thread_copy";
    case Defect::mapped_copy: return "mapped_copy";
  }
  return {};
}

std::optional<Defect> defect_named(std::string_view wanted) noexcept {
  const auto* const found = std::ranges::find(all_defects, wanted, [](Defect defect) { return name(defect); });
  if (found == all_defects.end()) return std::nullopt;
  return *found;
}

LoadResult load(std::span<const std::byte> input, Defect defect) {
  switch (defect) {
    case Defect::clean: return load_clean(input);
    case Defect::deep_copy: return deep_copy(input);
    case Defect::deep_copy_kept: return deep_copy_kept(input);
    case Defect::function_copy: return function_copy(input, 1);
    case Defect::file_copy: return file_copy(input);
    case Defect::small_buffer: return load_clean(input, Access::through_buffer);
    case Defect::other_layout: return other_layout(input);
    case Defect::arena_copy: return arena_copy(input);
    case Defect::decoded_twice: return decoded_twice(input);
    case Defect::tenth_of_functions: return function_copy(input, 10);
    case Defect::linked_list: return linked_list(input);
    case Defect::deep_copy_then_input: return deep_copy_then_input(input);
    case Defect::throwing_moves: return throwing_moves(input);
    case Defect::error_copy: return error_copy(input);
    case Defect::error_leak: return error_leak(input);
    case Defect::thread_copy: return thread_copy(input);
    case Defect::mapped_copy: return mapped_copy(input);
  }
  return std::unexpected(LoadError{});
}

}  // namespace plimsoll::regress::planted
