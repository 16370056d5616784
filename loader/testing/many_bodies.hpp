// Modules of many bodies, any of which may be bad, for the ways to load that check bodies in another order or by and by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

#include "testing/bytes.hpp"

namespace plimsoll::test {

// A body of [ ] -> [ i32 ] without its size: so many constants are dropped first.
inline Bytes constant_body(std::size_t dropped) {
  Bytes body = {0x00};
  for (std::size_t i = 0; i < dropped; ++i) body.insert(body.end(), {0x41, 0x07, 0x1A});
  body.insert(body.end(), {0x41, 0x01, 0x0B});
  return body;
}

// One that gives nothing where an i32 is due, after so many constants.
inline Bytes empty_handed_body(std::size_t dropped) {
  Bytes body = constant_body(dropped);
  body.erase(body.end() - 3, body.end() - 1);
  return body;
}

// Three imported functions, `count` defined ones. Bodies are of 10 bytes to 2 KiB, whatever their number says; those in
// `others`, with their sizes in front, stand in place of them.
inline Bytes many_bodies(std::uint32_t count, const std::map<std::uint32_t, Bytes>& others = {},
                         const Bytes& behind_the_last = {}) {
  Bytes bodies;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto other = others.find(i);
    bodies += other != others.end() ? other->second : sized(constant_body(i * 7919 % 661 + 2));
  }
  const Bytes import = name("env") + name("f") + Bytes{0x00, 0x00};
  return module({section(1, vec({{0x60, 0x00, 0x01, 0x7F}})), section(2, leb(3) + repeat(3, import)),
                 section(3, leb(count) + Bytes(count, 0x00)), section(10, leb(count) + bodies + behind_the_last)});
}

}  // namespace plimsoll::test
