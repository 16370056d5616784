#include "planted/decoder.hpp"

#include <array>
#include <cstring>

#include "planted/instructions.hpp"

namespace plimsoll::regress::planted {
namespace {

std::string_view text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string_view read_name(Reader& reader) { return text(reader.take(reader.u32())); }

template <class T, class Read>
void read_vector(Reader& reader, std::vector<T>& vector, Read read) {
  const std::uint32_t count = reader.count();
  vector.reserve(count);
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) read(vector.emplace_back());
}

class SectionDecoder {
 public:
  SectionDecoder(Reader& reader, Module& module, CodeBuilder& code) : reader_(reader), module_(module), code_(code) {}

  void section(std::uint8_t id, std::uint32_t end) {
    switch (id) {
      case 0: custom(end); break;
      case 1: read_vector(reader_, module_.types, [this](FunctionType& type) { function_type(type); }); break;
      case 2: read_vector(reader_, module_.imports, [this](Import& import) { this->import(import); }); break;
      case 3: indices(module_.functions); break;
      case 4: read_vector(reader_, module_.tables, [this](TableType& table) { table_definition(table); }); break;
      case 5: read_vector(reader_, module_.memories, [this](Limits& memory) { limits(memory); }); break;
      case 6: read_vector(reader_, module_.globals, [this](Global& global) { this->global(global); }); break;
      case 7: exports(); break;
      case 8: module_.start = reader_.u32(); break;
      case 9: read_vector(reader_, module_.elements, [this](ElementSegment& segment) { element(segment); }); break;
      case 10: code(); break;
      case 11: read_vector(reader_, module_.data, [this](DataSegment& segment) { data(segment); }); break;
      case 12: module_.data_count = reader_.u32(); break;
      case 13:
        read_vector(reader_, module_.tags, [this](std::uint32_t& tag) {
          reader_.byte();
          tag = reader_.u32();
        });
        break;
      default: reader_.fail("unknown section"); break;
    }
    if (reader_.ok() && reader_.offset() != end) reader_.fail("section size mismatch");
  }

 private:
  void indices(std::vector<std::uint32_t>& indices) {
    read_vector(reader_, indices, [this](std::uint32_t& index) { index = reader_.u32(); });
  }

  void value_types(std::vector<ValueType>& types) {
    read_vector(reader_, types, [this](ValueType& type) { type = read_value_type(reader_); });
  }

  void function_type(FunctionType& type) {
    if (reader_.byte() != 0x60) reader_.fail("a type that is no function's");
    value_types(type.parameters);
    value_types(type.results);
  }

  void limits(Limits& limits) {
    limits.flags = reader_.byte();
    limits.minimum = reader_.u64();
    if ((limits.flags & 1U) != 0) limits.maximum = reader_.u64();
  }

  void table_type(TableType& table) {
    table.type = read_value_type(reader_);
    limits(table.limits);
  }

  void table_definition(TableType& table) {
    table.type.code = reader_.byte();
    if (table.type.code == 0x40) {
      reader_.byte();
      table_type(table);
      read_expression(reader_, table.initial);
      return;
    }
    if (table.type.code == 0x63 || table.type.code == 0x64) table.type.heap_type = reader_.s33();
    limits(table.limits);
  }

  void global_type(GlobalType& type) {
    type.type = read_value_type(reader_);
    type.is_mutable = reader_.byte() != 0;
  }

  void import(Import& import) {
    import.module = read_name(reader_);
    import.name = read_name(reader_);
    import.kind = reader_.byte();
    switch (import.kind) {
      case 0: import.index = reader_.u32(); break;
      case 1: table_type(import.table); break;
      case 2: limits(import.memory); break;
      case 3: global_type(import.global); break;
      case 4:
        reader_.byte();
        import.index = reader_.u32();
        break;
      default: reader_.fail("unknown kind of import"); break;
    }
  }

  void global(Global& global) {
    global_type(global.type);
    read_expression(reader_, global.initial);
  }

  void exports() {
    read_vector(reader_, module_.exports, [this](Export& entry) {
      entry.name = read_name(reader_);
      entry.kind = reader_.byte();
      entry.index = reader_.u32();
    });
    module_.exported.reserve(module_.exports.size());
    for (std::uint32_t i = 0; i < module_.exports.size(); ++i) module_.exported.emplace(module_.exports[i].name, i);
  }

