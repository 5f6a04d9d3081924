// The words of the command line: verbs with usage and example, flags with the verbs they belong to
// and how each sets its option. Parsing, help and suggestions all read these tables.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "scenarios/cli/options.hpp"

namespace stormglass::scenarios {

struct VerbInfo {
    Verb verb;
    std::string_view name;
    std::string_view operands;  // as in usage: "[SCENARIO...]"
    std::string_view summary;
    std::string_view example;
};

std::span<const VerbInfo> verbs();
const VerbInfo& verb_info(Verb verb);

/// Verbs that the design names and this release does not have: known, so that they are not
/// mistaken for a typing error of another one.
std::span<const std::string_view> later_verbs();

/// A complaint about a value, without the program's name; nothing when it was taken.
using Complaint = std::optional<std::string>;

struct FlagInfo {
    std::string_view name;   // "--seeds"
    std::string_view value;  // "N"; empty for a switch
    std::string_view help;
    unsigned verb_set;  // bits by verb_bit()
    Complaint (*apply)(const std::string& value, const Names& names, Options& out);
};

constexpr unsigned verb_bit(Verb verb) {
    return 1U << static_cast<unsigned>(verb);
}

std::span<const FlagInfo> flags();
const FlagInfo* find_flag(std::string_view name, Verb verb, Defects defects);

/// The flags of one verb, as this program has them.
std::vector<std::string> flag_names(Verb verb, Defects defects);

std::span<const std::string_view> listings();

}  // namespace stormglass::scenarios
