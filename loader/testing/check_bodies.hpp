// Tests of the body checker as lists of cases.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "testing/body.hpp"

namespace plimsoll::test {

// Holds each case to the verdict that it expects.
inline void check(const std::vector<BodyCase>& cases) {
  for (const BodyCase& one : cases)
    EXPECT_EQ(body_verdict(one.signature, one.body), one.expected) << one.signature << ": " << one.body;
}

}  // namespace plimsoll::test
