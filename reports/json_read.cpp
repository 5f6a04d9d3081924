// A visitor over detail/fields.hpp that reads. It trusts nothing: the file may come from anywhere,
// and what it refuses it names by line, column and path.
#include <algorithm>
#include <charconv>
#include <concepts>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "reports/detail/enums.hpp"
#include "reports/detail/fields.hpp"
#include "reports/detail/json_places.hpp"
#include "reports/format.hpp"
#include "reports/json.hpp"

namespace stormglass::reports {

namespace {

using Json = nlohmann::ordered_json;

using detail::Named;
using detail::value_named;

/// What is wrong with the value at a path.
struct Problem {
    std::string path;
    std::string why;

    [[nodiscard]] bool empty() const { return why.empty(); }
};

constexpr int kDepthMost = 12;  // parts inside parts are at most a few deep

/// Reads one object; the first problem is kept, with the path to it.
class Reader {
  public:
    Reader(const Json& in, std::string path, Problem& problem, int depth)
        : in_(in),
          path_(std::move(path)),
          problem_(problem),
          depth_(depth) {
        if (!in.is_object()) {
            refuse(path_, "is not an object");
        } else if (depth > kDepthMost) {
            refuse(path_, "is nested too deeply");
        }
    }

    template <class T>
    void operator()(const char* name, T& value) {
        if (const Json* field = find(name)) {
            read(*field, path_ + "." + name, value);
        }
    }

    void seed(const char* name, std::uint64_t& value) {
        if (const Json* field = find(name)) {
            read_seed(*field, path_ + "." + name, value);
        }
    }

    void seed(const char* name, std::optional<std::uint64_t>& value) {
        const Json* field = find(name);
        value.reset();
        if (field != nullptr && !field->is_null()) {
            read_seed(*field, path_ + "." + name, value.emplace());
        }
    }

    /// A field that is not of ours: dropping it could drop evidence, so that the page would say
    /// less than the file.
    void refuse_unknown() {
        for (auto field = in_.begin(); field != in_.end() && problem_.empty(); ++field) {
            if (std::ranges::find(known_, field.key()) == known_.end()) {
                refuse(path_ + "." + field.key(),
                       "is no field of schema 1 as this program knows it; a newer one may");
            }
        }
    }

  private:
    const Json* find(const char* name) {
        if (!problem_.empty()) {
            return nullptr;
        }
        known_.emplace_back(name);
        const auto found = in_.find(name);
        return found == in_.end() ? nullptr : &*found;
    }

    void refuse(const std::string& path, std::string_view why) {
        if (problem_.empty()) {
            problem_ = {path, std::string(why)};
        }
    }

    void read_seed(const Json& in, const std::string& path, std::uint64_t& value) {
        if (!in.is_string()) {
            return refuse(path, "is not a seed like \"0x1f\"");
        }
        const auto& text = in.get_ref<const std::string&>();
        const char* end = text.data() + text.size();
        if (!text.starts_with("0x") || text.size() == 2) {
            return refuse(path, "is not a seed like \"0x1f\"");
        }
        const auto [stop, failure] = std::from_chars(text.data() + 2, end, value, 16);
        if (failure != std::errc{} || stop != end) {
            refuse(path, "is not a seed like \"0x1f\"");
        }
    }

    void read(const Json& in, const std::string& path, std::string& value) {
        if (!in.is_string()) {
            return refuse(path, "is not a text");
        }
        value = in.get_ref<const std::string&>();
    }

    void read(const Json& in, const std::string& path, bool& value) {
        if (!in.is_boolean()) {
            return refuse(path, "is neither true nor false");
        }
        value = in.get<bool>();
    }

    void read(const Json& in, const std::string& path, double& value) {
        if (in.is_null()) {
            value =
                std::numeric_limits<double>::quiet_NaN();  // what is not finite is written as null
            return;
        }
        if (!in.is_number()) {
            return refuse(path, "is not a number");
        }
        value = in.get<double>();
    }

    template <std::integral T>
    void read(const Json& in, const std::string& path, T& value) {
        if (in.is_number_unsigned()) {
            const auto number = in.get<std::uint64_t>();
            if (std::in_range<T>(number)) {
                value = static_cast<T>(number);
                return;
            }
        } else if (in.is_number_integer()) {
            const auto number = in.get<std::int64_t>();
            if (std::in_range<T>(number)) {
                value = static_cast<T>(number);
                return;
            }
        }
        refuse(path, "is not a whole number in its range");
    }

    template <Named T>
    void read(const Json& in, const std::string& path, T& value) {
        const auto found =
            in.is_string() ? value_named<T>(in.get_ref<const std::string&>()) : std::optional<T>{};
        if (!found.has_value()) {
            return refuse(path, "is no known word");
        }
        value = *found;
    }

    template <class T>
    void read(const Json& in, const std::string& path, std::optional<T>& value) {
        value.reset();
        if (!in.is_null()) {
            read(in, path, value.emplace());
        }
    }

    template <class T>
    void read(const Json& in, const std::string& path, std::vector<T>& values) {
        if (!in.is_array()) {
            return refuse(path, "is not a list");
        }
        values.clear();
        values.reserve(in.size());
        for (std::size_t at = 0; at < in.size() && problem_.empty(); ++at) {
            read(in[at], path + "[" + std::to_string(at) + "]", values.emplace_back());
        }
    }

