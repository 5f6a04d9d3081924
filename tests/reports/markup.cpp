// Recursion follows the nesting of elements, which the writers keep shallow.
#include "tests/reports/markup.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "reports/text.hpp"

namespace stormglass::reports {

namespace {

bool is_name(char character) {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           (character >= '0' && character <= '9') || character == '-' || character == ':';
}

bool is_void(std::string_view tag) {
    return tag == "br" || tag == "meta" || tag == "wbr";
}

class Parser {
  public:
    Parser(std::string_view text, Dialect dialect) : text_(text), dialect_(dialect) {}

    Result<Markup> parse() {
        const std::string_view start = dialect_ == Dialect::html
                                           ? "<!doctype html>"
                                           : "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
        if (!take(start)) {
            fail("no declaration");
        }
        Markup root;
        children(root);
        if (problem_.empty() && at_ != text_.size()) {
            fail("something after the end");
        }
        if (!problem_.empty()) {
            return Error{"MARKUP", problem_};
        }
        return root;
    }

  private:
    void fail(const std::string& why) {
        if (problem_.empty()) {
            problem_ = why + " at " + std::to_string(at_) + ": " +
                       std::string(text_.substr(at_ > 30 ? at_ - 30 : 0, 60));
        }
    }

    bool take(std::string_view wanted) {
        if (text_.substr(at_).starts_with(wanted)) {
            at_ += wanted.size();
            return true;
        }
        return false;
    }

    std::string name() {
        const std::size_t start = at_;
        while (at_ < text_.size() && is_name(text_[at_])) {
            ++at_;
        }
        if (start == at_) {
            fail("a name is missing");
        }
        return std::string(text_.substr(start, at_ - start));
    }

    /// Text up to `end`, which must come; '<', '>' and stray '&' are refused, controls too.
    std::string decoded(std::string_view ends) {
        std::string out;
        while (at_ < text_.size() && ends.find(text_[at_]) == std::string_view::npos) {
            const char character = text_[at_];
            const auto byte = static_cast<unsigned char>(character);
            if (character == '<' || character == '>' || byte == 0x7F ||
                (byte < 0x20 && character != '\n' && character != '\t')) {
                fail("a character that must be escaped");
                return out;
            }
            if (character != '&') {
                out += character;
                ++at_;
            } else if (!reference(out)) {
                return out;
            }
        }
        return out;
    }

    bool reference(std::string& out) {
        for (const auto& [written, meant] : {std::pair{"&amp;", '&'},
                                             {"&lt;", '<'},
                                             {"&gt;", '>'},
                                             {"&quot;", '"'},
                                             {"&#39;", '\''},
                                             {"&#10;", '\n'},
                                             {"&#9;", '\t'}}) {
            if (take(written)) {
                out += meant;
                return true;
            }
        }
        fail("an unknown reference");
        return false;
    }

    void attributes(Markup& into) {
        while (problem_.empty() && take(" ")) {
            const std::string key = name();
            if (!take("=\"")) {
                fail("an attribute without quotes");
                return;
            }
            if (!into.attributes.emplace(key, decoded("\"")).second) {
                fail("an attribute twice");
            }
            if (!take("\"")) {
                fail("an attribute that does not end");
            }
        }
    }

    void element(Markup& parent) {
        Markup& node = parent.children.emplace_back();
        node.tag = name();
        attributes(node);
        if (dialect_ == Dialect::xml && take("/>")) {
            return;
        }
        if (!take(">")) {
            fail("a tag that does not end");
            return;
        }
        if (dialect_ == Dialect::html && is_void(node.tag)) {
            return;
        }
        if (dialect_ == Dialect::html && node.tag == "style") {
            const std::size_t end = text_.find("</", at_);
            node.text = text_.substr(at_, end - at_);
            at_ = std::min(end, text_.size());
        } else {
            children(node);
        }
        if (!take("</" + node.tag + ">")) {
            fail("<" + node.tag + "> is not closed");
        }
    }

    void children(Markup& parent) {
        while (problem_.empty() && at_ < text_.size()) {
            if (text_.substr(at_).starts_with("</")) {
                return;
            }
            if (take("<")) {
                element(parent);
            } else {
                Markup& node = parent.children.emplace_back();
                node.text = decoded("<");
            }
        }
    }

    std::string_view text_;
    Dialect dialect_;
    std::size_t at_ = 0;
    std::string problem_;
};

}  // namespace

Result<Markup> parse_markup(std::string_view text, Dialect dialect) {
    if (valid_utf8(text) != text) {
        return Error{"MARKUP", "the text is not UTF-8"};
    }
    return Parser(text, dialect).parse();
}

std::string Markup::all_text() const {
    std::string out = tag == "style" ? "" : text;
    for (const Markup& child : children) {
        out += child.all_text();
    }
    return out;
}

std::vector<const Markup*> Markup::all(std::string_view wanted) const {
    std::vector<const Markup*> out;
    for (const Markup& child : children) {
        if (child.tag == wanted) {
            out.push_back(&child);
        }
        const auto below = child.all(wanted);
        out.insert(out.end(), below.begin(), below.end());
    }
    return out;
}

const Markup* Markup::with(const std::string& name, const std::string& value) const {
    for (const Markup& child : children) {
        if (child.attributes.contains(name) && child.attribute(name) == value) {
            return &child;
        }
        if (const Markup* below = child.with(name, value)) {
            return below;
        }
    }
    return nullptr;
}

std::string Markup::attribute(const std::string& name) const {
    const auto found = attributes.find(name);
    return found == attributes.end() ? std::string{} : found->second;
}

std::vector<std::vector<std::string>> table_rows(const Markup& table) {
    std::vector<std::vector<std::string>> rows;
    for (const Markup* row : table.all("tr")) {
        std::vector<std::string>& cells = rows.emplace_back();
        for (const Markup& cell : row->children) {
            if (cell.tag == "th" || cell.tag == "td") {
                cells.push_back(cell.all_text());
            }
        }
    }
    return rows;
}

}  // namespace stormglass::reports
