#include "encode/module.hpp"

#include "encode/instructions.hpp"
#include "encode/types.hpp"

namespace plimsoll::fuzz {
namespace {

void write_tag_type(Writer& out, std::uint32_t type) {
  constexpr unsigned exception = 0;
  out.byte(exception);
  out.u32(type);
}

// The types of a Module as they stood in its bytes: where a rec group equals an earlier one, the records of its types are those of
// the earlier, and so refer to its types. Types outside of the group are referred to by their lowest equal.
class TypesAsWritten {
 public:
  explicit TypesAsWritten(const Module& module) noexcept : types_(module.types()) {}
  [[nodiscard]] std::uint32_t size() const noexcept { return types_.size(); }
  // The spans are valid until the next call. Linear in the type when asked for one after the other.
  const SubType& operator[](std::uint32_t index) {
    type_ = types_[index];
    if (type_.canonical == index) return type_;
    if (type_.starts_group) {
      shift_ = index - type_.canonical;
      start_ = type_.canonical;
      end_ = start_ + 1;
      while (end_ + shift_ < size() && !types_[end_ + shift_].starts_group) ++end_;
    }
    values_.clear();
    fields_.clear();
    for (const ValueType type : type_.parameters) values_.push_back(moved(type));
    for (const ValueType type : type_.results) values_.push_back(moved(type));
    for (const FieldType field : type_.fields) fields_.emplace_back(moved(field.storage()), field.is_mutable());
    type_.parameters = std::span(values_).first(type_.parameters.size());
    type_.results = std::span(values_).subspan(type_.parameters.size());
    type_.fields = fields_;
    for (std::uint32_t* each : {&type_.supertype, &type_.descriptor, &type_.described, &type_.continued})
      *each = moved(*each);
    return type_;
  }

 private:
  [[nodiscard]] std::uint32_t moved(std::uint32_t index) const noexcept {
    return index >= start_ && index < end_ ? index + shift_ : index;
  }
  [[nodiscard]] ValueType moved(ValueType type) const noexcept {
    return type.is_reference() && type.is_concrete() ? type.with_type_index(moved(type.type_index())) : type;
  }

  Records<SubType> types_;
  SubType type_;
  std::uint32_t shift_ = 0;  // from the earlier group to this one
  std::uint32_t start_ = 0;  // of the earlier group
  std::uint32_t end_ = 0;
  std::vector<ValueType> values_;
  std::vector<FieldType> fields_;
};

// One section's content, from a Module.
class SectionEncoder {
 public:
  SectionEncoder(const Module& module, Writer& out) noexcept : module_(module), out_(out) {}

  void write(const Section& section) {
    switch (section.id) {
      case SectionId::custom:
        out_.name(module_.text(section.name));
        out_.raw(module_.bytes(section.payload));
        break;
      case SectionId::type: write_types(out_, TypesAsWritten(module_)); break;
      case SectionId::import: imports(); break;
      case SectionId::function: functions(); break;
      case SectionId::table: tables(); break;
      case SectionId::memory: memories(); break;
      case SectionId::global: globals(); break;
      case SectionId::export_: exports(); break;
      case SectionId::start: out_.u32(module_.start().value_or(0)); break;
      case SectionId::element: elements(); break;
      case SectionId::code: code(); break;
      case SectionId::data: data(); break;
      case SectionId::data_count: out_.u32(module_.data_count().value_or(0)); break;
      case SectionId::tag: tags(); break;
    }
  }

 private:
  std::uint32_t start_defined(ExternalKind kind, std::size_t all) {
    const std::uint32_t imported = module_.imported_count(kind);
    out_.u32(static_cast<std::uint32_t>(all) - imported);
    return imported;
  }

