// planted: loads one module in the way of one defect, and tells the ledger of it if it runs under `plimsoll trace`.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <span>
#include <string_view>

#include "planted/generate.hpp"
#include "planted/loader.hpp"
#include "trace/plimsoll_ledger.h"

namespace {

namespace planted = plimsoll::regress::planted;

enum Exit : int { accepted = 0, refused = 1, usage = 2 };

int say_usage() {
  std::fputs(
      "usage: planted DEFECT FILE            load the module in FILE; exit 0 if it was accepted, 1 if it was refused\n"
      "       planted generate BYTES FILE    write a module of at least so many bytes, always the same, to FILE\n"
      "\n"
      "defects:",
      stderr);
  for (const planted::Defect defect : planted::all_defects) {
    std::fputc(' ', stderr);
    std::fputs(planted::name(defect).data(), stderr);
  }
  std::fputs("\n\nexample: plimsoll trace -- planted deep_copy module.wasm\n", stderr);
  return Exit::usage;
}

int fail(const char* file) {
  std::fprintf(stderr, "planted: %s: %s\n", file, std::strerror(errno));
  return Exit::usage;
}

int generate(const char* size, const char* file) {
  const auto bytes = planted::generate_module(std::strtoull(size, nullptr, 10));
  std::FILE* const stream = std::fopen(file, "wb");
  if (stream == nullptr) return fail(file);
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), stream) == bytes.size();
  return std::fclose(stream) == 0 && written ? Exit::accepted : fail(file);
}

int load(planted::Defect defect, std::span<const std::byte> file) {
  const void* const input = plimsoll_ledger_input(file.data(), file.size());
  plimsoll_ledger_begin(input, file.size());
  plimsoll_ledger_phase("load");
  const auto loaded = planted::load({static_cast<const std::byte*>(input), file.size()}, defect);
  plimsoll_ledger_end(loaded ? 1 : 0);
  if (loaded) return Exit::accepted;
  std::fprintf(stderr, "planted: refused at 0x%x: %s\n", loaded.error().offset, loaded.error().reason);
  return Exit::refused;
}

int load_file(planted::Defect defect, const char* file) {
  const int descriptor = ::open(file, O_RDONLY | O_CLOEXEC);
  struct stat status{};
  if (descriptor < 0 || ::fstat(descriptor, &status) != 0 || status.st_size == 0) return fail(file);
  const auto size = static_cast<std::size_t>(status.st_size);
  void* const mapped = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (mapped == MAP_FAILED) return fail(file);
  const int status_of_load = load(defect, {static_cast<const std::byte*>(mapped), size});
  ::munmap(mapped, size);
  ::close(descriptor);
  return status_of_load;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    if (count == 4 && std::string_view(arguments[1]) == "generate") return generate(arguments[2], arguments[3]);
    const auto defect = count == 3 ? planted::defect_named(arguments[1]) : std::nullopt;
    return defect ? load_file(*defect, arguments[2]) : say_usage();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "planted: %s\n", error.what());
    return Exit::usage;
  }
}
