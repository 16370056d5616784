#include "mutate/index_spaces.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace plimsoll::fuzz {
namespace {

constexpr std::uint8_t type_section = 1;
constexpr std::uint8_t import_section = 2;
constexpr std::uint8_t function_section = 3;
constexpr std::uint8_t code_section = 10;
constexpr std::uint8_t data_count_section = 12;

// The section that defines the entries of a space.
constexpr std::uint8_t section_of(Space space) {
  switch (space) {
    case Space::type: return type_section;
    case Space::function: return function_section;
    case Space::table: return 4;
    case Space::memory: return 5;
    case Space::global: return 6;
    case Space::tag: return 13;
    case Space::element: return 9;
    case Space::data: return 11;
  }
  return 0;
}

// The kind of what an import brings, as a space; none if it is not known.
std::optional<Space> space_of_import(const Node& entry) {
  static constexpr std::array spaces{Space::function, Space::table, Space::memory, Space::global, Space::tag};
  for (const Node& part : entry.children) {
    if (part.kind != Kind::extern_kind || part.bytes.empty()) continue;
    const auto kind = std::to_integer<std::size_t>(part.bytes.front());
    if (kind < spaces.size()) return spaces[kind];
    if (kind == 0x20) return Space::function;
  }
  return std::nullopt;
}

// The items or names of a compact import; null of a plain one.
const Node* compact_list(const Node& entry) {
  return entry.children.size() > 3 && entry.children[2].kind == Kind::form ? &entry.children.back() : nullptr;
}
bool is_item(const Node& part) { return part.kind == Kind::sequence; }

// Calls with the space of each import, in their order.
template <class Visit>
void visit_imports(const Node& entries, Visit visit) {
  for (const Node& entry : entries.children) {
    const Node* const list = compact_list(entry);
    if (list == nullptr) {
      visit(space_of_import(entry));
    } else {
      for (const Node& part : list->children) visit(space_of_import(is_item(part) ? part : entry));
    }
  }
}

// How many types an entry of the type section has.
std::size_t types_in(const Node& rec_group) {
  const bool is_group = rec_group.children.size() == 2 && rec_group.children.front().kind == Kind::form &&
                        rec_group.children.front().bytes == SmallBytes{std::byte{0x4E}};
  return is_group ? rec_group.children.back().children.size() : 1;
}

// The number that an unopened section starts with, as far as so many entries have room in it.
std::size_t stated_count(const Node& section) {
  if (section.tried || section.children.empty() || section.children.front().kind != Kind::raw) return 0;
  const SmallBytes& bytes = section.children.front().bytes;
  std::size_t count = 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(bytes.size(), 5); ++i) {
    count |= (std::to_integer<std::size_t>(bytes[i]) & 0x7F) << 7 * i;
    if (std::to_integer<int>(bytes[i]) < 0x80) break;
  }
  return std::min(count, bytes.size());
}

template <class Visit>
void visit_leaves(Node& node, Visit visit) {
  if (node.kind == Kind::body) open_body(node);
  if (is_number(node.kind)) visit(node);
  for (Node& child : node.children) visit_leaves(child, visit);
}

bool refers_to(const Node& leaf, Space space) {
  if (space_of(leaf.kind) == space) return true;
  return space == Space::type && leaf.kind == Kind::heap_type && static_cast<std::int64_t>(number(leaf)) >= 0;
}

constexpr std::uint32_t gone = std::numeric_limits<std::uint32_t>::max();

// `fresh` has a number for each old one, and `gone` for what is no more.
void renumber_all(Node& root, Space space, const std::vector<std::uint32_t>& fresh) {
  const auto kept =
      static_cast<std::uint64_t>(std::ranges::count_if(fresh, [](std::uint32_t to) { return to != gone; }));
  renumber(root, space, [&](std::uint64_t old) -> std::uint64_t {
    // What was out of range stays as far out of it.
    return old < fresh.size() ? (fresh[old] == gone ? 0 : fresh[old]) : old - fresh.size() + kept;
  });
}

// Erases the definitions whose numbers are gone, not renumbering anything.
void erase_entries(Node& root, Space space, const std::vector<std::uint32_t>& fresh) {
  std::size_t index = 0;
  const auto is_gone = [&](std::size_t at) { return at < fresh.size() && fresh[at] == gone; };
  if (Node* const imports = find_section(root, import_section); imports != nullptr && entries_of(*imports) != nullptr) {
    const auto goes = [&](const Node& entry) { return space_of_import(entry) == space && is_gone(index++); };
    std::erase_if(entries_of(*imports)->children, [&](Node& entry) {
      if (compact_list(entry) == nullptr) return goes(entry);
      std::erase_if(entry.children.back().children,
                    [&](const Node& part) { return goes(is_item(part) ? part : entry); });
      return false;
    });
  }
  Node* const section = find_section(root, section_of(space));
  Node* const entries = section == nullptr ? nullptr : entries_of(*section);
  if (entries == nullptr) return;
  Node* const code = space == Space::function ? find_section(root, code_section) : nullptr;
  std::vector<Node>* const bodies =
      code == nullptr || entries_of(*code) == nullptr ? nullptr : &entries_of(*code)->children;
  const std::size_t first = index;
  if (bodies != nullptr && bodies->size() == entries->children.size()) {
    std::size_t body = first;
    std::erase_if(*bodies, [&](const Node&) { return is_gone(body++); });
  }
  std::erase_if(entries->children, [&](const Node& entry) {
    const std::size_t at = index;
    index += space == Space::type ? types_in(entry) : 1;
    return is_gone(at);
  });
  if (Node* const count = space == Space::data ? find_section(root, data_count_section) : nullptr; count != nullptr) {
    if (!count->children.empty() && count->children.front().kind == Kind::number)
      set_number(count->children.front(), entries->children.size());
  }
}

