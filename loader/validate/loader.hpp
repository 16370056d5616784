// The loader: one pass over the sections in which each entry is decoded and at once judged, so that the first error met
// is the one with the lowest offset.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <utility>

#include "bytes/cursor.hpp"
#include "module/entries.hpp"
#include "module/module_data.hpp"
#include "plimsoll/load.hpp"
#include "validate/body.hpp"
#include "validate/plain_constant.hpp"
#include "validate/scratch.hpp"

namespace plimsoll {

// When bodies are checked. Of those that are checked later, the sizes are read all the same.
enum class Bodies : std::uint8_t { now, later };

class Loader {
 public:
  // The options must outlive the loader.
  Loader(ModuleData& module, const Options& options)
      : module_(module), options_(options), limits_(options.limits), features_(options.features.usable()),
        declared_(options.memory), plain_(module, declared_, options.bodies),
        checker_({module, limits_, declared_, options.bodies, options.memory}) {}

  // Fills the module; on failure error() says why. Throws std::bad_alloc.
  bool run(Bodies bodies);
  [[nodiscard]] const Error& error() const noexcept { return error_; }

  // For bodies that are checked later: what is declared, when all else has been loaded; and an error as a load gives
  // it.
  [[nodiscard]] ScratchBits take_declared() noexcept { return std::move(declared_); }
  [[nodiscard]] static Error placed(const Error& error, std::uint8_t section, Features asked_for) noexcept;

 private:
  friend class StreamedLoad;  // which goes the same way section by section, as their bytes come (stream.cpp)

  // load.cpp: sections as a whole.
  bool load_sections(Cursor& cursor);
  bool check_order(Cursor& cursor, const SectionHeader& header) noexcept;
  bool require_section(const SectionHeader& header, Cursor& cursor) noexcept;
  bool check_end(const SectionHeader& header, Cursor& cursor) noexcept;
  bool load_section(const SectionHeader& header, Cursor& cursor);
  bool finish(std::uint32_t offset);
  bool fail(const Error& error, std::uint8_t section) noexcept;

  // types.cpp
  void load_types(Cursor& cursor);

  // sections.cpp: each reads and checks one section's payload; the cursor has the error.
  struct ImportCounts {
    std::array<std::size_t, 5> kinds{};  // by ExternalKind
    std::size_t exact = 0;
    [[nodiscard]] std::size_t total() const noexcept { return kinds[0] + kinds[1] + kinds[2] + kinds[3] + kinds[4]; }
  };
  ImportKind skip_import_type(Cursor& cursor) const noexcept;
  ImportCounts count_imports(Cursor cursor, std::uint32_t count) const noexcept;
  std::array<std::size_t, 5> count_definitions(const Cursor& imports) const noexcept;
  void load_imports(Cursor& cursor);
  bool load_imports_of_entry(Cursor& cursor);
  bool load_import(Cursor& cursor, ImportRecord import);
  void load_functions(Cursor& cursor);
  void load_tables(Cursor& cursor);
  void load_memories(Cursor& cursor);
  void load_tags(Cursor& cursor);
  void load_globals(Cursor& cursor);
  void load_start(Cursor& cursor);
  void load_elements(Cursor& cursor);
  bool load_element(Cursor& cursor);
  bool load_element_items(Cursor& cursor, ValueType type, bool expressions);
  void load_data_count(Cursor& cursor);
  void load_data(Cursor& cursor);
  bool load_data_segment(Cursor& cursor);
  std::uint32_t load_plain_data(Cursor& cursor, std::uint32_t most);

  // exports.cpp
  void load_exports(Cursor& cursor);
  void load_external(Cursor& cursor, std::uint32_t name_at);

  // code.cpp
  class SharedWork;
  void load_code(Cursor& cursor);
  std::uint32_t begin_code(Cursor& cursor);
  bool check_body(Cursor& cursor, std::uint32_t body);
  void record_bodies(Cursor& cursor, std::uint32_t count);
  void check_bodies(Cursor& cursor, std::uint32_t count);
  void check_bodies_together(Cursor& cursor, std::uint32_t count);
  void load_rest(std::pmr::memory_resource& memory) noexcept;

  // What several sections need.
  std::uint32_t read_count(Cursor& cursor, std::uint32_t limit, std::uint32_t already = 0) noexcept;
  std::uint32_t read_section_count(SectionId id, Cursor& cursor) noexcept;
  bool check_function_type(Cursor& cursor, std::uint32_t type, std::uint32_t at) noexcept;
  bool add_function(Cursor& cursor);
  bool add_table(Cursor& cursor, bool imported);
  bool add_memory(Cursor& cursor);
  bool add_tag(Cursor& cursor);
  bool add_global(Cursor& cursor, bool imported);
  bool check_constant(Cursor& cursor, ValueType expected) {
    return check_constant(cursor, expected, module_.globals.size());
  }
  bool check_constant(Cursor& cursor, ValueType expected, std::uint32_t visible_globals);
  bool check_limits(Cursor& cursor, const SizeLimits& limits, std::uint64_t bound, ErrorCode too_large,
                    std::uint32_t at) noexcept;
  bool require(Cursor& cursor, Feature feature, std::uint32_t at) noexcept {
    return features_.has(feature) || cursor.fail_feature(feature, at);
  }
  [[nodiscard]] std::uint32_t index_space_size(ExternalKind kind) const noexcept;

  ModuleData& module_;
  const Options& options_;
  const Limits& limits_;
  Features features_;
  Cursor* rest_ = nullptr;  // behind the section that is being loaded, if those bytes are there
  Bodies check_ = Bodies::now;
  ScratchBits declared_;
  PlainConstants plain_;
  BodyChecker checker_;
  Error error_;
  std::uint32_t function_count_ = 0;  // of the function section
  std::uint8_t last_section_ = 0;     // id of the last section that is not a custom one; 0 before it
  bool has_code_ = false;
  bool has_data_ = false;
};

}  // namespace plimsoll
