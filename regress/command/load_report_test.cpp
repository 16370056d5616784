// What `load` makes of its measurements.
#include "command/load_report.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace plimsoll::regress {
namespace {

Measurement valid_row() {
  Measurement row;
  row.file = "a.wasm";
  row.bytes = 10'000;
  row.functions = 12;
  row.heap.allocations = 5;
  row.heap.total = 3'000;
  row.heap.peak = 2'000;
  row.heap.retained = 1'000;
  row.fastest = 40'000;
  row.median = 50'000;
  return row;
}

Measurement rejected_row() {
  Measurement row = valid_row();
  row.file = "rejected.wasm";
  row.functions = 0;
  row.heap.retained = 0;
  row.failure = failure(Error{.code = ErrorCode::type_mismatch, .offset = 0x1A});
  return row;
}

TEST(LoadReport, Table) {
  const std::vector rows = {valid_row(), rejected_row()};
  EXPECT_EQ(
      load_table(rows, false),
      "file                         verdict   bytes  functions  allocs   peak  /byte  retained  /byte  copied     "
      "time  MB/s\n"
      "a.wasm                       valid    10,000         12       5  2,000  0.200     1,000  0.100       0  "
      "50.0 us   200\n"
      "rejected.wasm                invalid  10,000                  5  2,000  0.200         0  0.000       0  "
      "50.0 us\n"
      "  0x1a: type mismatch\n"
      "\n"
      "total of 2 files             1 valid  20,000         12      10                   1,000              0   "
      "100 us\n"
      "geometric mean of the valid                                             0.200            0.100            "
      "        200\n");
}

TEST(LoadReport, ACopyIsShownAndIsNotWell) {
  std::vector rows = {valid_row()};
  EXPECT_TRUE(all_well(rows));
  rows[0].heap.copied_bytes = 4'096;
  rows[0].heap.runs.push_back(
      {.module_offset = 16, .length = 4'000, .block_serial = 3, .block_offset = 0, .block_phase = 0});
  EXPECT_FALSE(all_well(rows));
  const std::string text = load_table(rows, false);
  EXPECT_NE(text.find("valid, copied"), std::string::npos) << text;
  EXPECT_NE(text.find("4,096 bytes of the module"), std::string::npos) << text;
  EXPECT_EQ(nlohmann::json::parse(load_json(rows)).at(0)["copied_bytes"], 4'096);
}

TEST(LoadReport, ARejectedOrUnreadFileIsNotWell) {
  EXPECT_FALSE(all_well(std::vector{valid_row(), rejected_row()}));
  Measurement unread;
  unread.file = "b.wasm";
  unread.failure = file_failure("cannot_open", "cannot open file");
  EXPECT_FALSE(all_well(std::vector{unread}));
  EXPECT_EQ(load_table(std::vector{unread}, false), "") << "there is no row to show";
  EXPECT_EQ(nlohmann::json::parse(load_json(std::vector{unread})).at(0)["error"]["code"], "cannot_open");
}

TEST(LoadReport, Json) {
  const auto row = nlohmann::json::parse(load_json(std::vector{valid_row()})).at(0);
  EXPECT_EQ(row["heap"], (nlohmann::json{{"allocations", 5}, {"total", 3'000}, {"peak", 2'000}, {"retained", 1'000}}));
  EXPECT_EQ(row["load_ns"], (nlohmann::json{{"min", 40'000}, {"median", 50'000}}));
  EXPECT_EQ(row["functions"], 12);
}

}  // namespace
}  // namespace plimsoll::regress
