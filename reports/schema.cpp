// A third visitor over detail/fields.hpp: it looks at types alone.
#include "reports/schema.hpp"

#include <concepts>
#include <limits>
#include <optional>
#include <type_traits>
#include <vector>

#include <nlohmann/json.hpp>

#include "reports/detail/enums.hpp"
#include "reports/detail/fields.hpp"

namespace stormglass::reports {

namespace {

using Json = nlohmann::ordered_json;

template <class T>
struct Tag {};

class Describer {
  public:
    explicit Describer(Json& properties) : properties_(properties) {}

    template <class T>
    void operator()(const char* name, T&) {
        properties_[name] = schema_of(Tag<T>{});
    }

    void seed(const char* name, std::uint64_t&) { properties_[name] = seed_schema(); }

    void seed(const char* name, std::optional<std::uint64_t>&) {
        properties_[name] = or_null(seed_schema());
    }

    template <class T>
    static Json object_of() {
        T sample;
        Json properties = Json::object();
        Describer inner(properties);
        detail::fields(inner, sample);
        return {{"type", "object"}, {"properties", std::move(properties)}};
    }

  private:
    static Json seed_schema() { return {{"type", "string"}, {"pattern", "^0x[0-9a-f]{1,16}$"}}; }

    static Json or_null(Json schema) {
        return {{"anyOf", Json::array({std::move(schema), {{"type", "null"}}})}};
    }

    static Json schema_of(Tag<std::string>) { return {{"type", "string"}}; }

    static Json schema_of(Tag<bool>) { return {{"type", "boolean"}}; }

    // What is not finite is written as null.
    static Json schema_of(Tag<double>) { return {{"type", Json::array({"number", "null"})}}; }

    template <std::integral T>
    static Json schema_of(Tag<T>) {
        return {{"type", "integer"},
                {"minimum", std::numeric_limits<T>::min()},
                {"maximum", std::numeric_limits<T>::max()}};
    }

    template <detail::Named T>
    static Json schema_of(Tag<T>) {
        Json words = Json::array();
        for (const T value : detail::all_values<T>()) {
            words.push_back(std::string(name_of(value)));
        }
        return {{"enum", std::move(words)}};
    }

    template <class T>
    static Json schema_of(Tag<std::optional<T>>) {
        return or_null(schema_of(Tag<T>{}));
    }

    template <class T>
    static Json schema_of(Tag<std::vector<T>>) {
        return {{"type", "array"}, {"items", schema_of(Tag<T>{})}};
    }

    // The only value that holds others of its kind.
    static Json schema_of(Tag<ClaimResult>) { return {{"$ref", "#/$defs/claim"}}; }

    template <class T>
        requires(std::is_class_v<T>)

    static Json schema_of(Tag<T>) { return object_of<T>(); }

    Json& properties_;
};

}  // namespace

std::string results_schema() {
    Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                   {"title", "Results of stormglass run, gate or review"}};
    Json object = Describer::object_of<Results>();
    object["properties"]["schema"] = {{"const", Results{}.schema}};
    schema.update(object);
    schema["required"] = Json::array({"schema", "run_id", "verb", "version", "scenarios"});
    schema["$defs"] = {{"claim", Describer::object_of<ClaimResult>()}};
    return schema.dump(2) + "\n";
}

}  // namespace stormglass::reports
