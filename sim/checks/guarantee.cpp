// Guarantees, each as the set of rules that refute it. Promises add up: with commas several at
// once.
#include <algorithm>
#include <array>

#include "sim/checks/formats/syntax.hpp"
#include "sim/checks/judge.hpp"

namespace stormglass::sim::checks {
namespace {

using Set = std::bitset<kRules>;

Set set_of(std::initializer_list<Rule> rules) {
    Set set;
    for (const Rule rule : rules) {
        set.set(static_cast<std::size_t>(rule));
    }
    return set;
}

Set range_of(Rule first, Rule last) {
    Set set;
    for (auto i = static_cast<std::size_t>(first); i <= static_cast<std::size_t>(last); ++i) {
        set.set(i);
    }
    return set;
}

/// No delivery at all may be doubled, nor any message come that was not sent.
Set at_most_once() {
    return set_of({Rule::b1,
                   Rule::b2,
                   Rule::b3,
                   Rule::b9,
                   Rule::b11,
                   Rule::b13,
                   Rule::b17,
                   Rule::b19,
                   Rule::b20,
                   Rule::b28,
                   Rule::b29,
                   Rule::q1,
                   Rule::q2,
                   Rule::q4,
                   Rule::q9});
}

Set at_least_once() {
    return range_of(Rule::b20, Rule::b22) | range_of(Rule::b24, Rule::b30) |
           set_of({Rule::b1,
                   Rule::b3,
                   Rule::b4,
                   Rule::b5,
                   Rule::b7,
                   Rule::b8,
                   Rule::b9,
                   Rule::b10,
                   Rule::b11,
                   Rule::b13,
                   Rule::b15,
                   Rule::b16,
                   Rule::b17,
                   Rule::q1,
                   Rule::q2,
                   Rule::q3,
                   Rule::q8,
                   Rule::q9});
}

Set exactly_once() {
    return at_most_once() | at_least_once() | set_of({Rule::b2, Rule::b19, Rule::q4, Rule::q5});
}

Set ordered_per_key() {
    return exactly_once() | set_of({Rule::b6, Rule::b8, Rule::b10, Rule::q6});
}

Set atomic_batch() {
    return at_least_once() | set_of({Rule::b14, Rule::b15, Rule::b16, Rule::b16w});
}

struct Named {
    std::string_view name;
    Set set;
};

std::vector<Named> delivery_guarantees(Family family) {
    std::vector<Named> all = {{"at-most-once", at_most_once()},
                              {"at-least-once", at_least_once()},
                              {"exactly-once-effect", exactly_once()},
                              {"ordered-per-key", ordered_per_key()}};
    if (family == Family::log) {
        all.push_back({"atomic-batch", atomic_batch()});
        all.push_back({"contiguous-batch", atomic_batch() | set_of({Rule::b12})});
        all.push_back({"bounded-lag", set_of({Rule::b18})});
    }
    return all;
}

/// Corruption: no model allows it.
Set never_allowed() {
    return set_of({Rule::duplicate_elements,
                   Rule::garbage,
                   Rule::incompatible_order,
                   Rule::cyclic_versions,
                   Rule::future_read});
}

struct Level {
    std::string_view prefix;
    int levels;
};

constexpr std::array<Level, 3> kLevels = {{{"", 0}, {"strong-session-", 1}, {"strong-", 2}}};

/// The classes of cycles that a model excludes, of this level and those below.
Set cycles(std::initializer_list<Rule> plain, int levels) {
    constexpr auto kBase = static_cast<std::size_t>(Rule::g0);
    constexpr std::size_t kKinds = 5;
    Set set;
    for (const Rule rule : plain) {
        for (std::size_t level = 0; level <= static_cast<std::size_t>(levels); ++level) {
            set.set(kBase + kKinds * level + (static_cast<std::size_t>(rule) - kBase));
        }
    }
    return set;
}

std::vector<Named> consistency_models() {
    static constexpr std::array<std::string_view, 15> kNames = {"read-uncommitted",
                                                                "read-committed",
                                                                "snapshot-isolation",
                                                                "repeatable-read",
                                                                "serializable",
                                                                "strong-session-read-uncommitted",
                                                                "strong-session-read-committed",
                                                                "strong-session-snapshot-isolation",
                                                                "strong-session-repeatable-read",
                                                                "strong-session-serializable",
                                                                "strong-read-uncommitted",
                                                                "strong-read-committed",
                                                                "strong-snapshot-isolation",
                                                                "strong-repeatable-read",
                                                                "strict-serializable"};
    const Set committed = set_of({Rule::g1a, Rule::g1b, Rule::dirty_update});
    const Set snapshot = committed | set_of({Rule::internal, Rule::lost_update});
    std::vector<Named> all;
    for (int level = 0; level < 3; ++level) {
        const auto at = static_cast<std::size_t>(level) * 5;
        all.push_back({kNames[at], never_allowed() | cycles({Rule::g0}, level)});
        all.push_back(
            {kNames[at + 1], never_allowed() | committed | cycles({Rule::g0, Rule::g1c}, level)});
        all.push_back(
            {kNames[at + 2],
             never_allowed() | snapshot |
                 cycles({Rule::g0, Rule::g1c, Rule::g_single, Rule::g_nonadjacent}, level)});
        const Set serial =
            never_allowed() | snapshot |
            cycles({Rule::g0, Rule::g1c, Rule::g_single, Rule::g_nonadjacent, Rule::g2}, level);
        all.push_back({kNames[at + 3], serial});
        all.push_back({kNames[at + 4], serial});
    }
    return all;
}

std::vector<Named> guarantees_of(const ModelSpec& model) {
    switch (model.family) {
        case Family::linear:
            return {{"linearizable", range_of(Rule::l1_register, Rule::l2) | set_of({Rule::q7})}};
        case Family::list_append:
        case Family::rw_register:
            return consistency_models();
        case Family::log:
        case Family::queue:
            return delivery_guarantees(model.family);
        case Family::set:
            return {{"set", set_of({Rule::z1, Rule::z2})}};
        case Family::counter:
            return {{"counter", set_of({Rule::n1})}};
        case Family::bank:
            return {{"bank", set_of({Rule::k1})}};
        case Family::long_fork:
            return {{"long-fork", set_of({Rule::k2})}};
        case Family::causal_reverse:
            return {{"causal-reverse", set_of({Rule::k3})}};
        case Family::unique_ids:
            return {{"unique-ids", set_of({Rule::q9})}};
    }
    CHECK(false);
}

std::string_view default_guarantee(const ModelSpec& model) {
    const std::string_view name =
        std::string_view(model.text).substr(0, model.text.find_first_of("(, "));
    for (const ModelRow& row : model_rows()) {
        if (row.name == name) {
            return row.guarantee;
        }
    }
    return "linearizable";  // "kv", the short name
}

}  // namespace

std::vector<std::string> guarantee_names(const ModelSpec& model) {
    std::vector<std::string> names;
    for (const Named& guarantee : guarantees_of(model)) {
        names.emplace_back(guarantee.name);
    }
    return names;
}

Result<Guarantee> parse_guarantee(std::string_view text, const ModelSpec& model) {
    Guarantee out;
    out.text = std::string(text.empty() ? default_guarantee(model) : text);
    const std::vector<Named> known = guarantees_of(model);
    std::string_view rest = out.text;
    while (true) {
        const std::string_view name = rest.substr(0, rest.find(','));
        const auto found = std::find_if(known.begin(), known.end(), [&](const Named& guarantee) {
            return guarantee.name == name;
        });
        if (found == known.end()) {
            std::string names;
            for (const Named& guarantee : known) {
                names.append(names.empty() ? "" : ", ").append(guarantee.name);
            }
            return Error{
                "HI_GUARANTEE",
                "model " + model.text + " has no guarantee " + quoted(name) + "; it has " + names};
        }
        out.refuting |= found->set;
        if (name.size() == rest.size()) {
            return out;
        }
        rest.remove_prefix(name.size() + 1);
    }
}

std::vector<std::string> ruled_out_models(const std::vector<Finding>& findings) {
    std::vector<std::string> names;
    for (const Named& model : consistency_models()) {
        const bool excluded =
            std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
                return model.set.test(static_cast<std::size_t>(finding.rule));
            });
        if (excluded) {
            names.emplace_back(model.name);
        }
    }
    return names;
}

}  // namespace stormglass::sim::checks
