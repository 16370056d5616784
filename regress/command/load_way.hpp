// The ways to load a module from memory, all of which give the same answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "plimsoll/load.hpp"

namespace plimsoll::regress {

enum class LoadWay : std::uint8_t { whole, parallel, lazy, stream };

inline const std::map<std::string, LoadWay> load_ways = {
    {"whole", LoadWay::whole}, {"parallel", LoadWay::parallel}, {"lazy", LoadWay::lazy}, {"stream", LoadWay::stream}};

// Loads in that way, as finely divided as can be: bodies in pieces of one, bytes in pieces of seven. Throws std::bad_alloc.
[[nodiscard]] LoadResult load_by(LoadWay way, std::vector<std::byte>&& bytes, Options options);

}  // namespace plimsoll::regress
