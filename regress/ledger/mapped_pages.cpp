#include "ledger/mapped_pages.hpp"

#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>

namespace plimsoll::regress {

std::span<const std::byte> MappedPages::read(std::uintptr_t address, std::uint64_t size) noexcept {
  const std::size_t page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t length = static_cast<std::size_t>(std::min<std::uint64_t>(size, most_bytes));
  if (address % page != 0 || !bytes_.allocate(length)) return {};

  constexpr std::size_t batch = 1024;  // pages
  std::array<unsigned char, batch> present;
  for (std::size_t first = 0; first < length; first += batch * page) {
    const std::size_t bytes = std::min(batch * page, length - first);
    if (::mincore(std::bit_cast<void*>(address + first), bytes, present.data()) != 0) continue;
    const std::size_t pages = (bytes + page - 1) / page;
    for (std::size_t begin = 0, end = 0; begin < pages; begin = end + 1) {
      end = begin;
      while (end < pages && (present[end] & 1) != 0) ++end;
      if (begin == end) continue;
      const std::size_t run = std::min(end * page, bytes) - begin * page;
      const iovec to{.iov_base = bytes_.data() + first + begin * page, .iov_len = run};
      const iovec from{.iov_base = std::bit_cast<void*>(address + first + begin * page), .iov_len = run};
      static_cast<void>(::process_vm_readv(::getpid(), &to, 1, &from, 1, 0));  // what may not be read stays zero
    }
  }
  return bytes_.span();
}

}  // namespace plimsoll::regress
