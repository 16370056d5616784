// No source can be assigned from an lvalue.
// error: deleted (copy assignment )?(operator|function)|use of deleted
#include <utility>

#include "plimsoll/plimsoll.hpp"

template <class Source>
void test(Source& source, Source& other) {
  source = std::move(other);
#ifdef BROKEN
  source = other;
#endif
}

template void test(plimsoll::BorrowedBytes&, plimsoll::BorrowedBytes&);
template void test(plimsoll::OwnedBytes&, plimsoll::OwnedBytes&);
template void test(plimsoll::MappedBytes&, plimsoll::MappedBytes&);
