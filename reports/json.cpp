// Two visitors over detail/fields.hpp. The reader trusts nothing: the file may come from anywhere.
#include "reports/json.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <concepts>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "reports/detail/fields.hpp"
#include "reports/format.hpp"
#include "reports/text.hpp"

namespace stormglass::reports {

namespace {

using Json = nlohmann::ordered_json;

template <class T>
concept Named = std::is_enum_v<T>;

/// Every value of an enum, found by its name.
template <Named T>
std::optional<T> value_named(std::string_view name) {
    constexpr int kFirst = std::is_same_v<T, Rule> ? 1 : 0;
    constexpr int kCount = [] {
        if constexpr (std::is_same_v<T, Status>) {
            return 5;
        } else if constexpr (std::is_same_v<T, ClaimKind>) {
            return 6;
        } else if constexpr (std::is_same_v<T, Method>) {
            return 4;
        } else if constexpr (std::is_same_v<T, Settled>) {
            return 3;
        } else {
            static_assert(std::is_same_v<T, Rule>);
            return 11;
        }
    }();
    for (int at = kFirst; at < kFirst + kCount; ++at) {
        if (name_of(static_cast<T>(at)) == name) {
            return static_cast<T>(at);
        }
    }
    return std::nullopt;
}

// ---- Writing --------------------------------------------------------------------------------

class Writer {
  public:
    explicit Writer(Json& out) : out_(out) {}

    template <class T>
    void operator()(const char* name, T& value) {
        out_[name] = json_of(value);
    }

    void seed(const char* name, std::uint64_t& value) { out_[name] = reports::seed(value); }

    void seed(const char* name, std::optional<std::uint64_t>& value) {
        out_[name] = value.has_value() ? Json(reports::seed(*value)) : Json(nullptr);
    }

  private:
    static Json json_of(std::string& text) { return valid_utf8(text); }

    template <class T>
        requires std::is_arithmetic_v<T>

    static Json json_of(T& number) {
        if constexpr (std::is_floating_point_v<T>) {
            return std::isfinite(number) ? Json(number) : Json(nullptr);
        } else {
            return number;
        }
    }

    template <Named T>
    static Json json_of(T& value) {
        return std::string(name_of(value));
    }

    template <class T>
    static Json json_of(std::optional<T>& value) {
        return value.has_value() ? json_of(*value) : Json(nullptr);
    }

    template <class T>
    static Json json_of(std::vector<T>& values) {
        Json out = Json::array();
        for (T& value : values) {
            out.push_back(json_of(value));
        }
        return out;
    }

    template <class T>
        requires(std::is_class_v<T>)

    static Json json_of(T& value) {
        Json out = Json::object();
        Writer inner(out);
        detail::fields(inner, value);
        return out;
    }

    Json& out_;
};

// ---- Reading --------------------------------------------------------------------------------

constexpr int kDepthMost = 12;  // parts inside parts are at most a few deep

/// Reads one object; the first problem is kept, with the path to it.
class Reader {
  public:
    Reader(const Json& in, std::string path, std::string& problem, int depth)
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

  private:
    const Json* find(const char* name) const {
        if (!problem_.empty()) {
            return nullptr;
        }
        const auto found = in_.find(name);
        return found == in_.end() ? nullptr : &*found;
    }

    void refuse(const std::string& path, std::string_view why) {
        if (problem_.empty()) {
            problem_ = path + " " + std::string(why);
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
        }
    }

    const Json& in_;
    std::string path_;
    std::string& problem_;
    int depth_;
};

/// Probabilities reach the printers, which insist on their range.
bool sane(const std::optional<double>& probability) {
    return !probability.has_value() || (*probability >= 0.0 && *probability <= 1.0);
}

bool sane_share(double share) {
    return share > 0.0 && share < 1.0;
}

bool sane(const ClaimResult& claim) {
    bool all = sane(claim.bound) && sane_share(claim.confidence) && sane(claim.target);
    for (const LegResult& leg : claim.legs) {
        all = all && sane(leg.bound) && sane(leg.kept_share);
    }
    for (const ClaimResult& part : claim.parts) {
        all = all && sane(part);
    }
    return all;
}

bool sane(const Results& results) {
    bool all = sane_share(results.confidence) && sane(results.target);
    for (const ClaimResult& claim : results.claims) {
        all = all && sane(claim);
    }
    return all;
}

}  // namespace

std::string to_json(const Results& results) {
    Results copy = results;  // the field table wants something it could change
    Json out = Json::object();
    Writer writer(out);
    detail::fields(writer, copy);
    return out.dump(1) + "\n";
}

Result<Results> from_json(std::string_view text) {
    const Json parsed = Json::parse(text, nullptr, false);
    if (parsed.is_discarded()) {
        return Error{"RESULTS_SYNTAX", "the file is not JSON"};
    }
    std::string problem;
    Results out;
    Reader reader(parsed, "results", problem, 0);
    if (problem.empty()) {
        const auto schema = parsed.find("schema");
        if (schema == parsed.end() || *schema != 1) {
            return Error{"RESULTS_SCHEMA", "results.schema is not 1; this program reads schema 1"};
        }
        detail::fields(reader, out);
    }
    if (!problem.empty()) {
        return Error{"RESULTS_FIELD", problem};
    }
    if (!sane(out)) {
        return Error{"RESULTS_FIELD", "results has a probability outside 0 to 1"};
    }
    return out;
}

}  // namespace stormglass::reports
