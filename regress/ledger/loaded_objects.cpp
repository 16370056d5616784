#include "ledger/loaded_objects.hpp"

#include <elf.h>
#include <link.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace plimsoll::regress {

LoadedObjects LoadedObjects::now() {
  LoadedObjects objects;
  const auto visit = [](dl_phdr_info* info, std::size_t, void* self) {
    auto& segments = static_cast<LoadedObjects*>(self)->segments_;
    std::string file = info->dlpi_name;
    std::error_code ignored;
    if (file.empty()) file = std::filesystem::read_symlink("/proc/self/exe", ignored).string();
    for (int i = 0; i < info->dlpi_phnum; ++i) {
      const auto& header = info->dlpi_phdr[i];
      if (header.p_type != PT_LOAD || (header.p_flags & PF_X) == 0) continue;
      const std::uintptr_t begin = info->dlpi_addr + header.p_vaddr;
      segments.push_back({.begin = begin, .end = begin + header.p_memsz, .bias = info->dlpi_addr, .file = file});
    }
    return 0;
  };
  ::dl_iterate_phdr(visit, &objects);
  return objects;
}

Frame LoadedObjects::frame(std::uintptr_t return_address) {
  // The call stands before where it returns to, which may already be another function.
  const std::uintptr_t call = return_address - 1;
  const auto segment =
      std::ranges::find_if(segments_, [&](const Segment& each) { return call >= each.begin && call < each.end; });
  const std::string file = segment == segments_.end() ? "?" : segment->file;
  const auto known = std::ranges::find(files_, file);
  const auto object = static_cast<std::uint32_t>(known - files_.begin());
  if (known == files_.end()) files_.push_back(file);
  return {.object = object, .offset = segment == segments_.end() ? call : call - segment->bias};
}

}  // namespace plimsoll::regress
