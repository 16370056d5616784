// Custom sections: all of them with where they stand, those that are known with what they hold.
#include <algorithm>
#include <string>

#include "inspect/custom_text.hpp"
#include "inspect/text.hpp"
#include "plimsoll/code_metadata.hpp"
#include "plimsoll/custom_warnings.hpp"
#include "plimsoll/load.hpp"
#include "plimsoll/tool_sections.hpp"
#include "plimsoll/wasmedge_section.hpp"

namespace plimsoll::regress::inspect {

void CustomOutput::line(std::optional<std::uint32_t> offset, std::string_view text) {
  view_.word(offset ? right(hexadecimal(in_file(*offset)), view_.offset_width()) : "", view_.offset_width());
  view_.word("", view_.size_width());
  view_.last("  " + std::string(text));
}

void CustomOutput::begin_entry(std::uint32_t offset) {
  json().begin_object();
  json().field("offset", in_file(offset));
}

namespace {

constexpr std::size_t preview = 32;  // bytes

std::string hex(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte byte : bytes) text += hexadecimal_byte(std::to_integer<unsigned char>(byte));
  return text;
}

void show_producers(CustomOutput& out, const CustomSection& section) {
  out.list("fields", producers(out.module(), section), [&](const ProducerField& field) {
    if (!out.as_json()) {
      for (const ProducerValue& value : field.values)
        out.line(value.offset, std::string(field.name) + ' ' + quoted(value.name) +
                                   (value.version.empty() ? "" : ' ' + quoted(value.version)));
      return;
    }
    out.begin_entry(field.offset);
    out.json().field("name", field.name);
    out.json().key("values");
    out.json().begin_array();
    for (const ProducerValue& value : field.values) {
      out.json().begin_object();
      out.json().field("name", value.name);
      out.json().field("version", value.version);
      out.json().end_object();
    }
    out.json().end_array();
    out.json().end_object();
  });
}

void show_target_features(CustomOutput& out, const CustomSection& section) {
  out.list("features", target_features(out.module(), section), [&](const TargetFeature& feature) {
    const std::string_view prefix(&feature.prefix, 1);
    if (!out.as_json()) return out.line(feature.offset, std::string(prefix) + ' ' + quoted(feature.name));
    out.begin_entry(feature.offset);
    out.json().field("prefix", prefix);
    out.json().field("name", feature.name);
    out.json().end_object();
  });
}

void show_text(CustomOutput& out, std::string_view key, const std::string& text) {
  if (out.as_json())
    out.json().field(key, text);
  else
    out.line({}, text);
}

// What a hint says, by the kind of its section; its bytes where that is not known.
std::string hint_text(CustomOutput& out, CustomKind kind, const CodeHint& hint) {
  const auto module = out.module();
  if (kind == CustomKind::branch_hints) {
    if (const auto likely = branch_likely(module, hint)) return *likely ? "likely" : "unlikely";
  } else if (kind == CustomKind::trace_marks) {
    if (const auto mark = trace_mark(module, hint)) return "mark " + decimal(*mark);
  } else if (kind == CustomKind::compilation_priorities) {
    if (const auto priority = compilation_priority(module, hint))
      return "compile " + decimal(priority->compilation) +
             (priority->optimization ? ", optimize " + decimal(*priority->optimization) : "");
  } else if (kind == CustomKind::instruction_frequencies) {
    if (const auto frequency = instruction_frequency(module, hint)) return "frequency " + decimal(unsigned{*frequency});
  } else if (kind == CustomKind::call_targets) {
    std::string text = "calls";
    for (const CallTarget& target : call_targets(module, hint))
      text += ' ' + decimal(target.function) + " (" + decimal(target.percent) + "%)";
    return text;
  }
  const ByteRange value = within(hint.value, module.size());
  return "bytes " + hex(module.subspan(value.offset, value.size));
}

void show_code_metadata(CustomOutput& out, const CustomSection& section) {
  out.list("functions", code_metadata(out.module(), section), [&](const FunctionHints& function) {
    if (out.as_json()) {
      out.begin_entry(function.offset);
      out.json().field("function", function.function);
    } else {
      const std::string name = out.index().label(NameKind::function, function.function);
      out.line(function.offset, "func " + decimal(function.function) + (name.empty() ? "" : "  ;; " + name));
    }
    out.list("hints", function.hints, [&](const CodeHint& hint) {
      const std::string text = hint_text(out, section.kind, hint);
      if (!out.as_json()) return out.line(hint.offset, "  +" + hexadecimal(hint.position) + ' ' + text);
      out.begin_entry(hint.offset);
      out.json().field("position", hint.position);
      out.json().field("hint", text);
      out.json().end_object();
    });
    if (out.as_json()) out.json().end_object();
  });
}

std::string part_name(std::uint8_t kind) {
  switch (kind) {
    case WasmEdgePart::text: return "text";
    case WasmEdgePart::data: return "data";
    case WasmEdgePart::bss: return "bss";
    case WasmEdgePart::eh_frame: return "eh_frame";
    default: return "kind " + decimal(unsigned{kind});
  }
}

void show_wasmedge(CustomOutput& out, const CustomSection& section) {
  const WasmEdgeSection code = wasmedge_section(out.module(), section);
  if (out.as_json()) {
    out.json().field("version", code.version);
    out.json().field("os", wasmedge_os(code.os));
    out.json().field("arch", wasmedge_arch(code.arch));
    out.json().field("types", code.types.count());
    out.json().field("functions", code.functions.count());
  } else {
    out.line({}, "version " + decimal(code.version) + ", " + std::string(wasmedge_os(code.os)) + ' ' +
                     std::string(wasmedge_arch(code.arch)) + ", " + decimal(code.types.count()) + " types, " +
                     decimal(code.functions.count()) + " functions");
  }
  out.list("parts", code.parts, [&](const WasmEdgePart& part) {
    if (!out.as_json())
      return out.line(part.offset, part_name(part.kind) + " at " + hexadecimal(part.address) + ", " +
                                       View::thousands(part.size) + " bytes, " + View::thousands(part.contents.size) +
                                       " in the file");
    out.begin_entry(part.offset);
    out.json().field("kind", part_name(part.kind));
    out.json().field("address", part.address);
    out.json().field("size", part.size);
    out.json().field("file_size", part.contents.size);
    out.json().end_object();
  });
}

void show_unknown(CustomOutput& out, const CustomSection& section) {
  const ByteRange contents = within(section.contents, out.module().size());
  const auto bytes = out.module().subspan(contents.offset, std::min<std::size_t>(contents.size, preview));
  if (out.as_json()) return out.json().field("start", hex(bytes));
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!text.empty()) out.line({}, quoted(text) + (contents.size > preview ? "..." : ""));
}

