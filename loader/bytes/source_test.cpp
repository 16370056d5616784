// The byte sources: who owns, what cannot be written, and what a file that is none says.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "plimsoll/bytes.hpp"

namespace plimsoll {
namespace {

template <class Source>
constexpr bool moves_only = !std::is_copy_constructible_v<Source> && !std::is_copy_assignable_v<Source> &&
                            std::is_nothrow_move_constructible_v<Source> && std::is_nothrow_move_assignable_v<Source> &&
                            std::is_nothrow_destructible_v<Source> && !std::is_default_constructible_v<Source>;
static_assert(moves_only<BorrowedBytes>);
static_assert(moves_only<OwnedBytes>);
static_assert(moves_only<MappedBytes>);

// Borrowed: what stays when the expression is over, never a temporary that owns.
static_assert(std::is_constructible_v<BorrowedBytes, std::vector<std::byte>&>);
static_assert(std::is_constructible_v<BorrowedBytes, const std::vector<std::uint8_t>&>);
static_assert(std::is_constructible_v<BorrowedBytes, std::string&>);
static_assert(std::is_constructible_v<BorrowedBytes, std::array<char, 4>&>);
static_assert(std::is_constructible_v<BorrowedBytes, const unsigned char (&)[4]>);
static_assert(std::is_constructible_v<BorrowedBytes, std::span<const std::byte>>);
static_assert(std::is_constructible_v<BorrowedBytes, std::string_view>);
static_assert(!std::is_constructible_v<BorrowedBytes, std::vector<std::byte>>);
static_assert(!std::is_constructible_v<BorrowedBytes, const std::vector<std::byte>>);
static_assert(!std::is_constructible_v<BorrowedBytes, std::string>);
static_assert(!std::is_constructible_v<BorrowedBytes, std::array<char, 4>>);
static_assert(!std::is_constructible_v<BorrowedBytes, std::vector<std::uint16_t>&>);
static_assert(!std::is_constructible_v<BorrowedBytes, std::span<const int>>);
static_assert(!std::is_constructible_v<BorrowedBytes, const char*>);
static_assert(!std::is_constructible_v<BorrowedBytes, const void*, std::size_t>);
static_assert(!std::is_convertible_v<std::span<const std::byte>, BorrowedBytes>, "only in so many words");

// Owned: given away in so many words, never copied from.
static_assert(std::is_constructible_v<OwnedBytes, std::vector<std::byte>&&>);
static_assert(std::is_constructible_v<OwnedBytes, std::unique_ptr<std::byte[]>&&, std::size_t>);
static_assert(!std::is_constructible_v<OwnedBytes, std::vector<std::byte>&>);
static_assert(!std::is_constructible_v<OwnedBytes, const std::vector<std::byte>&>);
static_assert(!std::is_constructible_v<OwnedBytes, std::span<const std::byte>>);
static_assert(!std::is_convertible_v<std::vector<std::byte>&&, OwnedBytes>, "only in so many words");

// A folder of its own, gone when the test is over.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "plimsoll-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = pattern;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::string path(const std::string& file) const { return (path_ / file).string(); }
  [[nodiscard]] std::string file(const std::string& file, std::string_view contents) const {
    std::ofstream(path(file), std::ios::binary) << contents;
    return path(file);
  }
  [[nodiscard]] std::string folder() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(BorrowedBytes, ViewsTheCallersBytes) {
  const std::vector<std::uint8_t> bytes = {1, 2, 3};
  BorrowedBytes source(bytes);
  EXPECT_EQ(static_cast<const void*>(source.view().data()), bytes.data());
  EXPECT_EQ(source.view().size(), 3u);
  const BorrowedBytes moved(std::move(source));
  EXPECT_EQ(static_cast<const void*>(moved.view().data()), bytes.data());
  EXPECT_TRUE(BorrowedBytes(std::string_view()).view().empty());
}

TEST(OwnedBytes, TakesAVectorsBlock) {
  std::vector<std::byte> bytes(1000, std::byte{7});
  const std::byte* block = bytes.data();
  OwnedBytes source(std::move(bytes));
  EXPECT_EQ(source.view().data(), block);  // moved, not copied
  EXPECT_EQ(source.view().size(), 1000u);
  OwnedBytes moved(std::move(source));
  EXPECT_EQ(moved.view().data(), block);
  OwnedBytes assigned(std::vector<std::byte>(1));
  assigned = std::move(moved);
  EXPECT_EQ(assigned.view().data(), block);
  EXPECT_EQ(assigned.view().size(), 1000u);
}

TEST(OwnedBytes, TakesAnArrayAndItsSize) {
  auto bytes = std::make_unique<std::byte[]>(10);
  const std::byte* block = bytes.get();
  bytes[9] = std::byte{9};
  OwnedBytes source(std::move(bytes), 10);
  EXPECT_EQ(source.view().data(), block);
  EXPECT_EQ(source.view().size(), 10u);
  EXPECT_EQ(source.view().back(), std::byte{9});
  source = OwnedBytes(std::vector<std::byte>(2));  // from one kind to the other
  EXPECT_EQ(source.view().size(), 2u);
  EXPECT_TRUE(OwnedBytes(std::unique_ptr<std::byte[]>(), 0).view().empty());
}

TEST(MappedBytes, MapsAWholeFile) {
  const TemporaryFolder folder;
  const std::string contents(5000, 'x');
  auto source = MappedBytes::open(folder.file("file", contents).c_str());
  ASSERT_TRUE(source.has_value());
  EXPECT_EQ(text_of(source->view()), contents);
  const std::byte* mapping = source->view().data();
  MappedBytes moved(*std::move(source));
  EXPECT_EQ(moved.view().data(), mapping);
  EXPECT_TRUE(source->view().empty());
  auto other = MappedBytes::open(folder.file("other", "other").c_str());
  ASSERT_TRUE(other.has_value());
  moved = *std::move(other);
  EXPECT_EQ(text_of(moved.view()), "other");
}

TEST(MappedBytes, AnEmptyFileMapsToNothing) {
  const TemporaryFolder folder;
  const auto source = MappedBytes::open(folder.file("empty", "").c_str());
  ASSERT_TRUE(source.has_value());
  EXPECT_TRUE(source->view().empty());
}

void expect_error(const std::string& path, ErrorCode code, int number) {
  const auto source = MappedBytes::open(path.c_str());
  ASSERT_FALSE(source.has_value()) << path;
  EXPECT_EQ(name(source.error().code), name(code)) << path;
  EXPECT_EQ(kind(source.error().code), code == ErrorCode::limit_module_size ? ErrorKind::limit : ErrorKind::resource);
  EXPECT_EQ(source.error().detail, number == 0 ? ErrorDetail::none : ErrorDetail::system) << path;
  if (number != 0) {
    EXPECT_EQ(source.error().found, static_cast<std::uint32_t>(number)) << path;
  }
}

TEST(MappedBytes, SaysWhyAFileCannotBeMapped) {
  const TemporaryFolder folder;
  expect_error(folder.path("missing"), ErrorCode::cannot_open, ENOENT);
  expect_error("", ErrorCode::cannot_open, ENOENT);
  expect_error(folder.file("plain", "x") + "/below", ErrorCode::cannot_open, ENOTDIR);
  expect_error(folder.folder(), ErrorCode::not_a_file, EISDIR);
  expect_error("/dev/null", ErrorCode::not_a_file, 0);
  ASSERT_EQ(::mkfifo(folder.path("pipe").c_str(), 0600), 0);
  expect_error(folder.path("pipe"), ErrorCode::not_a_file, 0);  // and does not wait for a writer
  if (::geteuid() != 0) {
    const std::string secret = folder.file("secret", "x");
    ASSERT_EQ(::chmod(secret.c_str(), 0), 0);
    expect_error(secret, ErrorCode::cannot_open, EACCES);
  }
}

// A file with a hole: it takes no room.
TEST(MappedBytes, FourGibibytesAreTooMany) {
  const TemporaryFolder folder;
  const std::string path = folder.file("large", "");
  if (::truncate(path.c_str(), off_t{1} << 32) != 0) GTEST_SKIP() << "no file of 4 GiB here: " << std::strerror(errno);
  expect_error(path, ErrorCode::limit_module_size, 0);
}

TEST(MappedBytes, LeavesNoDescriptorOpen) {
  const TemporaryFolder folder;
  const std::string path = folder.file("file", "contents");
  const int before = ::open("/dev/null", O_RDONLY);
  ASSERT_GE(before, 0);
  ::close(before);
  const auto source = MappedBytes::open(path.c_str());
  expect_error(folder.folder(), ErrorCode::not_a_file, EISDIR);
  const int after = ::open("/dev/null", O_RDONLY);
  EXPECT_EQ(after, before);
  ::close(after);
}

}  // namespace
}  // namespace plimsoll
