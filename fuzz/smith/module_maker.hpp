// Makes one module: its sections in their order, but for the bodies, which come last and use up what is left of the entropy.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "encode/module.hpp"
#include "smith/entropy.hpp"
#include "smith/plan.hpp"
#include "smith/rows.hpp"
#include "smith/smith.hpp"
#include "smith/types.hpp"
#include "smith/values.hpp"

namespace plimsoll::fuzz {

class ModuleMaker {
 public:
  ModuleMaker(std::span<const std::byte> entropy, const SmithOptions& options, const Rows& rows);
  Bytes make();

 private:
  struct ImportEntry {
    std::string name;
    Bytes type;  // with its kind
  };

  [[nodiscard]] bool has(Feature feature) const noexcept { return options_.features.has(feature); }
  [[nodiscard]] Writer writer() const { return Writer(style_); }
  void choose_style();
  // How many of something there shall be: fewer in small modules, and where the entropy nears its end, of which `kept` bytes are
  // for what comes later.
  std::uint32_t some(std::uint32_t most, std::size_t kept);
  std::uint32_t some(std::uint32_t most) { return some(most, for_code_); }
  // Keeps a section, unless it is an empty vector: those only now and then.
  void keep(SectionId id, Writer& content, std::uint32_t count);
  std::string name();
  template <class Fits>
  std::uint32_t find(std::size_t count, Fits fits);

  void make_imports();
  void write_imports(const std::vector<ImportEntry>& entries);
  bool make_import(Writer& type);
  std::uint32_t find_function_type();
  std::uint32_t find_tag_type();
  ValueType table_element();
  SizeLimits table_limits(ValueType element);
  SizeLimits memory_limits();
  bool may_add_table() const noexcept { return has(Feature::reference_types) || plan_.tables.empty(); }
  bool may_add_memory() const noexcept { return has(Feature::multi_memory) || plan_.memories.empty(); }
  bool make_constant(Writer& out, ValueType type);
  void make_functions();
  void make_tables();
  void make_memories();
  void make_tags();
  void make_globals();
  void make_exports();
  void make_start();
  void make_elements();
  ValueType passive_element();
  void make_element(Writer& out);
  std::uint32_t make_items(Writer& items, const Element& element);
  void make_data();
  void make_code();
  void make_customs();

  SmithOptions options_;
  const Rows& rows_;
  Entropy entropy_;
  Style style_;
  Types types_;
  Plan plan_;
  Values values_;
  std::vector<SectionBytes> sections_;
  std::size_t written_ = 0;   // bytes in sections
  std::size_t for_code_ = 0;  // bytes of entropy
  std::uint32_t imported_functions_ = 0;
};

}  // namespace plimsoll::fuzz