void show_contents(CustomOutput& out, const CustomSection& section) {
  switch (section.kind) {
    case CustomKind::name:
      if (!out.as_json()) out.line({}, "--names shows it");
      break;
    case CustomKind::producers: show_producers(out, section); break;
    case CustomKind::target_features: show_target_features(out, section); break;
    case CustomKind::dylink: show_dylink(out, section); break;
    case CustomKind::linking: show_linking(out, section); break;
    case CustomKind::relocations: show_relocations(out, section); break;
    case CustomKind::source_map:
    case CustomKind::external_debug: {
      const std::string url(section_url(out.module(), section));
      show_text(out, "url", out.as_json() ? url : quoted(url));
      break;
    }
    case CustomKind::build_id: show_text(out, "id", hex(build_id(out.module(), section))); break;
    case CustomKind::branch_hints:
    case CustomKind::trace_marks:
    case CustomKind::compilation_priorities:
    case CustomKind::instruction_frequencies:
    case CustomKind::call_targets:
    case CustomKind::code_metadata: show_code_metadata(out, section); break;
    case CustomKind::wasmedge: show_wasmedge(out, section); break;
    case CustomKind::other: show_unknown(out, section); break;
  }
}

// What is wrong in the sections. They are checked against the module, so it must be valid.
void show_warnings(View& view, CustomOutput& out) {
  const auto show_warning = [&](const CustomWarning& warning) {
    if (view.as_json()) {
      out.begin_entry(warning.offset);
      view.json().field("code", name(warning.code));
      view.json().field("message", describe(warning));
      view.json().end_object();
    } else {
      view.offset(out.in_file(warning.offset));
      const std::string text = quoted(describe(warning));
      view.last(";; warning: " + text.substr(1, text.size() - 2));
    }
    return true;
  };
  Options options;
  options.features = Features::all();
  const auto module = view.error() ? LoadResult() : load(BorrowedBytes(out.module()), options);
  if (module && *module != nullptr) static_cast<void>(check_custom_sections(**module, show_warning));
}

}  // namespace

void show_custom(View& view) {
  const std::uint32_t begin = view.part().range.offset;
  CustomOutput out(view, view.file().subspan(begin, view.part().range.size));
  view.begin("custom", view.offset_title() + right("bytes", view.size_width()) + "  section");
  CustomSectionWalk sections(out.module());
  for (CustomSection section; sections.next(section);) {
    if (view.as_json()) {
      JsonOutput& json = view.json();
      json.begin_object(Layout::lines);
      json.field("name", section.name);
      json.field("offset", begin + section.contents.offset);
      json.field("size", section.contents.size);
      show_contents(out, section);
      json.end_object();
      continue;
    }
    view.offset(begin + section.contents.offset);
    view.number(section.contents.size, view.size_width());
    view.last(quoted(section.name));
    show_contents(out, section);
  }
  if (view.as_json()) {
    view.end();
    view.begin("custom_warnings", "");
    show_warnings(view, out);
    view.end();
  } else {
    show_warnings(view, out);
    view.end();
  }
}

}  // namespace plimsoll::regress::inspect
