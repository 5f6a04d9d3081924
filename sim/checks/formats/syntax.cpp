// Recursive descent; depth is bounded, so the stack is too.
#include "sim/checks/formats/syntax.hpp"

#include <charconv>
#include <vector>

#include "sim/utf8.hpp"

namespace stormglass::sim::checks {
namespace {

constexpr std::string_view kAtomEnds = " \t\r\n,:\"[]{}();";

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_symbol(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("*+!-_?<>=./&%$|#'").find(c) != std::string_view::npos;
}

class Parser {
  public:
    Parser(std::string_view text, Syntax syntax, std::uint32_t line, ValuePool& pool)
        : text_(text),
          syntax_(syntax),
          line_(line),
          pool_(pool) {}

    Result<Value> whole() {
        Value value;
        if (skip_space() && element(value, 0) && skip_space() && at_ != text_.size()) {
            fail("unexpected " + quoted(text_.substr(at_)) + " after the element");
        }
        if (!error_.empty()) {
            std::string where = "line ";
            where += std::to_string(line_);
            return Error{"HI_SYNTAX", where + ": " + error_};
        }
        return value;
    }

  private:
    bool fail(std::string text) {
        if (error_.empty()) {
            error_ = std::move(text);
        }
        return false;
    }

    bool more() const { return at_ < text_.size(); }

    char here() const { return text_[at_]; }

    /// White space, and in EDN commas and comments. Always true, for chaining.
    bool skip_space() {
        for (; more(); ++at_) {
            const char c = here();
            if (c == '\n') {
                ++line_;
            } else if (syntax_ == Syntax::edn && c == ';') {
                while (at_ + 1 < text_.size() && text_[at_ + 1] != '\n') {
                    ++at_;
                }
            } else if (c != ' ' && c != '\t' && c != '\r' &&
                       !(syntax_ == Syntax::edn && c == ',')) {
                break;
            }
        }
        return true;
    }

    bool element(Value& out, int depth) {
        if (!more()) {
            return fail("ends where a value is due");
        }
        const char c = here();
        if (c == '"') {
            return string(out);
        }
        if (c == '[' || c == '{' || (syntax_ == Syntax::edn && (c == '(' || c == '#'))) {
            if (depth == kDepthMax) {
                return fail("lists nest deeper than " + std::to_string(kDepthMax));
            }
            if (c == '#') {
                return dispatch(out, depth);
            }
            return c == '{' ? map(out, depth) : sequence(out, depth, c == '[' ? ']' : ')');
        }
        if (syntax_ == Syntax::edn && c == ':') {
            return keyword(out);
        }
        if (is_digit(c) || c == '-' || (c == '+' && syntax_ == Syntax::edn)) {
            return number(out);
        }
        return word(out);
    }

    /// `#{..}` is a set, read as a list; `#jepsen.history.Op{..}` a map that names its type.
    bool dispatch(Value& out, int depth) {
        constexpr std::string_view kOp = "#jepsen.history.Op";
        if (text_.substr(at_).starts_with("#{")) {
            ++at_;
            return sequence(out, depth, '}');
        }
        if (text_.substr(at_).starts_with(kOp)) {
            at_ += kOp.size();
            if (more() && here() == '{') {
                return map(out, depth);
            }
        }
        return fail("a tagged element " + quoted(text_.substr(at_, 24)) + " is not understood");
    }

    /// JSON wants exactly one comma between elements; in EDN commas are white space.
    bool separator(char close, bool& first) {
        skip_space();
        if (!more()) {
            return fail(std::string("ends before '") + close + "'");
        }
        if (here() == close || syntax_ == Syntax::edn || first) {
            first = false;
            return true;
        }
        if (here() != ',') {
            return fail("a comma is due before " + quoted(text_.substr(at_, 12)));
        }
        ++at_;
        skip_space();
        return !(more() && here() == close) || fail("a comma before the closing bracket");
    }

