// Other forms of code than vectors of instructions, and worse ways to fill vectors: what the defects are made of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "planted/decoder.hpp"
#include "planted/instructions.hpp"
#include "planted/module.hpp"

namespace plimsoll::regress::planted {

// Decodes every `every`-th function into a segment of its own, which is then copied; the others in place.
class CopiedCode final : public CodeBuilder {
 public:
  CopiedCode(std::vector<CodeSegment>& code, std::uint32_t every) : code_(code), every_(every) {}
  void begin(std::uint32_t count) override { code_.reserve(count); }
  bool body(Reader& reader, std::uint32_t end) override;

 private:
  std::vector<CodeSegment>& code_;
  std::uint32_t every_;
  std::uint32_t next_ = 0;
};

// A segment whose move says that it may throw, so that a growing vector copies it instead.
struct CautiousSegment : CodeSegment {
  CautiousSegment() = default;
  CautiousSegment(const CautiousSegment& other) = default;
  CautiousSegment(CautiousSegment&& other) noexcept(false);
  CautiousSegment& operator=(const CautiousSegment&) = delete;
};

class GrowingCode final : public CodeBuilder {
 public:
  explicit GrowingCode(std::vector<CautiousSegment>& code) : code_(code) {}
  void begin(std::uint32_t) override {}
  bool body(Reader& reader, std::uint32_t end) override;

 private:
  std::vector<CautiousSegment>& code_;
};

// Code as a linked list of nodes, one or more an instruction.
struct Node {
  Node* next = nullptr;
  std::uint32_t operand = 0;
  std::uint16_t opcode = 0;  // more_operands: goes on with the node before it
  std::uint16_t flags = 0;
};
static_assert(sizeof(Node) == 16);

class NodeList {
 public:
  NodeList() noexcept = default;
  NodeList(const NodeList& other);
  NodeList(NodeList&& other) noexcept;
  NodeList& operator=(const NodeList&) = delete;
  ~NodeList();

  void append(std::uint16_t opcode, std::uint16_t flags, std::uint32_t operand);

 private:
  Node* first_ = nullptr;
  Node* last_ = nullptr;
};

struct ListCode {
  std::vector<std::vector<Local>> locals;
  std::vector<NodeList> bodies;
};

class ListBuilder final : public CodeBuilder {
 public:
  explicit ListBuilder(ListCode& code) : code_(code) {}
  void begin(std::uint32_t count) override;
  bool body(Reader& reader, std::uint32_t end) override;

 private:
  ListCode& code_;
};

// Code in an arena of chunks, which can be made one block.
class ArenaCode {
 public:
  static constexpr std::size_t chunk_bytes = 256 * 1024;
  struct Body {
    std::size_t offset = 0;  // bytes, over all chunks
    std::uint32_t instructions = 0;
  };

  void reserve(std::size_t bodies) { bodies_.reserve(bodies); }
  // Room for so many instructions, side by side.
  std::span<Instruction> add(std::uint32_t instructions);
  // The same in one block of exactly the size that is needed.
  [[nodiscard]] ArenaCode persist() const;

 private:
  struct Chunk {
    std::unique_ptr<std::byte[]> bytes;
    std::size_t size = 0;
    std::size_t used = 0;
  };
  std::vector<Chunk> chunks_;
  std::vector<Body> bodies_;
  std::size_t used_ = 0;
};

class ArenaBuilder final : public CodeBuilder {
 public:
  explicit ArenaBuilder(ArenaCode& code) : code_(code) {}
  void begin(std::uint32_t count) override { code_.reserve(count); }
  bool body(Reader& reader, std::uint32_t end) override;

 private:
  ArenaCode& code_;
};

// Code with the parts of instructions apart: opcodes, operands of those that have one, and where a body begins.
struct PackedCode {
  struct Body {
    std::uint32_t opcode = 0;  // positions of its first ones
    std::uint32_t operand = 0;
  };
  std::vector<Body> bodies;
  std::vector<std::uint16_t> opcodes;
  std::vector<std::uint64_t> operands;
};

[[nodiscard]] PackedCode pack(const std::vector<CodeSegment>& code);

}  // namespace plimsoll::regress::planted
