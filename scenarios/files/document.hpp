// The decision document under review: which of its lines can be claimed, their fingerprints, which
// claims still match them, and a copy with ticked boxes. Markdown in the dialect of the ADR
// template; nothing is rendered here.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/result.hpp"
#include "scenarios/files/claims.hpp"

namespace stormglass::scenarios {

enum class LineKind {
    assumption,
    decision,
    rationale,
    self_critique,
    alternative,
    rejection,
    consequence,
    question,
};

enum class Box { none, empty, ticked };

struct DocumentLine {
    LineKind kind = LineKind::assumption;
    std::string text;               // normalised
    std::string hash;               // first 16 hex digits of its SHA-256
    std::string stated_confidence;  // of the decision, rationales and alternatives
    Box box = Box::none;
    std::size_t box_offset = 0;  // of the character between the brackets
    int line = 1;                // where it starts
};

struct Document {
    std::string title;
    std::vector<DocumentLine> lines;
    /// Set when a line holds characters beyond ASCII: they are hashed as they stand, because
    /// Unicode normalisation is not applied.
    bool beyond_ascii = false;
};

/// Finds the lines of a decision document. Fails on text that is not UTF-8, too large, or holds
/// no line that can be claimed.
Result<Document> read_document(std::string_view text);

/// List marker, number, quote mark and tick box dropped; white space collapsed; emphasis kept.
std::string normalise_line(std::string_view raw);

std::string_view name_of(LineKind kind);

enum class Match {
    same,     // the hash occurs exactly once
    suspect,  // the line changed; `line` is where it most likely stands now
    missing,  // no line of the document can be meant
    doubled,  // the hash occurs more than once
};

struct ClaimMatch {
    std::string id;
    Match match = Match::same;
    std::optional<std::size_t> line;  // index into Document::lines
    /// Suspect claims: what changed, word by word, when the claim quotes its line; else the text
    /// that stands there now.
    std::string difference;
};

struct DocumentMatch {
    std::vector<ClaimMatch> claims;      // in the order of the claims file, without parts
    std::vector<std::size_t> unclaimed;  // lines that no claim means
};

DocumentMatch match_document(const Document& document, const Claims& claims);

/// "the [-old-] {+new+} words"
std::string word_difference(std::string_view before, std::string_view after);

/// The document with the boxes of the lines with these hashes ticked and nothing else changed.
/// Lines without a box have nothing to tick. Fails when a hash is not a line of this document.
Result<std::string> tick(std::string_view text, const std::set<std::string>& hashes);

}  // namespace stormglass::scenarios
