// Sections, entry by entry.
#include "oracles/valid.hpp"

#include <string>
#include <unordered_set>

#include "plimsoll/instruction_reader.hpp"

namespace plimsoll::fuzz {
namespace {

class SectionsAgain {
 public:
  explicit SectionsAgain(const Module& module) : module_(module), bytes_(module.bytes()) {}

  PlainTypes all() {
    SectionWalk walk = module_.sections();
    std::uint64_t position = 8;
    for (Section section; walk.next(section);) {
      StrictReader header(bytes_, position, bytes_.size());
      header.byte();
      const std::uint64_t size = header.u32();
      position = header.offset() + size;
      StrictReader reader(bytes_, header.offset(), position);
      read(section.id, reader);
      if (!reader.at_end()) reader.refuse("a section is used up", "bytes that nothing reads");
    }
    return std::move(types_);
  }

 private:
  void read(SectionId id, StrictReader& reader) {
    const auto each = [&](auto entry) {
      for (std::uint32_t left = reader.u32(); left != 0; --left) entry();
    };
    switch (id) {
      case SectionId::custom:
        reader.name();
        rest(reader);
        break;
      case SectionId::type: types_ = PlainTypes(reader); break;
      case SectionId::import:
        for (std::uint32_t left = reader.u32(); left != 0 && import(reader); --left) {
        }
        break;
      case SectionId::function: each([&] { function_type(reader); }); break;
      case SectionId::table: each([&] { table(reader); }); break;
      case SectionId::memory: each([&] { limits(reader, true); }); break;
      case SectionId::tag: each([&] { tag(reader); }); break;
      case SectionId::global:
        each([&] {
          global(reader);
          expression(reader);
        });
        break;
      case SectionId::export_: each([&] { export_(reader); }); break;
      case SectionId::start: start(reader); break;
      case SectionId::element: elements(reader); break;
      case SectionId::data_count:
        if (reader.u32() != module_.data().size()) reader.refuse("the data count is right", "another");
        break;
      case SectionId::code: each([&] { reader.skip(reader.u32()); }); break;
      case SectionId::data: each([&] { data(reader); }); break;
    }
  }

  static void rest(StrictReader& reader) {
    while (!reader.at_end()) reader.byte();
  }

  // False if the section is not to be read on.
  bool import(StrictReader& reader) {
    reader.name();
    const bool compact = reader.name().empty() && (reader.peek() == 0x7F || reader.peek() == 0x7E);
    if (compact) {  // a proposal: the walk looks at its names, and that is all
      rest(reader);
      return false;
    }
    const unsigned kind = reader.byte();
    if (kind == 0x00 || kind == 0x20) {
      function_type(reader);
    } else if (kind == 0x01) {
      PlainTypes::read_value_type(reader);
      limits(reader, false);
    } else if (kind == 0x02) {
      limits(reader, true);
    } else if (kind == 0x03) {
      global(reader);
    } else if (kind == 0x04) {
      tag(reader);
    } else {
      reader.refuse("an import is of a kind that there is", std::to_string(kind));
    }
    return true;
  }

  void function_type(StrictReader& reader) {
    const std::uint32_t type = reader.u32();
    if (type >= types_.size() || module_.types()[type].kind != CompositeKind::function)
      reader.refuse("a function has a function type", "another");
  }

  void tag(StrictReader& reader) {
    if (reader.byte() != 0) reader.refuse("a tag is for exceptions", "another");
    function_type(reader);
  }

  void limits(StrictReader& reader, bool is_memory) {
    const unsigned flags = reader.byte();
    const unsigned bits = module_.features().has(Feature::memory64) ? 64 : 32;
    const std::uint64_t minimum = reader.number(bits);
    const std::uint64_t maximum = (flags & 1U) != 0 ? reader.number(bits) : minimum;
    const bool small_pages = (flags & 8U) != 0 && reader.u32() == 0;
    if (minimum > maximum) reader.refuse("limits are in order", "others");
    const std::uint64_t most = is_memory ? std::uint64_t{1} << ((flags & 4U) != 0 ? 48 : 16) : 0xFFFF'FFFF;
    const bool any = small_pages || (!is_memory && (flags & 4U) != 0);  // what a number can be
    if (!any && maximum > most) reader.refuse("a memory or table fits into its addresses", std::to_string(maximum));
    if (is_memory && (flags & 3U) == 2) reader.refuse("a shared memory has a maximum", "none");
  }