  void element(ElementSegment& segment) {
    segment.flags = reader_.u32();
    const bool is_active = (segment.flags & 1U) == 0;
    const bool is_explicit = (segment.flags & 2U) != 0;
    const bool has_expressions = (segment.flags & 4U) != 0;
    segment.type.code = 0x70;
    if (is_active && is_explicit) segment.table = reader_.u32();
    if (is_active) read_expression(reader_, segment.offset);
    if (has_expressions && (is_explicit || !is_active)) {
      segment.type = read_value_type(reader_);
    } else if (is_explicit || !is_active) {
      reader_.byte();
    }
    if (has_expressions)
      read_vector(reader_, segment.expressions, [this](Expression& entry) { read_expression(reader_, entry); });
    else
      indices(segment.functions);
  }

  void code() {
    const std::uint32_t count = reader_.count();
    code_.begin(count);
    for (std::uint32_t i = 0; i < count && reader_.ok(); ++i) {
      const std::uint32_t size = reader_.u32();
      if (size > reader_.input().size() - reader_.offset()) reader_.fail("body out of bounds");
      if (reader_.ok()) code_.body(reader_, reader_.offset() + size);
    }
  }

  void data(DataSegment& segment) {
    segment.flags = reader_.u32();
    if (segment.flags == 2) segment.memory = reader_.u32();
    if (segment.flags != 1) read_expression(reader_, segment.offset);
    segment.bytes = reader_.take(reader_.u32());
  }

  void custom(std::uint32_t end) {
    CustomSection section{.name = read_name(reader_), .bytes = {}};
    if (reader_.ok() && section.name == "name") {
      function_names(end);
    } else if (reader_.ok()) {
      section.bytes = reader_.take(end - reader_.offset());
    }
    module_.customs.push_back(section);
  }

  void function_names(std::uint32_t end) {
    while (reader_.ok() && reader_.offset() < end) {
      const bool of_functions = reader_.byte() == 1;
      const std::uint32_t size = reader_.u32();
      if (!of_functions) {
        reader_.take(size);
        continue;
      }
      read_vector(reader_, module_.function_names, [this](std::string_view& name) {
        reader_.u32();
        name = read_name(reader_);
      });
    }
  }

  Reader& reader_;
  Module& module_;
  CodeBuilder& code_;
};

struct SegmentSink final : InstructionSink {
  explicit SegmentSink(CodeSegment& to) : segment(to) {}
  void instruction(const Instruction& instruction) override { segment.instructions.push_back(instruction); }
  void label(std::uint32_t label) override { segment.labels.push_back(label); }
  CodeSegment& segment;
};

}  // namespace

bool decode_locals(Reader& reader, std::vector<Local>& locals) {
  read_vector(reader, locals, [&reader](Local& local) {
    local.count = reader.u32();
    local.type = read_value_type(reader);
  });
  return reader.ok();
}

bool decode_body(Reader& reader, std::uint32_t end, CodeSegment& segment) {
  segment.offset = reader.offset();
  segment.size = end - segment.offset;
  if (!decode_locals(reader, segment.locals)) return false;
  const std::uint32_t begin = reader.offset();
  if (reader.access() == Access::through_buffer) {
    segment.instructions.reserve(end - begin);
  } else {
    BodyCounts counts;
    if (!read_instructions(reader, end, counts)) return false;
    segment.instructions.reserve(counts.instructions);
    segment.labels.reserve(counts.labels);
    reader.seek(begin);
  }
  SegmentSink sink(segment);
  return read_instructions(reader, end, sink);
}

bool decode_module(Reader& reader, Module& module, CodeBuilder& code) {
  if (reader.fixed(4) != 0x6D736100) return reader.fail("magic header not detected");
  if (reader.fixed(4) != 1) return reader.fail("unknown binary version");
  module.customs.reserve(16);  // more than most modules have
  SectionDecoder decoder(reader, module, code);
  while (reader.ok() && !reader.at_end()) {
    const std::uint8_t id = reader.byte();
    const std::uint32_t size = reader.u32();
    if (size > reader.input().size() - reader.offset()) return reader.fail("section out of bounds");
    decoder.section(id, reader.offset() + size);
  }
  return reader.ok();
}

}  // namespace plimsoll::regress::planted
