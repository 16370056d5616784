#include "mutate/minimize.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "mutate/index_spaces.hpp"

namespace plimsoll::fuzz {
namespace {

class Minimizer {
 public:
  Minimizer(Bytes module, const Interesting& interesting, std::size_t questions)
      : best_(std::move(module)), interesting_(interesting), questions_(questions) {}

  Bytes run() {
    for (std::size_t before = best_.size() + 1; before > best_.size() && questions_ > 0;) {
      before = best_.size();
      cut_tree();
      cut_bytes();
    }
    simplify();
    return std::move(best_);
  }

 private:
  bool accept(Bytes candidate) {
    if (questions_ == 0 || candidate.size() > best_.size() || candidate == best_) return false;
    --questions_;
    if (!interesting_(candidate)) return false;
    best_ = std::move(candidate);
    return true;
  }

  // Keeps the change that `change` makes to the tree, if it still holds then.
  template <class Change>
  bool try_change(Node& root, Change change) {
    Node changed = root;
    change(changed);
    if (!accept(encode(changed))) return false;
    root = std::move(changed);
    return true;
  }

  void cut_tree();
  void remove_entries(Node& root);
  void remove_children(Node& root, const std::vector<std::size_t>& path);
  void unwrap_blocks(Node& root, const std::vector<std::size_t>& path);
  void cut_bytes();
  void simplify();