// The numbers that are left when some go.
std::vector<std::uint32_t> numbers_without(const std::vector<bool>& goes) {
  std::vector<std::uint32_t> fresh(goes.size(), gone);
  std::uint32_t next = 0;
  for (std::size_t i = 0; i < goes.size(); ++i) {
    if (!goes[i]) fresh[i] = next++;
  }
  return fresh;
}

// Types leave in whole rec groups: what one entry of the type section holds goes only together.
void keep_groups_whole(const Node& root, std::vector<bool>& goes) {
  const Node* const section = find_section(root, type_section);
  if (section == nullptr || entries_of(*section) == nullptr) return;
  std::size_t begin = 0;
  for (const Node& group : entries_of(*section)->children) {
    const std::size_t end = std::min(begin + types_in(group), goes.size());
    const auto from = goes.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto to = goes.begin() + static_cast<std::ptrdiff_t>(end);
    std::fill(from, to, std::all_of(from, to, [](bool goes_too) { return goes_too; }));
    begin = end;
  }
}

std::size_t take_out(Node& root, Space space, const std::vector<bool>& goes) {
  const auto count = static_cast<std::size_t>(std::ranges::count(goes, true));
  if (count == 0) return 0;
  const std::vector<std::uint32_t> fresh = numbers_without(goes);
  erase_entries(root, space, fresh);
  renumber_all(root, space, fresh);
  return count;
}

}  // namespace

std::optional<Space> space_of(Kind kind) noexcept {
  static constexpr std::array<std::pair<Kind, Space>, 8> spaces{{{Kind::type_index, Space::type},
                                                                 {Kind::function_index, Space::function},
                                                                 {Kind::table_index, Space::table},
                                                                 {Kind::memory_index, Space::memory},
                                                                 {Kind::global_index, Space::global},
                                                                 {Kind::tag_index, Space::tag},
                                                                 {Kind::element_index, Space::element},
                                                                 {Kind::data_index, Space::data}}};
  const auto found = std::ranges::find(spaces, kind, &std::pair<Kind, Space>::first);
  return found == spaces.end() ? std::nullopt : std::optional(found->second);
}

SpaceSizes space_sizes(const Node& root) {
  SpaceSizes sizes{};
  if (const Node* const imports = find_section(root, import_section);
      imports != nullptr && entries_of(*imports) != nullptr) {
    visit_imports(*entries_of(*imports), [&](const std::optional<Space>& space) {
      if (space) ++sizes[static_cast<std::size_t>(*space)];
    });
  }
  for (const Space space : all_spaces) {
    const Node* const section = find_section(root, section_of(space));
    if (section == nullptr) continue;
    std::size_t& size = sizes[static_cast<std::size_t>(space)];
    const Node* const entries = entries_of(*section);
    if (entries == nullptr) {
      size += stated_count(*section);
    } else if (space != Space::type) {
      size += entries->children.size();
    } else {
      for (const Node& entry : entries->children) size += types_in(entry);
    }
  }
  return sizes;
}

void renumber(Node& part, Space space, const std::function<std::uint64_t(std::uint64_t)>& fresh) {
  visit_leaves(part, [&](Node& leaf) {
    if (!refers_to(leaf, space)) return;
    const std::uint64_t old = number(leaf);
    const std::uint64_t now = fresh(old);
    if (now != old) set_number(leaf, now);
  });
}

bool remove_entry(Node& root, Space space, std::size_t index) {
  for (Node& section : root.children) open_section(section);
  std::vector<bool> goes(size_of(space_sizes(root), space));
  if (index >= goes.size()) return false;
  goes[index] = true;
  if (space == Space::type) {
    // One type of a group: its whole group would have to go.
    keep_groups_whole(root, goes);
    if (!goes[index]) return false;
  }
  return take_out(root, space, goes) > 0;
}

std::size_t prune(Node& root) {
  for (Node& section : root.children) open_section(section);
  std::size_t total = 0;
  for (std::size_t before = 1; before > 0;) {
    before = 0;
    for (const Space space : {Space::function, Space::global, Space::tag, Space::type}) {
      std::vector<bool> goes(size_of(space_sizes(root), space), true);
      visit_leaves(root, [&](const Node& leaf) {
        if (refers_to(leaf, space) && number(leaf) < goes.size()) goes[number(leaf)] = false;
      });
      if (space == Space::type) keep_groups_whole(root, goes);
      before += take_out(root, space, goes);
    }
    total += before;
  }
  return total;
}

void stub_body(Node& body) {
  body.children.clear();
  body.width = 1;
  body.tried = false;
  body.bytes = {std::byte{0}, std::byte{0}, std::byte{0x0B}};
}

}  // namespace plimsoll::fuzz
