#include "mutate/breaker.hpp"

#include <utility>

namespace plimsoll::fuzz {
namespace {

constexpr std::uint8_t type_section = 1;
constexpr std::uint8_t function_section = 3;
constexpr std::uint8_t global_section = 6;
constexpr std::uint8_t code_section = 10;

Node raw(const Code& code) { return {.kind = Kind::raw, .bytes = code.bytes}; }

}  // namespace

Code& Code::op(Opcode opcode) {
  const InstructionRow& instruction = row(opcode);
  if (instruction.prefix == 0) {
    bytes.push_back(static_cast<std::byte>(instruction.code));
  } else {
    bytes.push_back(static_cast<std::byte>(instruction.prefix));
    append_leb(bytes, instruction.code);
  }
  return *this;
}

Code& Code::u(std::uint64_t value) {
  append_leb(bytes, value);
  return *this;
}

Code& Code::s(std::int64_t value) {
  append_sleb(bytes, value);
  return *this;
}

Code& Code::raw(std::initializer_list<int> values) {
  for (const int value : values) bytes.push_back(static_cast<std::byte>(value));
  return *this;
}

Breaker::Breaker(const Module& module, Entropy& entropy)
    : features(module.features()), module_(module), entropy_(entropy), root_(parse_sections(module.bytes())),
      types_(module.types().size()), functions_(static_cast<std::uint32_t>(module.functions().size())) {}

bool Breaker::add_entry(std::uint8_t section, const Code& entry) {
  Node* const entries = entries_or_new(root_, section);
  if (entries == nullptr) return false;
  entries->children.push_back(fuzz::raw(entry));
  return true;
}

std::optional<std::uint32_t> Breaker::add_type(const Code& type) {
  if (!add_entry(type_section, type)) return std::nullopt;
  return types_++;
}

std::optional<std::uint32_t> Breaker::add_function(const Code& type, const Code& body) {
  const auto index = add_type(type);
  if (!index || !add_entry(function_section, Code().u(*index))) return std::nullopt;
  Code content;
  content.u(body.bytes.size() + 1).u(0);
  content.bytes.insert(content.bytes.end(), body.bytes.begin(), body.bytes.end());
  if (!add_entry(code_section, content)) return std::nullopt;
  return functions_++;
}

std::optional<std::uint32_t> Breaker::add_global(const Code& global) {
  if (!add_entry(global_section, global)) return std::nullopt;
  return module_.globals().size();
}

std::optional<Breaker::Place> Breaker::choose_body() {
  const std::uint32_t imported = module_.imported_count(ExternalKind::function);
  std::vector<std::uint32_t> usable;  // what is shared may not refer to all that there is
  for (std::uint32_t i = imported; i < module_.functions().size(); ++i)
    if (!module_.types()[module_.functions()[i]].is_shared) usable.push_back(i - imported);
  if (usable.empty()) return std::nullopt;
  const std::uint32_t defined = entropy_.pick(usable);
  Node* const bodies = open_entries(root_, code_section);
  if (bodies == nullptr || defined >= bodies->children.size()) return std::nullopt;
  Node& body = bodies->children[defined];
  if (body.kind != Kind::body || !open_body(body)) return std::nullopt;
  return Place{&body, defined};
}

void Breaker::insert_into(Node& body, const Code& code) {
  Code block;
  block.op(opcode("block")).raw({type_code::none});
  block.bytes.insert(block.bytes.end(), code.bytes.begin(), code.bytes.end());
  block.op(opcode("end"));
  std::vector<Node>& instructions = body.children.back().children;  // its `end` is the last one
  const std::size_t where = entropy_.below(instructions.size());
  instructions.insert(instructions.begin() + static_cast<std::ptrdiff_t>(where), fuzz::raw(block));
}

bool Breaker::insert(const Code& code) {
  if (const auto place = choose_body()) {
    insert_into(*place->body, code);
    return true;
  }
  Code body;
  body.op(opcode("block")).raw({type_code::none});
  body.bytes.insert(body.bytes.end(), code.bytes.begin(), code.bytes.end());
  body.op(opcode("end")).op(opcode("end"));
  return add_function(Code().raw({type_code::function, 0, 0}), body).has_value();
}

std::optional<std::uint32_t> Breaker::add_local(const Place& place, const Code& type) {
  const std::uint32_t function = module_.imported_count(ExternalKind::function) + place.defined;
  std::uint64_t count = module_.types()[module_.functions()[function]].parameters.size();
  FunctionBody body = module_.body(place.defined);
  for (LocalRun run; body.next_locals(run);) count += run.count;
  if (count > 49'000) return std::nullopt;  // near to the limit
  Code declaration;
  declaration.u(1);
  declaration.bytes.insert(declaration.bytes.end(), type.bytes.begin(), type.bytes.end());
  place.body->children.front().children.push_back(fuzz::raw(declaration));
  return static_cast<std::uint32_t>(count);
}

std::vector<Node*> Breaker::sections() {
  std::vector<Node*> found;
  for (Node& section : root_.children)
    if (section.kind == Kind::section && section_id(section) != 0) found.push_back(&section);
  return found;
}

}  // namespace plimsoll::fuzz