    bool sequence(Value& out, int depth, char close) {
        ++at_;
        const std::size_t base = stack_.size();
        for (bool first = true; separator(close, first);) {
            if (here() == close) {
                ++at_;
                out = pool_.list({stack_.data() + base, stack_.size() - base});
                stack_.resize(base);
                return true;
            }
            Value item;
            if (!element(item, depth + 1)) {
                return false;
            }
            stack_.push_back(item);
        }
        return false;
    }

    bool map(Value& out, int depth) {
        ++at_;
        const std::size_t base = stack_.size();
        for (bool first = true; separator('}', first);) {
            if (here() == '}') {
                ++at_;
                std::vector<Value> pairs(stack_.begin() + static_cast<std::ptrdiff_t>(base),
                                         stack_.end());
                stack_.resize(base);
                return pool_.map(pairs, out) || fail("a key stands twice in one map, or is a list");
            }
            Value key;
            Value value;
            if (syntax_ == Syntax::json && here() != '"') {
                return fail("a key in quotes is due, got " + quoted(text_.substr(at_, 12)));
            }
            if (!element(key, depth + 1) || !colon() || !element(value, depth + 1)) {
                return false;
            }
            stack_.push_back(key);
            stack_.push_back(value);
        }
        return false;
    }

    bool colon() {
        skip_space();
        if (syntax_ == Syntax::json) {
            if (!more() || here() != ':') {
                return fail("':' is due after a key");
            }
            ++at_;
            skip_space();
        }
        return true;
    }

    bool keyword(Value& out) {
        const std::size_t begin = ++at_;
        while (more() && is_symbol(here())) {
            ++at_;
        }
        if (at_ == begin) {
            return fail("':' without a name");
        }
        out = pool_.text(text_.substr(begin, at_ - begin), ValueKind::word);
        return true;
    }

    bool word(Value& out) {
        const std::size_t begin = at_;
        while (more() && is_symbol(here())) {
            ++at_;
        }
        const std::string_view name = text_.substr(begin, at_ - begin);
        if (name == "true" || name == "false") {
            out = Value::boolean(name == "true");
        } else if (name == (syntax_ == Syntax::json ? "null" : "nil")) {
            out = Value();
        } else if (syntax_ == Syntax::edn && !name.empty()) {
            out = pool_.text(name, ValueKind::word);
        } else {
            return fail("a value is due, got " + quoted(text_.substr(begin, 12)));
        }
        return true;
    }

    bool number(Value& out) {
        const std::size_t begin = at_;
        while (more() && kAtomEnds.find(here()) == std::string_view::npos) {
            ++at_;
        }
        std::string_view text = text_.substr(begin, at_ - begin);
        if (syntax_ == Syntax::edn && !(text.size() > 1 && is_digit(text[1])) &&
            !is_digit(text[0])) {
            at_ = begin;
            return word(out);  // the symbols - and +, and those that begin with them
        }
        if (text[0] == '+') {
            text.remove_prefix(1);
        }
        if (syntax_ == Syntax::edn && text.size() > 1 && text.back() == 'N') {
            text.remove_suffix(1);
        }
        std::int64_t value = 0;
        const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        const bool whole = error == std::errc{} && stop == text.data() + text.size();
        if (!well_formed(text)) {
            return fail("no number: " + quoted(text));
        }
        out = whole && Value::fits(value) ? Value::number(value)
                                          : pool_.text(text, ValueKind::decimal);
        return true;
    }

    /// The grammar of JSON's numbers; EDN's end in M where they are exact.
    bool well_formed(std::string_view text) const {
        if (syntax_ == Syntax::edn && text.size() > 1 && text.back() == 'M') {
            text.remove_suffix(1);
        }
        std::size_t at = text.starts_with('-') ? 1 : 0;
        const auto digits = [&] {
            const std::size_t begin = at;
            while (at < text.size() && is_digit(text[at])) {
                ++at;
            }
            return at > begin;
        };
        const bool zero = at < text.size() && text[at] == '0';
        const std::size_t begin = at;
        if (!digits() || (zero && at > begin + 1)) {
            return false;
        }
        if (at < text.size() && text[at] == '.') {
            ++at;
            if (!digits()) {
                return false;
            }
        }
        if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
            ++at;
            at += at < text.size() && (text[at] == '+' || text[at] == '-') ? 1U : 0U;
            if (!digits()) {
                return false;
            }
        }
        return at == text.size();
    }

