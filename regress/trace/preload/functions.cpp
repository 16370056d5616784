// What plimsoll_ledger.h calls.
#include <cstddef>
#include <span>

#include "trace/plimsoll_ledger.h"
#include "trace/preload/session.hpp"

namespace {

using plimsoll::regress::preload::Session;

std::span<const std::byte> span_of(const void* bytes, std::size_t size) noexcept {
  return {static_cast<const std::byte*>(bytes), bytes == nullptr ? 0 : size};
}

}  // namespace

extern "C" [[gnu::visibility("default")]] const plimsoll_ledger_functions plimsoll_ledger_functions_1;

const plimsoll_ledger_functions plimsoll_ledger_functions_1 = {
    .input = [](const void* bytes, std::size_t size) { return Session::instance().input(span_of(bytes, size)); },
    .begin = [](const void* bytes, std::size_t size) { return Session::instance().begin(span_of(bytes, size)); },
    .phase = [](const char* name) { Session::instance().phase(name == nullptr ? "" : name); },
    .account = [](std::size_t bytes) { Session::instance().account(bytes); },
    .end = [](int verdict) { Session::instance().end(verdict); },
};