    template <class T>
        requires(std::is_class_v<T>)

    void read(const Json& in, const std::string& path, T& value) {
        Reader inner(in, path, problem_, depth_ + 1);
        if (problem_.empty()) {
            detail::fields(inner, value);
            inner.refuse_unknown();
        }
    }

    const Json& in_;
    std::string path_;
    Problem& problem_;
    int depth_;
    std::vector<std::string_view> known_;  // fields asked for: those that the table names
};

/// Probabilities reach the printers, which insist on their range; the path of one out of range.
using Trouble = std::optional<std::string>;

Trouble insane(const std::optional<double>& probability, const std::string& path) {
    const bool sane = !probability.has_value() || (*probability >= 0.0 && *probability <= 1.0);
    return sane ? std::nullopt : Trouble(path);
}

Trouble insane_share(double share, const std::string& path) {
    return share > 0.0 && share < 1.0 ? std::nullopt : Trouble(path);
}

Trouble first_of(std::initializer_list<Trouble> troubles) {
    const auto* found = std::ranges::find_if(troubles, &Trouble::has_value);
    return found == troubles.end() ? std::nullopt : *found;
}

std::string item(const std::string& list, std::size_t at) {
    return list + "[" + std::to_string(at) + "]";
}

Trouble insane(const ClaimResult& claim, const std::string& path) {
    Trouble found = first_of({insane(claim.bound, path + ".bound"),
                              insane_share(claim.confidence, path + ".confidence"),
                              insane(claim.target, path + ".target")});
    for (std::size_t at = 0; at < claim.legs.size() && !found; ++at) {
        const std::string leg = item(path + ".legs", at);
        found = first_of({insane(claim.legs[at].bound, leg + ".bound"),
                          insane(claim.legs[at].kept_share, leg + ".kept_share")});
    }
    for (std::size_t at = 0; at < claim.parts.size() && !found; ++at) {
        found = insane(claim.parts[at], item(path + ".parts", at));
    }
    return found;
}

Trouble insane(const Results& results) {
    Trouble found = first_of({insane_share(results.confidence, "results.confidence"),
                              insane(results.target, "results.target")});
    for (std::size_t at = 0; at < results.claims.size() && !found; ++at) {
        found = insane(results.claims[at], item("results.claims", at));
    }
    return found;
}

/// A lane that a picture does not have would be drawn outside of it.
bool has_stray_lane(const Picture& picture) {
    const auto stray = [&](std::uint32_t lane) { return lane >= picture.lanes.size(); };
    return std::ranges::any_of(picture.steps,
                               [&](const PictureStep& step) {
                                   return stray(step.lane) ||
                                          (step.to.has_value() && stray(*step.to));
                               }) ||
           std::ranges::any_of(picture.spans, [&](const PictureSpan& span) {
               return std::ranges::any_of(span.lanes, stray);
           });
}

Problem broken_picture(const Results& results) {
    for (std::size_t at = 0; at < results.scenarios.size(); ++at) {
        const auto& failures = results.scenarios[at].failures;
        for (std::size_t failure = 0; failure < failures.size(); ++failure) {
            const Picture& picture = failures[failure].picture;
            const std::string path =
                item(item("results.scenarios", at) + ".failures", failure) + ".picture";
            if (picture.steps.size() > kPictureStepsMost) {
                return {path + ".steps",
                        "has more than " + std::to_string(kPictureStepsMost) + " steps"};
            }
            if (picture.lanes.size() > kPictureLanesMost) {
                return {path + ".lanes",
                        "has more than " + std::to_string(kPictureLanesMost) + " lanes"};
            }
            if (has_stray_lane(picture)) {
                return {path, "names a lane that it does not have"};
            }
        }
    }
    return {};
}

Error located(std::string_view text, const Problem& problem) {
    return Error{"RESULTS_FIELD",
                 detail::place_of(text, problem.path) + ": " + problem.path + " " + problem.why};
}

}  // namespace

Result<Results> from_json(std::string_view text) {
    if (text.size() > kResultsBytesMost) {
        return Error{"RESULTS_SIZE", "1:1: the file is larger than 16 MiB"};
    }
    if (auto trouble = detail::first_trouble(text)) {
        return Error{"RESULTS_SYNTAX", *std::move(trouble)};
    }
    const Json parsed = Json::parse(text, nullptr, false);
    Problem problem;
    Results out;
    Reader reader(parsed, "results", problem, 0);
    if (!problem.empty()) {
        return located(text, problem);
    }
    const auto schema = parsed.find("schema");
    if (schema == parsed.end() || *schema != 1) {
        return Error{"RESULTS_SCHEMA",
                     detail::place_of(text, "results.schema") +
                         ": results.schema is not 1; this program reads schema 1"};
    }
    detail::fields(reader, out);
    reader.refuse_unknown();
    if (problem.empty()) {
        problem = broken_picture(out);
    }
    if (!problem.empty()) {
        return located(text, problem);
    }
    if (const Trouble path = insane(out)) {
        return located(text, {*path, "is outside 0 to 1"});
    }
    return out;
}

}  // namespace stormglass::reports
