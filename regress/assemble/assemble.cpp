// The assembler for the source form that assemble.hpp defines: one recursive descent over the text, into one buffer.
#include "assemble/assemble.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <system_error>
#include <utility>

namespace plimsoll::regress {
namespace {

// Groups inside groups. A module needs five or so; the bound keeps a hostile source off the call stack.
constexpr int depth_limit = 64;

constexpr const char* too_much = "the output would exceed 64 MiB";

constexpr std::string_view blanks = " \t\r\n";

// ASCII only, whatever the locale.
bool is_word(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

std::optional<unsigned> hex_value(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
  return std::nullopt;
}

std::optional<std::byte> hex_byte(std::string_view digits) {
  if (digits.size() < 2) return std::nullopt;
  const auto high = hex_value(digits[0]);
  const auto low = hex_value(digits[1]);
  if (!high || !low) return std::nullopt;
  return static_cast<std::byte>(*high * 16 + *low);
}

template <typename Integer>
std::optional<Integer> parse_number(std::string_view text) {
  const bool negative = text.starts_with('-');
  const std::string_view magnitude = text.substr(negative ? 1 : 0);
  const int base = magnitude.starts_with("0x") ? 16 : 10;
  const std::string_view unsigned_digits = magnitude.substr(base == 16 ? 2 : 0);
  if (unsigned_digits.starts_with('-')) return std::nullopt;
  const std::string digits = std::string{negative ? "-" : ""} + std::string{unsigned_digits};  // from_chars knows no 0x
  Integer value{};
  const char* const end = digits.data() + digits.size();
  const auto result = std::from_chars(digits.data(), end, value, base);
  if (result.ec != std::errc{} || result.ptr != end) return std::nullopt;
  return value;
}

void append_leb(std::vector<std::byte>& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<std::byte>((value & 0x7f) | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<std::byte>(value));
}

void append_sleb(std::vector<std::byte>& out, std::int64_t value) {
  while (value < -64 || value > 63) {
    out.push_back(static_cast<std::byte>((value & 0x7f) | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<std::byte>(value & 0x7f));
}

// What stands in parentheses: numbers and names with + - * / %, from left to right, * / % first.
class Expression {
 public:
  using Name = std::pair<std::string_view, std::int64_t>;
  Expression(std::string_view text, const std::vector<Name>& names) : text_{text}, names_{names} {}

  // Nothing if it is none, or if it divides by zero or leaves 62 bits.
  std::optional<std::int64_t> value() {
    const std::int64_t result = sum();
    skip();
    return is_good_ && text_.empty() ? std::optional{result} : std::nullopt;
  }

 private:
  static constexpr std::int64_t most = std::int64_t{1} << 62;

  void skip() { text_.remove_prefix(std::min(text_.find_first_not_of(blanks), text_.size())); }
  // Takes one of the operators; 0 if there is none of them.
  char take(std::string_view operators) {
    skip();
    if (text_.empty() || operators.find(text_.front()) == std::string_view::npos) return 0;
    const char found = text_.front();
    text_.remove_prefix(1);
    return found;
  }
  std::int64_t sum() {
    std::int64_t left = product();
    for (char sign = take("+-"); sign != 0; sign = take("+-")) {
      const std::int64_t right = product();
      left = bounded(sign == '+' ? left + right : left - right);
    }
    return left;
  }
  std::int64_t product() {
    std::int64_t left = term();
    for (char sign = take("*/%"); sign != 0; sign = take("*/%")) {
      const std::int64_t right = term();
      if (sign != '*' && right == 0) is_good_ = false;
      if (!is_good_) return 0;
      if (sign != '*') {
        left = sign == '/' ? left / right : left % right;
      } else if (right != 0 && (left > most / right || left < -(most / right))) {
        is_good_ = false;
      } else {
        left *= right;
      }
    }
    return left;
  }
  std::int64_t term() {
    if (take("(") != 0) {
      if (++depth_ > depth_limit) is_good_ = false;
      const std::int64_t inner = is_good_ ? sum() : 0;
      if (take(")") == 0) is_good_ = false;
      --depth_;
      return inner;
    }
    const std::size_t size = static_cast<std::size_t>(std::ranges::find_if_not(text_, is_word) - text_.begin());
    const std::string_view word = text_.substr(0, size);
    text_.remove_prefix(size);
    for (const Name& name : names_)
      if (name.first == word) return name.second;
    const auto number = parse_number<std::int64_t>(word);
    is_good_ = is_good_ && number.has_value();
    return bounded(number.value_or(0));
  }
  std::int64_t bounded(std::int64_t value) {
    is_good_ = is_good_ && value <= most && value >= -most;
    return is_good_ ? value : 0;
  }

  std::string_view text_;
  const std::vector<Name>& names_;
  int depth_ = 0;
  bool is_good_ = true;
};

class Assembler {
 public:
  Assembler(std::string_view source, std::optional<std::uint32_t> n) : source_{source} {
    if (n) names_.emplace_back("n", *n);
  }

  std::expected<std::vector<std::byte>, AssembleError> run() {
    while (more()) {
      if (peek() == '}') {
        fail(at_, "'}' without a '{' before it");
      } else {
        item(0);
      }
    }
    if (error_) return std::unexpected(std::move(*error_));
    return std::move(out_);
  }

 private:
  char peek() const { return source_[at_]; }

  // Skips blanks and comments; true when an item follows and nothing has failed.
  bool more() {
    while (!error_ && at_ < source_.size()) {
      if (blanks.find(peek()) != std::string_view::npos) {
        ++at_;
      } else if (peek() == '#' || source_.substr(at_, 2) == ";;") {
        at_ = std::min(source_.find('\n', at_), source_.size());
      } else {
        return true;
      }
    }
    return false;
  }

  // Records the first error only: what comes after it is noise.
  void fail(std::size_t where, std::string message) {
    if (error_) return;
    const std::string_view before = source_.substr(0, where);
    const auto line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
    const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 == 0: the first line
    error_ = AssembleError{.line = line, .column = where - line_start + 1, .message = std::move(message)};
  }

  void item(int depth) {
    const std::size_t start = at_;
    if (peek() == '"') {
      string();
    } else if (peek() == '{') {
      group(depth);
    } else if (is_word(peek())) {
      word(depth);
    } else {
      fail(start, std::string{"unexpected '"} + peek() + "'");
    }
    // Only repeat() can go far beyond, and asks first; the rest goes no further than the source is long.
    if (out_.size() > assemble_limit) fail(start, too_much);
  }

  void string() {
    const std::size_t open = at_++;
    while (at_ < source_.size() && peek() != '"' && peek() != '\n') {
      if (peek() == '\\') {
        if (!escape()) return;
      } else {
        out_.push_back(static_cast<std::byte>(peek()));
        ++at_;
      }
    }
    if (at_ == source_.size() || peek() == '\n') return fail(open, "the string is not closed on its line");
    ++at_;
  }

  bool escape() {
    const std::size_t backslash = at_++;
    const std::string_view rest = source_.substr(at_);
    constexpr std::string_view letters = "\"\\nt";
    constexpr std::string_view meanings = "\"\\\n\t";
    const std::size_t known = rest.empty() ? std::string_view::npos : letters.find(rest.front());
    if (known != std::string_view::npos) {
      out_.push_back(static_cast<std::byte>(meanings[known]));
      ++at_;
      return true;
    }
    const auto byte = hex_byte(rest);
    if (!byte) {
      fail(backslash, "unknown escape: use \\\" \\\\ \\n \\t or two hexadecimal digits");
      return false;
    }
    out_.push_back(*byte);
    at_ += 2;
    return true;
  }

  // Everything that starts with a letter or a digit: bytes, leb, sleb, digits, repeat, each.
  void word(int depth) {
    const std::size_t start = at_;
    while (at_ < source_.size() && is_word(peek())) ++at_;
    const std::string_view text = source_.substr(start, at_ - start);
    if (text == "leb") {
      if (const auto value = argument<std::uint64_t>(start)) append_leb(out_, *value);
    } else if (text == "sleb") {
      if (const auto value = argument<std::int64_t>(start)) append_sleb(out_, *value);
    } else if (text == "digits") {
      if (const auto value = argument<std::uint64_t>(start)) digits(*value);
    } else if (text == "repeat") {
      repeat(depth, start);
    } else if (text == "each") {
      each(depth, start);
    } else {
      bytes(text, start);
    }
  }

  void bytes(std::string_view text, std::size_t start) {
    const bool hex = std::all_of(text.begin(), text.end(), [](char c) { return hex_value(c).has_value(); });
    if (!hex) return fail(start, "unknown word '" + std::string{text} + "'");
    if (text.size() % 2 != 0) return fail(start, "odd number of hexadecimal digits in '" + std::string{text} + "'");
    for (; !text.empty(); text.remove_prefix(2)) {
      if (const auto byte = hex_byte(text)) out_.push_back(*byte);
    }
  }

  void digits(std::uint64_t value) {
    std::string text = std::to_string(value);
    if (text.size() < 7) text.insert(0, 7 - text.size(), '0');
    for (const char digit : text) out_.push_back(static_cast<std::byte>(digit));
  }

  // The text of the "(...)" after a word, which stays there.
  std::optional<std::string_view> parentheses(std::size_t start) {
    const std::string_view rest = source_.substr(at_);
    std::size_t open = 0;
    for (std::size_t i = 0; i < rest.size() && (i == 0 || open != 0); ++i) {
      if (rest[i] == '(') ++open;
      if (rest[i] == ')' && open != 0 && --open == 0) return rest.substr(1, i - 1);
    }
    fail(start, "expected a number in parentheses, as in leb(300)");
    return std::nullopt;
  }

  template <typename Integer>
  std::optional<Integer> number(std::string_view text) {
    if (const auto plain = parse_number<Integer>(text)) return plain;
    const auto value = Expression{text, names_}.value();
    if (value && std::in_range<Integer>(*value)) return static_cast<Integer>(*value);
    fail(static_cast<std::size_t>(text.data() - source_.data()),
         "not a number of this kind: '" + std::string{text.substr(0, 40)} + "'");
    return std::nullopt;
  }

  // The "(N)" after leb, sleb, digits and repeat.
  template <typename Integer>
  std::optional<Integer> argument(std::size_t start) {
    const auto text = parentheses(start);
    if (!text) return std::nullopt;
    const auto value = number<Integer>(*text);
    if (value) at_ += text->size() + 2;
    return value;
  }

  // The items from '{' to its '}'.
  bool braces(int depth) {
    const std::size_t open = at_++;
    if (depth >= depth_limit) {
      fail(open, "groups are nested deeper than 64");
      return false;
    }
    while (more() && peek() != '}') item(depth + 1);
    if (at_ == source_.size()) fail(open, "the '{' is never closed");
    if (error_) return false;
    ++at_;
    return true;
  }

  void group(int depth) {
    const std::size_t begin = out_.size();
    if (!braces(depth)) return;
    std::vector<std::byte> length;
    append_leb(length, out_.size() - begin);
    out_.insert(out_.begin() + static_cast<std::ptrdiff_t>(begin), length.begin(), length.end());
  }

  void repeat(int depth, std::size_t start) {
    const auto times = argument<std::uint64_t>(start);
    if (!times) return;
    if (!more() || peek() != '{') return fail(start, "repeat(N) needs a '{' after it");
    const std::size_t begin = out_.size();
    if (!braces(depth)) return;
    const std::size_t size = out_.size() - begin;
    if (*times == 0 || size == 0) return out_.resize(begin);
    if (*times - 1 > (assemble_limit - out_.size()) / size) return fail(start, too_much);
    const std::size_t total = size * *times;
    out_.resize(begin + total);
    const auto body = out_.begin() + static_cast<std::ptrdiff_t>(begin);
    for (std::size_t done = size; done < total;) {  // what is there doubles each round
      const std::size_t chunk = std::min(done, total - done);
      std::copy_n(body, chunk, body + static_cast<std::ptrdiff_t>(done));
      done += chunk;
    }
  }

  // The group again and again, with the number of times before as a name.
  void each(int depth, std::size_t start) {
    const auto text = parentheses(start);
    if (!text) return;
    const std::size_t comma = text->find(',');
    const std::string_view name = text->substr(0, comma);
    const auto taken = [&](const Expression::Name& other) { return other.first == name; };
    if (comma == std::string_view::npos || name.empty() || !std::ranges::all_of(name, is_word) ||
        std::ranges::any_of(names_, taken))
      return fail(start, "expected a new name and a number, as in each(i, 300)");
    const auto times = number<std::uint64_t>(text->substr(comma + 1));
    if (!times) return;
    at_ += text->size() + 2;
    if (!more() || peek() != '{') return fail(start, "each(i, N) needs a '{' after it");
    const std::size_t open = at_;
    const std::size_t begin = out_.size();
    names_.emplace_back(name, 0);
    // Once even if it is to be there no times, to find its end.
    for (std::uint64_t i = 0; i == 0 || (i < *times && !error_); ++i) {
      at_ = open;
      names_.back().second = static_cast<std::int64_t>(i);
      if (!braces(depth)) break;
      if (out_.size() == begin) break;  // nothing, any number of times
    }
    if (*times == 0) out_.resize(begin);
    names_.pop_back();
  }

  std::string_view source_;
  std::size_t at_ = 0;
  std::vector<std::byte> out_;
  std::vector<Expression::Name> names_;
  std::optional<AssembleError> error_;
};

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// The text of a line that is only a comment; nullopt for a line that holds bytes.
std::optional<std::string_view> comment_of(std::string_view line) {
  const std::string_view text = trim(line);
  if (text.empty()) return text;
  const std::size_t mark = text.find_first_not_of(text.starts_with('#') ? "#" : ";");
  if (!text.starts_with('#') && !text.starts_with(";;")) return std::nullopt;
  return mark == std::string_view::npos ? std::string_view{} : trim(text.substr(mark));
}

void read_verdict(std::string_view text, Expectation& result) {
  const std::size_t space = std::min(text.find_first_of(blanks), text.size());
  const std::string_view word = text.substr(0, space);
  const std::string_view reason = trim(text.substr(space));
  if (result.verdict != ExpectedVerdict::unstated) {
    result.problem = "expect is given twice";
  } else if (word == "invalid") {
    result.verdict = ExpectedVerdict::invalid;
    result.reason = reason;
  } else if (word == "valid" && reason.empty()) {
    result.verdict = ExpectedVerdict::valid;
  } else {
    result.problem = "expect is neither 'valid' nor 'invalid REASON'";
  }
}

void read_features(std::string_view text, Expectation& result) {
  if (!result.features.empty()) {
    result.problem = "features is given twice";
  } else if (text.empty()) {
    result.problem = "features names none";
  } else {
    result.features = text;
  }
}

void read_offset(std::string_view text, Expectation& result) {
  result.offset = parse_number<std::uint32_t>(text);
  if (!result.offset) result.problem = "at is not followed by a number";
}

void read_sizes(std::string_view text, Expectation& result) {
  const std::size_t space = std::min(text.find_first_of(blanks), text.size());
  const auto small = parse_number<std::uint32_t>(text.substr(0, space));
  const auto large = parse_number<std::uint32_t>(trim(text.substr(space)));
  if (!small || !large)
    result.problem = "n is not two numbers";
  else
    result.sizes = {*small, *large};
}

}  // namespace

std::expected<std::vector<std::byte>, AssembleError> assemble(std::string_view source, std::optional<std::uint32_t> n) {
  return Assembler{source, n}.run();
}

Expectation parse_expectation(std::string_view source) {
  constexpr std::string_view expect = "expect:";
  constexpr std::string_view features = "features:";
  constexpr std::string_view sizes = "n:";
  constexpr std::string_view at = "at:";
  Expectation result;
  while (!source.empty() && result.problem.empty()) {
    const std::size_t end = std::min(source.find('\n'), source.size());
    const auto comment = comment_of(source.substr(0, end));
    if (!comment) break;
    if (comment->starts_with(expect)) read_verdict(trim(comment->substr(expect.size())), result);
    if (comment->starts_with(features)) read_features(trim(comment->substr(features.size())), result);
    if (comment->starts_with(sizes)) read_sizes(trim(comment->substr(sizes.size())), result);
    if (comment->starts_with(at)) read_offset(trim(comment->substr(at.size())), result);
    source.remove_prefix(std::min(end + 1, source.size()));
  }
  if (result.offset && result.verdict == ExpectedVerdict::valid) result.problem = "what is valid has no error";
  if (result.problem.empty() && result.verdict == ExpectedVerdict::unstated)
    result.problem = "there is no 'expect:' before the first byte";
  return result;
}

}  // namespace plimsoll::regress
