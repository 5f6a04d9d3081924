// Which claim means which line of the document. Equal hashes decide; what is left over on both
// sides is paired by kind and order, or by the words of a quote, and called suspect.
#include <algorithm>
#include <map>

#include "runtime/check.hpp"
#include "scenarios/files/document.hpp"

namespace stormglass::scenarios {

namespace {

constexpr std::size_t kWordsMax = 400;       // the comparison is quadratic
constexpr std::size_t kScoredWordsMax = 60;  // enough to tell lines apart, for each pair of them

std::vector<std::string_view> words_of(std::string_view text, std::size_t words_max = kWordsMax) {
    std::vector<std::string_view> words;
    std::size_t at = 0;
    while (at < text.size() && words.size() < words_max) {
        const std::size_t start = text.find_first_not_of(" \t\r\n", at);
        if (start == std::string_view::npos) {
            break;
        }
        at = std::min(text.find_first_of(" \t\r\n", start), text.size());
        words.push_back(text.substr(start, at - start));
    }
    return words;
}

using Words = std::vector<std::string_view>;

/// longest[i][j]: longest common subsequence of a from i and b from j.
std::vector<std::vector<int>> common_from(const Words& a, const Words& b) {
    std::vector<std::vector<int>> longest(a.size() + 1, std::vector<int>(b.size() + 1, 0));
    for (std::size_t i = a.size(); i-- > 0;) {
        for (std::size_t j = b.size(); j-- > 0;) {
            longest[i][j] = a[i] == b[j] ? longest[i + 1][j + 1] + 1
                                         : std::max(longest[i + 1][j], longest[i][j + 1]);
        }
    }
    return longest;
}

int common_words(std::string_view a, std::string_view b) {
    return common_from(words_of(a, kScoredWordsMax), words_of(b, kScoredWordsMax))[0][0];
}

/// Whether a claim of this kind can mean a line of that kind.
bool fits(ClaimKind claim, LineKind line) {
    switch (line) {
        case LineKind::assumption:
            return claim == ClaimKind::assumption;
        case LineKind::decision:
            return claim == ClaimKind::decision;
        case LineKind::rationale:
        case LineKind::self_critique:
            return claim == ClaimKind::rationale;
        case LineKind::alternative:
        case LineKind::rejection:
            return claim == ClaimKind::alternative;
        case LineKind::consequence:
            return claim == ClaimKind::consequence;
        case LineKind::question:
            return claim == ClaimKind::question;
    }
    return false;
}

class Matcher {
  public:
    Matcher(const Document& document, const Claims& claims)
        : document_(document),
          claims_(claims),
          taken_(document.lines.size()) {}

    DocumentMatch run() && {
        for (std::size_t i = 0; i < document_.lines.size(); ++i) {
            by_hash_[document_.lines[i].hash].push_back(i);
        }
        for (const Claim& claim : claims_.claims) {
            match_by_hash(claim);
        }
        for (std::size_t i = 0; i < claims_.claims.size(); ++i) {
            if (result_.claims[i].match == Match::missing) {
                match_by_place(i);
            }
        }
        for (std::size_t i = 0; i < taken_.size(); ++i) {
            if (!taken_[i]) {
                result_.unclaimed.push_back(i);
            }
        }
        CHECK(result_.claims.size() == claims_.claims.size());
        return std::move(result_);
    }

  private:
    void match_by_hash(const Claim& claim) {
        ClaimMatch match;
        match.id = claim.id;
        match.match = Match::missing;
        const auto found = by_hash_.find(claim.sha256);
        if (found != by_hash_.end()) {
            match.match = found->second.size() == 1 ? Match::same : Match::doubled;
            match.line = found->second.front();
            for (const std::size_t line : found->second) {
                taken_[line] = true;
            }
        }
        result_.claims.push_back(std::move(match));
    }

    void match_by_place(std::size_t index) {
        const Claim& claim = claims_.claims[index];
        ClaimMatch& match = result_.claims[index];
        const auto known = moved_.find(claim.sha256);  // several claims may share one line
        const std::optional<std::size_t> line =
            known != moved_.end() ? known->second : most_likely(claim, index);
        moved_[claim.sha256] = line;
        if (!line.has_value()) {
            return;
        }
        taken_[*line] = true;
        match.match = Match::suspect;
        match.line = line;
        const std::string& now = document_.lines[*line].text;
        match.difference =
            claim.quote.empty() ? "now: " + now : word_difference(normalise_line(claim.quote), now);
    }

    /// By the words of the quote when there is one; else the free line of the kind that follows
    /// the line of the claim before it.
    std::optional<std::size_t> most_likely(const Claim& claim, std::size_t index) const {
        std::optional<std::size_t> best;
        int most = -1;
        std::size_t from = 0;
        for (std::size_t i = 0; i < index; ++i) {
            from = std::max(from, result_.claims[i].line.value_or(0));
        }
        for (std::size_t i = 0; i < document_.lines.size(); ++i) {
            if (taken_[i] || !fits(claim.kind, document_.lines[i].kind)) {
                continue;
            }
            const int score = claim.quote.empty()
                                  ? (i >= from ? 1 : 0)
                                  : common_words(claim.quote, document_.lines[i].text);
            if (score > most) {
                most = score;
                best = i;
            }
        }
        return best;
    }

    const Document& document_;
    const Claims& claims_;
    std::vector<bool> taken_;
    std::map<std::string, std::vector<std::size_t>> by_hash_;
    std::map<std::string, std::optional<std::size_t>> moved_;
    DocumentMatch result_;
};

void append_run(std::string& out,
                std::string_view open,
                const std::string& words,
                std::string_view close) {
    if (!words.empty()) {
        out += out.empty() ? "" : " ";
        out += std::string(open) + words + std::string(close);
    }
}

void append_word(std::string& out, std::string_view word) {
    out += out.empty() ? "" : " ";
    out += word;
}

}  // namespace

std::string word_difference(std::string_view before, std::string_view after) {
    const Words a = words_of(before);
    const Words b = words_of(after);
    const std::vector<std::vector<int>> longest = common_from(a, b);
    std::string result;
    std::string gone;
    std::string come;
    const auto flush = [&] {
        append_run(result, "[-", gone, "-]");
        append_run(result, "{+", come, "+}");
        gone.clear();
        come.clear();
    };
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.size() || j < b.size()) {
        if (i < a.size() && j < b.size() && a[i] == b[j]) {
            flush();
            append_word(result, a[i]);
            ++i;
            ++j;
        } else if (j == b.size() || (i < a.size() && longest[i + 1][j] >= longest[i][j + 1])) {
            append_word(gone, a[i++]);
        } else {
            append_word(come, b[j++]);
        }
    }
    flush();
    return result;
}

DocumentMatch match_document(const Document& document, const Claims& claims) {
    return Matcher(document, claims).run();
}

}  // namespace stormglass::scenarios
