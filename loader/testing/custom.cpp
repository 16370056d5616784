#include "testing/custom.hpp"

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <span>
#include <stdexcept>
#include <utility>

#include "plimsoll/load.hpp"

namespace plimsoll::test {
namespace {

// Loads the module and checks its custom sections; `use` is called with the warnings while the module lives.
template <class Use>
void check(const Bytes& bytes, const CustomCheckOptions& options, Use use) {
  const auto block = std::make_unique<std::uint8_t[]>(bytes.size());
  std::ranges::copy(bytes, block.get());
  Options all;
  all.features = Features::all();
  const LoadResult module = load(BorrowedBytes(std::span<const std::uint8_t>(block.get(), bytes.size())), all);
  if (!module) throw std::logic_error("refused: " + describe(module.error()));
  const auto found = custom_warnings(**module, options);
  if (!found) throw std::logic_error(describe(found.error()));
  use(*found);
}

std::string numbers(const CustomWarning& warning) {
  if (describe(warning).empty()) throw std::logic_error("a warning without words");
  switch (warning.detail) {
    case WarningDetail::none: return "";
    case WarningDetail::value: return " " + std::to_string(warning.found);
    case WarningDetail::index:
    case WarningDetail::limit: return " " + std::to_string(warning.found) + "/" + std::to_string(warning.expected);
  }
  return "";
}

}  // namespace

Strings warnings(const Bytes& module, const CustomCheckOptions& options) {
  Strings lines;
  check(module, options, [&](const auto& found) {
    for (const CustomWarning& one : found)
      lines.push_back(std::string(name(one.code)) + "@" + std::to_string(one.offset) + numbers(one));
  });
  return lines;
}

Bytes CustomCase::with(const Bytes& contents) const {
  const Bytes section = custom_section(name, contents);
  if (!at_start) return module + section;
  return preamble() + section + Bytes(module.begin() + 8, module.end());
}

Strings CustomCase::warnings(const Bytes& contents) const {
  const std::uint32_t section = at_start ? 8 : static_cast<std::uint32_t>(module.size());
  const auto begin = static_cast<std::uint32_t>(section + custom_section(name, contents).size() - contents.size());
  Strings lines;
  check(with(contents), {}, [&](const auto& found) {
    for (const CustomWarning& one : found) {
      const std::uint32_t end = begin + static_cast<std::uint32_t>(contents.size());
      if (one.section != name || one.section_offset != section || one.kind != custom_kind(name))
        throw std::logic_error("a warning of another section");
      if (one.offset != section && (one.offset < begin || one.offset > end))
        throw std::logic_error("a warning outside the section");
      const std::string place = one.offset == section ? "@" : "+" + std::to_string(one.offset - begin);
      lines.push_back(std::string(plimsoll::name(one.code)) + place + numbers(one));
    }
  });
  return lines;
}

std::vector<std::size_t> CustomCase::silent_prefixes(const Bytes& contents) const {
  std::vector<std::size_t> silent;
  for (std::size_t size = 0; size <= contents.size(); ++size)
    if (warnings(Bytes(contents.begin(), contents.begin() + static_cast<std::ptrdiff_t>(size))).empty())
      silent.push_back(size);
  return silent;
}

void CustomCase::mutate(const Bytes& contents) const {
  for (std::size_t i = 0; i < contents.size(); ++i) {
    for (const std::uint8_t byte :
         std::initializer_list<std::uint8_t>{0x00, 0x01, 0x02, 0x0A, 0x3F, 0x7F, 0x80, 0xC0, 0xFF}) {
      Bytes changed = contents;
      changed[i] = byte;
      static_cast<void>(warnings(changed));
    }
  }
}

}  // namespace plimsoll::test
