#include "mutate/tree_mutations.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "mutate/node_maker.hpp"

namespace plimsoll::fuzz {
namespace {

constexpr std::uint8_t code_section = 10;
constexpr std::uint8_t type_section = 1;

std::vector<Node>::iterator at(std::vector<Node>& nodes, std::size_t index) {
  return nodes.begin() + static_cast<std::ptrdiff_t>(index);
}

// One mutation of one module. A way of damaging it returns false where there is nothing for it to damage.
class TreeMutation {
 public:
  TreeMutation(Random& random, Node& root, Node& donor)
      : random_(random), root_(root), donor_(donor), make_(random, root) {}

  bool change_leaf();
  bool change_opcode();
  bool insert_instructions();
  bool move_instructions();
  bool change_type();
  bool change_entry();
  bool change_section();
  bool change_type_section();
  bool change_limits();
  bool write_long();
  bool miscount();
  bool splice_body();
  bool change_locals();
  bool change_list();

 private:
  // What a descent from the root stops at: it takes a random child until `accept` says yes to a node, and gives up at a leaf.
  template <class Accept>
  Node* descend(Accept accept);
  Node* random_body();
  Node* random_expression();
  Node* random_entries(const std::optional<std::uint8_t>& id = std::nullopt);
  [[nodiscard]] std::optional<std::vector<Node>> donated_instructions();
  std::vector<Node> fresh_instructions();
  std::vector<Node> dead_code();
  void change_sub_type(Node& type);

