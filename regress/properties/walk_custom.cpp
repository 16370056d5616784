#include "properties/walk_custom.hpp"

#include <bit>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <string_view>

#include "ledger/counting_resource.hpp"
#include "plimsoll/plimsoll.hpp"

namespace plimsoll::regress::properties {
namespace {

class CustomWalker {
 public:
  explicit CustomWalker(const Module& module) : module_(module), bytes_(module.bytes()) {}

  std::string walk() {
    CustomSectionWalk sections(module_);
    for (CustomSection section; problem_.empty() && sections.next(section);) {
      view(section.name);
      tools(section);
      dynamic_library(section);
      linking(section);
      hints(section);
      compiled(section);
    }
    if (problem_.empty()) check();
    return problem_;
  }

 private:
  void require(bool holds, std::string_view what) {
    if (!holds && problem_.empty()) problem_ = what;
  }

  // Offsets are compared, not pointers: a view may lie anywhere if it is wrong.
  void view(std::span<const std::byte> part) {
    const auto begin = std::bit_cast<std::uintptr_t>(bytes_.data());
    const auto at = std::bit_cast<std::uintptr_t>(part.data());
    const bool inside =
        part.empty() || (at >= begin && at - begin <= bytes_.size() && part.size() <= bytes_.size() - (at - begin));
    require(inside, "a view of a custom section is outside the module");
    if (!inside) return;
    for (const std::byte byte : part) checksum_ += std::to_integer<std::uint64_t>(byte);
  }
  void view(std::string_view text) { view(std::as_bytes(std::span(text))); }
  void view(ByteRange range) {
    const bool inside = range.offset <= bytes_.size() && range.size <= bytes_.size() - range.offset;
    require(inside, "a range of a custom section is outside the module");
    if (inside) view(bytes_.subspan(range.offset, range.size));
  }

  void tools(const CustomSection& section) {
    for (const ProducerField& field : producers(bytes_, section)) {
      view(field.name);
      for (const ProducerValue& value : field.values) {
        view(value.name);
        view(value.version);
      }
    }
    for (const TargetFeature& one : target_features(bytes_, section)) view(one.name);
    view(section_url(bytes_, section));
    view(build_id(bytes_, section));
  }

  void dynamic_library(const CustomSection& section) {
    const DylinkSection library(bytes_, section);
    checksum_ += library.memory().value_or(DylinkMemory()).memory_size;
    for (const DylinkText& one : library.needed()) view(one.text);
    for (const DylinkText& one : library.runtime_path()) view(one.text);
    for (const DylinkExport& one : library.exports()) view(one.name);
    for (const DylinkImport& one : library.imports()) {
      view(one.module);
      view(one.field);
    }
  }

  void linking(const CustomSection& section) {
    const LinkingSection object(bytes_, section);
    for (const LinkingSegment& one : object.segments()) view(one.name);
    for (const InitFunction& one : object.init_functions()) checksum_ += one.symbol;
    for (const Symbol& one : object.symbols()) view(one.name);
    for (const Comdat& one : object.comdats()) {
      view(one.name);
      for (const ComdatSymbol& symbol : one.symbols) checksum_ += symbol.index;
    }
    for (const Relocation& one : relocations(bytes_, section).entries) view(relocation_row(one.type).name.substr(0, 0));
  }

  void hints(const CustomSection& section) {
    for (const FunctionHints& function : code_metadata(bytes_, section)) {
      for (const CodeHint& hint : function.hints) {
        view(hint.value);
        checksum_ += branch_likely(bytes_, hint).value_or(false) + trace_mark(bytes_, hint).value_or(0) +
                     compilation_priority(bytes_, hint).has_value() + instruction_frequency(bytes_, hint).has_value();
        for (const CallTarget& one : call_targets(bytes_, hint)) checksum_ += one.function;
      }
    }
  }

  void compiled(const CustomSection& section) {
    const WasmEdgeSection image = wasmedge_section(bytes_, section);
    for (const WasmEdgeAddress& one : image.types) checksum_ += one.address;
    for (const WasmEdgeAddress& one : image.functions) checksum_ += one.address;
    for (const WasmEdgePart& one : image.parts) view(one.contents);
  }

  void check() {
    CountingResource heap(std::pmr::new_delete_resource());
    CustomCheckOptions options;
    options.memory = &heap;
    options.most = bytes_.size() + 1'000;  // more than one can be at each byte, but not many
    const auto sink = [&](const CustomWarning& warning) {
      view(warning.section);
      require(warning.offset >= warning.section_offset && warning.offset <= bytes_.size(),
              "a warning is outside its section");
      checksum_ += describe(warning).size();
      return true;
    };
    require(check_custom_sections(module_, sink, options).has_value(), "a check has no memory");
    for (std::uint8_t kind = 0; kind < name_kind_count; ++kind) {
      const auto names = NameIndex::make(NameSection(module_).map(static_cast<NameKind>(kind)), &heap);
      require(names.has_value() && names->find(kind).value_or("").size() <= bytes_.size(), "an index has no memory");
    }
    require(heap.counts().peak <= 8 * bytes_.size(), "a check needs more than eight bytes per byte");
    require(heap.counts().live == 0, "a check keeps memory");
  }

  const Module& module_;
  std::span<const std::byte> bytes_;
  std::string problem_;
  std::uint64_t checksum_ = 0;
};

}  // namespace

std::string walk_custom(const Module& module) { return CustomWalker(module).walk(); }

}  // namespace plimsoll::regress::properties
