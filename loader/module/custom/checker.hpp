// What the checks of custom sections share: where warnings go, and what is known of the module's sections.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <optional>
#include <vector>

#include "module/custom/section_reader.hpp"
#include "plimsoll/custom_warnings.hpp"
#include "plimsoll/linking.hpp"

namespace plimsoll {

// A section as relocations and symbols see it.
struct SectionPlace {
  ByteRange payload;  // what follows the size: of a custom section its name too
  SectionId id = SectionId::custom;
};

// A set of symbol kinds, one bit each.
constexpr std::uint32_t symbol_kind_bit(SymbolKind kind) noexcept { return 1U << static_cast<unsigned>(kind); }

class CustomCheck {
 public:
  CustomCheck(const Module& module, WarningSink sink, const CustomCheckOptions& options) noexcept
      : module_(module), sink_(sink), most_(options.most), sections_(options.memory), symbol_kinds_(options.memory) {}

  // Checks all sections. Throws std::bad_alloc.
  void run();
  [[nodiscard]] std::size_t warnings() const noexcept { return warnings_; }
  [[nodiscard]] bool out_of_memory() const noexcept { return out_of_memory_; }

  [[nodiscard]] const Module& module() const noexcept { return module_; }
  [[nodiscard]] std::pmr::memory_resource* memory() const noexcept { return sections_.get_allocator().resource(); }

  // Whether anybody still listens.
  [[nodiscard]] bool going() const noexcept { return !stopped_; }
  void warn(WarningCode code, std::uint32_t offset) noexcept { tell({.code = code, .offset = offset}); }
  void warn_index(WarningCode code, std::uint32_t offset, std::uint64_t found, std::uint64_t count) noexcept {
    tell({.code = code, .detail = WarningDetail::index, .offset = offset, .found = found, .expected = count});
  }
  void warn_value(WarningCode code, std::uint32_t offset, std::uint64_t found) noexcept {
    tell({.code = code, .detail = WarningDetail::value, .offset = offset, .found = found});
  }
  void warn_limit(WarningCode code, std::uint32_t offset, std::uint64_t found, std::uint64_t most) noexcept {
    tell({.code = code, .detail = WarningDetail::limit, .offset = offset, .found = found, .expected = most});
  }

  // A reader of the section's bytes that warns of texts that are not UTF-8.
  [[nodiscard]] SectionReader reader(ByteRange range) noexcept { return {module_.bytes(), range, this}; }
  // At the end of a part: warns if it could not be read, or if something is left.
  void finish(const SectionReader& reader) noexcept;
  // Warns of why it could not be read, if it could not.
  void warn_unreadable(const SectionReader& reader) noexcept;

  // Whether `index` exists; warns if not.
  bool check_index(std::uint32_t offset, std::uint64_t index, std::uint64_t count) noexcept {
    if (index < count) return true;
    warn_index(WarningCode::index_out_of_range, offset, index, count);
    return false;
  }

  // The sections of the module, if there is a section whose check asks for them (linking, relocations).
  [[nodiscard]] const std::pmr::vector<SectionPlace>& sections() const noexcept { return sections_; }
  // Whether relocations can be of that section: of code, data and custom sections.
  [[nodiscard]] bool can_be_relocated(std::uint32_t section) const noexcept {
    const SectionId id = sections_[section].id;
    return id == SectionId::code || id == SectionId::data || id == SectionId::custom;
  }

  // The kinds of the symbols, once the symbol table has been seen: whether it has, and the check of an index into it.
  void begin_symbols(std::size_t room) {
    symbol_kinds_.reserve(room);
    has_symbols_ = true;
  }
  void add_symbol(SymbolKind kind) noexcept { symbol_kinds_.push_back(kind); }
  [[nodiscard]] bool has_symbols() const noexcept { return has_symbols_; }
  void check_symbol(std::uint32_t offset, std::uint32_t symbol, std::uint32_t allowed) noexcept {
    if (check_index(offset, symbol, symbol_kinds_.size()) && (allowed & symbol_kind_bit(symbol_kinds_[symbol])) == 0)
      warn_value(WarningCode::wrong_symbol, offset, symbol);
  }

  // The index of the first section of a kind; nothing if there is none.
  [[nodiscard]] std::optional<std::uint32_t> first(CustomKind kind) const noexcept {
    const std::uint32_t index = first_[static_cast<std::size_t>(kind)];
    return index == none ? std::nullopt : std::optional(index);
  }

 private:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::size_t kind_count = static_cast<std::size_t>(CustomKind::wasmedge) + 1;

  void tell(CustomWarning warning) noexcept;
  void survey();
  void check_place(const CustomSection& section) noexcept;
  void check_contents(const CustomSection& section);

  const Module& module_;
  WarningSink sink_;
  std::size_t most_;
  std::size_t warnings_ = 0;
  bool stopped_ = false;
  bool out_of_memory_ = false;
  CustomSection section_;  // the one that is checked

  std::pmr::vector<SectionPlace> sections_;
  std::pmr::vector<SymbolKind> symbol_kinds_;
  bool has_symbols_ = false;
  std::array<std::uint32_t, kind_count> first_{};
  std::uint32_t last_known_ = none;  // index of the last section that is not custom
  std::uint32_t code_ = none;        // index of the code section
};

// Indices that should ascend. Tells which ones do.
class Ascending {
 public:
  // Whether it is larger than all before; warns if not.
  bool accept(CustomCheck& check, std::uint32_t offset, std::uint32_t index) noexcept {
    if (index >= least_) {
      least_ = std::uint64_t{index} + 1;
      last_ = index;
      return true;
    }
    check.warn_value(index == last_ ? WarningCode::duplicate_index : WarningCode::index_out_of_order, offset, index);
    last_ = index;
    return false;
  }

 private:
  std::uint64_t least_ = 0;
  std::uint32_t last_ = 0;
};

// Subsections that should stand once each.
class SubsectionsSeen {
 public:
  // Whether it is the first of its id; warns if not. Ids from 64 on are nobody's business.
  bool accept(CustomCheck& check, const Subsection& subsection) noexcept {
    const std::uint64_t bit = subsection.id < 64 ? std::uint64_t{1} << subsection.id : 0;
    if ((seen_ & bit) != 0) {
      check.warn_value(WarningCode::duplicate_subsection, subsection.offset, subsection.id);
      return false;
    }
    seen_ |= bit;
    return true;
  }

 private:
  std::uint64_t seen_ = 0;
};

// The checks of each kind; those that must remember something throw std::bad_alloc.
void check_names(CustomCheck& check, const CustomSection& section) noexcept;
void check_producers(CustomCheck& check, const CustomSection& section) noexcept;
void check_target_features(CustomCheck& check, const CustomSection& section) noexcept;
void check_url(CustomCheck& check, const CustomSection& section) noexcept;
void check_build_id(CustomCheck& check, const CustomSection& section) noexcept;
void check_dylink(CustomCheck& check, const CustomSection& section) noexcept;
void check_linking(CustomCheck& check, const CustomSection& section);
void check_relocations(CustomCheck& check, const CustomSection& section) noexcept;
void check_code_metadata(CustomCheck& check, const CustomSection& section) noexcept;
void check_wasmedge(CustomCheck& check, const CustomSection& section) noexcept;

}  // namespace plimsoll
