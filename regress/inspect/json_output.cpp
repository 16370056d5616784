#include "inspect/json_output.hpp"

#include <string>

#include "inspect/text.hpp"

namespace plimsoll::regress::inspect {

void JsonOutput::new_line() {
  out_.put('\n');
  for (const Frame& frame : frames_) {
    if (frame.layout == Layout::lines) out_.put("  ");
  }
}

void JsonOutput::separate() {
  if (frames_.empty()) return;
  Frame& frame = frames_.back();
  if (!frame.empty) out_.put(frame.layout == Layout::lines ? "," : ", ");
  if (frame.layout == Layout::lines) new_line();
  frame.empty = false;
}

void JsonOutput::before_value() {
  if (!after_key_) separate();
  after_key_ = false;
}

void JsonOutput::begin(char bracket, Layout layout) {
  before_value();
  out_.put(bracket);
  frames_.push_back({layout});
}

void JsonOutput::end(char bracket) {
  const Frame frame = frames_.back();
  frames_.pop_back();
  if (frame.layout == Layout::lines && !frame.empty) new_line();
  out_.put(bracket);
  if (frames_.empty()) out_.put('\n');
}

void JsonOutput::key(std::string_view name) {
  separate();
  put_string(name);
  out_.put(": ");
  after_key_ = true;
}

void JsonOutput::value(std::string_view text) {
  before_value();
  put_string(text);
}

void JsonOutput::value(bool truth) {
  before_value();
  out_.put(truth ? "true" : "false");
}

void JsonOutput::null() {
  before_value();
  out_.put("null");
}

void JsonOutput::put_number(std::uint64_t number) { out_.put(decimal(number)); }
void JsonOutput::put_number(std::int64_t number) { out_.put(decimal(number)); }

void JsonOutput::put_string(std::string_view text) {
  out_.put('"');
  while (!text.empty()) {
    const std::size_t size = utf8_character(text);
    const auto byte = static_cast<unsigned char>(text.front());
    if (size == 0) {
      out_.put("\\ufffd");
    } else if (byte == '"' || byte == '\\') {
      out_.put('\\');
      out_.put(text.front());
    } else if (byte < 0x20 || byte == 0x7F) {
      out_.put("\\u00");
      out_.put(hexadecimal_byte(byte));
    } else {
      out_.put(text.substr(0, size));
    }
    text.remove_prefix(size == 0 ? 1 : size);
  }
  out_.put('"');
}

}  // namespace plimsoll::regress::inspect
