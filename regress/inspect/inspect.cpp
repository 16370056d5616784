#include "inspect/inspect.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "inspect/text.hpp"
#include "inspect/view.hpp"

namespace plimsoll::regress::inspect {
namespace {

constexpr std::uint8_t core_module_section = 1;
constexpr std::uint8_t component_section = 4;
constexpr unsigned deepest_component = 100;

// Hands over the modules and components that stand directly in a component.
template <class Use>
void each_inner_part(const Part& component, Use use) {
  std::uint32_t modules = 0;
  std::uint32_t components = 0;
  RawSections sections(component);
  for (RawSection section; sections.next(section);) {
    if (section.id == core_module_section)
      use(Part{component.file, section.payload, component.name + "#core" + decimal(modules++)});
    if (section.id == component_section)
      use(Part{component.file, section.payload, component.name + "#component" + decimal(components++)});
  }
}

// Hands over every core module of the part.
template <class Use>
void each_module(const Part& part, Use use, unsigned depth = 0) {
  const PartKind kind = kind_of(part);
  if (kind == PartKind::module) use(part);
  if (kind != PartKind::component || depth == deepest_component) return;
  each_inner_part(part, [&](const Part& inner) { each_module(inner, use, depth + 1); });
}

std::optional<std::uint32_t> as_index(std::string_view text) {
  std::uint32_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return index;
}

// The functions of the module that a word of the command line means: an index, or a name with or without `$`.
std::vector<std::uint32_t> functions_meant(const Index& index, std::string_view word) {
  if (const auto number = as_index(word)) {
    return *number < index.functions() ? std::vector{*number} : std::vector<std::uint32_t>{};
  }
  auto found = index.functions_named(word);
  if (found.empty() && word.starts_with('$')) found = index.functions_named(word.substr(1));
  return found;
}

std::vector<std::uint32_t> functions_meant(const Index& index, const std::vector<std::string>& words) {
  std::vector<std::uint32_t> functions;
  for (const std::string& word : words) {
    const auto found = functions_meant(index, word);
    functions.insert(functions.end(), found.begin(), found.end());
  }
  std::ranges::sort(functions);
  return functions;
}

// The name without what could steer a terminal.
std::string unquoted(const std::string& name) {
  const std::string text = quoted(name);
  return text.substr(1, text.size() - 2);
}

class Inspector {
 public:
  Inspector(const Request& request, Output& out, const Complain& complain)
      : request_(request), out_(out), json_output_(out), json_(request.json ? &json_output_ : nullptr),
        complain_(complain) {}

  // False if the part, or one inside it, is not valid.
  bool show(const Part& part, unsigned depth = 0) {
    const PartKind kind = kind_of(part);
    const std::optional<Error> error = kind == PartKind::component ? component_error(part, depth) : module_error(part);
    View view(part, error, out_, json_, request_.colour);
    if (json_ != nullptr) begin_json(part, kind, view);
    show_views(part, kind, view, depth);
    if (error) complain_(part, *error);
    bool good = !error;
    if (kind == PartKind::component && depth < deepest_component) good &= show_inner(part, depth);
    if (json_ != nullptr) json_->end_object();
    return good;
  }

 private:
  bool show_inner(const Part& part, unsigned depth) {
    bool good = true;
    if (json_ != nullptr) {
      json_->key("parts");
      json_->begin_array(Layout::lines);
    }
    each_inner_part(part, [&](const Part& inner) { good &= show(inner, depth + 1); });
    if (json_ != nullptr) json_->end_array();
    return good;
  }

  [[nodiscard]] std::optional<Error> module_error(const Part& part) const {
    const LoadResult result = load(BorrowedBytes(part.file.subspan(part.range.offset, part.range.size)), request_.load);
    if (result) return std::nullopt;
    Error error = result.error();
    error.offset += part.range.offset;
    return error;
  }

  // Of a component nothing is judged but that its sections can be told apart.
  [[nodiscard]] static std::optional<Error> component_error(const Part& part, unsigned depth) {
    RawSections sections(part);
    for (RawSection section; sections.next(section);) {
    }
    if (sections.error() || depth < deepest_component) return sections.error();
    Error error;
    error.code = ErrorCode::limit_count;
    error.offset = part.range.offset;
    return error;
  }

  void begin_json(const Part& part, PartKind kind, View& view) {
    json_->begin_object(Layout::lines);
    json_->field("name", part.name);
    json_->field("kind", kind_word(kind));
    json_->field("offset", part.range.offset);
    json_->field("size", part.range.size);
    json_->key("error");
    put_error(*json_, view.error(), view.erring_function());
  }

