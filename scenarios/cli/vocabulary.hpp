// The words of the command line: verbs with usage and example, flags with the verbs they belong to
// and how each sets its option. Parsing, help and suggestions all read these tables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "scenarios/cli/options.hpp"

namespace stormglass::scenarios {

/// The second word of a verb that has several deeds: `journal verify`.
struct ActionInfo {
    std::string_view name;
    std::string_view operands;  // as in usage: "FILE|DIR"
    std::size_t operands_min = 0;
    std::size_t operands_max = 0;
    std::string_view summary;
};

struct VerbInfo {
    Verb verb;
    std::string_view name;
    std::string_view operands;  // as in usage: "[SCENARIO...]"
    std::string_view summary;
    std::string_view example;
    std::span<const ActionInfo> actions = {};
};

std::span<const VerbInfo> verbs();
/// Those that look at a bus or its files: a part of `verbs()`, kept in a table of its own.
std::span<const VerbInfo> operating_verbs();
/// Those that look at one run or one history; the same.
std::span<const VerbInfo> history_verbs();
const VerbInfo& verb_info(Verb verb);

/// Verbs that the design names and this release does not have: known, so that they are not
/// mistaken for a typing error of another one.
std::span<const std::string_view> later_verbs();

/// Verbs as bits.
using VerbSet = std::uint64_t;

constexpr VerbSet verb_bit(Verb verb) {
    return VerbSet{1} << static_cast<unsigned>(verb);
}

constexpr VerbSet kExporting = verb_bit(Verb::exports);
constexpr VerbSet kHistories = verb_bit(Verb::replay) | verb_bit(Verb::keep);

/// A complaint about a value, without the program's name; nothing when it was taken.
using Complaint = std::optional<std::string>;

struct FlagInfo {
    std::string_view name;   // "--seeds"
    std::string_view value;  // "N"; empty for a switch
    std::string_view help;
    VerbSet verb_set;
    Complaint (*apply)(const std::string& value, const Names& names, Options& out);
};

std::span<const FlagInfo> flags();
std::span<const FlagInfo> operating_flags();
std::span<const FlagInfo> history_flags();
const FlagInfo* find_flag(std::string_view name, Verb verb, Defects defects);

/// The flags of one verb, as this program has them.
std::vector<std::string> flag_names(Verb verb, Defects defects);

std::span<const std::string_view> listings();

/// A file's name, or a word of the user's own.
Complaint path(const std::string& value, std::string& out);

/// Splits "a,b" and judges each word when the known ones are at hand.
Complaint words(const std::string& value,
                std::string_view what,
                const std::vector<std::string>* known,
                std::vector<std::string>& out);

/// A whole number between `low` and `high`, or what is wrong with the value.
Complaint whole(const std::string& value, std::int64_t low, std::int64_t high, std::int64_t& out);

}  // namespace stormglass::scenarios
