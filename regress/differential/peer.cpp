#include "differential/peer.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace plimsoll::regress::differential {
namespace {

using Clock = std::chrono::steady_clock;
namespace fs = std::filesystem;

constexpr std::uint8_t greeting = 2;
constexpr std::size_t head_size = 5;

void append_u32(Bytes& bytes, std::size_t value) {
  for (unsigned shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<std::byte>(value >> shift));
}

std::size_t u32(std::string_view bytes) {
  std::size_t value = 0;
  for (std::size_t i = 4; i > 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[i - 1]);
  return value;
}

int milliseconds_until(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return static_cast<int>(std::clamp<decltype(left)>(left, 0, 60'000));
}

std::string silence(std::chrono::milliseconds patience) {
  return "no answer within " + std::to_string(patience.count()) + " ms";
}

// Reads what there is; false at the end of the input.
bool read_some(int file, std::string& text) {
  std::array<char, 65536> buffer;
  const ssize_t got = ::read(file, buffer.data(), buffer.size());
  if (got > 0) text.append(buffer.data(), static_cast<std::size_t>(got));
  return got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN));
}

}  // namespace

TalkingPeer::TalkingPeer(std::vector<std::string> command, std::chrono::milliseconds patience)
    : command_(std::move(command)), patience_(patience) {}

std::vector<TalkingPeer::Frame> TalkingPeer::talk(std::span<const std::byte> to_write, std::size_t wanted,
                                                  std::string& failure) {
  std::vector<Frame> frames;
  auto deadline = Clock::now() + patience_;
  while (true) {
    while (frames.size() < wanted && unread_.size() >= head_size) {
      const std::size_t size = u32(std::string_view(unread_).substr(1));
      if (unread_.size() < head_size + size) break;
      frames.push_back({static_cast<std::uint8_t>(unread_.front()), unread_.substr(head_size, size)});
      unread_.erase(0, head_size + size);
      deadline = Clock::now() + patience_;
    }
    if (frames.size() == wanted) return frames;
    std::array<pollfd, 2> files{pollfd{.fd = child_->output(), .events = POLLIN, .revents = 0},
                                pollfd{.fd = to_write.empty() ? -1 : child_->input(), .events = POLLOUT, .revents = 0}};
    if (::poll(files.data(), files.size(), milliseconds_until(deadline)) == 0) {
      if (Clock::now() < deadline) continue;
      failure = silence(patience_);
      return frames;
    }
    if (files[1].revents != 0) {
      const ssize_t written = ::write(child_->input(), to_write.data(), to_write.size());
      to_write = written > 0 ? to_write.subspan(static_cast<std::size_t>(written)) : to_write;
      if (written < 0 && errno == EPIPE) to_write = {};  // what it has said before it ended is still to be read
    }
    if (files[0].revents != 0 && !read_some(child_->output(), unread_)) {
      failure = "it ended";
      return frames;
    }
  }
}

void TalkingPeer::start() {
  ++starts_;
  unread_.clear();
  child_ = std::make_unique<Child>(command_, false);
  std::string failure;
  const std::vector<Frame> frames = talk({}, 1, failure);
  if (frames.size() != 1 || frames.front().kind != greeting) {
    throw std::runtime_error(command_.front() +
                             " does not greet: " + (failure.empty() ? "it says something else" : failure));
  }
  version_ = frames.front().text;
}

std::string TalkingPeer::version() {
  if (child_ == nullptr) start();
  return version_;
}

std::vector<Answer> TalkingPeer::judge(std::span<const Bytes> modules) {
  std::vector<Answer> answers;
  while (answers.size() < modules.size()) {
    if (child_ == nullptr) start();
    Bytes request;
    for (const Bytes& module : modules.subspan(answers.size())) {
      append_u32(request, module.size());
      request.insert(request.end(), module.begin(), module.end());
    }
    std::string failure;
    for (Frame& frame : talk(request, modules.size() - answers.size(), failure)) {
      answers.push_back({frame.kind == 1 ? Answer::Verdict::valid : Answer::Verdict::invalid, std::move(frame.text)});
    }
    if (failure.empty()) continue;
    // Of what it was asked, it has answered all before this one.
    const Ending ending = child_->kill();
    child_.reset();
    if (ending.ended_itself || failure == "it ended") failure = "it ended: " + ending.text;
    if (answers.size() < modules.size()) answers.push_back({Answer::Verdict::none, failure});
  }
  return answers;
}

ToolPeer::ToolPeer(std::vector<std::string> command, std::string version, std::chrono::milliseconds patience)
    : command_(std::move(command)), version_(std::move(version)), patience_(patience) {
  std::string name = (fs::temp_directory_path() / "plimsoll-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr)
    throw std::runtime_error("cannot make a folder in " + fs::temp_directory_path().string());
  folder_ = name;
}

ToolPeer::~ToolPeer() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

Answer ToolPeer::judge_one(const Bytes& module) {
  const fs::path file = folder_ / "module.wasm";
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(module.data()), static_cast<std::streamsize>(module.size()));
  std::vector<std::string> command = command_;
  command.push_back(file.string());
  Child child(command, true);
  child.close_input();
  const auto deadline = Clock::now() + patience_;
  std::string said;
  while (true) {
    pollfd output{.fd = child.output(), .events = POLLIN, .revents = 0};
    if (::poll(&output, 1, milliseconds_until(deadline)) == 0 && Clock::now() >= deadline) {
      child.kill();
      return {Answer::Verdict::none, silence(patience_)};
    }
    if (output.revents != 0 && !read_some(child.output(), said)) break;
  }
  const Ending ending = child.wait();
  if (ending.ended_well) return {Answer::Verdict::valid, ""};
  if (!ending.ended_itself) return {Answer::Verdict::none, "it ended: " + ending.text};
  for (std::size_t at = said.find(file.string()); at != std::string::npos; at = said.find(file.string())) {
    said.replace(at, file.string().size(), "FILE");
  }
  std::ranges::replace(said, '\n', ' ');
  return {Answer::Verdict::invalid, said};
}

std::vector<Answer> ToolPeer::judge(std::span<const Bytes> modules) {
  std::vector<Answer> answers;
  for (const Bytes& module : modules) answers.push_back(judge_one(module));
  return answers;
}

std::string first_line_of(const std::vector<std::string>& command) {
  try {
    Child child(command, false);
    child.close_input();
    std::string said;
    while (read_some(child.output(), said)) {
    }
    child.wait();
    return said.substr(0, said.find('\n'));
  } catch (const std::system_error&) {
    return {};
  }
}

}  // namespace plimsoll::regress::differential
