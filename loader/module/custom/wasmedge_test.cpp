// `wasmedge`: what it says, and what is wrong in it.
#include <gtest/gtest.h>

#include <span>
#include <string>

#include "plimsoll/wasmedge_section.hpp"
#include "testing/custom.hpp"

namespace plimsoll {
namespace {

using test::Bytes;
using test::leb;
using test::Strings;
using test::vec;

// One type, one imported and two defined functions.
const test::CustomCase wasmedge = {
    .module = test::assemble(
        {.types = "func [ ] [ ]", .imports = "env f func 0", .functions = "0 0", .bodies = {"nop", "nop"}}),
    .name = "wasmedge",
};

Bytes part(std::uint8_t kind, std::uint64_t address, std::uint64_t size, const Bytes& contents) {
  return Bytes{kind} + leb(address) + leb(size) + test::sized(contents);
}
// Everything in front of the parts.
Bytes front(std::uint64_t intrinsics, const Bytes& types, const Bytes& functions, std::uint8_t os = 1,
            std::uint8_t arch = 1) {
  return leb(3) + Bytes{os, arch} + leb(0x1000) + leb(intrinsics) + types + functions;
}
const Bytes types = vec({leb(0x10)});
const Bytes functions = vec({leb(0x20), leb(0x1FFF)});
const Bytes image = front(0x1FF8, types, functions) + vec({part(1, 0, 4, {1, 2, 3, 4}), part(2, 0x1000, 2, {5, 6}),
                                                           part(3, 0x1800, 16, {}), part(4, 0x1400, 1, {7})});

TEST(WasmEdgeSection, HasEveryField) {
  const Bytes module = wasmedge.with(image);
  const std::span<const std::byte> bytes = std::as_bytes(std::span(module));
  const CustomSection found = *find_custom_section(bytes, CustomKind::wasmedge);
  const WasmEdgeSection section = wasmedge_section(bytes, found);
  EXPECT_EQ(section.version, 3U);
  EXPECT_EQ(wasmedge_os(section.os), "linux");
  EXPECT_EQ(wasmedge_arch(section.arch), "x86_64");
  EXPECT_EQ(section.version_address, 0x1000U);
  EXPECT_EQ(section.intrinsics_address, 0x1FF8U);
  Strings lines;
  for (const WasmEdgeAddress& one : section.types) lines.push_back("type " + std::to_string(one.address));
  for (const WasmEdgeAddress& one : section.functions) lines.push_back("function " + std::to_string(one.address));
  for (const WasmEdgePart& one : section.parts) {
    lines.push_back(std::to_string(one.kind) + " " + std::to_string(one.address) + "+" + std::to_string(one.size) +
                    " of " + std::to_string(one.contents.size));
  }
  EXPECT_EQ(lines, (Strings{"type 16", "function 32", "function 8191", "1 0+4 of 4", "2 4096+2 of 2", "3 6144+16 of 0",
                            "4 5120+1 of 1"}));
  EXPECT_EQ(wasmedge_section(bytes, CustomSection{}).version, 0U);
}

TEST(WasmEdgeSection, NamesSystemsAndArchitectures) {
  const auto all = [](auto name) {
    std::string line;
    for (int i = 0; i < 256; ++i)
      if (!name(static_cast<std::uint8_t>(i)).empty())
        line += std::to_string(i) + std::string(name(static_cast<std::uint8_t>(i))) + " ";
    return line;
  };
  EXPECT_EQ(all(wasmedge_os), "1linux 2macos 3windows ");
  EXPECT_EQ(all(wasmedge_arch), "1x86_64 2aarch64 3riscv64 4armv7 5s390x ");
}

TEST(CheckWasmEdge, HasNothingAgainstAGoodSection) {
  EXPECT_EQ(wasmedge.warnings(image), Strings{});
  EXPECT_EQ(wasmedge.silent_prefixes(image), std::vector<std::size_t>{image.size()});
  wasmedge.mutate(image);
}

TEST(CheckWasmEdge, WarnsOfEachThing) {
  const Bytes parts = vec({part(1, 0, 0x2000, {})});
  EXPECT_EQ(wasmedge.warnings(leb(2)), Strings{"unsupported_version+0 2"});
  EXPECT_EQ(wasmedge.warnings(front(0, types, functions, 4, 6) + parts),
            (Strings{"unknown_kind+1 4", "unknown_kind+2 6"}));
  EXPECT_EQ(wasmedge.warnings(front(0, vec({}), vec({leb(0)})) + parts),
            (Strings{"count_mismatch+6 0/1", "count_mismatch+7 1/2"}));
  EXPECT_EQ(wasmedge.warnings(front(0x1FF9, vec({leb(0x2000)}), vec({leb(0), leb(0xFFFF'FFFF'FFFF'FFFF)})) + parts),
            (Strings{"address_out_of_range+5 8185/8192", "address_out_of_range+8 8192/8192",
                     "address_out_of_range+12 18446744073709551615/8192"}));
  const Bytes good = front(0, vec({leb(0)}), vec({leb(0), leb(0)}));
  EXPECT_EQ(wasmedge.warnings(good + vec({part(0, 0, 8, {}), part(5, 0, 8, {})})),
            (Strings{"unknown_kind+12 0", "unknown_kind+16 5"}));
  EXPECT_EQ(wasmedge.warnings(good + vec({part(1, 0, 8, {1}), part(2, 0, 1, {1, 2})})),
            Strings{"out_of_bounds+17 2/1"});
  EXPECT_EQ(wasmedge.warnings(good + vec({part(1, 0, 8, {}), part(2, 0xFFFF'FFFF'FFFF'FFFF, 1, {})})),
            Strings{"address_out_of_range+16 18446744073709551615/1099511627776"});
  EXPECT_EQ(wasmedge.warnings(good + vec({part(1, 0, 8, {})}) + Bytes{0}), Strings{"trailing_bytes+16"});
}

TEST(CheckWasmEdge, ALyingCountCostsNothing) {
  const Bytes start = leb(3) + Bytes{1, 1, 0, 0};
  EXPECT_EQ(wasmedge.warnings(start + leb(0xFFFF'FFFF'FFFF'FFFF)), Strings{"length_out_of_bounds+5"});
  EXPECT_EQ(wasmedge.warnings(start + vec({}) + leb(100)), Strings{"length_out_of_bounds+6"});
  EXPECT_EQ(wasmedge.warnings(start + vec({}) + vec({}) + leb(0xFFFF'FFFF)), Strings{"unexpected_end+7"});
}

}  // namespace
}  // namespace plimsoll
