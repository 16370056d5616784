// JSON written as it comes, never held: a list may have as many items as there are bytes in a module.
#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>
#include <vector>

#include "inspect/output.hpp"

namespace plimsoll::regress::inspect {

// How the items of an object or array are laid out.
enum class Layout : std::uint8_t { line, lines };  // side by side, or a line each

// The caller keeps the order: in an object, a key before each value. Not thread-safe.
class JsonOutput {
 public:
  explicit JsonOutput(Output& out) noexcept : out_(out) {}

  void begin_object(Layout layout = Layout::line) { begin('{', layout); }
  void end_object() { end('}'); }
  void begin_array(Layout layout = Layout::line) { begin('[', layout); }
  void end_array() { end(']'); }
  void key(std::string_view name);

  // What is not UTF-8 in `text` becomes U+FFFD.
  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); }
  void value(bool truth);
  template <std::integral Number>
    requires(!std::same_as<Number, bool>)
  void value(Number number) {
    before_value();
    put_number(number);
  }
  void null();

  template <class Value>
  void field(std::string_view name, const Value& content) {
    key(name);
    value(content);
  }

 private:
  struct Frame {
    Layout layout;
    bool empty = true;
  };
  void begin(char bracket, Layout layout);
  void end(char bracket);
  void separate();
  void before_value();
  void new_line();
  void put_string(std::string_view text);
  void put_number(std::uint64_t number);
  void put_number(std::int64_t number);
  void put_number(std::unsigned_integral auto number) { put_number(std::uint64_t{number}); }
  void put_number(std::signed_integral auto number) { put_number(std::int64_t{number}); }

  Output& out_;
  std::vector<Frame> frames_;
  bool after_key_ = false;
};

}  // namespace plimsoll::regress::inspect
