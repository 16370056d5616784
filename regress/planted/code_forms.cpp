#include "planted/code_forms.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace plimsoll::regress::planted {
namespace {

constexpr std::uint16_t more_operands = 0xFFFF;

struct NodeSink final : InstructionSink {
  explicit NodeSink(NodeList& to) : list(to) {}
  void instruction(const Instruction& instruction) override {
    const auto low = static_cast<std::uint32_t>(instruction.value);
    const auto high = static_cast<std::uint32_t>(instruction.value >> 32);
    list.append(instruction.opcode, instruction.flags, instruction.first | low);
    if (high != 0) list.append(more_operands, 1, high);
    if (instruction.second != 0) list.append(more_operands, 2, instruction.second);
  }
  void label(std::uint32_t label) override { list.append(more_operands, 3, label); }
  NodeList& list;
};

struct ArenaSink final : InstructionSink {
  explicit ArenaSink(std::span<Instruction> to) : room(to) {}
  void instruction(const Instruction& instruction) override { room[next++] = instruction; }
  void label(std::uint32_t) override {}
  std::span<Instruction> room;
  std::size_t next = 0;
};

bool has_operand(const Instruction& instruction) {
  return instruction.value != 0 || instruction.first != 0 || instruction.second != 0;
}

}  // namespace

bool CopiedCode::body(Reader& reader, std::uint32_t end) {
  if (next_++ % every_ != 0) return decode_body(reader, end, code_.emplace_back());
  CodeSegment decoded;
  const bool ok = decode_body(reader, end, decoded);
  code_.push_back(decoded);
  return ok;
}

CautiousSegment::CautiousSegment(CautiousSegment&& other) noexcept(false) : CodeSegment(std::move(other)) {}

bool GrowingCode::body(Reader& reader, std::uint32_t end) { return decode_body(reader, end, code_.emplace_back()); }

NodeList::NodeList(const NodeList& other) {
  for (const Node* node = other.first_; node != nullptr; node = node->next)
    append(node->opcode, node->flags, node->operand);
}

NodeList::NodeList(NodeList&& other) noexcept
    : first_(std::exchange(other.first_, nullptr)), last_(std::exchange(other.last_, nullptr)) {}

NodeList::~NodeList() {
  while (first_ != nullptr) delete std::exchange(first_, first_->next);
}

void NodeList::append(std::uint16_t opcode, std::uint16_t flags, std::uint32_t operand) {
  auto* const node = new Node{.operand = operand, .opcode = opcode, .flags = flags};
  (last_ == nullptr ? first_ : last_->next) = node;
  last_ = node;
}

void ListBuilder::begin(std::uint32_t count) {
  code_.locals.reserve(count);
  code_.bodies.reserve(count);
}

bool ListBuilder::body(Reader& reader, std::uint32_t end) {
  if (!decode_locals(reader, code_.locals.emplace_back())) return false;
  NodeSink sink(code_.bodies.emplace_back());
  return read_instructions(reader, end, sink);
}

std::span<Instruction> ArenaCode::add(std::uint32_t instructions) {
  const std::size_t size = instructions * sizeof(Instruction);
  if (chunks_.empty() || size > chunks_.back().size - chunks_.back().used) {
    const std::size_t room = std::max(size, chunk_bytes);
    chunks_.push_back({std::make_unique<std::byte[]>(room), room, 0});
  }
  Chunk& chunk = chunks_.back();
  auto* const begin = new (chunk.bytes.get() + chunk.used) Instruction[instructions];
  bodies_.push_back({used_, instructions});
  chunk.used += size;
  used_ += size;
  return {begin, instructions};
}

ArenaCode ArenaCode::persist() const {
  ArenaCode result;
  result.bodies_ = bodies_;
  result.used_ = used_;
  Chunk& block = result.chunks_.emplace_back(std::make_unique_for_overwrite<std::byte[]>(used_), used_, std::size_t{0});
  for (const Chunk& chunk : chunks_) {
    std::memcpy(block.bytes.get() + block.used, chunk.bytes.get(), chunk.used);
    block.used += chunk.used;
  }
  return result;
}

bool ArenaBuilder::body(Reader& reader, std::uint32_t end) {
  std::vector<Local> locals;
  if (!decode_locals(reader, locals)) return false;
  const std::uint32_t begin = reader.offset();
  BodyCounts counts;
  if (!read_instructions(reader, end, counts)) return false;
  reader.seek(begin);
  ArenaSink sink(code_.add(static_cast<std::uint32_t>(counts.instructions)));
  return read_instructions(reader, end, sink);
}

PackedCode pack(const std::vector<CodeSegment>& code) {
  PackedCode packed;
  std::size_t opcodes = 0;
  std::size_t operands = 0;
  for (const CodeSegment& segment : code) {
    opcodes += segment.instructions.size();
    operands += static_cast<std::size_t>(std::ranges::count_if(segment.instructions, has_operand));
  }
  packed.bodies.reserve(code.size());
  packed.opcodes.reserve(opcodes);
  packed.operands.reserve(operands);
  for (const CodeSegment& segment : code) {
    packed.bodies.push_back(
        {static_cast<std::uint32_t>(packed.opcodes.size()), static_cast<std::uint32_t>(packed.operands.size())});
    for (const Instruction& instruction : segment.instructions) {
      packed.opcodes.push_back(instruction.opcode);
      if (has_operand(instruction))
        packed.operands.push_back(instruction.value | instruction.first | std::uint64_t{instruction.second} << 32);
    }
  }
  return packed;
}

}  // namespace plimsoll::regress::planted
