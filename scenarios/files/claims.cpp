// The field tables of claims files, and the rules of form: what must stand beside what.
#include "scenarios/files/claims.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "reports/sha256.hpp"
#include "runtime/check.hpp"
#include "scenarios/files/decode.hpp"
#include "scenarios/files/leg_decode.hpp"

namespace stormglass::scenarios {

namespace {

constexpr std::array<std::string_view, 6> kKinds = {
    "assumption", "decision", "rationale", "alternative", "consequence", "question"};
constexpr std::array<std::string_view, 3> kStated = {"High", "Medium", "Low"};
constexpr std::size_t kHashDigits = 16;

bool is_id(std::string_view id) {
    const auto fine = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '-';
    };
    return !id.empty() && id.size() <= 40 && std::all_of(id.begin(), id.end(), fine);
}

void read_hash(const Reading& in, const YamlNode& at, std::string& out) {
    const std::optional<std::string> text = read_text(in, "sha256", at);
    if (!text.has_value()) {
        return;
    }
    const bool hex = text->find_first_not_of("0123456789abcdef") == std::string::npos;
    if (!hex || text->size() != kHashDigits) {
        in.fail(at, "sha256 is the first 16 hex digits of the line's hash, got " + describe(at));
    } else if (at.quotes == YamlNode::Quotes::none) {
        in.fail(at,
                "sha256 stands in quotes: some hashes look like numbers (write '" + *text + "')");
    } else {
        out = *text;
    }
}

/// A claim or a part of one, with what its rules want to know.
struct ClaimDraft {
    Claim claim;
    bool kind_read = true;
    bool legs_given = false;
    bool defeaters_given = false;
};

void text_into(const Reading& in, const FieldInfo& info, const YamlNode& at, std::string& out) {
    out = read_text(in, info.name, at).value_or("");
}

void read_parts(const Reading& in, const FieldInfo& info, const YamlNode& at, ClaimDraft& out);

constexpr Field<ClaimDraft> kIdField = {
    {"id", "letters, digits, '.', '-'", {}, 0, 0, Need::required, "", "unique in the file"},
    [](const Reading& in, const FieldInfo& info, const YamlNode& at, ClaimDraft& out) {
        const std::optional<std::string> id = read_text(in, info.name, at);
        if (id.has_value() && !is_id(*id)) {
            in.fail(at, "id takes letters, digits, '.' and '-', got " + describe(at));
        } else if (id.has_value()) {
            out.claim.id = *id;
        }
    }};

constexpr Field<ClaimDraft> kLegsField = {
    {"legs", "list of legs", {}, 0, 0, {}, "[]", "what argues for it; none: not tested"},
    [](const Reading& in, const FieldInfo& info, const YamlNode& at, ClaimDraft& out) {
        for (const YamlNode& item : read_list(in, info.name, at)) {
            out.claim.legs.push_back(read_leg(in, item));
        }
        out.legs_given = !out.claim.legs.empty();
    }};

constexpr Field<ClaimDraft> kDefectsField = {
    {"defects", "list of defects", {}, 0, 0, {}, "[]", "planted; a check of a leg must catch one"},
    [](const Reading& in, const FieldInfo& info, const YamlNode& at, ClaimDraft& out) {
        const KnownWords known{"defect", names_of(in.names.defects)};
        out.claim.defects = read_known_list(in, info.name, known, at);
    }};

constexpr Field<ClaimDraft> kDefeatersField = {
    {"defeaters", "list of doubts", {}, 0, 0, {}, "[]", "why the evidence may mislead"},
    [](const Reading& in, const FieldInfo& info, const YamlNode& at, ClaimDraft& out) {
        for (const YamlNode& item : read_list(in, info.name, at)) {
            out.claim.defeaters.push_back(read_defeater(in, item));
        }
        out.defeaters_given = !out.claim.defeaters.empty();
    }};

constexpr Field<ClaimDraft> kWaiverField = {
    {"waiver", "map", {}, 0, 0, {}, "", "who answers for it, until when, and why"},
    [](const Reading& in, const FieldInfo&, const YamlNode& at, ClaimDraft& out) {
        out.claim.waiver = read_waiver(in, at);
    }};

constexpr Field<ClaimDraft> kMeansField = {
    {"means", "text", {}, 0, 0, {}, "", "how we read the line"},
    [](const Reading& in, const FieldInfo& info, const YamlNode& at, ClaimDraft& out) {
        text_into(in, info, at, out.claim.means);
    }};

constexpr Field<ClaimDraft> kTargetField = {
    {"target",
     "number between 0 and 1",
     {},
     0,
     0,
     {},
     "the file's",
     "largest failure probability that counts as supported"},
    [](const Reading& in, const FieldInfo& info, const YamlNode& at, ClaimDraft& out) {
        out.claim.target = read_share(in, info.name, at).value_or(out.claim.target);
    }};

constexpr Field<ClaimDraft> kConfidenceField = {
    {"confidence", "number between 0 and 1", {}, 0, 0, {}, "the file's", "of its bounds"},
    [](const Reading& in, const FieldInfo& info, const YamlNode& at, ClaimDraft& out) {
        out.claim.confidence = read_share(in, info.name, at).value_or(out.claim.confidence);
    }};

constexpr std::array<Field<ClaimDraft>, 9> kPartFields = {{
    kIdField,
    {{"line", "text", {}, 0, 0, {}, "", "our own short wording of this part"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ClaimDraft& out) {
         text_into(in, info, at, out.claim.line);
     }},
    kMeansField,
    kLegsField,
    kDefectsField,
    kDefeatersField,
    kWaiverField,
    kTargetField,
    kConfidenceField,
}};

constexpr std::array<Field<ClaimDraft>, 15> kClaimFields = {{
    kIdField,
    {{"kind",
      "one of six",
      {},
      0,
      0,
      Need::required,
      "",
      "assumption, decision, rationale, alternative, consequence or question",
      kKinds},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ClaimDraft& out) {
         const std::optional<std::size_t> choice = read_choice(in, info.name, info.choices, at);
         out.kind_read = choice.has_value();
         out.claim.kind = static_cast<ClaimKind>(choice.value_or(0));
     }},
    {{"line", "text", {}, 0, 0, Need::required, "", "our own short wording of the line"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ClaimDraft& out) {
         text_into(in, info, at, out.claim.line);
     }},
    {{"sha256",
      "16 hex digits in quotes",
      {},
      0,
      0,
      Need::required,
      "",
      "of the normalised line of the document"},
     [](const Reading& in, const FieldInfo&, const YamlNode& at, ClaimDraft& out) {
         read_hash(in, at, out.claim.sha256);
     }},
    {{"quote", "text", {}, 0, 0, {}, "", "the document's sentence, if you keep it here"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ClaimDraft& out) {
         text_into(in, info, at, out.claim.quote);
     }},
    kMeansField,
    {{"answer", "text", {}, 0, 0, {}, "", "to a question: what the implementation answers"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ClaimDraft& out) {
         text_into(in, info, at, out.claim.answer);
     }},
    {{"stated", "High, Medium or Low", {}, 0, 0, {}, "", "the document's own confidence", kStated},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, ClaimDraft& out) {
         if (const auto choice = read_choice(in, info.name, info.choices, at)) {
             out.claim.stated = info.choices[*choice];
         }
     }},
    kLegsField,
    kDefectsField,
    kDefeatersField,
    kWaiverField,
    kTargetField,
    kConfidenceField,
    {{"parts", "list of claims", {}, 0, 0, {}, "[]", "of a line that says two things"}, read_parts},
}};