  void imports() {
    constexpr unsigned exact_function = 0x20;
    out_.u32(module_.imports().size());
    for (const Import& import : module_.imports()) {
      out_.name(module_.text(import.module));
      out_.name(module_.text(import.name));
      out_.byte(import.is_exact ? exact_function : static_cast<unsigned>(import.kind));
      import_type(import);
    }
  }
  void import_type(const Import& import) {
    switch (import.kind) {
      case ExternalKind::function: return out_.u32(module_.functions()[import.index]);
      case ExternalKind::table: {
        const Table table = module_.tables()[import.index];
        return write_table_type(out_, table.element, table.limits);
      }
      case ExternalKind::memory: return write_limits(out_, module_.memories()[import.index].limits, true);
      case ExternalKind::global: {
        const Global global = module_.globals()[import.index];
        return write_global_type(out_, global.type, global.is_mutable, global.is_shared);
      }
      case ExternalKind::tag: return write_tag_type(out_, module_.tags()[import.index]);
    }
  }
  void functions() {
    const auto all = module_.functions();
    for (std::size_t i = start_defined(ExternalKind::function, all.size()); i < all.size(); ++i) out_.u32(all[i]);
  }
  void tables() {
    const auto all = module_.tables();
    for (std::size_t i = start_defined(ExternalKind::table, all.size()); i < all.size(); ++i) {
      const Table table = all[i];
      if (table.init.size != 0) {
        out_.byte(0x40);
        out_.byte(0);
      }
      write_table_type(out_, table.element, table.limits);
      expression(table.init);
    }
  }
  void memories() {
    const auto all = module_.memories();
    for (std::size_t i = start_defined(ExternalKind::memory, all.size()); i < all.size(); ++i)
      write_limits(out_, all[i].limits, true);
  }
  void tags() {
    const auto all = module_.tags();
    for (std::size_t i = start_defined(ExternalKind::tag, all.size()); i < all.size(); ++i)
      write_tag_type(out_, all[i]);
  }
  void globals() {
    const auto all = module_.globals();
    for (std::size_t i = start_defined(ExternalKind::global, all.size()); i < all.size(); ++i) {
      const Global global = all[i];
      write_global_type(out_, global.type, global.is_mutable, global.is_shared);
      expression(global.init);
    }
  }
  void exports() {
    out_.u32(module_.exports().size());
    for (const Export& one : module_.exports()) {
      out_.name(module_.text(one.name));
      out_.byte(static_cast<unsigned>(one.kind));
      out_.u32(one.index);
    }
  }
  void elements() {
    out_.u32(module_.elements().size());
    for (const Element& element : module_.elements()) {
      write_element_front(out_, element, rewritten(element.offset).view());
      out_.u32(element.count);
      ElementItems items = module_.items(element);
      for (ElementItems::Item item; items.next(item);) {
        if (item.is_expression)
          expression(item.expression);
        else
          out_.u32(item.function);
      }
    }
  }
  void code() {
    const std::uint32_t count = module_.bodies().size();
    out_.u32(count);
    for (std::uint32_t i = 0; i < count; ++i) out_.sized([&] { body(module_.body(i)); });
  }
  void body(FunctionBody body) {
    std::uint32_t runs = 0;
    FunctionBody again = body;
    for (LocalRun run; again.next_locals(run);) ++runs;
    out_.u32(runs);
    for (LocalRun run; body.next_locals(run);) {
      out_.u32(run.count);
      write_value_type(out_, run.type);
    }
    expression(body.expression());
  }
  void data() {
    out_.u32(module_.data().size());
    for (const Data& segment : module_.data()) {
      write_data_front(out_, segment, rewritten(segment.offset).view());
      out_.u32(segment.bytes.size);
      out_.raw(module_.bytes(segment.bytes));
    }
  }
  void expression(ByteRange range) { write_instructions(out_, module_.bytes(range)); }
  [[nodiscard]] Writer rewritten(ByteRange range) const {
    Writer result(out_.style());
    write_instructions(result, module_.bytes(range));
    return result;
  }

  const Module& module_;
  Writer& out_;
};

}  // namespace

void write_table_type(Writer& out, ValueType element, const SizeLimits& limits) {
  write_value_type(out, element);
  write_limits(out, limits, false);
}

void write_global_type(Writer& out, ValueType type, bool is_mutable, bool is_shared) {
  write_value_type(out, type);
  out.byte((is_mutable ? 1U : 0U) | (is_shared ? 2U : 0U));
}

void write_element_front(Writer& out, const Element& element, std::span<const std::byte> offset) {
  constexpr unsigned kind_function = 0;
  const unsigned expressions = element.has_expressions ? 4 : 0;
  // What a segment of table 0 that does not say its type has.
  const ValueType usual = element.has_expressions ? funcref : funcref.with_null(false);
  bool says_type = true;
  switch (element.mode) {
    case SegmentMode::active:
      says_type = element.table != 0 || element.type != usual || out.style().is_long(Feature::bulk_memory);
      out.u32(expressions | (says_type ? 2U : 0U));
      if (says_type) out.u32(element.table);
      out.raw(offset);
      break;
    case SegmentMode::passive: out.u32(expressions | 1U); break;
    case SegmentMode::declarative: out.u32(expressions | 3U); break;
  }
  if (!says_type) return;
  if (element.has_expressions)
    write_value_type(out, element.type);
  else
    out.byte(kind_function);
}

void write_data_front(Writer& out, const Data& data, std::span<const std::byte> offset) {
  const bool passive = data.mode != SegmentMode::active;
  const bool says_memory = data.memory != 0 || out.style().is_long(Feature::bulk_memory);
  out.u32(passive ? 1 : says_memory ? 2 : 0);
  if (passive) return;
  if (says_memory) out.u32(data.memory);
  out.raw(offset);
}

Bytes assemble_sections(std::span<const SectionBytes> sections, Style style) {
  constexpr std::uint64_t preamble = 0x0000'0001'6D73'6100;  // "\0asm", version 1
  Writer out(style);
  out.fixed(preamble, 8);
  for (const SectionBytes& section : sections) {
    out.byte(static_cast<unsigned>(section.id));
    out.u32(static_cast<std::uint32_t>(section.payload.size()));
    out.raw(section.payload);
  }
  return out.take();
}

std::vector<SectionBytes> encode_sections(const Module& module, unsigned extra, bool long_forms) {
  std::vector<SectionBytes> sections;
  SectionWalk walk = module.sections();
  for (Section section; walk.next(section);) {
    Writer out({extra, module.features(), long_forms});
    SectionEncoder(module, out).write(section);
    sections.push_back({section.id, out.take()});
  }
  return sections;
}

Bytes encode(const Module& module, unsigned extra, bool long_forms) {
  return assemble_sections(encode_sections(module, extra, long_forms), {extra, module.features(), long_forms});
}

}  // namespace plimsoll::fuzz
