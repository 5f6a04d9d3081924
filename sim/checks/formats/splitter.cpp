#include "sim/checks/formats/splitter.hpp"

namespace stormglass::sim::checks {
namespace {

bool is_blank(std::string_view line) {
    return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

Error Splitter::refusal(std::string_view code, const std::string& text) const {
    std::string where = "line ";
    where += std::to_string(line_);
    return {code, where + ": " + text};
}

Result<void> Splitter::too_long() const {
    return refusal("HI_LIMIT",
                   "an element of more than " + std::to_string(element_max_) +
                       " bytes; the limit keeps one damaged line from filling memory");
}

Result<void> Splitter::feed(std::string_view bytes) {
    return cut_ == Cut::lines ? feed_lines(bytes) : feed_list(bytes);
}

Result<void> Splitter::give_line(std::string_view line) {
    const bool comment = syntax_ == Syntax::edn && line.starts_with(';');
    if (is_blank(line) || comment) {
        return {};
    }
    return sink_.on_element(line, line_);
}

Result<void> Splitter::feed_lines(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t end = bytes.find('\n');
        const std::string_view piece = bytes.substr(0, end);
        if (buffer_.size() + piece.size() > element_max_) {
            return too_long();
        }
        if (end == std::string_view::npos) {
            buffer_ += piece;
            return {};
        }
        Result<void> taken;
        if (buffer_.empty()) {
            taken = give_line(piece);
        } else {
            buffer_ += piece;
            taken = give_line(buffer_);
            buffer_.clear();
        }
        if (!taken) {
            return taken;
        }
        ++line_;
        bytes.remove_prefix(end + 1);
    }
    return {};
}

Result<void> Splitter::feed_list(std::string_view bytes) {
    for (const char c : bytes) {
        if (in_comment_) {
            in_comment_ = c != '\n';
            if (!in_comment_ && place_ == Place::inside) {
                buffer_ += c;  // so that lines are counted right
            }
        } else if (place_ == Place::inside) {
            const Result<void> taken = inside(c);
            if (!taken) {
                return taken;
            }
        } else if (syntax_ == Syntax::edn && c == ';') {
            in_comment_ = true;
        } else if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
            const Result<void> taken = outside(c);
            if (!taken) {
                return taken;
            }
        }
        line_ += c == '\n' ? 1U : 0U;
    }
    return {};
}

Result<void> Splitter::outside(char c) {
    if (place_ == Place::before) {
        if (c != '[' && !(c == '(' && syntax_ == Syntax::edn)) {
            return refusal("HI_SYNTAX", "an outer list is due");
        }
        close_ = c == '[' ? ']' : ')';
        place_ = Place::between;
        return {};
    }
    if (place_ == Place::after) {
        return refusal("HI_SYNTAX", "something follows the outer list");
    }
    if (c == ',') {
        return comma();
    }
    if (c == close_) {
        place_ = Place::after;
        return element_due_ ? refusal("HI_SYNTAX", "a comma before the closing bracket")
                            : Result<void>();
    }
    const bool opens = c == '{' || (syntax_ == Syntax::edn && c == '#');
    if (!opens || (syntax_ == Syntax::json && comma_due_)) {
        return refusal("HI_SYNTAX",
                       std::string(opens ? "a comma is due before " : "an object is due, got ") +
                           quoted({&c, 1}));
    }
    place_ = Place::inside;
    element_line_ = line_;
    depth_ = c == '{' ? 1 : 0;
    buffer_.assign(1, c);
    element_due_ = false;
    return {};
}

Result<void> Splitter::comma() {
    if (syntax_ == Syntax::edn) {
        return {};
    }
    if (!comma_due_) {
        return refusal("HI_SYNTAX", "a comma where an object is due");
    }
    comma_due_ = false;
    element_due_ = true;
    return {};
}

Result<void> Splitter::inside(char c) {
    if (buffer_.size() == element_max_) {
        return too_long();
    }
    buffer_ += c;
    if (escaped_) {
        escaped_ = false;
    } else if (c == '\\') {
        escaped_ = true;
    } else if (c == '"') {
        in_string_ = !in_string_;
    } else if (in_string_) {
        return {};
    } else if (c == ';' && syntax_ == Syntax::edn) {
        buffer_.pop_back();
        in_comment_ = true;
    } else if (c == '[' || c == '{' || c == '(') {
        ++depth_;
    } else if ((c == ']' || c == '}' || c == ')') && --depth_ <= 0) {
        place_ = Place::between;
        comma_due_ = true;
        return sink_.on_element(buffer_, element_line_);
    }
    return {};
}

Result<void> Splitter::finish() {
    if (cut_ == Cut::lines) {
        const Result<void> taken = give_line(buffer_);
        buffer_.clear();
        return taken;
    }
    if (place_ == Place::before) {
        return {};
    }
    if (place_ != Place::after) {
        return refusal("HI_TRUNCATED",
                       place_ == Place::inside ? "the history ends inside an element"
                                               : "the history ends before its closing bracket");
    }
    return {};
}

}  // namespace stormglass::sim::checks
