// Another loader whose opinion is asked.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "differential/child.hpp"
#include "mutate/module_tree.hpp"

namespace plimsoll::regress::differential {

using fuzz::Bytes;

struct Answer {
  enum class Verdict : std::uint8_t {
    invalid,
    valid,
    none,  // it crashed or did not answer in time
  };
  Verdict verdict = Verdict::none;
  std::string message;  // why not, in its own words
};

// Not thread-safe.
class Peer {
 public:
  virtual ~Peer() = default;
  // The answers to `modules`, in order, as many. A module on which the peer crashes or stays silent gets Verdict::none.
  // Throws std::runtime_error or std::system_error if the peer cannot be run at all.
  virtual std::vector<Answer> judge(std::span<const Bytes> modules) = 0;
  // What it calls itself.
  [[nodiscard]] virtual std::string version() = 0;
};

// A peer that runs for as long as it is asked, and speaks the protocol of v8_peer.mjs. It is started when it is first asked, and
// again after it has crashed or stayed silent for `patience`.
class TalkingPeer : public Peer {
 public:
  TalkingPeer(std::vector<std::string> command, std::chrono::milliseconds patience);
  std::vector<Answer> judge(std::span<const Bytes> modules) override;
  std::string version() override;
  // How often it was started.
  [[nodiscard]] unsigned starts() const noexcept { return starts_; }

 private:
  struct Frame {
    std::uint8_t kind;
    std::string text;
  };
  void start();
  // Talks until there are `wanted` frames, or the peer fails, and returns those there are. Takes from the front of `to_write`.
  std::vector<Frame> talk(std::span<const std::byte> to_write, std::size_t wanted, std::string& failure);

  std::vector<std::string> command_;
  std::chrono::milliseconds patience_;
  std::unique_ptr<Child> child_;
  std::string unread_;
  std::string version_;
  unsigned starts_ = 0;
};

// A peer that is run once for each module: `COMMAND FILE`, whose exit code 0 says valid, any other invalid.
class ToolPeer : public Peer {
 public:
  ToolPeer(std::vector<std::string> command, std::string version, std::chrono::milliseconds patience);
  ~ToolPeer() override;
  std::vector<Answer> judge(std::span<const Bytes> modules) override;
  std::string version() override { return version_; }

 private:
  Answer judge_one(const Bytes& module);

  std::vector<std::string> command_;
  std::string version_;
  std::chrono::milliseconds patience_;
  std::filesystem::path folder_;
};

// Runs a command to its end and returns the first line that it prints; empty if it cannot be run or prints none.
[[nodiscard]] std::string first_line_of(const std::vector<std::string>& command);

}  // namespace plimsoll::regress::differential
