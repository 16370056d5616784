// The linker's sections: `dylink.0`, `linking` and `reloc.*`.
#include <string>

#include "inspect/custom_text.hpp"
#include "inspect/text.hpp"
#include "plimsoll/linking.hpp"

namespace plimsoll::regress::inspect {
namespace {

std::string symbol_flags(std::uint32_t flags) {
  struct Word {
    std::uint32_t flag;
    std::string_view word;
  };
  constexpr Word words[] = {{symbol_flag::weak, "weak"},         {symbol_flag::local, "local"},
                            {symbol_flag::hidden, "hidden"},     {symbol_flag::undefined, "undefined"},
                            {symbol_flag::exported, "exported"}, {symbol_flag::explicit_name, "explicit_name"},
                            {symbol_flag::no_strip, "no_strip"}, {symbol_flag::thread_local_, "tls"},
                            {symbol_flag::absolute, "absolute"}};
  std::string text;
  for (const Word& each : words) {
    if ((flags & each.flag) != 0) text += ' ' + std::string(each.word);
  }
  if ((flags & ~symbol_flag::all) != 0) text += ' ' + hexadecimal(flags & ~symbol_flag::all);
  return text;
}

std::string_view kind_word(SymbolKind kind) {
  switch (kind) {
    case SymbolKind::function: return "func";
    case SymbolKind::data: return "data";
    case SymbolKind::global: return "global";
    case SymbolKind::section: return "section";
    case SymbolKind::tag: return "tag";
    case SymbolKind::table: return "table";
  }
  return "unknown";
}

std::string_view kind_word(ComdatKind kind) {
  switch (kind) {
    case ComdatKind::data: return "data";
    case ComdatKind::function: return "func";
    case ComdatKind::global: return "global";
    case ComdatKind::tag: return "tag";
    case ComdatKind::table: return "table";
    case ComdatKind::section: return "section";
  }
  return "unknown";
}

void show_texts(CustomOutput& out, std::string_view key, std::string_view word, const EntryList<DylinkText>& texts) {
  out.list(key, texts, [&](const DylinkText& text) {
    if (!out.as_json()) return out.line(text.offset, std::string(word) + ' ' + quoted(text.text));
    out.json().value(text.text);
  });
}

void show_symbol(CustomOutput& out, const Symbol& symbol, std::uint32_t position) {
  const bool is_data = symbol.kind == SymbolKind::data;
  const bool is_place = is_data && !symbol.is_undefined();
  if (!out.as_json()) {
    std::string text = "symbol " + decimal(position) + ' ' + std::string(kind_word(symbol.kind));
    if (!is_data || is_place) text += ' ' + decimal(symbol.index);
    if (is_place) text += '+' + hexadecimal(symbol.data_offset) + " (" + View::thousands(symbol.data_size) + " bytes)";
    if (symbol.has_name) text += ' ' + identifier(symbol.name);
    return out.line(symbol.offset, text + symbol_flags(symbol.flags));
  }
  JsonOutput& json = out.json();
  out.begin_entry(symbol.offset);
  json.field("kind", kind_word(symbol.kind));
  json.field("flags", symbol.flags);
  if (symbol.has_name) json.field("name", symbol.name);
  if (!is_data || is_place) json.field("index", symbol.index);
  if (is_place) json.field("data_offset", symbol.data_offset);
  if (is_place) json.field("data_size", symbol.data_size);
  json.end_object();
}

void show_comdat(CustomOutput& out, const Comdat& comdat) {
  if (out.as_json()) {
    out.begin_entry(comdat.offset);
    out.json().field("name", comdat.name);
  } else {
    out.line(comdat.offset, "comdat " + quoted(comdat.name));
  }
  out.list("symbols", comdat.symbols, [&](const ComdatSymbol& symbol) {
    if (!out.as_json())
      return out.line(symbol.offset, "  " + std::string(kind_word(symbol.kind)) + ' ' + decimal(symbol.index));
    out.begin_entry(symbol.offset);
    out.json().field("kind", kind_word(symbol.kind));
    out.json().field("index", symbol.index);
    out.json().end_object();
  });
  if (out.as_json()) out.json().end_object();
}

}  // namespace

void show_dylink(CustomOutput& out, const CustomSection& section) {
  const DylinkSection dylink(out.module(), section);
  if (const auto memory = dylink.memory()) {
    if (out.as_json()) {
      JsonOutput& json = out.json();
      json.field("memory_size", memory->memory_size);
      json.field("memory_alignment", memory->memory_alignment);
      json.field("table_size", memory->table_size);
      json.field("table_alignment", memory->table_alignment);
    } else {
      out.line({}, "memory of " + View::thousands(memory->memory_size) + " bytes, aligned to 2^" +
                       decimal(memory->memory_alignment) + "; table of " + View::thousands(memory->table_size) +
                       " entries, aligned to 2^" + decimal(memory->table_alignment));
    }
  }
  show_texts(out, "needed", "needs", dylink.needed());
  out.list("exports", dylink.exports(), [&](const DylinkExport& entry) {
    if (!out.as_json()) return out.line(entry.offset, "export " + quoted(entry.name) + symbol_flags(entry.flags));
    out.begin_entry(entry.offset);
    out.json().field("name", entry.name);
    out.json().field("flags", entry.flags);
    out.json().end_object();
  });
  out.list("imports", dylink.imports(), [&](const DylinkImport& entry) {
    if (!out.as_json())
      return out.line(entry.offset,
                      "import " + quoted(entry.module) + ' ' + quoted(entry.field) + symbol_flags(entry.flags));
    out.begin_entry(entry.offset);
    out.json().field("module", entry.module);
    out.json().field("name", entry.field);
    out.json().field("flags", entry.flags);
    out.json().end_object();
  });
  show_texts(out, "runtime_path", "runtime path", dylink.runtime_path());
}

void show_linking(CustomOutput& out, const CustomSection& section) {
  const LinkingSection linking(out.module(), section);
  if (out.as_json())
    out.json().field("version", linking.version());
  else
    out.line({}, "version " + decimal(linking.version()));
  std::uint32_t position = 0;
  out.list("segments", linking.segments(), [&](const LinkingSegment& segment) {
    if (!out.as_json())
      return out.line(segment.offset, "segment " + decimal(position++) + ' ' + quoted(segment.name) +
                                          ", aligned to 2^" + decimal(segment.alignment) + ", flags " +
                                          hexadecimal(segment.flags));
    out.begin_entry(segment.offset);
    out.json().field("name", segment.name);
    out.json().field("alignment", segment.alignment);
    out.json().field("flags", segment.flags);
    out.json().end_object();
  });
  out.list("init_functions", linking.init_functions(), [&](const InitFunction& entry) {
    if (!out.as_json())
      return out.line(entry.offset,
                      "initialized by symbol " + decimal(entry.symbol) + " with priority " + decimal(entry.priority));
    out.begin_entry(entry.offset);
    out.json().field("priority", entry.priority);
    out.json().field("symbol", entry.symbol);
    out.json().end_object();
  });
  out.list("comdats", linking.comdats(), [&](const Comdat& comdat) { show_comdat(out, comdat); });
  position = 0;
  out.list("symbols", linking.symbols(), [&](const Symbol& symbol) { show_symbol(out, symbol, position++); });
}

void show_relocations(CustomOutput& out, const CustomSection& section) {
  const RelocationSection relocated = relocations(out.module(), section);
  if (out.as_json())
    out.json().field("section", relocated.section);
  else
    out.line({}, "of section " + decimal(relocated.section));
  out.list("relocations", relocated.entries, [&](const Relocation& entry) {
    const RelocationRow& row = relocation_row(entry.type);
    if (!out.as_json()) {
      std::string text = "+" + hexadecimal(entry.offset) + ' ' + std::string(row.name) +
                         (row.is_type ? " type " : " symbol ") + decimal(entry.index);
      if (row.has_addend) text += " addend " + decimal(entry.addend);
      return out.line(entry.at, text);
    }
    out.begin_entry(entry.at);
    out.json().field("type", row.name);
    out.json().field("position", entry.offset);
    out.json().field("index", entry.index);
    if (row.has_addend) out.json().field("addend", entry.addend);
    out.json().end_object();
  });
}

}  // namespace plimsoll::regress::inspect
