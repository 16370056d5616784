// Fuzz target: names and the other custom sections. An input that is no module is the contents of a custom section, whose name its first
// byte chooses, in a module that has something of everything to be named. The views of a valid module lie in it (oracle walk); a
// name found through an index is the one that a search finds (oracle names); so for the bytes of a module that was refused.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "encode/module.hpp"
#include "ledger/counting_resource.hpp"
#include "oracles/answer.hpp"
#include "oracles/require.hpp"
#include "plimsoll/plimsoll.hpp"

namespace {

using namespace plimsoll;
using Bytes = std::span<const std::byte>;

bool is_module(Bytes bytes) {
  constexpr std::byte magic[] = {std::byte{0}, std::byte{'a'}, std::byte{'s'}, std::byte{'m'}};
  return bytes.size() >= 8 && std::ranges::equal(bytes.first(4), magic);
}

fuzz::Bytes contents(std::initializer_list<unsigned> bytes) {
  fuzz::Bytes result;
  for (const unsigned byte : bytes) result.push_back(static_cast<std::byte>(byte));
  return result;
}

// Two functions with locals, a branch and calls; a table, a memory, a global, segments; the custom section behind all.
fuzz::Bytes wrapped(Bytes input) {
  fuzz::Writer custom;
  const auto kind = input.empty() ? CustomKind::name
                                  : static_cast<CustomKind>(std::to_integer<std::size_t>(input[0]) % custom_kind_count);
  custom.name(std::string(custom_name(kind)) + (kind == CustomKind::relocations ? "CODE" : ""));
  custom.raw(input.subspan(input.empty() ? 0 : 1));
  const fuzz::SectionBytes sections[] = {
      {SectionId::type, contents({2, 0x60, 1, 0x7F, 1, 0x7F, 0x60, 0, 0})},
      {SectionId::function, contents({2, 0, 1})},
      {SectionId::table, contents({1, 0x70, 0, 4})},
      {SectionId::memory, contents({1, 0, 1})},
      {SectionId::global, contents({1, 0x7F, 1, 0x41, 0, 0x0B})},
      {SectionId::export_, contents({1, 1, 'f', 0, 0})},
      {SectionId::element, contents({1, 0, 0x41, 0, 0x0B, 1, 0})},
      {SectionId::code, contents({2, 13, 1, 1, 0x7F, 0x20, 0, 0x04, 0x40, 0x10, 1, 0x0B, 0x20, 0, 0x0B, 2, 0, 0x0B})},
      {SectionId::data, contents({1, 0, 0x41, 0, 0x0B, 2, 'h', 'i'})},
      {SectionId::custom, custom.take()},
  };
  return fuzz::assemble_sections(sections);
}

void require_inside(Bytes module, std::string_view name) {
  const auto* const at = reinterpret_cast<const std::byte*>(name.data());
  fuzz::require(name.empty() || (at >= module.data() && at + name.size() <= module.data() + module.size()), "names",
                "a name lies in the module", "outside", "inside");
}

void look_up(Bytes module, const NameMap& map) {
  regress::CountingResource heap;
  {
    const auto index = NameIndex::make(map, &heap);
    fuzz::require(index.has_value(), "names", "an index can be made", "an error", "an index");
    std::size_t searched = 0;
    for (const NameEntry& entry : map) {
      require_inside(module, entry.name);
      const auto found = index->find(entry.index);
      fuzz::require(found.has_value(), "names", "an index finds what is in its map", "nothing", entry.name);
      if (++searched > 64) continue;  // a search is linear
      const auto first = find_name(map, entry.index);
      fuzz::require(first && first->data() == found->data() && first->size() == found->size(), "names",
                    "an index finds what a search finds", *found, first.value_or("nothing"));
    }
    for (const std::uint32_t number : {0U, 1U, 0x7FFF'FFFFU, 0xFFFF'FFFFU})
      fuzz::require(index->find(number).has_value() == find_name(map, number).has_value() || searched > 64, "names",
                    "an index finds nothing where a search finds nothing", "otherwise", "as a search");
  }
  fuzz::require_at_most("heap", "peak heap of an index of names", heap.counts().peak, 8 * module.size() + 1024);
  fuzz::require_equal("leak", "bytes kept after an index of names", heap.counts().live, 0);
}

void look_up_all(Bytes module) {
  const NameSection names(module);
  require_inside(module, names.module_name());
  for (std::size_t kind = 0; kind < name_kind_count; ++kind) {
    look_up(module, names.map(static_cast<NameKind>(kind)));
    std::size_t groups = 0;
    for (const NameGroup& group : names.indirect_map(static_cast<NameKind>(kind))) {
      if (++groups > 64) break;
      look_up(module, group.names);
    }
  }
}

void load_and_look_up(Bytes module) {
  static_cast<void>(fuzz::answer_of(load(BorrowedBytes(module), fuzz::all_features())));
  look_up_all(module);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = std::as_bytes(std::span(data, size));
  if (is_module(input)) {
    load_and_look_up(input);
  } else {
    load_and_look_up(wrapped(input));
  }
  return 0;
}
