// Fuzz target: the InstructionReader and all that `plimsoll inspect` prints, over modules valid or not and over bytes that are none.
// What the reader reads follows what it read before, stays inside the bytes, and is the same instruction when it is written and
// read again. Oracles: reader, and whatever faults.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "encode/instructions.hpp"
#include "inspect/inspect.hpp"
#include "oracles/answer.hpp"
#include "oracles/require.hpp"

namespace {

using namespace plimsoll;
using Bytes = std::span<const std::byte>;

// An instruction written in the shortest way, read, and written again.
void require_same_when_written(const Instruction& instruction) {
  fuzz::Writer first;
  fuzz::write_instruction(first, instruction);
  InstructionReader reader(first.view());
  Instruction again;
  const bool read = reader.next(again);
  fuzz::require(read && again.opcode == instruction.opcode && again.size == first.size(), "reader",
                "an instruction that was written is read again", read ? row(again.opcode).name : "an error",
                row(instruction.opcode).name);
  fuzz::Writer second;
  fuzz::write_instruction(second, again);
  fuzz::require(
      fuzz::Bytes(first.view().begin(), first.view().end()) == fuzz::Bytes(second.view().begin(), second.view().end()),
      "reader", "an instruction that was written, read and written", row(again.opcode).name, "the same bytes");
}

void read_all(Bytes bytes, Features features) {
  InstructionReader reader(bytes, 0, features);
  std::uint32_t position = 0;
  Instruction instruction;
  while (reader.next(instruction)) {
    fuzz::require_equal("reader", "offset of an instruction", instruction.offset, position);
    fuzz::require(instruction.size != 0, "reader", "size of an instruction", "0", "at least 1");
    position += instruction.size;
    fuzz::require_at_most("reader", "end of an instruction", position, bytes.size());
    fuzz::require_equal("reader", "offset of the reader", reader.offset(), position);
    if (features == Features::all()) require_same_when_written(instruction);
  }
  if (reader.failed())
    fuzz::require_at_most("reader", "offset of an error", reader.error().offset, bytes.size());
  else
    fuzz::require_equal("reader", "where the reader ended", position, bytes.size());
}

void inspect_all(Bytes bytes) {
  using namespace plimsoll::regress::inspect;
  static constexpr ViewKind views[] = {
      ViewKind::sections, ViewKind::imports,  ViewKind::exports, ViewKind::types,       ViewKind::functions,
      ViewKind::tables,   ViewKind::memories, ViewKind::globals, ViewKind::tags,        ViewKind::elements,
      ViewKind::names,    ViewKind::data,     ViewKind::custom,  ViewKind::disassembly, ViewKind::histogram};
  Request request;
  request.views.assign(std::begin(views), std::end(views));
  request.load = fuzz::all_features();
  request.json = bytes.size() % 2 == 1;
  const auto part = find_part(bytes, "input", "");
  if (!part) return;
  std::uint64_t printed = 0;
  Output out([&printed](std::string_view text) { printed += text.size(); });
  inspect(*part, request, out, [&](const Part&, const Error& error) {
    fuzz::require_at_most("reader", "offset of a complaint", error.offset, bytes.size());
  });
  out.flush();
  // Every view is linear: a byte of a module may be an instruction with a name of its own.
  constexpr std::uint64_t most_a_byte = 1'000;
  fuzz::require_at_most("reader", "bytes printed by plimsoll inspect", printed, most_a_byte * bytes.size() + 100'000);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = std::as_bytes(std::span(data, size));
  read_all(input, Features::all());
  read_all(input, Features::mvp());
  // Where the bodies of a module begin, if it is one; what is in front of them is no instruction, but read as if it were.
  if (const LoadResult module = load(BorrowedBytes(input), fuzz::all_features())) {
    for (std::uint32_t i = 0; i < (*module)->bodies().size(); ++i)
      read_all((*module)->bytes((*module)->body(i).expression()), Features::all());
  }
  inspect_all(input);
  return 0;
}