  static std::string_view kind_word(PartKind kind) {
    switch (kind) {
      case PartKind::module: return "module";
      case PartKind::component: return "component";
      case PartKind::unknown: return "unknown";
    }
    return "";
  }

  void show_views(const Part& part, PartKind kind, View& view, unsigned depth) {
    if (json_ == nullptr) put_title(part, kind, depth);
    bool is_first = true;
    for (const ViewKind which : request_.views) {
      // A component has nothing but sections to show; the rest is in the modules inside it.
      if (kind == PartKind::component && which != ViewKind::sections) continue;
      if (json_ == nullptr && !is_first) out_.put('\n');
      is_first = false;
      show_view(view, which);
    }
    if (json_ == nullptr) return;
    json_->key("problems");
    json_->begin_array(Layout::lines);
    for (const Error& problem : view.problems()) put_error(*json_, problem);
    json_->end_array();
  }

  // Where there is more than one part, or nothing else that says what the file is.
  void put_title(const Part& part, PartKind kind, unsigned depth) {
    const bool has_sections = std::ranges::find(request_.views, ViewKind::sections) != request_.views.end();
    if (parts_shown_++ > 0) out_.put('\n');
    if (kind == PartKind::module && depth == 0 && !has_sections) return;
    out_.put(unquoted(part.name) + ": " + std::string(kind == PartKind::unknown ? "file" : kind_word(kind)) + " of " +
             View::thousands(part.range.size) + " bytes\n");
  }

  void show_view(View& view, ViewKind which) {
    switch (which) {
      case ViewKind::sections: show_sections(view); break;
      case ViewKind::imports: show_imports(view); break;
      case ViewKind::exports: show_exports(view); break;
      case ViewKind::types: show_types(view); break;
      case ViewKind::functions: show_functions(view); break;
      case ViewKind::tables: show_tables(view); break;
      case ViewKind::memories: show_memories(view); break;
      case ViewKind::globals: show_globals(view); break;
      case ViewKind::tags: show_tags(view); break;
      case ViewKind::elements: show_elements(view); break;
      case ViewKind::names: show_names(view); break;
      case ViewKind::data: show_data(view); break;
      case ViewKind::custom: show_custom(view); break;
      case ViewKind::disassembly: disassemble(view); break;
      case ViewKind::histogram: show_histogram(view); break;
    }
  }

  void disassemble(View& view) const {
    if (request_.functions.empty()) {
      show_disassembly(view, nullptr);
      return;
    }
    const std::vector<std::uint32_t> functions = functions_meant(view.index(), request_.functions);
    show_disassembly(view, &functions);
  }

  const Request& request_;
  Output& out_;
  JsonOutput json_output_;
  JsonOutput* json_;
  const Complain& complain_;
  unsigned parts_shown_ = 0;
};

// Why a word of the command line means no function with a body in any module of the part.
std::optional<std::string> misfit(const Part& part, const std::string& word) {
  bool is_imported = false;
  bool is_defined = false;
  std::uint32_t most = 0;
  each_module(part, [&](const Part& module) {
    const Index index(module);
    most = std::max(most, index.functions());
    for (const std::uint32_t function : functions_meant(index, word))
      (function < index.imported_functions() ? is_imported : is_defined) = true;
  });
  if (is_defined) return std::nullopt;
  if (is_imported) return "function " + word + " is imported: it has no body to disassemble";
  if (as_index(word)) return "no function " + word + ": there are " + decimal(most);
  return "no function is named " + quoted(word) + "; --functions lists them";
}

}  // namespace

std::optional<Part> find_part(FileBytes file, const std::string& name, std::string_view path) {
  std::optional<Part> part = Part{file, {0, static_cast<std::uint32_t>(file.size())}, name};
  const std::string wanted = name + std::string(path);
  while (part && part->name != wanted) {
    std::optional<Part> next;
    if (kind_of(*part) == PartKind::component) {
      each_inner_part(*part, [&](const Part& inner) {
        if (wanted == inner.name || wanted.starts_with(inner.name + '#')) next = inner;
      });
    }
    part = std::move(next);
  }
  return part;
}

std::optional<std::string> misfit(const Part& part, const std::vector<std::string>& functions) {
  for (const std::string& word : functions) {
    if (auto reason = misfit(part, word)) return reason;
  }
  return std::nullopt;
}

bool inspect(const Part& part, const Request& request, Output& out, const Complain& complain) {
  return Inspector(request, out, complain).show(part);
}

}  // namespace plimsoll::regress::inspect