  Random& random_;
  Node& root_;
  Node& donor_;
  NodeMaker make_;
};

template <class Accept>
Node* TreeMutation::descend(Accept accept) {
  for (int tries = 0; tries < 12; ++tries) {
    Node* node = &root_;
    if (random_.percent(50)) node = find_section(root_, random_.percent(70) ? code_section : type_section);
    while (node != nullptr) {
      if (node->kind == Kind::section) open_section(*node);
      if (node->kind == Kind::body) open_body(*node);
      if (accept(*node)) return node;
      node = node->children.empty() ? nullptr : &random_.pick(node->children);
    }
  }
  return nullptr;
}

Node* TreeMutation::random_entries(const std::optional<std::uint8_t>& id) {
  if (root_.children.empty()) return nullptr;
  Node* const section = id ? find_section(root_, *id) : &random_.pick(root_.children);
  Node* const entries = section == nullptr ? nullptr : open_entries(*section);
  return entries == nullptr || entries->children.empty() ? nullptr : entries;
}

Node* TreeMutation::random_body() {
  Node* const bodies = random_entries(code_section);
  if (bodies == nullptr) return nullptr;
  Node& body = random_.pick(bodies->children);
  return body.kind == Kind::body && open_body(body) ? &body : nullptr;
}

Node* TreeMutation::random_expression() {
  if (random_.percent(80)) {
    if (Node* const body = random_body()) return &body->children.back();
  }
  return descend([](const Node& node) { return node.kind == Kind::expression; });
}

bool TreeMutation::change_leaf() {
  Node* const leaf = descend([this](const Node& node) {
    const bool is_type = node.kind == Kind::value_type || node.kind == Kind::block_type;
    return is_leaf(node.kind) || node.kind == Kind::string ||
           (is_type && (node.children.empty() || random_.percent(50)));
  });
  if (leaf == nullptr) return false;
  make_.change(*leaf);
  return true;
}

bool TreeMutation::change_type() {
  Node* const type = descend([](const Node& node) {
    return node.kind == Kind::value_type || node.kind == Kind::block_type || node.kind == Kind::heap_type;
  });
  if (type == nullptr) return false;
  make_.change(*type);
  return true;
}

bool TreeMutation::change_opcode() {
  Node* const expression = random_expression();
  if (expression == nullptr || expression->children.empty()) return false;
  Node& instruction = random_.pick(expression->children);
  const InstructionRow* const row = row_of(instruction);
  if (row == nullptr) return false;
  if (random_.percent(60)) {
    instruction.children.front() = opcode_leaf(make_.like(*row));
  } else {
    instruction = make_.instruction();
  }
  return true;
}

std::optional<std::vector<Node>> TreeMutation::donated_instructions() {
  Node* const code = find_section(donor_, code_section);
  const Node* const bodies = code == nullptr ? nullptr : open_entries(*code);
  if (bodies == nullptr || bodies->children.empty()) return std::nullopt;
  Node body = random_.pick(bodies->children);
  if (!open_body(body) || body.children.back().children.empty()) return std::nullopt;
  std::vector<Node>& all = body.children.back().children;
  const std::size_t begin = random_.below(all.size());
  const std::size_t size = 1 + random_.below(std::min<std::size_t>(8, all.size() - begin));
  return std::vector<Node>(std::make_move_iterator(at(all, begin)), std::make_move_iterator(at(all, begin + size)));
}

// A block of its own whose code is dead, so that what it holds is judged but leaves the rest valid.
std::vector<Node> TreeMutation::dead_code() {
  Node empty{.kind = Kind::block_type, .bytes = {std::byte{0x40}}};
  std::vector<Node> code{NodeMaker::plain(0x02, {empty}), NodeMaker::plain(0x00)};
  for (std::size_t more = 1 + random_.below(3); more > 0; --more) code.push_back(make_.instruction());
  if (random_.percent(60)) code.push_back(NodeMaker::plain(0x00));
  code.push_back(NodeMaker::plain(0x0B));
  return code;
}

std::vector<Node> TreeMutation::fresh_instructions() {
  const std::size_t chance = random_.below(100);
  if (chance < 12) return {make_.instruction()};
  if (chance < 24) return {NodeMaker::plain(0x00), make_.instruction()};
  if (chance < 40) return {NodeMaker::plain(0x00)};
  if (chance < 55) {  // a value of some type that is dropped
    Node type = make_.make(Kind::value_type);
    type.kind = Kind::block_type;
    return {NodeMaker::plain(0x02, {type}), NodeMaker::plain(0x00),
            random_.percent(30) ? make_.instruction() : NodeMaker::plain(0x01), NodeMaker::plain(0x0B),
            NodeMaker::plain(0x1A)};
  }
  if (chance < 85) return dead_code();
  const Node get = make_.make(Kind::local_index);
  if (chance < 92) {
    return {NodeMaker::plain(0x20, {get}),
            random_.percent(50) ? NodeMaker::plain(0x1A)
                                : NodeMaker::plain(random_.percent(50) ? 0x21 : 0x22, {make_.make(Kind::local_index)})};
  }
  return donated_instructions().value_or(std::vector<Node>{NodeMaker::plain(0x01)});
}

bool TreeMutation::insert_instructions() {
  Node* const expression = random_expression();
  if (expression == nullptr) return false;
  std::vector<Node> fresh = fresh_instructions();
  const std::size_t size = expression->children.size();
  const std::size_t where = random_.below(random_.percent(90) && size > 0 ? size : size + 1);  // rarely behind the end
  expression->children.insert(at(expression->children, where), std::make_move_iterator(fresh.begin()),
                              std::make_move_iterator(fresh.end()));
  return true;
}

bool TreeMutation::move_instructions() {
  Node* const expression = random_expression();
  if (expression == nullptr || expression->children.empty()) return false;
  std::vector<Node>& code = expression->children;
  const std::size_t where = random_.below(code.size());
  const std::size_t chance = random_.below(100);
  if (chance < 55) {
    code.erase(at(code, where));
  } else if (chance < 70) {
    code.erase(at(code, where), at(code, where + 1 + random_.below(std::min<std::size_t>(5, code.size() - where))));
  } else if (chance < 85) {
    Node copy = code[where];
    code.insert(at(code, where), std::move(copy));
  } else {
    std::swap(code[where], random_.pick(code));
  }
  return true;
}

bool TreeMutation::change_entry() {
  Node* const entries = random_entries();
  if (entries == nullptr) return false;
  std::vector<Node>& list = entries->children;
  const std::size_t where = random_.below(list.size());
  const std::size_t chance = random_.below(100);
  if (chance < 30) {
    list.erase(at(list, where));
  } else if (chance < 60) {
    Node copy = list[where];
    list.insert(at(list, where), std::move(copy));
  } else if (chance < 75) {
    std::swap(list[where], random_.pick(list));
  } else if (!donor_.children.empty()) {
    Node& section = random_.pick(donor_.children);
    const Node* const donated = section.kind == Kind::section ? open_entries(section) : nullptr;
    Node* const own = donated == nullptr ? nullptr : random_entries(section_id(section));
    if (own == nullptr || donated->children.empty()) return false;
    own->children.insert(at(own->children, random_.below(own->children.size() + 1)), random_.pick(donated->children));
  }
  return true;
}

bool TreeMutation::change_section() {
  std::vector<Node>& list = root_.children;
  const std::size_t chance = random_.below(100);
  if (chance < 15) {
    Node name{.kind = Kind::string};
    Node custom{.kind = Kind::section, .bytes = {std::byte{0}}};
    for (std::size_t size = random_.below(4); size > 0; --size)
      name.bytes.push_back(random_.percent(90) ? std::byte{'a'} : random_.byte());
    custom.children.push_back(std::move(name));
    list.insert(at(list, random_.below(list.size() + 1)), std::move(custom));
    return true;
  }
  if (chance < 25) {
    Node count{.kind = Kind::section, .bytes = {std::byte{12}}};
    count.children.push_back(make_.make(Kind::number));
    set_number(count.children.front(), size_of(space_sizes(root_), Space::data) + (random_.percent(75) ? 0U : 1U));
    insert_section(root_, std::move(count));
    return true;
  }
  if (chance < 40 && !donor_.children.empty()) {
    const Node& donated = random_.pick(donor_.children);
    if (donated.kind != Kind::section) return false;
    std::erase_if(list,
                  [&](const Node& own) { return own.kind == Kind::section && section_id(own) == section_id(donated); });
    insert_section(root_, Node(donated));
    return true;
  }
  if (list.empty()) return false;
  const std::size_t where = random_.below(list.size());
  if (chance < 65) {
    list.erase(at(list, where));
  } else if (chance < 75) {
    Node copy = list[where];
    list.insert(at(list, where), std::move(copy));
  } else if (chance < 88) {
    std::swap(list[where], random_.pick(list));
  } else if (!list[where].bytes.empty()) {
    list[where].bytes.front() = static_cast<std::byte>(random_.below(16));
  }
  return true;
}

void TreeMutation::change_sub_type(Node& type) {
  std::vector<Node>& parts = type.children;
  const bool has_supertypes = parts.size() > 1 && parts[0].kind == Kind::form && parts[1].kind == Kind::counted &&
                              (parts[0].bytes.front() == std::byte{0x50} || parts[0].bytes.front() == std::byte{0x4F});
  if (has_supertypes && random_.percent(50)) {
    if (random_.percent(30)) {
      parts.front().bytes.front() ^= std::byte{0x1F};  // 50, 4F: open, final
    } else if (random_.percent(30)) {
      parts.erase(at(parts, 0), at(parts, 2));
    } else if (parts[1].children.empty() || random_.percent(20)) {
      parts[1].children.push_back(make_.make(Kind::type_index));
    } else {
      make_.change(parts[1].children.back());
    }
    return;
  }
  if (!has_supertypes && random_.percent(50)) {
    Node supertypes{.kind = Kind::counted};
    if (random_.percent(70)) supertypes.children.push_back(make_.make(Kind::type_index));
    const std::byte form{random_.percent(80) ? std::uint8_t{0x50} : std::uint8_t{0x4F}};
    parts.insert(parts.begin(), std::move(supertypes));
    parts.insert(parts.begin(), Node{.kind = Kind::form, .bytes = {form}});
    return;
  }
  for (Node& part : parts) {
    if (!is_counted(part.kind) || random_.percent(50)) continue;
    std::vector<Node>& list = part.children;
    if (list.empty() || random_.percent(30)) {
      Node fresh = make_.make(Kind::value_type);
      if (part.kind == Kind::counted)
        fresh = {.kind = Kind::sequence,
                 .children = {std::move(fresh), {.kind = Kind::mutability, .bytes = {std::byte{1}}}}};
      list.insert(at(list, random_.below(list.size() + 1)), std::move(fresh));
    } else if (random_.percent(30)) {
      list.erase(at(list, random_.below(list.size())));
    } else {
      Node& one = random_.pick(list);
      make_.change(one.children.empty() || one.kind != Kind::sequence ? one : random_.pick(one.children));
    }
  }
}

bool TreeMutation::change_type_section() {
  Node* const entries = random_entries(type_section);
  if (entries == nullptr) return false;
  std::vector<Node>& groups = entries->children;
  const std::size_t where = random_.below(groups.size());
  Node& group = groups[where];
  const bool is_group = group.children.size() == 2 && group.children.front().kind == Kind::form &&
                        group.children.front().bytes.front() == std::byte{0x4E};
  const auto make_group = [](std::vector<Node> types) {
    return Node{.kind = Kind::sequence,
                .children = {{.kind = Kind::form, .bytes = {std::byte{0x4E}}},
                             {.kind = Kind::counted, .children = std::move(types)}}};
  };
  const std::size_t chance = random_.below(100);
  if (chance < 10 && !is_group) {
    Node type = std::move(group);
    group = make_group({std::move(type)});
  } else if (chance < 20 && where + 1 < groups.size() && !is_group) {
    Node merged = make_group({group, groups[where + 1]});
    groups.erase(at(groups, where));
    groups[where] = std::move(merged);
  } else if (chance < 25 && is_group && group.children.back().children.size() > 1) {
    std::vector<Node> types = std::move(group.children.back().children);
    groups.erase(at(groups, where));
    groups.insert(at(groups, where), std::make_move_iterator(types.begin()), std::make_move_iterator(types.end()));
  } else if (chance < 33) {
    Node copy = group;
    groups.insert(at(groups, random_.percent(50) ? random_.below(groups.size() + 1) : groups.size()), std::move(copy));
  } else if (chance < 36) {
    groups.insert(at(groups, where), make_group({}));
  } else if (is_group) {
    std::vector<Node>& types = group.children.back().children;
    if (!types.empty()) change_sub_type(random_.pick(types));
  } else {
    change_sub_type(group);
  }
  return true;
}

bool TreeMutation::change_limits() {
  const auto flags_of = [](const Node& node) {
    return std::ranges::find(node.children, Kind::limits_flags, &Node::kind);
  };
  Node* const entry =
      descend([&](const Node& node) { return node.kind == Kind::sequence && flags_of(node) != node.children.end(); });
  if (entry == nullptr) return false;
  make_.change_limits(*entry, static_cast<std::size_t>(flags_of(*entry) - entry->children.begin()));
  return true;
}

bool TreeMutation::write_long() {
  Node* const leaf = descend([](const Node& node) { return is_number(node.kind); });
  if (leaf == nullptr) return false;
  make_.write_long(*leaf);
  return true;
}

bool TreeMutation::miscount() {
  Node* const node = descend([this](const Node& candidate) {
    const bool has_count = is_counted(candidate.kind) || candidate.kind == Kind::section ||
                           candidate.kind == Kind::body || candidate.kind == Kind::string;
    return has_count && random_.percent(40);
  });
  if (node == nullptr) return false;
  if (random_.percent(30)) {
    node->width = static_cast<std::uint8_t>(1 + random_.below(6));
  } else {
    node->skew = random_.percent(50) ? std::int8_t{1} : std::int8_t{-1};
  }
  return true;
}

bool TreeMutation::splice_body() {
  Node* const bodies = random_entries(code_section);
  Node* const code = find_section(donor_, code_section);
  const Node* const donated = code == nullptr ? nullptr : open_entries(*code);
  if (bodies == nullptr || donated == nullptr || donated->children.empty()) return false;
  random_.pick(bodies->children) = Node(random_.pick(donated->children));
  return true;
}

bool TreeMutation::change_locals() {
  Node* const body = random_body();
  if (body == nullptr) return false;
  std::vector<Node>& declarations = body->children.front().children;
  if (!declarations.empty() && random_.percent(50)) {
    make_.change(random_.pick(random_.pick(declarations).children));
  } else {
    Node fresh{.kind = Kind::sequence, .children = {make_.make(Kind::local_count), make_.make(Kind::value_type)}};
    declarations.insert(at(declarations, random_.below(declarations.size() + 1)), std::move(fresh));
  }
  return true;
}

bool TreeMutation::change_list() {
  Node* const list = descend(
      [this](const Node& node) { return is_counted(node.kind) && !node.children.empty() && random_.percent(40); });
  if (list == nullptr) return false;
  const std::size_t where = random_.below(list->children.size());
  if (random_.percent(45)) {
    list->children.erase(at(list->children, where));
  } else if (random_.percent(80)) {
    Node copy = random_.pick(list->children);
    list->children.insert(at(list->children, where), std::move(copy));
  } else {
    std::ranges::reverse(list->children);
  }
  return true;
}

}  // namespace

void mutate_tree(Random& random, Node& root, Node& donor) {
  using Way = bool (TreeMutation::*)();
  struct WeighedWay {
    Way way;
    unsigned weight;
  };
  static constexpr std::array<WeighedWay, 14> ways{{{&TreeMutation::change_leaf, 20},
                                                    {&TreeMutation::change_opcode, 14},
                                                    {&TreeMutation::insert_instructions, 22},
                                                    {&TreeMutation::move_instructions, 7},
                                                    {&TreeMutation::change_type, 8},
                                                    {&TreeMutation::change_entry, 6},
                                                    {&TreeMutation::change_section, 5},
                                                    {&TreeMutation::change_type_section, 12},
                                                    {&TreeMutation::change_limits, 4},
                                                    {&TreeMutation::write_long, 5},
                                                    {&TreeMutation::miscount, 2},
                                                    {&TreeMutation::splice_body, 3},
                                                    {&TreeMutation::change_locals, 4},
                                                    {&TreeMutation::change_list, 4}}};
  unsigned total = 0;
  for (const WeighedWay& way : ways) total += way.weight;
  TreeMutation mutation(random, root, donor);
  for (int tries = 0; tries < 12; ++tries) {
    std::size_t chance = random.below(total);
    for (const auto& [way, weight] : ways) {
      if (chance < weight) {
        if ((mutation.*way)()) return;
        break;
      }
      chance -= weight;
    }
  }
}

}  // namespace plimsoll::fuzz
