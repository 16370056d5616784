#include "trace/stack_names.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace plimsoll::regress {
namespace {

// Where a program's own part of a stack ends.
bool leads_to_main(const SourceFrame& frame) {
  return frame.object.ends_with("/libplimsoll_trace.so") || frame.function.starts_with("__libc_start_");
}

// Of a JIT compiler, or of a library that has gone.
SourceFrame unknown_code() { return {.function = "(code of no file)", .object = "?", .file = {}}; }

// Where a sanitizer owns the heap, its allocator stands before the program's call, and our hook before that.
bool is_of_the_sanitizer(const SourceFrame& frame) {
  static constexpr std::array<std::string_view, 6> beginnings = {
      "(anonymous namespace)::on_allocation(", "__sanitizer::", "__asan::", "__asan_", "__interceptor_", "__tsan::"};
  const std::string_view name = frame.function;
  return name == "malloc" || name == "calloc" || name == "realloc" ||
         std::ranges::any_of(beginnings, [name](std::string_view beginning) { return name.starts_with(beginning); });
}

// The C++ library's containers and allocators, by where they stand or, without debug information, by name.
bool hands_memory_on(const SourceFrame& frame) {
  if (is_of_the_sanitizer(frame) || frame.file.contains("/include/c++/")) return true;
  static constexpr std::array<std::string_view, 12> beginnings = {
      "operator new",      "std::__new_allocator<",  "__gnu_cxx::",           "std::allocator<",
      "std::__detail::",   "std::allocator_traits<", "std::_Vector_base<",    "std::_Hashtable<",
      "std::_Deque_base<", "std::_Rb_tree<",         "std::__uninitialized_", "std::__cxx11::basic_string<"};
  // A template's name may follow what it returns.
  const std::string_view name = frame.function;
  return std::ranges::any_of(beginnings, [name](std::string_view beginning) {
    const auto at = name.find(beginning);
    return at == 0 || (at != std::string_view::npos && name[at - 1] == ' ' && name.find('<') >= at);
  });
}

}  // namespace

std::vector<SourceFrame> stack_of(const Report& report, const Culprit& culprit, Symbolizer& symbolizer) {
  std::vector<SourceFrame> stack;
  for (const std::uint32_t index : culprit.frames) {
    if (index >= report.frames.size() || report.frames[index].object >= report.objects.size()) continue;
    const Frame& frame = report.frames[index];
    if (report.objects[frame.object] == "?") {
      // One word for however many of them.
      if (stack.empty() || stack.back().object != "?") stack.push_back(unknown_code());
      continue;
    }
    for (const SourceFrame& call : symbolizer.frames(report.objects[frame.object], frame.offset)) {
      if (!stack.empty() && leads_to_main(call)) return stack;
      stack.push_back(call);
    }
  }
  return stack;
}

std::vector<SourceFrame> telling_part(const std::vector<SourceFrame>& stack) {
  std::vector<SourceFrame> result;
  for (const SourceFrame& frame : stack) {
    if (!hands_memory_on(frame)) result.push_back(frame);
  }
  return result.empty() ? stack : result;
}

std::string text_of(const SourceFrame& frame, std::size_t most) {
  const auto last = [](const std::string& path) { return path.substr(path.find_last_of('/') + 1); };
  std::string text = shortened(frame.function, most);
  if (frame.object == "?") return text;
  // What has no name is `object+offset` already.
  if (frame.file.empty() && text.starts_with(last(frame.object) + "+0x")) return text;
  return text + " (" + (frame.file.empty() ? last(frame.object) : last(frame.file) + ":" + std::to_string(frame.line)) +
         ")";
}

nlohmann::ordered_json to_json(const SourceFrame& frame) {
  using Json = nlohmann::ordered_json;
  return {{"function", frame.function},
          {"object", frame.object},
          {"file", frame.file.empty() ? Json() : Json(frame.file)},
          {"line", frame.file.empty() ? Json() : Json(frame.line)}};
}

void add_stacks(nlohmann::ordered_json& json, const Report& report, Symbolizer& symbolizer) {
  auto& culprits = json["culprits"];
  for (std::size_t at = 0; at < report.culprits.size() && at < culprits.size(); ++at) {
    auto& stack = culprits[at]["stack"] = nlohmann::ordered_json::array();
    for (const SourceFrame& frame : stack_of(report, report.culprits[at], symbolizer)) stack.push_back(to_json(frame));
  }
}

}  // namespace plimsoll::regress
