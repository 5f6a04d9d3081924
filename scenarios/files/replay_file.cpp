// The field tables of .replay files, and their writer.
#include "scenarios/files/replay_file.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "scenarios/files/decode.hpp"
#include "scenarios/files/world_decode.hpp"
#include "scenarios/files/yaml.hpp"

namespace stormglass::scenarios {
namespace {

constexpr std::int64_t kNumberMax = 0xffff'ffff;
constexpr std::int64_t kEventsMax = std::int64_t{1} << 48;
constexpr std::int64_t kTimeMax = std::int64_t{1} << 56;  // ns: more than two years

std::optional<std::uint64_t> number_in(std::string_view digits, int base) {
    std::uint64_t value = 0;
    const auto [stop, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    const bool fine = error == std::errc{} && stop == digits.data() + digits.size();
    return fine && !digits.empty() ? std::optional(value) : std::nullopt;
}

void read_hex(const Reading& in, std::string_view name, const YamlNode& at, std::uint64_t& out) {
    const auto value = at.is_scalar() && at.text.starts_with("0x") && at.text.size() <= 18
                           ? number_in(std::string_view(at.text).substr(2), 16)
                           : std::nullopt;
    if (value) {
        out = *value;
    } else {
        in.fail(at, std::string(name) + " takes 0x and up to 16 hex digits, got " + describe(at));
    }
}

/// "3" or "3-7".
std::optional<sim::IndexRange> range_in(std::string_view text) {
    const std::size_t dash = text.find('-');
    const auto first = number_in(text.substr(0, dash), 10);
    const auto last = dash == text.npos ? first : number_in(text.substr(dash + 1), 10);
    if (!first || !last || *first > *last || *last > kNumberMax) {
        return std::nullopt;
    }
    return sim::IndexRange{static_cast<std::uint32_t>(*first), static_cast<std::uint32_t>(*last)};
}

void read_set(const Reading& in, std::string_view name, const YamlNode& at, sim::IndexSet& out) {
    std::vector<sim::IndexRange> ranges;
    std::uint64_t least = 0;
    for (const YamlNode& item : read_list(in, name, at)) {
        const auto range = item.is_scalar() ? range_in(item.text) : std::nullopt;
        if (!range || range->first < least) {
            in.fail(item,
                    std::string(name) +
                        " takes rising numbers and ranges such as 3-7 that do not touch, got " +
                        describe(item));
            return;
        }
        least = std::uint64_t{range->last} + 2;
        ranges.push_back(*range);
    }
    if (at.is_list()) {
        out = sim::IndexSet::of_ranges(std::move(ranges));
    }
}

struct KeptOfFault {
    std::int64_t fault = 1;
    sim::IndexSet kept;
};

constexpr FieldInfo whole(
    std::string_view name, std::int64_t low, std::int64_t high, Need need, std::string_view help) {
    return {name, "count", ValueKind::count, low, high, need, "", help};
}

constexpr FieldInfo text(std::string_view name,
                         std::string_view type,
                         Need need,
                         std::string_view help) {
    return {name, type, {}, 0, 0, need, "", help};
}

constexpr std::array<Field<KeptOfFault>, 2> kKeptFields = {{
    {whole("fault", 1, kFaultsMax, Need::required, "its place in the scenario, from 1"),
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, KeptOfFault& out) {
         out.fault = read_number(in, info.rule(), at).value_or(1);
     }},
    {text("kept",
          "list of numbers",
          Need::required,
          "of its decisions, those that still act; the others are left out"),
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, KeptOfFault& out) {
         read_set(in, info.name, at, out.kept);
     }},
}};

constexpr std::array<Field<NamedDecision>, 5> kDecisionFields = {{
    {whole("fault", 1, kFaultsMax, Need::required, "its place in the scenario, from 1"),
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, NamedDecision& out) {
         out.fault = static_cast<std::size_t>(read_number(in, info.rule(), at).value_or(1) - 1);
     }},
    {whole("number", 0, kNumberMax, Need::required, "which of its decisions, from 0"),
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, NamedDecision& out) {
         out.number = static_cast<std::uint32_t>(read_number(in, info.rule(), at).value_or(0));
     }},
    {text("about",
          "0x...",
          Need::required,
          "hash of what was decided about: finds it again in changed code"),
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, NamedDecision& out) {
         read_hex(in, info.name, at, out.about);
     }},
    {whole("at-ns", 0, kTimeMax, Need::optional, "virtual time of the decision"),
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, NamedDecision& out) {
         out.at = static_cast<std::uint64_t>(read_number(in, info.rule(), at).value_or(0));
     }},
    {text("name", "text", Need::required, "the decision in words"),
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, NamedDecision& out) {
         out.name = read_text(in, info.name, at).value_or("");
     }},
}};

void read_text_into(const Reading& in,
                    std::string_view name,
                    const YamlNode& at,
                    std::string& out) {
    out = read_text(in, name, at).value_or("");
}