/// Rules that hold for claims and parts alike.
void check_claim(const Reading& in, const YamlNode& at, const ClaimDraft& draft) {
    const Claim& claim = draft.claim;
    const bool must_doubt = claim.kind == ClaimKind::assumption ||
                            claim.kind == ClaimKind::decision || claim.kind == ClaimKind::rationale;
    if (draft.kind_read && must_doubt && draft.legs_given && !draft.defeaters_given) {
        const YamlNode* defeaters = at.find("defeaters");
        in.fail(defeaters != nullptr ? *defeaters : at,
                "claim " + in_quotes(claim.id) +
                    " has legs and no 'defeaters': say why its evidence "
                    "may mislead");
    }
    if (!claim.parts.empty() && (draft.legs_given || claim.waiver.has_value())) {
        in.fail(
            at,
            "claim " + in_quotes(claim.id) + " has parts; legs and waivers belong to the parts");
    }
    if (draft.kind_read && !claim.answer.empty() && claim.kind != ClaimKind::question) {
        in.fail(*at.find("answer"), "'answer' belongs to a question");
    }
}

void read_parts(const Reading& in, const FieldInfo& info, const YamlNode& at, ClaimDraft& out) {
    for (const YamlNode& item : read_list(in, info.name, at)) {
        ClaimDraft part;
        part.claim.kind = out.claim.kind;
        part.claim.sha256 = out.claim.sha256;
        part.claim.target = out.claim.target;
        part.claim.confidence = out.claim.confidence;
        part.claim.source_line = item.place.line;
        read_map<ClaimDraft>(in, item, kPartFields, "a part", part);
        check_claim(in, item, part);
        if (!part.claim.id.empty() && !part.claim.id.starts_with(out.claim.id + ".")) {
            in.fail(item,
                    "the id of a part starts with " + in_quotes(out.claim.id + ".") + ", got " +
                        in_quotes(part.claim.id));
        }
        out.claim.parts.push_back(std::move(part.claim));
    }
}

