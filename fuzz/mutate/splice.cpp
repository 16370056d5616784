#include "mutate/splice.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <utility>

#include "mutate/index_spaces.hpp"

namespace plimsoll::fuzz {
namespace {

constexpr std::uint8_t type_section = 1;
constexpr std::uint8_t import_section = 2;
constexpr std::uint8_t function_section = 3;
constexpr std::uint8_t global_section = 6;
constexpr std::uint8_t code_section = 10;

std::vector<Node>::iterator at(std::vector<Node>& nodes, std::size_t index) {
  return nodes.begin() + static_cast<std::ptrdiff_t>(index);
}

SpaceSizes sizes_of(Node& root) {
  for (const std::uint8_t id : {type_section, import_section})
    if (Node* const section = find_section(root, id); section != nullptr) open_section(*section);
  return space_sizes(root);
}

void shift_types(Node& part, std::size_t by) {
  renumber(part, Space::type, [by](std::uint64_t old) { return old + by; });
}

// Gives the module the sections of the donor's that it has none of, as far as bodies refer to them.
void bring_what_is_missing(Node& root, Node& donor, std::size_t shift) {
  const SpaceSizes own = sizes_of(root);
  static constexpr std::array<std::pair<Space, std::uint8_t>, 4> wanted{{{Space::table, std::uint8_t{4}},
                                                                         {Space::memory, std::uint8_t{5}},
                                                                         {Space::global, global_section},
                                                                         {Space::tag, std::uint8_t{13}}}};
  for (const auto& [space, id] : wanted) {
    Node* const section = find_section(donor, id);
    if (size_of(own, space) != 0 || section == nullptr || find_section(root, id) != nullptr) continue;
    open_section(*section);
    Node copy = *section;
    shift_types(copy, shift);
    insert_section(root, std::move(copy));
  }
}

// References of what comes from the donor, but those to types.
void refer_to_own(Random& random, Node& part, const SpaceSizes& own) {
  for (const Space space : all_spaces) {
    const std::size_t size = size_of(own, space);
    if (space == Space::type || size == 0) continue;
    const std::size_t other = random.below(size);
    renumber(part, space, [&](std::uint64_t old) { return old < size ? old : other; });
  }
}

bool splice_instructions(Random& random, Node& root, Node& donor) {
  Node* const own = open_entries(root, code_section);
  Node* const others = open_entries(donor, code_section);
  if (own == nullptr || others == nullptr || own->children.empty() || others->children.empty()) return false;
  Node& body = random.pick(own->children);
  Node& from = random.pick(others->children);
  if (!open_body(body) || !open_body(from) || from.children.back().children.empty()) return false;
  const std::vector<Node>& all = from.children.back().children;
  const std::size_t begin = random.below(all.size());
  const std::size_t size = 1 + random.below(std::min<std::size_t>(16, all.size() - begin));
  Node part{.kind = Kind::expression};
  part.children.assign(all.begin() + static_cast<std::ptrdiff_t>(begin),
                       all.begin() + static_cast<std::ptrdiff_t>(begin + size));
  const SpaceSizes sizes = sizes_of(root);
  refer_to_own(random, part, sizes);
  const std::size_t types = size_of(sizes, Space::type);
  if (types != 0) renumber(part, Space::type, [types](std::uint64_t old) { return old % types; });
  std::vector<Node>& code = body.children.back().children;
  code.insert(at(code, random.below(code.size() + 1)), std::make_move_iterator(part.children.begin()),
              std::make_move_iterator(part.children.end()));
  return true;
}

bool splice_entry(Random& random, Node& root, Node& donor) {
  if (donor.children.empty()) return false;
  Node& section = random.pick(donor.children);
  if (section.kind != Kind::section || section_id(section) == 0) return false;
  Node* const donated = open_entries(section);
  if (donated == nullptr || donated->children.empty()) return false;
  Node* const own = entries_or_new(root, section_id(section));
  if (own == nullptr) return false;
  own->children.insert(at(own->children, random.below(own->children.size() + 1)), random.pick(donated->children));
  return true;
}

bool splice_section(Random& random, Node& root, Node& donor) {
  if (donor.children.empty()) return false;
  const Node& donated = random.pick(donor.children);
  if (donated.kind != Kind::section) return false;
  std::erase_if(root.children,
                [&](const Node& own) { return own.kind == Kind::section && section_id(own) == section_id(donated); });
  insert_section(root, Node(donated));
  return true;
}

}  // namespace

bool import_function(Random& random, Node& root, Node& donor) {
  Node* const functions = open_entries(donor, function_section);
  Node* const bodies = open_entries(donor, code_section);
  Node* const donated_types = open_entries(donor, type_section);
  if (functions == nullptr || bodies == nullptr || donated_types == nullptr) return false;
  const std::size_t most = std::min(functions->children.size(), bodies->children.size());
  if (most == 0) return false;
  const std::size_t which = random.below(most);
  Node function = functions->children[which];
  Node body = bodies->children[which];
  Node types = *donated_types;

  const std::size_t shift = size_of(sizes_of(root), Space::type);
  shift_types(types, shift);
  shift_types(function, shift);
  shift_types(body, shift);
  // The sections first: a place in the list of sections does not outlive the coming of another.
  for (const std::uint8_t id : {type_section, function_section, code_section})
    if (entries_or_new(root, id) == nullptr) return false;
  std::ranges::move(types.children, std::back_inserter(open_entries(root, type_section)->children));
  bring_what_is_missing(root, donor, shift);
  refer_to_own(random, body, sizes_of(root));

  std::vector<Node>& own_functions = open_entries(root, function_section)->children;
  std::vector<Node>& own_bodies = open_entries(root, code_section)->children;
  if (!own_functions.empty() && own_functions.size() == own_bodies.size() && random.percent(50)) {
    const std::size_t place = random.below(own_functions.size());
    own_functions[place] = std::move(function);
    own_bodies[place] = std::move(body);
  } else {
    own_functions.push_back(std::move(function));
    own_bodies.push_back(std::move(body));
  }
  return true;
}

void splice(Random& random, Node& root, Node& donor) {
  for (int tries = 0; tries < 8; ++tries) {
    const std::size_t chance = random.below(100);
    const bool done = chance < 45   ? import_function(random, root, donor)
                      : chance < 75 ? splice_instructions(random, root, donor)
                      : chance < 90 ? splice_entry(random, root, donor)
                                    : splice_section(random, root, donor);
    if (done) return;
  }
}

}  // namespace plimsoll::fuzz
