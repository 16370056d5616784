#include "symbols/symbolizer.hpp"

#include <cxxabi.h>
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

namespace plimsoll::regress {
namespace {

struct Free {
  void operator()(void* memory) const noexcept { std::free(memory); }
};

std::string hexadecimal(std::uint64_t value) {
  std::array<char, 2 + 16> text{'0', 'x'};
  const auto end = std::to_chars(text.data() + 2, text.data() + text.size(), value, 16).ptr;
  return {text.data(), end};
}

std::string nowhere(const std::string& object, std::uint64_t offset) {
  return object.substr(object.find_last_of('/') + 1) + "+" + hexadecimal(offset);
}

std::string text_of(const char* text) { return text == nullptr ? std::string() : std::string(text); }

// One executable or library, not running.
class Object {
 public:
  explicit Object(const std::string& path) : path_(path) {
    static constexpr Dwfl_Callbacks callbacks = {.find_elf = dwfl_build_id_find_elf,
                                                 .find_debuginfo = dwfl_standard_find_debuginfo,
                                                 .section_address = dwfl_offline_section_address,
                                                 .debuginfo_path = nullptr};
    session_.reset(::dwfl_begin(&callbacks));
    if (session_ == nullptr) return;
    module_ = ::dwfl_report_offline(session_.get(), path.c_str(), path.c_str(), -1);
    ::dwfl_report_end(session_.get(), nullptr, nullptr);
    if (module_ != nullptr && ::dwfl_module_getelf(module_, &bias_) == nullptr) module_ = nullptr;
  }

  [[nodiscard]] std::vector<SourceFrame> frames(std::uint64_t offset) {
    std::vector<SourceFrame> result;
    if (module_ != nullptr) {
      add_described(offset + bias_, result);
      if (result.empty()) add_symbol(offset + bias_, result);
    }
    if (result.empty()) result.push_back({.function = nowhere(path_, offset), .object = path_, .file = {}});
    return result;
  }

 private:
  struct End {
    void operator()(Dwfl* session) const noexcept { ::dwfl_end(session); }
  };

  // The unit of debug information that an address is in. Clang writes no table of ranges, so it may take a walk.
  Dwarf_Die* unit_of(Dwarf_Addr address, Dwarf_Addr& bias) {
    if (Dwarf_Die* const unit = ::dwfl_module_addrdie(module_, address, &bias)) return unit;
    Dwarf_Die* unit = nullptr;
    while ((unit = ::dwfl_module_nextcu(module_, unit, &bias)) != nullptr) {
      if (::dwarf_haspc(unit, address - bias) == 1) return unit;
    }
    return nullptr;
  }

  // The functions of a unit that have code. libdw's own search for scopes does not look into namespaces, where Clang
  // puts them.
  std::vector<Dwarf_Die>& functions_of(Dwarf_Die* unit) {
    auto& functions = functions_[::dwarf_dieoffset(unit)];
    if (functions.empty()) collect_functions(unit, functions);
    return functions;
  }

  static void collect_functions(Dwarf_Die* parent, std::vector<Dwarf_Die>& functions) {
    Dwarf_Die child;
    if (::dwarf_child(parent, &child) != 0) return;
    do {
      switch (::dwarf_tag(&child)) {
        case DW_TAG_subprogram:
          if (::dwarf_hasattr(&child, DW_AT_low_pc) != 0 || ::dwarf_hasattr(&child, DW_AT_ranges) != 0) {
            functions.push_back(child);
          }
          break;
        case DW_TAG_namespace:
        case DW_TAG_module:
        case DW_TAG_class_type:
        case DW_TAG_structure_type: collect_functions(&child, functions); break;
        default: break;
      }
    } while (::dwarf_siblingof(&child, &child) == 0);
  }

  // Adds to `scopes` the inlined calls around an address, outermost first.
  static void add_inlined(Dwarf_Die* parent, Dwarf_Addr address, std::vector<Dwarf_Die>& scopes) {
    Dwarf_Die child;
    if (::dwarf_child(parent, &child) != 0) return;
    do {
      const int tag = ::dwarf_tag(&child);
      if ((tag != DW_TAG_inlined_subroutine && tag != DW_TAG_lexical_block) || ::dwarf_haspc(&child, address) != 1) {
        continue;
      }
      if (tag == DW_TAG_inlined_subroutine) scopes.push_back(child);
      return add_inlined(&child, address, scopes);
    } while (::dwarf_siblingof(&child, &child) == 0);
  }

  // From the debug information: inlined calls, then the function that they are in.
  void add_described(Dwarf_Addr address, std::vector<SourceFrame>& result) {
    Dwarf_Addr bias = 0;
    Dwarf_Die* const unit = unit_of(address, bias);
    if (unit == nullptr) return;
    const Dwarf_Addr in_file = address - bias;
    auto& functions = functions_of(unit);
    const auto function =
        std::ranges::find_if(functions, [&](Dwarf_Die& die) { return ::dwarf_haspc(&die, in_file) == 1; });
    if (function == functions.end()) return;
    std::vector<Dwarf_Die> scopes = {*function};
    Dwarf_Die whole = scopes.front();
    add_inlined(&whole, in_file, scopes);
    auto [file, line] = line_of(unit, in_file);
    for (std::size_t at = scopes.size(); at-- > 0;) {
      std::string name = name_of(scopes[at]);
      if (at == 0 && !is_qualified(name)) name = symbol_at(address).value_or(std::move(name));
      result.push_back({.function = std::move(name), .object = path_, .file = file, .line = line, .inlined = at > 0});
      if (at > 0) std::tie(file, line) = call_of(scopes[at], unit);
    }
  }

