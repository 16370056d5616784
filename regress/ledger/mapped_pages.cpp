#include "ledger/mapped_pages.hpp"

#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>

namespace plimsoll::regress {

std::size_t MappedPages::page_bytes() noexcept { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

std::span<const std::byte> MappedPages::read(std::uintptr_t address, std::uint64_t size) noexcept {
  const std::size_t page = page_bytes();
  const std::size_t before = address % page;  // of the first page, what is not asked for
  const std::uintptr_t start = address - before;
  const std::size_t length = static_cast<std::size_t>(std::min<std::uint64_t>(before + size, most_bytes));
  if (!bytes_.allocate(length)) return {};

  constexpr std::size_t batch = 1024;  // pages
  std::array<unsigned char, batch> present;
  std::size_t last = before;  // where what is there ends
  for (std::size_t first = 0; first < length; first += batch * page) {
    const std::size_t bytes = std::min(batch * page, length - first);
    if (::mincore(std::bit_cast<void*>(start + first), bytes, present.data()) != 0) continue;
    const std::size_t pages = (bytes + page - 1) / page;
    for (std::size_t begin = 0, end = 0; begin < pages; begin = end + 1) {
      end = begin;
      while (end < pages && (present[end] & 1) != 0) ++end;
      if (begin == end) continue;
      last = first + std::min(end * page, bytes);
      copy(start, first + begin * page, last - first - begin * page, page);
    }
  }
  return bytes_.span().first(last).subspan(before);
}

// A page that may not be read ends what one call copies: then on from the next page.
void MappedPages::copy(std::uintptr_t address, std::size_t offset, std::size_t length, std::size_t page) noexcept {
  const std::size_t end = offset + length;
  while (offset < end) {
    const iovec to{.iov_base = bytes_.data() + offset, .iov_len = end - offset};
    const iovec from{.iov_base = std::bit_cast<void*>(address + offset), .iov_len = end - offset};
    const ssize_t copied = ::process_vm_readv(::getpid(), &to, 1, &from, 1, 0);
    const std::size_t done = copied < 0 ? 0 : static_cast<std::size_t>(copied);
    offset = (offset + done) / page * page + page;
  }
}

}  // namespace plimsoll::regress
