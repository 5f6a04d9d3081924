// The readers of single values, and what they say when a value is not one.
#include "scenarios/files/decode.hpp"

#include <algorithm>

#include "runtime/check.hpp"

namespace stormglass::scenarios {

namespace {

std::string list_words(std::span<const std::string_view> words) {
    std::string result;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) {
            result += i + 1 == words.size() ? " or " : ", ";
        }
        result += words[i];
    }
    return result;
}

}  // namespace

std::string describe(const YamlNode& node) {
    switch (node.kind) {
        case YamlNode::Kind::null:
            return "nothing";
        case YamlNode::Kind::scalar:
            return printable(node.text);
        case YamlNode::Kind::list:
            return "a list";
        case YamlNode::Kind::map:
            return "a map";
    }
    return "";
}

std::optional<std::string> read_text(const Reading& in, std::string_view name, const YamlNode& at) {
    if (!at.is_scalar() || at.text.empty()) {
        in.fail(at, std::string(name) + " must be a text, got " + describe(at));
        return std::nullopt;
    }
    return at.text;
}

std::optional<std::int64_t> read_number(const Reading& in,
                                        const QuantityRule& rule,
                                        const YamlNode& at) {
    if (!at.is_scalar()) {
        in.fail(at, std::string(rule.name) + " must be one value, got " + describe(at));
        return std::nullopt;
    }
    const Result<std::int64_t> value = read_quantity(at.text, rule);
    if (!value) {
        in.fail(at, value.error().text);
        return std::nullopt;
    }
    return *value;
}

std::optional<Range> read_range(const Reading& in, const QuantityRule& rule, const YamlNode& at) {
    if (!at.is_list()) {
        const std::optional<std::int64_t> value = read_number(in, rule, at);
        return value.has_value() ? std::optional(Range{*value, *value}) : std::nullopt;
    }
    if (at.items.size() != 2) {
        in.fail(at,
                std::string(rule.name) + " is a value or a range of two, got " +
                    std::to_string(at.items.size()));
        return std::nullopt;
    }
    const std::optional<std::int64_t> lo = read_number(in, rule, at.items[0]);
    const std::optional<std::int64_t> hi = read_number(in, rule, at.items[1]);
    if (!lo.has_value() || !hi.has_value()) {
        return std::nullopt;
    }
    if (*lo > *hi) {
        in.fail(at,
                std::string(rule.name) + ": the range starts above its end: " +
                    describe(at.items[0]) + ", " + describe(at.items[1]));
        return std::nullopt;
    }
    return Range{*lo, *hi};
}

std::optional<double> read_share(const Reading& in, std::string_view name, const YamlNode& at) {
    if (!at.is_scalar()) {
        in.fail(at, std::string(name) + " must be a number, got " + describe(at));
        return std::nullopt;
    }
    const Result<double> value = read_fraction(at.text, name);
    if (!value) {
        in.fail(at, value.error().text);
        return std::nullopt;
    }
    return *value;
}

std::span<const YamlNode> read_list(const Reading& in, std::string_view name, const YamlNode& at) {
    if (!at.is_list()) {
        in.fail(at, std::string(name) + " must be a list, got " + describe(at));
        return {};
    }
    if (at.items.size() > kListMax) {
        in.fail(at, std::string(name) + " has more than " + std::to_string(kListMax) + " entries");
        return {};
    }
    return at.items;
}

std::optional<std::string> read_known(const Reading& in,
                                      const KnownWords& words,
                                      const YamlNode& at) {
    if (!at.is_scalar() || at.text.empty()) {
        in.fail(at, "the name of a " + std::string(words.what) + " is due, got " + describe(at));
        return std::nullopt;
    }
    if (!contains(words.known, at.text)) {
        in.fail(at,
                "no " + std::string(words.what) + " " + in_quotes(at.text) +
                    in.hint(at.text, words.known));
        return std::nullopt;
    }
    return at.text;
}

std::vector<std::string> read_words(const Reading& in, std::string_view name, const YamlNode& at) {
    std::vector<std::string> result;
    for (const YamlNode& item : read_list(in, name, at)) {
        std::optional<std::string> word = read_text(in, name, item);
        if (word.has_value() && contains(result, *word)) {
            in.fail(item, in_quotes(*word) + " stands twice in " + in_quotes(name));
        } else if (word.has_value()) {
            result.push_back(std::move(*word));
        }
    }
    return result;
}

std::vector<std::string> read_known_list(const Reading& in,
                                         std::string_view name,
                                         const KnownWords& words,
                                         const YamlNode& at) {
    std::vector<std::string> result;
    for (const YamlNode& item : read_list(in, name, at)) {
        std::optional<std::string> word = read_known(in, words, item);
        if (word.has_value() && contains(result, *word)) {
            in.fail(item, in_quotes(*word) + " stands twice in " + in_quotes(name));
        } else if (word.has_value()) {
            result.push_back(std::move(*word));
        }
    }
    return result;
}

std::optional<std::size_t> read_choice(const Reading& in,
                                       std::string_view name,
                                       std::span<const std::string_view> choices,
                                       const YamlNode& at) {
    CHECK(!choices.empty());
    if (at.is_scalar()) {
        const auto found = std::find(choices.begin(), choices.end(), at.text);
        if (found != choices.end()) {
            return static_cast<std::size_t>(found - choices.begin());
        }
    }
    const std::vector<std::string> words(choices.begin(), choices.end());
    const std::string hint = at.is_scalar() ? in.hint(at.text, words) : "";
    in.fail(at,
            std::string(name) + " must be " + list_words(choices) + ", got " + describe(at) + hint);
    return std::nullopt;
}

bool misspelt(const YamlNode& map, const std::vector<std::string>& known, std::string_view name) {
    constexpr std::size_t kLookedAt = 100;  // nobody writes more keys by hand
    const std::vector<std::string> wanted = {std::string(name)};
    for (std::size_t i = 0; i < std::min(map.entries.size(), kLookedAt); ++i) {
        const std::string& key = map.entries[i].key;
        if (!contains(known, key) && !suggestions(key, wanted).empty()) {
            return true;
        }
    }
    return false;
}

void refuse_unknown_keys(const Reading& in,
                         const YamlNode& map,
                         const std::vector<std::string>& known,
                         const Where& where) {
    for (const YamlEntry& entry : map.entries) {
        if (!contains(known, entry.key)) {
            in.problems.add(entry.place,
                            "unknown key " + in_quotes(entry.key) +
                                (where.empty() ? "" : " in " + where) + in.hint(entry.key, known));
        }
    }
}

bool expect_map(const Reading& in, const YamlNode& at, const Where& where) {
    if (!at.is_map()) {
        in.fail(
            at,
            (where.empty() ? "the file" : where) + " must be a map of keys, got " + describe(at));
        return false;
    }
    return true;
}

FieldHelp help_of(const FieldInfo& info, std::string_view prefix) {
    FieldHelp help;
    help.path = std::string(prefix) + std::string(info.name);
    help.type = info.type;
    if (info.high > info.low) {
        help.range =
            write_quantity(info.low, info.kind) + " ... " + write_quantity(info.high, info.kind);
    }
    help.fallback = info.need == Need::required ? "required" : std::string(info.fallback);
    help.help = info.help;
    help.kind = info.kind;
    help.low = info.low;
    help.high = info.high;
    help.required = info.need == Need::required;
    help.choices.assign(info.choices.begin(), info.choices.end());
    return help;
}

}  // namespace stormglass::scenarios