  void table(StrictReader& reader) {
    const bool has_init = reader.peek() == 0x40;
    if (has_init) {
      reader.byte();
      if (reader.byte() != 0) reader.refuse("zero stands behind 0x40", "another byte");
    }
    if (!PlainTypes::read_value_type(reader).is_nullable() && !has_init)
      reader.refuse("a table whose elements are never null has an initial value", "none");
    limits(reader, false);
    if (has_init) expression(reader);
  }

  static void global(StrictReader& reader) {
    PlainTypes::read_value_type(reader);
    if (reader.byte() > 3) reader.refuse("a global is mutable or not, shared or not", "another");
  }

  // Where it ends; what is in it is for require_valid_bodies.
  void expression(StrictReader& reader) {
    const auto start = static_cast<std::uint32_t>(reader.offset());
    InstructionReader instructions(bytes_.subspan(start), start);
    Instruction instruction;
    while (instructions.next(instruction) && instruction.opcode != opcode("end")) {
    }
    reader.go_to(instructions.offset());
  }

  void export_(StrictReader& reader) {
    if (!exported_.insert(reader.name()).second) reader.refuse("no two exports have one name", "two that do");
    const unsigned kind = reader.byte();
    const std::uint32_t index = reader.u32();
    const std::size_t counts[] = {module_.functions().size(), module_.tables().size(), module_.memories().size(),
                                  module_.globals().size(), module_.tags().size()};
    if (kind >= std::size(counts) || index >= counts[kind]) reader.refuse("what is exported exists", "something else");
  }

  void start(StrictReader& reader) {
    const std::uint32_t function = reader.u32();
    if (function >= module_.functions().size()) reader.refuse("the start function exists", "another");
    const SubType type = module_.types()[module_.functions()[function]];
    if (!type.parameters.empty() || !type.results.empty())
      reader.refuse("the start function has neither parameters nor results", "another");
  }

  // Each by the view of it that the Module gives.
  void elements(StrictReader& reader) {
    if (reader.u32() != module_.elements().size()) reader.refuse("the number of element segments", "another");
    for (const Element& element : module_.elements()) {
      const std::uint32_t flags = reader.u32();
      if (flags > 7) reader.refuse("an element segment is of a form that there is", std::to_string(flags));
      if (element.mode == SegmentMode::active && element.offset.size != 0)
        reader.go_to(std::uint64_t{element.offset.offset} + element.offset.size);
      if (element.mode == SegmentMode::active && !types_.matches(element.type, module_.tables()[element.table].element))
        reader.refuse("the items of an element segment are of its table's type", to_string(element.type));
      reader.go_to(std::uint64_t{element.items.offset} + element.items.size);
    }
  }

  void data(StrictReader& reader) {
    const std::uint32_t flags = reader.u32();
    if (flags > 2) reader.refuse("a data segment is of a form that there is", std::to_string(flags));
    if (flags == 2 ? reader.u32() >= module_.memories().size() : flags == 0 && module_.memories().empty())
      reader.refuse("the memory of a data segment exists", "another");
    if (flags != 1) expression(reader);
    reader.skip(reader.u32());
  }

  const Module& module_;
  std::span<const std::byte> bytes_;
  PlainTypes types_;
  std::unordered_set<std::string_view> exported_;
};

}  // namespace

void require_valid(const Module& module) {
  const PlainTypes types = SectionsAgain(module).all();
  require_same_types(module, types);
  require_valid_bodies(module, types);
}

}  // namespace plimsoll::fuzz