constexpr std::array<Field<ReplayFile>, 15> kFileFields = {{
    {FieldInfo{"format", "1", ValueKind::count, 1, 1, Need::required, "", "of these files"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ReplayFile&) {
         read_number(in, info.rule(), at);
     }},
    {text("name", "small letters, hyphens", Need::required, "the file's own name, without .replay"),
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ReplayFile& out) {
         read_slug(in, info.name, at, out.name);
     }},
    {text("sentence", "text", Need::required, "what went wrong"),
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ReplayFile& out) {
         read_text_into(in, info.name, at, out.sentence);
     }},
    {text("check", "a check", Need::required, "the check that failed"),
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ReplayFile& out) {
         read_slug(in, info.name, at, out.check);
     }},
    {text("scenario", "name or path", Need::required, "the scenario that ran"),
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ReplayFile& out) {
         read_text_into(in, info.name, at, out.scenario);
     }},
    {text("scenario-hash",
          "0x...",
          Need::required,
          "of that scenario; another one cannot be repeated exactly"),
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ReplayFile& out) {
         read_hex(in, info.name, at, out.token.scenario);
     }},
    {text("engine", "0x...", Need::required, "hash of the simulator and the models that ran"),
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ReplayFile& out) {
         read_hex(in, info.name, at, out.token.engine);
     }},
    {text("seed", "0x...", Need::required, "every draw of the run follows from it"),
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ReplayFile& out) {
         read_hex(in, info.name, at, out.token.seed);
     }},
    {text("trace", "0x...", Need::required, "hash of everything that happened"),
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ReplayFile& out) {
         read_hex(in, info.name, at, out.token.trace);
     }},
    {whole("events", 0, kEventsMax, Need::required, "how many events happened"),
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ReplayFile& out) {
         out.token.events =
             static_cast<std::uint64_t>(read_number(in, info.rule(), at).value_or(0));
     }},
    {text("choices",
          "list of numbers",
          Need::optional,
          "of the workload's entries, those that ran; all without it"),
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ReplayFile& out) {
         read_set(in, info.name, at, out.token.kept.choices);
     }},
    {text("faults",
          "list of maps",
          Need::optional,
          "faults that were cut down; all of the others act"),
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ReplayFile& out) {
         for (const YamlNode& item : read_list(in, info.name, at)) {
             KeptOfFault one;
             read_map<KeptOfFault>(in, item, kKeptFields, "'faults'", one);
             out.token.kept.fault(static_cast<std::size_t>(one.fault - 1)) = std::move(one.kept);
         }
     }},
    {text("decisions", "list of maps", Need::optional, "the decisions that acted"),
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ReplayFile& out) {
         for (const YamlNode& item : read_list(in, info.name, at)) {
             read_map<NamedDecision>(
                 in, item, kDecisionFields, "'decisions'", out.decisions.emplace_back());
         }
     }},
    {whole("issue", 1, kNumberMax, Need::optional, "where it is talked about"),
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ReplayFile& out) {
         out.issue = read_number(in, info.rule(), at);
     }},
    {text("fixed", "a commit", Need::optional, "the commit that mended it, written by hand"),
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ReplayFile& out) {
         read_text_into(in, info.name, at, out.fixed);
     }},
}};

std::string hex(std::uint64_t value) {
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
    const auto size = static_cast<std::size_t>(end - digits.data());
    return "0x" + std::string(16 - size, '0') + std::string(digits.data(), size);
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
        }
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    }
    return out + "\"";
}

std::string list_of(const sim::IndexSet& set) {
    std::string text = "[";
    for (const sim::IndexRange& range : set.ranges()) {
        text += text.size() > 1 ? ", " : "";
        text += std::to_string(range.first);
        text += range.last > range.first ? "-" + std::to_string(range.last) : "";
    }
    return text + "]";
}

}  // namespace

std::string write_replay(const ReplayFile& file) {
    std::string out = "# A failing run. `stormglass replay FILE` repeats it; docs/failures.md.\n";
    const auto line = [&out](std::string_view key, const std::string& value) {
        out += std::string(key) + ": " + value + "\n";
    };
    line("format", "1");
    line("name", file.name);
    line("sentence", quoted(file.sentence));
    line("check", file.check);
    line("scenario", quoted(file.scenario));
    line("scenario-hash", hex(file.token.scenario));
    line("engine", hex(file.token.engine));
    line("seed", hex(file.token.seed));
    line("trace", hex(file.token.trace));
    line("events", std::to_string(file.token.events));
    const sim::Reduction kept = file.token.kept.normal();
    if (!kept.choices.is_all()) {
        line("choices", list_of(kept.choices));
    }
    bool first = true;
    for (std::size_t i = 0; i < kept.faults.size(); ++i) {
        if (!kept.faults[i].is_all()) {
            out += first ? "faults:\n" : "";
            first = false;
            out += "  - {fault: " + std::to_string(i + 1) + ", kept: " + list_of(kept.faults[i]) +
                   "}\n";
        }
    }
    out += file.decisions.empty() ? "" : "decisions:\n";
    for (const NamedDecision& decision : file.decisions) {
        out += "  - {fault: " + std::to_string(decision.fault + 1) +
               ", number: " + std::to_string(decision.number) + ", about: " + hex(decision.about) +
               ", at-ns: " + std::to_string(decision.at) + ", name: " + quoted(decision.name) +
               "}\n";
    }
    if (file.issue) {
        line("issue", std::to_string(*file.issue));
    }
    if (!file.fixed.empty()) {
        line("fixed", quoted(file.fixed));
    }
    return out;
}

std::optional<ReplayFile> read_replay(std::string_view text, Problems& problems) {
    const std::size_t before = problems.count();
    const std::optional<YamlNode> root = read_yaml(text, problems);
    if (!root.has_value()) {
        return std::nullopt;
    }
    const Names names;
    const Reading in{names, problems};
    ReplayFile file;
    read_map<ReplayFile>(in, *root, kFileFields, "", file);
    file.token.kept = file.token.kept.normal();
    return problems.count() > before ? std::nullopt : std::optional(std::move(file));
}

std::vector<FieldHelp> replay_fields() {
    std::vector<FieldHelp> result;
    append_help(result, kFileFields, "");
    append_help(result, kKeptFields, "faults[].");
    append_help(result, kDecisionFields, "decisions[].");
    return result;
}

}  // namespace stormglass::scenarios
