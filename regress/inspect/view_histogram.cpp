// How often each instruction occurs in the bodies of the module.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "inspect/text.hpp"
#include "inspect/view.hpp"

namespace plimsoll::regress::inspect {
namespace {

struct Counted {
  Opcode opcode;
  std::uint64_t count;
};

// Most frequent first; equally frequent ones in the table's order.
std::vector<Counted> counted(const std::array<std::uint64_t, instruction_count>& counts) {
  std::vector<Counted> rows;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] != 0) rows.push_back({static_cast<Opcode>(i), counts[i]});
  }
  std::ranges::sort(rows, [](const Counted& a, const Counted& b) {
    return a.count != b.count ? a.count > b.count : a.opcode < b.opcode;
  });
  return rows;
}

std::string encoding(const InstructionRow& row) {
  const std::string code =
      row.code < 0x100 ? hexadecimal_byte(static_cast<unsigned char>(row.code)) : hexadecimal(row.code).substr(2);
  return row.prefix == 0 ? code : hexadecimal_byte(row.prefix) + ' ' + code;
}

void put_rows(View& view, const std::vector<Counted>& rows, std::uint64_t total) {
  constexpr std::size_t count_width = 13;
  constexpr std::size_t share_width = 6;
  view.begin("histogram", right("count", count_width) + "  " + right("share", share_width) + "  code   instruction");
  for (const Counted& each : rows) {
    const InstructionRow& instruction = row(each.opcode);
    if (view.as_json()) {
      JsonOutput& json = view.json();
      json.begin_object();
      json.field("name", instruction.name);
      json.field("code", encoding(instruction));
      json.field("count", each.count);
      json.end_object();
      continue;
    }
    const std::uint64_t tenths = (each.count * 1000 + total / 2) / total;
    view.number(each.count, count_width);
    view.word(right(decimal(tenths / 10) + '.' + decimal(tenths % 10) + '%', share_width), share_width);
    view.word(encoding(instruction), 5);
    view.last(instruction.name);
  }
  if (view.as_json() || total == 0) return;
  view.number(total, count_width);
  view.word("", share_width);
  view.word("", 5);
  view.last("in all");
}

}  // namespace

void show_histogram(View& view) {
  std::array<std::uint64_t, instruction_count> counts{};
  std::uint64_t total = 0;
  std::optional<Error> undecoded;
  auto error = each_body(view, [&](const Body& body) {
    FunctionBody function(view.file(), body.range);
    InstructionReader reader = function.instructions();
    for (Instruction instruction; reader.next(instruction); ++total)
      ++counts[static_cast<std::size_t>(instruction.opcode)];
    if (reader.failed() && !undecoded) undecoded = reader.error();
  });
  put_rows(view, counted(counts), total);
  view.end(undecoded ? undecoded : error);
}

}  // namespace plimsoll::regress::inspect
