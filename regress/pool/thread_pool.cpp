#include "pool/thread_pool.hpp"

#include <algorithm>
#include <new>
#include <system_error>

namespace plimsoll::regress {

ThreadPool::ThreadPool(std::size_t threads) {
  threads_.reserve(threads);
  try {
    while (threads_.size() + 1 < threads) threads_.emplace_back([this] { serve(); });
  } catch (const std::system_error&) {  // no more threads: fewer will do
  } catch (const std::bad_alloc&) {
  }
}

ThreadPool::~ThreadPool() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadPool::run(std::size_t most_useful, Work work) noexcept {
  const std::unique_lock one_at_a_time(running_, std::try_to_lock);
  if (!one_at_a_time.owns_lock() || threads_.empty() || most_useful < 2) return work();
  const std::size_t others = std::min(threads_.size(), most_useful - 1);
  {
    const std::scoped_lock lock(mutex_);
    work_ = &work;
    wanted_ = others;
  }
  if (others == threads_.size())
    wake_.notify_all();
  else
    for (std::size_t i = 0; i < others; ++i) wake_.notify_one();
  work();
  std::unique_lock lock(mutex_);
  wanted_ = 0;  // whoever has not woken up yet need not
  done_.wait(lock, [this] { return busy_ == 0; });
}

void ThreadPool::serve() noexcept {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || wanted_ != 0; });
    if (stopping_) return;
    --wanted_;
    ++busy_;
    const Work work = *work_;
    lock.unlock();
    work();
    lock.lock();
    if (--busy_ == 0) done_.notify_one();
  }
}

}  // namespace plimsoll::regress
