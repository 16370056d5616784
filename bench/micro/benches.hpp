// The benches of parts of the loader: each file registers its own, for the modules on the command line.
#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace plimsoll::bench {

struct ModuleFile {
  std::string name;  // without folder and ending
  std::string file;
  std::vector<std::byte> bytes;
};

using Modules = std::vector<std::shared_ptr<const ModuleFile>>;

// leb128.cpp: reading numbers of each length, and of lengths as they are in modules.
void register_leb128();
// floors.cpp: what it costs only to copy the bytes, and only to add them up.
void register_floors(const Modules& modules);
// decode.cpp: walking all instructions of all bodies, checking no types.
void register_decode(const Modules& modules);
// loads.cpp: loading, in each mode that the loader has (../server/modes.cpp).
void register_loads(const Modules& modules);
// sections.cpp: what each section adds to a load; code is the validation of all bodies.
void register_sections(const Modules& modules);
// small.cpp: small modules as a program meets them, one after the other or after something else.
void register_small(const Modules& modules);

// For bytes per second.
void count_bytes(benchmark::State& state, std::size_t bytes);

}  // namespace plimsoll::bench
