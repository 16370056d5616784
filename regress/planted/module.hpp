// What the planted loader makes of a module: a tree of vectors, in the shape that engines give it. Names, data and custom
// sections are views of the input.
//
// Copying is allowed on purpose: that is how such loaders come to copy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

namespace plimsoll::regress::planted {

struct ValueType {
  std::uint8_t code = 0;
  std::int64_t heap_type = 0;  // of 0x63 and 0x64
};

struct FunctionType {
  std::vector<ValueType> parameters;
  std::vector<ValueType> results;
};

struct Instruction {
  std::uint64_t value = 0;  // a constant's bits, a memory offset, a block type, or where 16 bytes of the input stand
  std::uint32_t first = 0;  // indices
  std::uint32_t second = 0;
  std::uint32_t offset = 0;  // bytes, in the input
  std::uint16_t opcode = 0;  // position in the table of instructions
  std::uint16_t flags = 0;   // alignment, lane, or how a cast is meant
};
static_assert(sizeof(Instruction) == 24 && std::is_trivially_copyable_v<Instruction>);

struct Expression {
  std::vector<Instruction> instructions;
};

struct Limits {
  std::uint64_t minimum = 0;
  std::optional<std::uint64_t> maximum;
  std::uint8_t flags = 0;
};

struct TableType {
  ValueType type;
  Limits limits;
  Expression initial;
};

struct GlobalType {
  ValueType type;
  bool is_mutable = false;
};

struct Import {
  std::string_view module;
  std::string_view name;
  std::uint8_t kind = 0;
  std::uint32_t index = 0;  // of the type of a function or a tag
  TableType table;
  Limits memory;
  GlobalType global;
};

struct Global {
  GlobalType type;
  Expression initial;
};

struct Export {
  std::string_view name;
  std::uint8_t kind = 0;
  std::uint32_t index = 0;
};

struct ElementSegment {
  std::uint32_t flags = 0;
  std::uint32_t table = 0;
  ValueType type;
  Expression offset;
  std::vector<std::uint32_t> functions;
  std::vector<Expression> expressions;
};

struct DataSegment {
  std::uint32_t flags = 0;
  std::uint32_t memory = 0;
  Expression offset;
  std::span<const std::byte> bytes;
};

struct Local {
  std::uint32_t count = 0;
  ValueType type;
};

struct CodeSegment {
  std::uint32_t offset = 0;  // bytes, in the input
  std::uint32_t size = 0;
  std::vector<Local> locals;
  std::vector<Instruction> instructions;
  std::vector<std::uint32_t> labels;  // of br_table, try_table and their kin, in order
};
static_assert(std::is_nothrow_move_constructible_v<CodeSegment>);

struct CustomSection {
  std::string_view name;
  std::span<const std::byte> bytes;
};

// Copies, moves and the end of it stand in module.cpp, so that a stack can name them whatever the compiler inlines.
struct Module {
  Module() noexcept;
  Module(const Module& other);
  Module(Module&& other) noexcept;
  Module& operator=(const Module& other);
  Module& operator=(Module&& other) noexcept;
  ~Module();

  std::vector<FunctionType> types;
  std::vector<Import> imports;
  std::vector<std::uint32_t> functions;  // their types
  std::vector<TableType> tables;
  std::vector<Limits> memories;
  std::vector<std::uint32_t> tags;
  std::vector<Global> globals;
  std::vector<Export> exports;
  std::unordered_map<std::string_view, std::uint32_t> exported;  // name to position in `exports`
  std::optional<std::uint32_t> start;
  std::vector<ElementSegment> elements;
  std::optional<std::uint32_t> data_count;
  std::vector<CodeSegment> code;
  std::vector<DataSegment> data;
  std::vector<CustomSection> customs;
  std::vector<std::string_view> function_names;
};

}  // namespace plimsoll::regress::planted
