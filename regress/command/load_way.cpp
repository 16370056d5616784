#include "command/load_way.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "plimsoll/lazy.hpp"
#include "plimsoll/stream.hpp"
#include "pool/thread_pool.hpp"

namespace plimsoll::regress {
namespace {

LoadResult load_parallel(std::vector<std::byte>&& bytes, Options options) {
  ThreadPool pool(2);
  options.parallel = &pool;
  options.piece_bytes = 1;
  return load(OwnedBytes(std::move(bytes)), options);
}

LoadResult load_lazily(std::vector<std::byte>&& bytes, const Options& options) {
  LazyResult lazy = load_lazy(OwnedBytes(std::move(bytes)), options);
  if (!lazy) return std::unexpected(lazy.error());
  return finish(*std::move(lazy));
}

LoadResult load_streamed(std::span<const std::byte> bytes, const Options& options) {
  constexpr std::size_t piece = 7;
  StreamLoader loader(options);
  for (; !bytes.empty(); bytes = bytes.subspan(std::min(piece, bytes.size())))
    if (const auto pushed = loader.push(bytes.first(std::min(piece, bytes.size()))); !pushed)
      return std::unexpected(pushed.error());
  return loader.finish();
}

}  // namespace

LoadResult load_by(LoadWay way, std::vector<std::byte>&& bytes, Options options) {
  switch (way) {
    case LoadWay::whole: break;
    case LoadWay::parallel: return load_parallel(std::move(bytes), options);
    case LoadWay::lazy: return load_lazily(std::move(bytes), options);
    case LoadWay::stream: return load_streamed(bytes, options);
  }
  return load(OwnedBytes(std::move(bytes)), options);
}

}  // namespace plimsoll::regress
