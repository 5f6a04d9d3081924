// From YAML trees to plain values by tables of fields: one table says which keys a map has, what
// each means and how it is read; unknown and missing keys, suggestions, help pages and messages
// all follow from it. Scenario and claims files are both read this way.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/files/located.hpp"
#include "scenarios/files/names.hpp"
#include "scenarios/files/quantity.hpp"
#include "scenarios/files/scenario.hpp"
#include "scenarios/files/suggest.hpp"
#include "scenarios/files/yaml.hpp"

namespace stormglass::scenarios {

constexpr std::size_t kListMax = 1000;  // longest list of any key; bounds quadratic checks

enum class Need { optional, required };

/// What a table says about one key, whatever it decodes into.
struct FieldInfo {
    std::string_view name;
    std::string_view type;  // in words, for help: "duration or range"
    ValueKind kind = ValueKind::word;
    std::int64_t low = 0;
    std::int64_t high = 0;
    Need need = Need::optional;
    std::string_view fallback;  // as it would be written; empty when there is none
    std::string_view help;
    std::span<const std::string_view> choices = {};  // of a word that is one of a few

    QuantityRule rule() const { return {name, kind, low, high}; }
};

/// Everything that reading needs at hand.
struct Reading {
    const Names& names;
    Problems& problems;

    void fail(const YamlNode& at, std::string text) const {
        problems.add(at.place, std::move(text));
    }

    /// did_you_mean(), as long as anybody will read it: a hostile file has many unknown words.
    std::string hint(std::string_view word, const std::vector<std::string>& known) const {
        return problems.full() ? "" : did_you_mean(word, known);
    }
};

template <class T>
struct Field {
    FieldInfo info;
    void (*read)(const Reading&, const FieldInfo&, const YamlNode&, T&);
};

/// Names the map in messages: "'gate'", "fault 'crash-at'"; empty at the top of a file.
using Where = std::string;

std::optional<std::string> read_text(const Reading& in, std::string_view name, const YamlNode& at);
std::optional<std::int64_t> read_number(const Reading& in,
                                        const QuantityRule& rule,
                                        const YamlNode& at);
std::optional<Range> read_range(const Reading& in, const QuantityRule& rule, const YamlNode& at);
std::optional<double> read_share(const Reading& in, std::string_view name, const YamlNode& at);

/// The items of a list; a problem and nothing when it is none.
std::span<const YamlNode> read_list(const Reading& in, std::string_view name, const YamlNode& at);

/// A list of words. Each must be one of `known` when given; `what` is "check" in "no check 'x'".
struct KnownWords {
    std::string_view what;
    std::vector<std::string> known;
};

std::optional<std::string> read_known(const Reading& in,
                                      const KnownWords& words,
                                      const YamlNode& at);
std::vector<std::string> read_words(const Reading& in, std::string_view name, const YamlNode& at);
std::vector<std::string> read_known_list(const Reading& in,
                                         std::string_view name,
                                         const KnownWords& words,
                                         const YamlNode& at);

/// One of a few words that stand for the values of an enum, in its order.
std::optional<std::size_t> read_choice(const Reading& in,
                                       std::string_view name,
                                       std::span<const std::string_view> choices,
                                       const YamlNode& at);

/// Whether an unknown key of `map` looks like `name`: then it is misspelt, not missing, and is
/// reported once.
bool misspelt(const YamlNode& map, const std::vector<std::string>& known, std::string_view name);

/// Reports keys that are not in `known`; `where` names the map.
void refuse_unknown_keys(const Reading& in,
                         const YamlNode& map,
                         const std::vector<std::string>& known,
                         const Where& where);

/// True when the node is a map; else a problem.
bool expect_map(const Reading& in, const YamlNode& at, const Where& where);

std::string describe(const YamlNode& node);

FieldHelp help_of(const FieldInfo& info, std::string_view prefix);

template <class T, std::size_t N>
void append_help(std::vector<FieldHelp>& out,
                 const std::array<Field<T>, N>& fields,
                 std::string_view prefix) {
    for (const Field<T>& field : fields) {
        out.push_back(help_of(field.info, prefix));
    }
}

/// Reads every key of a map by its table.
template <class T>
void read_map(const Reading& in,
              const YamlNode& map,
              std::span<const Field<T>> fields,
              const Where& where,
              T& out) {
    if (!expect_map(in, map, where)) {
        return;
    }
    std::vector<std::string> known;
    for (const Field<T>& field : fields) {
        known.emplace_back(field.info.name);
    }
    for (const Field<T>& field : fields) {
        const YamlNode* value = map.find(field.info.name);
        if (value != nullptr) {
            field.read(in, field.info, *value, out);
        } else if (field.info.need == Need::required && !misspelt(map, known, field.info.name)) {
            in.fail(map,
                    "key " + in_quotes(field.info.name) + " is missing" +
                        (where.empty() ? "" : " in " + where));
        }
    }
    refuse_unknown_keys(in, map, known, where);
}

}  // namespace stormglass::scenarios