  Bytes best_;
  const Interesting& interesting_;
  std::size_t questions_;
};

void erase_run(std::vector<Node>& list, std::size_t begin, std::size_t end) {
  list.erase(list.begin() + static_cast<std::ptrdiff_t>(begin), list.begin() + static_cast<std::ptrdiff_t>(end));
}

bool opens(const Node& instruction) {
  const InstructionRow* const row = row_of(instruction);
  return row != nullptr && (row->imm == Imm::block_type || row->imm == Imm::try_table);
}

bool closes(const Node& instruction) {
  const InstructionRow* const row = row_of(instruction);
  return row != nullptr && (row->rule == Rule::end || row->rule == Rule::delegate);
}

// Entries of the index spaces one by one, the last first: what refers to others is renumbered.
void Minimizer::remove_entries(Node& root) {
  try_change(root, [](Node& changed) { prune(changed); });
  for (const Space space : {Space::data, Space::element, Space::tag, Space::function, Space::global, Space::memory,
                            Space::table, Space::type}) {
    for (std::size_t i = size_of(space_sizes(root), space); i > 0; --i) {
      try_change(root, [&](Node& changed) { remove_entry(changed, space, i - 1); });
    }
  }
}

// A block's start and end, its code staying.
void Minimizer::unwrap_blocks(Node& root, const std::vector<std::size_t>& path) {
  const auto code = [&]() -> const std::vector<Node>& { return at_path(root, path).children; };
  for (std::size_t begin = code().size(); begin > 0 && questions_ > 0; --begin) {
    if (begin > code().size() || !opens(code()[begin - 1])) continue;
    std::size_t end = begin;
    for (std::size_t depth = 1; end < code().size(); ++end) {
      depth += opens(code()[end]) ? 1U : 0U;
      if (closes(code()[end]) && --depth == 0) break;
    }
    if (end == code().size()) continue;
    try_change(root, [&](Node& changed) {
      std::vector<Node>& list = at_path(changed, path).children;
      erase_run(list, end, end + 1);
      erase_run(list, begin - 1, begin);
    });
  }
}

// Children of one node, in runs that get shorter; then what is left of them.
void Minimizer::remove_children(Node& root, const std::vector<std::size_t>& path) {
  const auto children = [&]() -> std::vector<Node>& { return at_path(root, path).children; };
  for (std::size_t run = std::max<std::size_t>(children().size() / 2, 1); run > 0 && questions_ > 0; run /= 2) {
    // Short runs anywhere, so that a block and its end go together; long ones side by side.
    const std::size_t step = run <= 3 ? 1 : run;
    for (std::size_t end = children().size(); end > 0 && questions_ > 0;) {
      const std::size_t begin = end > run ? end - run : 0;
      const bool gone =
          try_change(root, [&](Node& changed) { erase_run(at_path(changed, path).children, begin, end); });
      end = gone ? begin : end - std::min(step, end);
    }
  }
  if (at_path(root, path).kind == Kind::expression) unwrap_blocks(root, path);
  for (std::size_t i = 0; i < children().size(); ++i) {
    const Node& child = children()[i];
    if (child.kind == Kind::body && child.bytes != SmallBytes{std::byte{0}, std::byte{0}, std::byte{0x0B}}) {
      try_change(root, [&](Node& changed) { stub_body(at_path(changed, path).children[i]); });
    }
    std::vector<std::size_t> deeper = path;
    deeper.push_back(i);
    if (!is_leaf(children()[i].kind) && !children()[i].children.empty()) remove_children(root, deeper);
  }
}

void Minimizer::cut_tree() {
  Node root = parse(best_);
  if (!accept(encode(root)) && encode(root) != best_) return;  // it is not what the tree can say
  try_change(root, [](Node& changed) {
    std::erase_if(changed.children, [](const Node& section) { return section_id(section) == 0; });
  });
  const auto bodies = [](Node& tree) {
    Node* const code = find_section(tree, 10);
    return code == nullptr ? nullptr : entries_of(*code);
  };
  for (std::size_t i = 0; bodies(root) != nullptr && i < bodies(root)->children.size(); ++i) {
    try_change(root, [&](Node& changed) { stub_body(bodies(changed)->children[i]); });
  }
  remove_entries(root);
  open_all(root);
  remove_children(root, {});
  // Sizes and counts in their shortest form, if they need no other.
  try_change(root, [](Node& changed) {
    const auto shorten = [](Node& node, const auto& self) -> void {
      node.width = 1;
      for (Node& child : node.children) self(child, self);
    };
    shorten(changed, shorten);
  });
}

// Bytes, in runs that get shorter, whatever they are; sizes around them are mended where the tree can.
void Minimizer::cut_bytes() {
  for (std::size_t run = std::max<std::size_t>(best_.size() / 2, 1); run > 0 && questions_ > 0; run /= 2) {
    for (std::size_t end = best_.size(); end > 0 && questions_ > 0;) {
      end = std::min(end, best_.size());
      const std::size_t begin = end > run ? end - run : 0;
      Bytes candidate = best_;
      candidate.erase(candidate.begin() + static_cast<std::ptrdiff_t>(begin),
                      candidate.begin() + static_cast<std::ptrdiff_t>(end));
      accept(std::move(candidate));
      end = begin;
    }
  }
  // A byte out of a section or a body, with the sizes around it set right.
  Node root = parse(best_);
  if (encode(root) != best_) return;
  for (std::size_t section = root.children.size(); section > 0; --section) {
    Node content{.kind = Kind::raw,
                 .bytes = encode({.kind = Kind::expression, .children = root.children[section - 1].children})};
    for (std::size_t i = content.bytes.size(); i > 0 && questions_ > 0; --i) {
      Node shorter = content;
      shorter.bytes.erase(shorter.bytes.begin() + static_cast<std::ptrdiff_t>(i - 1));
      if (try_change(root, [&](Node& changed) { changed.children[section - 1].children = {shorter}; }))
        content = std::move(shorter);
    }
  }
}

void Minimizer::simplify() {
  for (std::size_t i = 8; i < best_.size() && questions_ > 0; ++i) {
    for (const std::byte simple : {std::byte{0}, std::byte{1}, std::byte{0x7F}}) {
      if (best_[i] == simple) break;
      Bytes candidate = best_;
      candidate[i] = simple;
      if (accept(std::move(candidate))) break;
    }
  }
}

}  // namespace

Bytes minimize(Bytes module, const Interesting& interesting, std::size_t most_questions) {
  return Minimizer(std::move(module), interesting, most_questions).run();
}

}  // namespace plimsoll::fuzz
