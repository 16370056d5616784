#include "command/load_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

#include "command/figures.hpp"
#include "command/table.hpp"

namespace plimsoll::regress {
namespace {

double per_byte(std::uint64_t heap, std::uint64_t bytes) {
  return bytes == 0 ? 0 : static_cast<double>(heap) / static_cast<double>(bytes);
}

double megabytes_per_second(const Measurement& row) {
  return row.median == 0 ? 0 : static_cast<double>(row.bytes) * 1e3 / static_cast<double>(row.median);
}

std::string speed(double value) { return fmt::format("{:.{}f}", value, value < 9.95 ? 1 : 0); }

Table empty_table() {
  return Table({{"file", false},
                {"verdict", false},
                {"bytes"},
                {"functions"},
                {"allocs"},
                {"peak"},
                {"/byte"},
                {"retained"},
                {"/byte"},
                {"copied"},
                {"time"},
                {"MB/s"}});
}

Cell verdict(const Measurement& row) {
  if (row.failure) return {row.failure->verdict, Style::bad};
  return row.has_copied() ? Cell{"valid, copied", Style::bad} : Cell{"valid", Style::good};
}

std::string worst_copy(const Report& heap) {
  const std::string sum =
      fmt::format("copied: {} bytes of the module were found in heap blocks", thousands(heap.copied_bytes));
  if (heap.runs.empty()) return sum;
  const CopyRun& longest = heap.runs.front();
  return fmt::format("{}, {} on end from {:#x} on (allocation {})", sum, thousands(longest.length),
                     longest.module_offset, longest.block_serial);
}

void add_row(Table& table, const Measurement& row) {
  const Report& heap = row.heap;
  table.add({{printable(row.file)},
             verdict(row),
             {thousands(row.bytes)},
             {row.failure ? "" : thousands(row.functions)},
             {thousands(heap.allocations)},
             {thousands(heap.peak)},
             {ratio(per_byte(heap.peak, row.bytes))},
             {thousands(heap.retained)},
             {ratio(per_byte(heap.retained, row.bytes))},
             {thousands(heap.copied_bytes), row.has_copied() ? Style::bad : Style::plain},
             {duration(row.median)},
             {row.failure ? "" : speed(megabytes_per_second(row))}});
  if (row.failure) table.note(located(*row.failure));
  if (row.has_copied()) table.note(worst_copy(heap));
}

// The sums of all rows, then the geometric means of what is measured per byte, over the valid ones.
void add_totals(Table& table, std::span<const Measurement* const> rows) {
  Measurement sum;
  std::vector<double> peaks;
  std::vector<double> retained;
  std::vector<double> speeds;
  std::uint64_t valid = 0;
  for (const Measurement* row : rows) {
    sum.bytes += row->bytes;
    sum.functions += row->functions;
    sum.median += row->median;
    sum.heap.allocations += row->heap.allocations;
    sum.heap.retained += row->heap.retained;
    sum.heap.copied_bytes += row->heap.copied_bytes;
    if (row->failure || row->bytes == 0) continue;
    ++valid;
    if (row->heap.peak > 0) peaks.push_back(per_byte(row->heap.peak, row->bytes));
    if (row->heap.retained > 0) retained.push_back(per_byte(row->heap.retained, row->bytes));
    if (row->median > 0) speeds.push_back(megabytes_per_second(*row));
  }
  table.gap();
  table.add({{"total of " + counted(rows.size(), "file")},
             {fmt::format("{} valid", valid)},
             {thousands(sum.bytes)},
             {thousands(sum.functions)},
             {thousands(sum.heap.allocations)},
             {},
             {},
             {thousands(sum.heap.retained)},
             {},
             {thousands(sum.heap.copied_bytes)},
             {duration(sum.median)},
             {}});
  if (valid == 0) return;
  table.add({{"geometric mean of the valid"},
             {},
             {},
             {},
             {},
             {},
             {ratio(geometric_mean(peaks))},
             {},
             {ratio(geometric_mean(retained))},
             {},
             {},
             {speed(geometric_mean(speeds))}});
}

nlohmann::ordered_json to_json(const Measurement& row) {
  return {{"file", row.file},
          {"kind", row.is_component ? "component" : "module"},
          {"valid", !row.failure},
          {"error", to_json(row.failure)},
          {"bytes", row.bytes},
          {"functions", row.functions},
          {"heap",
           {{"allocations", row.heap.allocations},
            {"total", row.heap.total},
            {"peak", row.heap.peak},
            {"retained", row.heap.retained}}},
          {"copied_bytes", row.heap.copied_bytes},
          {"load_ns", {{"min", row.fastest}, {"median", row.median}}}};
}

}  // namespace

std::string load_table(std::span<const Measurement> rows, bool colour) {
  std::vector<const Measurement*> read;
  for (const Measurement& row : rows) {
    if (!row.is_unread()) read.push_back(&row);
  }
  if (read.empty()) return {};
  Table table = empty_table();
  for (const Measurement* row : read) add_row(table, *row);
  if (read.size() > 1) add_totals(table, read);
  return table.text(colour);
}

std::string load_json(std::span<const Measurement> rows) {
  auto array = nlohmann::ordered_json::array();
  for (const Measurement& row : rows) array.push_back(to_json(row));
  // A name that is not UTF-8 must not stop the rest.
  return array.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

bool all_well(std::span<const Measurement> rows) {
  return std::ranges::none_of(rows, [](const Measurement& row) { return row.failure || row.has_copied(); });
}

}  // namespace plimsoll::regress