  // Little debug information (-g1) has names without what they are members of; the symbol table has them whole.
  static bool is_qualified(std::string_view name) { return name.contains("::") || name.contains('('); }

  std::optional<std::string> symbol_at(Dwarf_Addr address) {
    GElf_Off distance = 0;
    GElf_Sym symbol;
    const char* const name = ::dwfl_module_addrinfo(module_, address, &distance, &symbol, nullptr, nullptr, nullptr);
    if (name == nullptr || *name == '\0') return std::nullopt;
    return demangled(name);
  }

  void add_symbol(Dwarf_Addr address, std::vector<SourceFrame>& result) {
    if (auto name = symbol_at(address)) result.push_back({.function = *std::move(name), .object = path_, .file = {}});
  }

  static std::pair<std::string, std::uint32_t> line_of(Dwarf_Die* unit, Dwarf_Addr address) {
    Dwarf_Line* const line = ::dwarf_getsrc_die(unit, address);
    int number = 0;
    if (line == nullptr || ::dwarf_lineno(line, &number) != 0) return {};
    return {text_of(::dwarf_linesrc(line, nullptr, nullptr)), static_cast<std::uint32_t>(number)};
  }

  // Where an inlined function was called.
  static std::pair<std::string, std::uint32_t> call_of(Dwarf_Die& inlined, Dwarf_Die* unit) {
    Dwarf_Attribute attribute;
    Dwarf_Word file = 0;
    Dwarf_Word line = 0;
    Dwarf_Files* files = nullptr;
    std::size_t count = 0;
    const auto number = [&](unsigned name, Dwarf_Word& value) {
      return ::dwarf_attr(&inlined, name, &attribute) != nullptr && ::dwarf_formudata(&attribute, &value) == 0;
    };
    if (!number(DW_AT_call_file, file) || ::dwarf_getsrcfiles(unit, &files, &count) != 0 || file >= count) return {};
    if (!number(DW_AT_call_line, line)) line = 0;
    return {text_of(::dwarf_filesrc(files, static_cast<std::size_t>(file), nullptr, nullptr)),
            static_cast<std::uint32_t>(line)};
  }

  static std::string name_of(Dwarf_Die& function) {
    Dwarf_Attribute attribute;
    for (const unsigned name : {DW_AT_linkage_name, DW_AT_MIPS_linkage_name, DW_AT_name}) {
      if (::dwarf_attr_integrate(&function, name, &attribute) == nullptr) continue;
      if (const char* const text = ::dwarf_formstring(&attribute)) return demangled(text);
    }
    return "(no name)";
  }

  std::string path_;
  std::unique_ptr<Dwfl, End> session_;
  Dwfl_Module* module_ = nullptr;  // of session_
  Dwarf_Addr bias_ = 0;
  std::map<Dwarf_Off, std::vector<Dwarf_Die>> functions_;  // of the units that were asked for
};

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// Takes out every `opening` with what follows up to the bracket that closes its last character's.
void drop_arguments(std::string& text, std::string_view opening) {
  for (auto at = text.find(opening); at != std::string::npos; at = text.find(opening, at)) {
    std::size_t end = at + opening.size();
    for (int depth = 1; end < text.size() && depth > 0; ++end)
      depth += text[end] == '<' ? 1 : text[end] == '>' ? -1 : 0;
    text.erase(at, end - at);
  }
}

// Replaces template arguments that are nested deeper than so many brackets by dots.
std::string hollowed(std::string_view text, int most_depth) {
  std::string result;
  int depth = 0;
  for (const char c : text) {
    const bool opens = c == '<' && !result.ends_with("operator") && !result.ends_with("operator<");
    const bool closes = c == '>' && depth > 0;
    if (closes) --depth;
    if (depth < most_depth) result += c;
    if (opens && ++depth == most_depth) result += "...";
  }
  return result;
}

}  // namespace

struct Symbolizer::Implementation {
  std::map<std::string, Object> objects;
  std::map<std::pair<std::string, std::uint64_t>, std::vector<SourceFrame>> known;
};

Symbolizer::Symbolizer() : implementation_(std::make_unique<Implementation>()) {}
Symbolizer::~Symbolizer() = default;

const std::vector<SourceFrame>& Symbolizer::frames(const std::string& object, std::uint64_t offset) {
  auto& known = implementation_->known[{object, offset}];
  if (known.empty()) known = implementation_->objects.try_emplace(object, object).first->second.frames(offset);
  return known;
}

std::string demangled(const char* name) {
  int status = 0;
  const std::unique_ptr<char, Free> text(abi::__cxa_demangle(name, nullptr, nullptr, &status));
  // A name that is no mangled one might be that of a type: `f` would become `float`.
  return status == 0 && name[0] == '_' && name[1] == 'Z' ? text.get() : name;
}

std::string shortened(std::string_view function, std::size_t most) {
  std::string text(function);
  replace_all(text, "std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >", "std::string");
  replace_all(text, "std::__cxx11::", "std::");
  drop_arguments(text, ", std::allocator<");
  drop_arguments(text, ", std::default_delete<");
  drop_arguments(text, ", std::char_traits<");
  replace_all(text, " >", ">");
  for (int depth = 2; depth >= 1 && text.size() > most; --depth) text = hollowed(text, depth);
  if (text.size() > most) text = text.substr(0, most - 3) + "...";
  return text;
}

}  // namespace plimsoll::regress
