// The name section's views: every subsection, look-ups, and what is left of them when the bytes are wrong.
#include "plimsoll/names.hpp"

#include <gtest/gtest.h>

#include <memory_resource>
#include <span>
#include <string>
#include <vector>

#include "testing/bytes.hpp"

namespace plimsoll {
namespace {

using test::Bytes;
using test::leb;

std::span<const std::byte> view(const Bytes& bytes) { return std::as_bytes(std::span(bytes)); }

Bytes subsection(NameKind kind, const Bytes& contents) {
  return Bytes{static_cast<std::uint8_t>(kind)} + test::sized(contents);
}
Bytes entry(std::uint32_t index, std::string_view name) { return leb(index) + test::name(name); }
Bytes with_names(const Bytes& contents) { return test::module({test::custom_section("name", contents)}); }

using Strings = std::vector<std::string>;

Strings list(const NameMap& map) {
  Strings entries;
  for (const NameEntry& one : map) entries.push_back(std::to_string(one.index) + "=" + std::string(one.name));
  return entries;
}
Strings list(const IndirectNameMap& map) {
  Strings entries;
  for (const NameGroup& group : map)
    for (const std::string& one : list(group.names)) entries.push_back(std::to_string(group.index) + "." + one);
  return entries;
}

TEST(NameSection, HasAMapForEverySubsection) {
  Bytes contents = subsection(NameKind::module, test::name("the module"));
  for (std::uint8_t kind = 1; kind < name_kind_count; ++kind) {
    const bool indirect = kind == 2 || kind == 3 || kind == 10;
    const Bytes map = test::vec({entry(kind, "\xC3\xA9"), entry(300, "")});
    contents += subsection(static_cast<NameKind>(kind), indirect ? test::vec({leb(7) + map, leb(9) + map}) : map);
  }
  const Bytes module = with_names(contents);
  const NameSection names(view(module));
  EXPECT_TRUE(names);
  EXPECT_EQ(names.module_name(), "the module");
  EXPECT_EQ(list(names.functions()), (Strings{"1=\xC3\xA9", "300="}));
  EXPECT_EQ(list(names.locals()), (Strings{"7.2=\xC3\xA9", "7.300=", "9.2=\xC3\xA9", "9.300="}));
  EXPECT_EQ(list(names.labels()), (Strings{"7.3=\xC3\xA9", "7.300=", "9.3=\xC3\xA9", "9.300="}));
  EXPECT_EQ(list(names.types()), (Strings{"4=\xC3\xA9", "300="}));
  EXPECT_EQ(list(names.tables()), (Strings{"5=\xC3\xA9", "300="}));
  EXPECT_EQ(list(names.memories()), (Strings{"6=\xC3\xA9", "300="}));
  EXPECT_EQ(list(names.globals()), (Strings{"7=\xC3\xA9", "300="}));
  EXPECT_EQ(list(names.elements()), (Strings{"8=\xC3\xA9", "300="}));
  EXPECT_EQ(list(names.data()), (Strings{"9=\xC3\xA9", "300="}));
  EXPECT_EQ(list(names.fields()), (Strings{"7.10=\xC3\xA9", "7.300=", "9.10=\xC3\xA9", "9.300="}));
  EXPECT_EQ(list(names.tags()), (Strings{"11=\xC3\xA9", "300="}));
  EXPECT_EQ(list(names.map(NameKind::local)), Strings{});
  EXPECT_EQ(list(names.map(NameKind::module)), Strings{});
  EXPECT_EQ(list(names.indirect_map(NameKind::function)), Strings{});
  EXPECT_EQ(names.functions().count(), 2U);
}

TEST(NameSection, MayBeMissing) {
  const Bytes none = test::module({test::custom_section("names", subsection(NameKind::module, test::name("x")))});
  EXPECT_FALSE(NameSection(view(none)));
  EXPECT_EQ(NameSection(view(none)).module_name(), "");
  EXPECT_TRUE(NameSection(view(none)).functions().empty());
  const Bytes empty = with_names({});
  EXPECT_TRUE(NameSection(view(empty)));
  EXPECT_EQ(NameSection(view(empty)).module_name(), "");
  EXPECT_TRUE(NameSection(view(empty)).labels().empty());
  EXPECT_TRUE(NameSection().functions().empty());
  EXPECT_EQ(NameSection().module_name(), "");
}

TEST(NameSection, IsTheFirstAndSoAreItsSubsections) {
  const auto functions = [](std::string_view name) {
    return subsection(NameKind::function, test::vec({entry(0, name)}));
  };
  const Bytes module = test::module(
      {test::custom_section("name", functions("a") + functions("b")), test::custom_section("name", functions("c"))});
  EXPECT_EQ(list(NameSection(view(module)).functions()), Strings{"0=a"});
}

TEST(NameSection, StepsOverWhatItDoesNotKnow) {
  const Bytes module = with_names(Bytes{0x63} + test::sized({1, 2, 3}) + subsection(NameKind::module, test::name("m")));
  EXPECT_EQ(NameSection(view(module)).module_name(), "m");
}

// What can be read is, up to the first thing that cannot.
TEST(NameMap, EndsWhereItIsMalformed) {
  const auto functions = [](const Bytes& contents) {
    const Bytes module = with_names(contents);
    return list(NameSection(view(module)).functions());
  };
  const auto map = [&](const Bytes& contents) { return functions(subsection(NameKind::function, contents)); };
  EXPECT_EQ(functions({0x01}), Strings{});
  EXPECT_EQ(functions({0x01, 0x05, 0x00}), Strings{});                          // a size too large
  EXPECT_EQ(functions({0x01, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}), Strings{});  // a size too long
  EXPECT_EQ(map({}), Strings{});                                                // no count
  EXPECT_EQ(map({0x80}), Strings{});                                            // half a count
  EXPECT_EQ(map({0x01, 0x00, 0x05, 'a'}), Strings{});                           // a name too long
  EXPECT_EQ(map({0x01, 0x80}), Strings{});                                      // half an index
  EXPECT_EQ(map({0x02, 0x00, 0x01, 'a', 0x01, 0x09, 'b'}), Strings{"0=a"});
  EXPECT_EQ(map({0x01, 0x00, 0x01, 'a', 0x01, 0x01, 'b'}), Strings{"0=a"});  // more than counted
  EXPECT_EQ(map({0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x00, 0x01, 'a'}), Strings{"0=a"});
}

TEST(NameMap, GivesAnEmptyNameForWhatIsNotUtf8AndGoesOn) {
  const Bytes module =
      with_names(subsection(NameKind::function, test::vec({entry(0, "\xFF"), entry(1, "b"), entry(2, "\xC3\x28")})));
  EXPECT_EQ(list(NameSection(view(module)).functions()), (Strings{"0=", "1=b", "2="}));
  const Bytes own = with_names(subsection(NameKind::module, test::name("\xED\xA0\x80")));
  EXPECT_EQ(NameSection(view(own)).module_name(), "");
}

TEST(NameMap, CountsNoMoreThanThereIsRoomFor) {
  const Bytes module = with_names(subsection(NameKind::function, leb(0xFFFF'FFFF) + entry(0, "abcd")));
  EXPECT_EQ(NameSection(view(module)).functions().count(), 3U);
}

TEST(IndirectNameMap, EndsAtTheGroupThatIsMalformed) {
  const auto locals = [](const Bytes& contents) {
    const Bytes module = with_names(subsection(NameKind::local, contents));
    return list(NameSection(view(module)).locals());
  };
  const Bytes good = leb(4) + test::vec({entry(0, "a"), entry(1, "b")});
  EXPECT_EQ(locals(leb(2) + good), (Strings{"4.0=a", "4.1=b"}));
  EXPECT_EQ(locals(leb(2) + good + leb(5) + leb(200)), (Strings{"4.0=a", "4.1=b"}));
  EXPECT_EQ(locals(leb(2) + good + leb(5) + leb(1) + leb(0) + Bytes{9, 'c'}), (Strings{"4.0=a", "4.1=b"}));
  EXPECT_EQ(locals(leb(1) + leb(4) + leb(0)), Strings{});
}

TEST(NameMap, IsAForwardRange) {
  static_assert(std::forward_iterator<NameMap::Iterator>);
  static_assert(std::ranges::forward_range<const NameMap>);
  const Bytes module = with_names(subsection(NameKind::function, test::vec({entry(0, "a"), entry(1, "b")})));
  const NameMap map = NameSection(view(module)).functions();
  auto first = map.begin();
  auto second = first++;
  EXPECT_EQ(second->name, "a");
  EXPECT_EQ(first->name, "b");
  EXPECT_NE(first, second);
  EXPECT_EQ(++second, first);
  EXPECT_EQ(second->offset, map.begin()->offset + 3);
}

TEST(FindName, FindsTheFirstOfAnIndex) {
  const Bytes module = with_names(
      subsection(NameKind::function, test::vec({entry(5, "a"), entry(3, "b"), entry(5, "c"), entry(6, "")})) +
      subsection(NameKind::local, test::vec({leb(2) + test::vec({entry(0, "x")}), leb(2) + test::vec({})})));
  const NameSection names(view(module));
  EXPECT_EQ(find_name(names.functions(), 5), "a");
  EXPECT_EQ(find_name(names.functions(), 3), "b");
  EXPECT_EQ(find_name(names.functions(), 6), "");
  EXPECT_EQ(find_name(names.functions(), 4), std::nullopt);
  EXPECT_EQ(find_name(find_names(names.locals(), 2), 0), "x");
  EXPECT_TRUE(find_names(names.locals(), 3).empty());
}

// Every entry must be found, and nothing between them, whatever the size of the map and the order of its indices.
TEST(NameIndex, FindsWhatAWalkFinds) {
  for (const bool ascends : {true, false}) {
    for (std::uint32_t size = 0; size < 40; ++size) {
      Bytes map = leb(size);
      for (std::uint32_t i = 0; i < size; ++i)
        map += entry(ascends ? 3 * i + 1 : 3 * (i * 7 % 20) + 1, "n" + std::to_string(i));
      const Bytes module = with_names(subsection(NameKind::function, map + entry(200, "not counted")));
      const NameMap names = NameSection(view(module)).functions();
      const auto index = NameIndex::make(names);
      ASSERT_TRUE(index.has_value());
      for (std::uint32_t i = 0; i < 210; ++i) EXPECT_EQ(index->find(i), find_name(names, i)) << size << ' ' << i;
    }
  }
}

TEST(NameIndex, OfNothingFindsNothing) {
  EXPECT_EQ(NameIndex().find(0), std::nullopt);
  EXPECT_EQ(NameIndex()[0], "");
}

TEST(NameIndex, CanBeMoved) {
  const Bytes module = with_names(subsection(NameKind::function, test::vec({entry(5, "a")})));
  std::pmr::monotonic_buffer_resource memory;
  NameIndex index;
  index = *NameIndex::make(NameSection(view(module)).functions(), &memory);
  EXPECT_EQ(index[5], "a");
  const NameIndex other = std::move(index);
  EXPECT_EQ(other[5], "a");
}

TEST(NameIndex, SaysWhenThereIsNoMemory) {
  const Bytes module = with_names(subsection(NameKind::function, test::vec({entry(5, "a")})));
  const auto index = NameIndex::make(NameSection(view(module)).functions(), std::pmr::null_memory_resource());
  ASSERT_FALSE(index.has_value());
  EXPECT_EQ(index.error().code, ErrorCode::out_of_memory);
}

TEST(NameSection, ReadsEveryPrefixInsideItsBytes) {
  const Bytes map = test::vec({entry(0, "abc"), entry(1, "d")});
  const Bytes contents = subsection(NameKind::module, test::name("m")) + subsection(NameKind::function, map) +
                         subsection(NameKind::local, test::vec({leb(0) + map, leb(1) + map}));
  for (std::size_t size = 0; size <= contents.size(); ++size) {
    // The block is just as large as the module, so that a sanitizer sees a read past it.
    const Bytes module = with_names(Bytes(contents.begin(), contents.begin() + static_cast<std::ptrdiff_t>(size)));
    const NameSection names(view(module));
    EXPECT_LE(list(names.functions()).size() + list(names.locals()).size(), size < contents.size() ? 5U : 6U) << size;
  }
}

}  // namespace
}  // namespace plimsoll