Claim read_claim(const Reading& in, const Claims& defaults, const YamlNode& at) {
    ClaimDraft draft;
    draft.claim.target = defaults.target;
    draft.claim.confidence = defaults.confidence;
    draft.claim.source_line = at.place.line;
    if (!at.is_map()) {
        in.fail(at, "a claim must be a map of keys, got " + describe(at));
        return draft.claim;
    }
    const YamlNode* id = at.find("id");
    const bool named = id != nullptr && id->is_scalar();
    read_map<ClaimDraft>(
        in, at, kClaimFields, named ? "claim " + in_quotes(id->text) : "a claim", draft);
    check_claim(in, at, draft);
    return std::move(draft.claim);
}

constexpr std::array<Field<Claims>, 5> kFileFields = {{
    {{"format", "1", {}, 0, 0, Need::required, "", "version of this dialect"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, Claims&) {
         const QuantityRule rule{info.name, ValueKind::count, 1, 1'000};
         const std::optional<std::int64_t> format = read_number(in, rule, at);
         if (format.has_value() && *format != 1) {
             in.fail(at,
                     "format " + std::to_string(*format) +
                         " is not known to this program; it reads format 1");
         }
     }},
    {{"document", "text", {}, 0, 0, {}, "", "short name of the document"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, Claims& out) {
         text_into(in, info, at, out.document);
     }},
    {{"confidence", "number between 0 and 1", {}, 0, 0, {}, "0.95", "one-sided, of every bound"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, Claims& out) {
         out.confidence = read_share(in, info.name, at).value_or(out.confidence);
     }},
    {{"target",
      "number between 0 and 1",
      {},
      0,
      0,
      {},
      "0.001",
      "largest failure probability that counts as supported"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, Claims& out) {
         out.target = read_share(in, info.name, at).value_or(out.target);
     }},
    {{"claims", "list of claims", {}, 0, 0, Need::required, "", "one for each line, or more"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, Claims& out) {
         for (const YamlNode& item : read_list(in, info.name, at)) {
             out.claims.push_back(read_claim(in, out, item));
         }
         if (at.is_list() && at.items.empty()) {
             in.fail(at, "a claims file without claims claims nothing");
         }
     }},
}};

void check_unique(const Reading& in, const Claims& claims) {
    std::set<std::string_view> seen;
    const auto see = [&](const Claim& claim) {
        if (!claim.id.empty() && !seen.insert(claim.id).second) {
            in.problems.add({claim.source_line, 1},
                            "claim " + in_quotes(claim.id) + " appears twice");
        }
    };
    for (const Claim& claim : claims.claims) {
        see(claim);
        for (const Claim& part : claim.parts) {
            see(part);
        }
    }
}

}  // namespace

std::optional<Claims> read_claims(std::string_view text, const Names& names, Problems& problems) {
    const std::size_t before = problems.count();
    const std::optional<YamlNode> root = read_yaml(text, problems);
    if (!root.has_value()) {
        return std::nullopt;
    }
    const Reading in{names, problems};
    Claims claims;
    read_map<Claims>(in, *root, kFileFields, "", claims);
    check_unique(in, claims);
    if (problems.count() > before) {
        return std::nullopt;
    }
    CHECK(!claims.claims.empty());
    claims.file = problems.file();
    claims.hash = reports::short_hash(text);
    return claims;
}

std::vector<FieldHelp> claims_fields() {
    std::vector<FieldHelp> result;
    result.reserve(kFileFields.size() + kClaimFields.size() + kPartFields.size());
    for (const Field<Claims>& field : kFileFields) {
        result.push_back(help_of(field.info, ""));
    }
    for (const Field<ClaimDraft>& field : kClaimFields) {
        result.push_back(help_of(field.info, "claims[]."));
    }
    for (const Field<ClaimDraft>& field : kPartFields) {
        result.push_back(help_of(field.info, "claims[].parts[]."));
    }
    for (FieldHelp& help : leg_fields()) {
        result.push_back(std::move(help));
    }
    return result;
}

std::string_view name_of(ClaimKind kind) {
    return kKinds[static_cast<std::size_t>(kind)];
}

}  // namespace stormglass::scenarios
