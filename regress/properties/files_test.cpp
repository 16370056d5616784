// MappedBytes::open: what is no use is a clear error, at once, with nothing left open or mapped.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "plimsoll/load.hpp"
#include "properties/mappings.hpp"
#include "properties/temporary_folder.hpp"

namespace plimsoll::regress::properties {
namespace {

namespace fs = std::filesystem;

const std::vector<std::byte> empty_module{std::byte{0}, std::byte{'a'}, std::byte{'s'}, std::byte{'m'},
                                          std::byte{1}, std::byte{0},   std::byte{0},   std::byte{0}};

std::ptrdiff_t open_files() { return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator()); }

void expect_refused(const std::string& path, ErrorCode code, int number) {
  SCOPED_TRACE(path);
  const auto before = open_files();
  const auto source = MappedBytes::open(path.c_str());
  EXPECT_EQ(open_files(), before) << "left open";
  ASSERT_FALSE(source.has_value());
  const Error& error = source.error();
  EXPECT_EQ(error.code, code) << name(error.code);
  EXPECT_EQ(error.found, static_cast<std::uint32_t>(number));
  EXPECT_EQ(error.detail, number != 0 ? ErrorDetail::system : ErrorDetail::none);
  EXPECT_FALSE(describe(error).empty());
}

TEST(Files, Missing) {
  const TemporaryFolder folder;
  expect_refused(folder / "missing.wasm", ErrorCode::cannot_open, ENOENT);
  expect_refused("", ErrorCode::cannot_open, ENOENT);
}

TEST(Files, BelowAFile) {
  const TemporaryFolder folder;
  expect_refused(folder.write("file", empty_module) + "/module.wasm", ErrorCode::cannot_open, ENOTDIR);
}

TEST(Files, NameTooLong) {
  const TemporaryFolder folder;
  expect_refused(folder / std::string(5000, 'a'), ErrorCode::cannot_open, ENAMETOOLONG);
}

TEST(Files, LinkToNothingAndToItself) {
  const TemporaryFolder folder;
  fs::create_symlink("nothing", folder / "dangling");
  expect_refused(folder / "dangling", ErrorCode::cannot_open, ENOENT);
  fs::create_symlink("loop", folder / "loop");
  expect_refused(folder / "loop", ErrorCode::cannot_open, ELOOP);
}

TEST(Files, Folder) {
  const TemporaryFolder folder;
  expect_refused(folder / ".", ErrorCode::not_a_file, EISDIR);
}

TEST(Files, FifoWithoutAWriter) {
  const TemporaryFolder folder;
  const std::string path = folder / "fifo";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  expect_refused(path, ErrorCode::not_a_file, 0);
}

TEST(Files, Device) {
  expect_refused("/dev/null", ErrorCode::not_a_file, 0);
  expect_refused("/dev/zero", ErrorCode::not_a_file, 0);
}

// Root can read everything, so while one lives root is somebody else.
class NotRoot {
 public:
  NotRoot() : changed_(::geteuid() == 0 && ::seteuid(65534) == 0) {}
  NotRoot(const NotRoot&) = delete;
  NotRoot& operator=(const NotRoot&) = delete;
  ~NotRoot() {
    if (changed_ && ::seteuid(0) != 0) std::abort();
  }

 private:
  bool changed_;
};

TEST(Files, Unreadable) {
  const TemporaryFolder folder;
  const std::string path = folder.write("secret.wasm", empty_module);
  fs::permissions(folder / ".", fs::perms(0755));
  fs::permissions(path, fs::perms::none);
  const NotRoot not_root;
  if (std::ifstream(path).is_open()) GTEST_SKIP() << "this user can read everything: run the test as another";
  expect_refused(path, ErrorCode::cannot_open, EACCES);
}

TEST(Files, FourGibibytesAndMore) {
  const TemporaryFolder folder;
  const std::string path = folder.write("large.wasm", empty_module);
  for (const std::uint64_t size : {std::uint64_t{1} << 32, (std::uint64_t{1} << 32) + 1, std::uint64_t{1} << 40}) {
    if (::truncate(path.c_str(), static_cast<off_t>(size)) != 0)
      GTEST_SKIP() << "no sparse files of " << size << " bytes here";
    expect_refused(path, ErrorCode::limit_module_size, 0);
    EXPECT_FALSE(is_mapped(path));
  }
}

// It can be mapped; that it is too large for a module is the load's business, which must not read it to find out.
TEST(Files, OneByteLessThanFourGibibytes) {
  const TemporaryFolder folder;
  const std::string path = folder.write("large.wasm", empty_module);
  if (::truncate(path.c_str(), 0xFFFF'FFFF) != 0) GTEST_SKIP() << "no sparse files here";
  auto source = MappedBytes::open(path.c_str());
  ASSERT_TRUE(source.has_value());
  EXPECT_EQ(source->view().size(), 0xFFFF'FFFFU);
  const LoadResult result = load(*std::move(source));
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::limit_module_size);
  EXPECT_FALSE(is_mapped(path)) << "a refused source is released";
}

TEST(Files, Empty) {
  const TemporaryFolder folder;
  auto source = MappedBytes::open(folder.write("empty.wasm", {}).c_str());
  ASSERT_TRUE(source.has_value());
  EXPECT_TRUE(source->view().empty());
  const LoadResult result = load(*std::move(source));
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::unexpected_end);
  EXPECT_EQ(result.error().offset, 0U);
}

TEST(Files, AGoodOneIsMappedReadOnlyAndItsDescriptorClosed) {
  const TemporaryFolder folder;
  const std::string path = folder.write("module.wasm", empty_module);
  const std::string link = folder / "link.wasm";
  fs::create_symlink("module.wasm", link);
  fs::permissions(path, fs::perms::owner_read);
  const auto before = open_files();
  for (const std::string& name : {path, link}) {
    auto source = MappedBytes::open(name.c_str());
    ASSERT_TRUE(source.has_value());
    EXPECT_EQ(open_files(), before);
    EXPECT_TRUE(is_mapped(path));
    EXPECT_TRUE(std::ranges::equal(source->view(), empty_module));
    EXPECT_TRUE(load(*std::move(source)).has_value());
    EXPECT_FALSE(is_mapped(path));
  }
}

// What a source holds goes with it, also when it has been moved about and never loaded.
TEST(Files, AMappingGoesWithItsSource) {
  const TemporaryFolder folder;
  const std::string path = folder.write("module.wasm", empty_module);
  {
    auto first = MappedBytes::open(path.c_str());
    ASSERT_TRUE(first.has_value());
    MappedBytes second = *std::move(first);
    EXPECT_TRUE(first->view().empty());
    EXPECT_TRUE(is_mapped(path));
    auto third = MappedBytes::open(path.c_str());
    ASSERT_TRUE(third.has_value());
    second = *std::move(third);
    EXPECT_TRUE(std::ranges::equal(second.view(), empty_module));
  }
  EXPECT_FALSE(is_mapped(path));
}

}  // namespace
}  // namespace plimsoll::regress::properties
