// A peer for tests: speaks the protocol of v8_peer.mjs. It finds every module valid, but for what its arguments say:
//
//   greet-not          says nothing at all
//   invalid BYTE       finds a module invalid that has the byte (two hexadecimal digits) behind its preamble
//   crash BYTE         ends with status 3 on one
//   silent BYTE        never answers on one
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

bool read_all(unsigned char* to, std::size_t size) { return std::fread(to, 1, size, stdin) == size; }

void answer(unsigned char kind, std::string_view text) {
  std::string frame(1, static_cast<char>(kind));
  for (unsigned shift = 0; shift < 32; shift += 8) frame += static_cast<char>(text.size() >> shift & 0xFF);
  frame += text;
  std::fwrite(frame.data(), 1, frame.size(), stdout);
  std::fflush(stdout);
}

void sleep_for_ever() {
  while (true) ::pause();
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  const auto byte = static_cast<unsigned char>(argc > 2 ? std::strtoul(argv[2], nullptr, 16) : 0);
  if (what == "greet-not") sleep_for_ever();
  answer(2, "a fake");
  unsigned char head[4];
  while (read_all(head, 4)) {
    std::vector<unsigned char> module(head[0] | std::size_t{head[1]} << 8U | std::size_t{head[2]} << 16U |
                                      std::size_t{head[3]} << 24U);
    if (!read_all(module.data(), module.size())) return 1;
    bool has_it = false;
    for (std::size_t i = 8; i < module.size(); ++i) has_it = has_it || module[i] == byte;
    if (has_it && what == "crash") return 3;
    if (has_it && what == "silent") sleep_for_ever();
    const bool valid = !has_it || what != "invalid";
    answer(valid ? 1 : 0, valid ? "" : "byte " + std::to_string(byte) + " found @+9");
  }
  return 0;
}
