// Finds the claimable lines by section heading and list structure. An item may run over several
// lines of text; they are joined before the white space is collapsed.
#include "scenarios/files/document.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "reports/sha256.hpp"
#include "runtime/check.hpp"
#include "scenarios/files/suggest.hpp"
#include "scenarios/files/utf8.hpp"

namespace stormglass::scenarios {

namespace {

constexpr std::size_t kDocumentBytesMax = 1'048'576;
constexpr std::size_t kLinesMax = 300;  // the decision at hand has 27

enum class Section {
    other,
    assumptions,
    decision,
    rationale,
    alternatives,
    consequences,
    questions
};

constexpr std::array<std::string_view, 8> kLineKinds = {"assumption",
                                                        "decision",
                                                        "rationale",
                                                        "self-critique",
                                                        "alternative",
                                                        "rejection",
                                                        "consequence",
                                                        "question"};

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_space(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_space(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

/// What precedes the text of a line, taken apart.
struct Lead {
    bool quote = false;
    bool item = false;      // "*", "-", "+"
    bool numbered = false;  // "1.", "1)"
    Box box = Box::none;
    std::size_t indent = 0;      // of the marker, after the quote mark
    std::size_t box_offset = 0;  // in the raw line
    std::size_t text = 0;        // where the text starts in the raw line
};

std::size_t skip_spaces(std::string_view raw, std::size_t at) {
    while (at < raw.size() && is_space(raw[at])) {
        ++at;
    }
    return at;
}

/// The length of a list marker at `at`, or 0. A marker is followed by white space.
std::size_t marker_length(std::string_view raw, std::size_t at) {
    std::size_t end = at;
    if (end < raw.size() && (raw[end] == '*' || raw[end] == '-' || raw[end] == '+')) {
        ++end;
    } else {
        while (end < raw.size() && end - at < 9 && raw[end] >= '0' && raw[end] <= '9') {
            ++end;
        }
        const bool number = end > at && end < raw.size() && (raw[end] == '.' || raw[end] == ')');
        if (!number) {
            return 0;
        }
        ++end;
    }
    return end < raw.size() && is_space(raw[end]) ? end - at : 0;
}

Lead lead_of(std::string_view raw) {
    Lead lead;
    std::size_t at = skip_spaces(raw, 0);
    std::size_t margin = 0;
    while (at < raw.size() && raw[at] == '>') {
        lead.quote = true;
        margin = at + 1 < raw.size() && raw[at + 1] == ' ' ? at + 2 : at + 1;
        at = skip_spaces(raw, at + 1);
    }
    lead.indent = at >= margin ? at - margin : 0;
    const std::size_t marker = marker_length(raw, at);
    if (marker > 0) {
        lead.item = marker == 1;
        lead.numbered = marker > 1;
        at = skip_spaces(raw, at + marker);
    }
    const bool box = at + 3 < raw.size() && raw[at] == '[' && raw[at + 2] == ']' &&
                     is_space(raw[at + 3]) &&
                     (raw[at + 1] == ' ' || raw[at + 1] == 'x' || raw[at + 1] == 'X');
    if (box && marker > 0) {
        lead.box = raw[at + 1] == ' ' ? Box::empty : Box::ticked;
        lead.box_offset = at + 1;
        at = skip_spaces(raw, at + 3);
    }
    lead.text = at;
    return lead;
}

std::string collapsed(std::string_view text) {
    std::string result;
    for (const char c : trimmed(text)) {
        if (!is_space(c)) {
            result += c;
        } else if (result.back() != ' ') {
            result += ' ';
        }
    }
    return result;
}

Section section_of(std::string_view heading) {
    constexpr std::array<std::pair<std::string_view, Section>, 6> kSections = {
        {{"assumption", Section::assumptions},
         {"rationale", Section::rationale},
         {"alternative", Section::alternatives},
         {"consequence", Section::consequences},
         {"question", Section::questions},
         {"decision", Section::decision}}};
    const std::string words = lower(heading);
    for (const auto& [word, section] : kSections) {
        if (words.find(word) != std::string::npos) {
            return section;
        }
    }
    return Section::other;
}

/// Walks the lines of a document and collects items.
class Walker {
  public:
    Document take() && {
        finish();
        return std::move(document_);
    }

    void line(std::string_view raw, std::size_t offset, int number) {
        const std::string_view text = trimmed(raw);
        if (text.starts_with("```") || text.starts_with("~~~")) {
            finish();
            in_code_ = !in_code_;
            return;
        }
        if (in_code_) {
            return;
        }
        if (text.starts_with('#')) {
            finish();
            heading(text);
            return;
        }
        if (text.empty() || text == ">" || is_rule(text)) {
            finish();
            return;
        }
        body(raw, offset, number);
    }

  private:
    static bool is_rule(std::string_view text) {
        return text.size() >= 3 && text.find_first_not_of("-*_ ") == std::string_view::npos;
    }

    void heading(std::string_view text) {
        const std::size_t level = text.find_first_not_of('#');
        const std::string_view words = trimmed(text.substr(std::min(level, text.size())));
        if (level == 1 && document_.title.empty()) {
            document_.title = std::string(words);
        } else if (level <= 2) {
            section_ = section_of(words);
        }
    }

    void body(std::string_view raw, std::size_t offset, int number) {
        const Lead lead = lead_of(raw);
        const std::string_view text = trimmed(raw.substr(lead.text));
        const bool marker = lead.item || lead.numbered;
        if (stated_confidence(text)) {
            return;
        }
        if (!marker && item_.has_value() && lead.quote == quoted_item_) {
            joined_ += ' ';
            joined_ += text;  // the item goes on
            return;
        }
        finish();
        const std::optional<LineKind> kind = kind_of(lead, text);
        if (!kind.has_value()) {
            return;
        }
        item_ = DocumentLine{};
        item_->kind = *kind;
        item_->box = lead.box;
        item_->box_offset = offset + lead.box_offset;
        item_->line = number;
        quoted_item_ = lead.quote;
        joined_ = std::string(text);
    }

    /// "Confidence: High" below a line belongs to it and is no line of its own.
    bool stated_confidence(std::string_view text) {
        std::string plain;
        std::copy_if(
            text.begin(), text.end(), std::back_inserter(plain), [](char c) { return c != '*'; });
        if (section_ == Section::other || !lower(plain).starts_with("confidence:")) {
            return false;
        }
        finish();
        const std::string value = collapsed(std::string_view(plain).substr(11));
        for (auto line = document_.lines.rbegin(); line != document_.lines.rend(); ++line) {
            if (line->kind == LineKind::rationale || line->kind == LineKind::alternative) {
                line->stated_confidence = value;
                break;
            }
            if (line->kind == LineKind::decision) {
                line->stated_confidence = value;  // of the decision as a whole
            } else if (line->kind != LineKind::self_critique && line->kind != LineKind::rejection) {
                break;
            }
        }
        return true;
    }

    std::optional<LineKind> kind_of(const Lead& lead, std::string_view text) const {
        const std::string words = lower(text);
        const bool marker = lead.item || lead.numbered;
        switch (section_) {
            case Section::assumptions:
                return marker ? std::optional(LineKind::assumption) : std::nullopt;
            case Section::decision:
                return lead.quote || marker ? std::optional(LineKind::decision) : std::nullopt;
            case Section::rationale:
                if (words.starts_with("self-critique")) {
                    return LineKind::self_critique;
                }
                return lead.numbered || (lead.item && lead.indent == 0)
                           ? std::optional(LineKind::rationale)
                           : std::nullopt;
            case Section::alternatives:
                if (words.find("rejection:") != std::string::npos &&
                    words.find("rejection:") < 30) {
                    return LineKind::rejection;
                }
                return lead.numbered || (lead.item && lead.indent == 0)
                           ? std::optional(LineKind::alternative)
                           : std::nullopt;
            case Section::consequences:
                return marker ? std::optional(LineKind::consequence) : std::nullopt;
            case Section::questions:
                return marker ? std::optional(LineKind::question) : std::nullopt;
            case Section::other:
                return lead.box != Box::none ? std::optional(LineKind::assumption) : std::nullopt;
        }
        return std::nullopt;
    }

    void finish() {
        if (!item_.has_value()) {
            return;
        }
        item_->text = collapsed(joined_);
        item_->hash = reports::short_hash(item_->text);
        for (const char c : item_->text) {
            document_.beyond_ascii |= static_cast<unsigned char>(c) >= 0x80;
        }
        if (!item_->text.empty()) {
            document_.lines.push_back(std::move(*item_));
        }
        item_.reset();
        joined_.clear();
    }

    Document document_;
    Section section_ = Section::other;
    std::optional<DocumentLine> item_;
    std::string joined_;
    bool quoted_item_ = false;
    bool in_code_ = false;
};

Place place_in(std::string_view text, std::size_t at) {
    Place place;
    place.line = 1 + static_cast<int>(std::count(
                         text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
    return place;
}

}  // namespace

std::string normalise_line(std::string_view raw) {
    return collapsed(raw.substr(lead_of(raw).text));
}

Result<Document> read_document(std::string_view text) {
    if (text.size() > kDocumentBytesMax) {
        return Error{"document-too-large", "the document is larger than 1024 KiB"};
    }
    const std::size_t wrong = first_not_utf8(text);
    if (wrong != std::string_view::npos) {
        return Error{
            "document-not-utf8",
            "the document is not UTF-8 at line " + std::to_string(place_in(text, wrong).line)};
    }
    Walker walker;
    std::size_t at = 0;
    int number = 0;
    while (at < text.size()) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        walker.line(text.substr(at, end - at), at, ++number);
        at = end + 1;
    }
    Document document = std::move(walker).take();
    if (document.lines.size() > kLinesMax) {
        return Error{"document-too-large",
                     "the document has more than " + std::to_string(kLinesMax) +
                         " lines that could be claimed"};
    }
    if (document.lines.empty()) {
        return Error{"document-without-lines",
                     "the document has no assumption, decision, rationale, alternative, "
                     "consequence or question that could be claimed"};
    }
    return document;
}

Result<std::string> tick(std::string_view text, const std::set<std::string>& hashes) {
    const Result<Document> document = read_document(text);
    if (!document) {
        return document.error();
    }
    std::string copy(text);
    std::set<std::string> left = hashes;
    for (const DocumentLine& line : document->lines) {
        if (!hashes.contains(line.hash)) {
            continue;
        }
        if (left.erase(line.hash) == 0) {
            return Error{"document-doubled",
                         "two lines of the document have the hash " + line.hash +
                             ": which one is meant is unclear"};
        }
        if (line.box != Box::empty) {
            continue;  // ticked already, or a line that has no box
        }
        CHECK(copy[line.box_offset] == ' ');
        copy[line.box_offset] = 'x';
    }
    if (!left.empty()) {
        return Error{"document-changed",
                     "no line of the document has the hash " + *left.begin() +
                         ": it changed since the claims were written"};
    }
    return copy;
}

std::string_view name_of(LineKind kind) {
    return kLineKinds[static_cast<std::size_t>(kind)];
}

}  // namespace stormglass::scenarios
