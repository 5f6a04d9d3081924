// A visitor over detail/fields.hpp that writes; json_read.cpp holds its counterpart.
#include "reports/json.hpp"

#include <cmath>
#include <optional>
#include <type_traits>
#include <vector>

#include <nlohmann/json.hpp>

#include "reports/detail/enums.hpp"
#include "reports/detail/fields.hpp"
#include "reports/format.hpp"
#include "reports/text.hpp"

namespace stormglass::reports {

namespace {

using Json = nlohmann::ordered_json;

using detail::Named;

class JsonWriter {
  public:
    explicit JsonWriter(Json& out) : out_(out) {}

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
        JsonWriter inner(out);
        detail::fields(inner, value);
        return out;
    }

    Json& out_;
};

}  // namespace

std::string to_json(const Results& results) {
    Results copy = results;  // the field table wants something it could change
    Json out = Json::object();
    JsonWriter writer(out);
    detail::fields(writer, copy);
    return out.dump(1) + "\n";
}

}  // namespace stormglass::reports