    bool string(Value& out) {
        const std::size_t begin = ++at_;
        while (more() && here() != '"' && here() != '\\' && !control()) {
            ++at_;
        }
        if (more() && here() == '"') {
            return finish_string(text_.substr(begin, at_ - begin), out);
        }
        buffer_.assign(text_.substr(begin, at_ - begin));
        while (more() && here() != '"') {
            if (control()) {
                return fail("a raw control character in a string");
            }
            if (here() != '\\') {
                buffer_ += text_[at_++];
            } else if (!escape()) {
                return false;
            }
        }
        return more() ? finish_string(buffer_, out) : fail("ends inside a string");
    }

    bool control() const {
        return static_cast<unsigned char>(here()) < 0x20 &&
               !(syntax_ == Syntax::edn && (here() == '\t' || here() == '\n'));
    }

    bool finish_string(std::string_view text, Value& out) {
        ++at_;
        if (find_not_utf8(text) != std::string_view::npos) {
            return fail("a string that is not UTF-8");
        }
        out = pool_.text(text);
        return true;
    }

    bool escape() {
        constexpr std::string_view kNames = "\"\\/bfnrt";
        constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
        ++at_;
        if (!more()) {
            return fail("ends inside a string");
        }
        const std::size_t known = kNames.find(here());
        if (known != std::string_view::npos) {
            buffer_ += kMeanings[known];
            ++at_;
            return true;
        }
        std::uint32_t code = 0;
        if (here() != 'u' || !hex(code)) {
            return fail("an unknown escape in a string");
        }
        if (code >= 0xd800 && code < 0xdc00) {
            std::uint32_t low = 0;
            if (!text_.substr(at_).starts_with("\\u")) {
                return fail("half a surrogate pair in a string");
            }
            ++at_;
            if (!hex(low) || low < 0xdc00 || low > 0xdfff) {
                return fail("half a surrogate pair in a string");
            }
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        } else if (code >= 0xdc00 && code < 0xe000) {
            return fail("half a surrogate pair in a string");
        }
        append_utf8(code);
        return true;
    }

    /// Four digits after the 'u' here.
    bool hex(std::uint32_t& code) {
        const std::string_view digits = text_.substr(at_ + 1, 4);
        const auto [stop, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
        if (digits.size() != 4 || error != std::errc{} || stop != digits.data() + 4) {
            return false;
        }
        at_ += 5;
        return true;
    }

    void append_utf8(std::uint32_t code) {
        const auto byte = [this](std::uint32_t value) { buffer_ += static_cast<char>(value); };
        if (code < 0x80) {
            byte(code);
        } else if (code < 0x800) {
            byte(0xc0U | (code >> 6));
            byte(0x80U | (code & 0x3fU));
        } else if (code < 0x10000) {
            byte(0xe0U | (code >> 12));
            byte(0x80U | ((code >> 6) & 0x3fU));
            byte(0x80U | (code & 0x3fU));
        } else {
            byte(0xf0U | (code >> 18));
            byte(0x80U | ((code >> 12) & 0x3fU));
            byte(0x80U | ((code >> 6) & 0x3fU));
            byte(0x80U | (code & 0x3fU));
        }
    }

    std::string_view text_;
    Syntax syntax_;
    std::uint32_t line_;
    ValuePool& pool_;
    std::size_t at_ = 0;
    std::string error_;
    std::string buffer_;
    std::vector<Value> stack_;
};

}  // namespace

std::string quoted(std::string_view text) {
    constexpr std::size_t kMax = 40;
    std::string out = "'";
    for (const char c : text.substr(0, kMax)) {
        out += c >= ' ' && c <= '~' ? c : '?';
    }
    return out + (text.size() > kMax ? "...'" : "'");
}

Result<Value> parse_element(std::string_view text,
                            Syntax syntax,
                            std::uint32_t line,
                            ValuePool& pool) {
    return Parser(text, syntax, line, pool).whole();
}

}  // namespace stormglass::sim::checks
