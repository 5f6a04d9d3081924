// The sample with one string in every text field, reached through the writers' own field table.
#include <optional>
#include <type_traits>
#include <vector>

// layer-ok: fills every field that the outputs know, by the same table
#include "reports/detail/fields.hpp"
#include "reports/verdict.hpp"
#include "tests/reports/sample.hpp"

namespace stormglass::reports {

namespace {

constexpr int kDeepEnough = 4;  // parts of parts would go on for ever

class Filler {
  public:
    Filler(const std::string& text, int depth) : text_(text), depth_(depth) {}

    template <class T>
    void operator()(const char*, T& value) {
        fill(value);
    }

    template <class T>
    void seed(const char*, T&) {}

  private:
    void fill(std::string& value) { value = text_; }

    template <class T>
        requires(!std::is_class_v<T>)

    void fill(T&) {}

    template <class T>
        requires std::is_arithmetic_v<T>

    void fill(std::optional<T>&) {}

    void fill(std::optional<Waiver>& value) { fill(value.emplace()); }

    template <class T>
    void fill(std::vector<T>& values) {
        if (values.empty() && depth_ < kDeepEnough) {
            values.emplace_back();
        }
        for (T& value : values) {
            fill(value);
        }
    }

    template <class T>
        requires(std::is_class_v<T>)

    void fill(T& value) {
        Filler inner(text_, depth_ + 1);
        detail::fields(inner, value);
    }

    const std::string& text_;
    int depth_;
};

}  // namespace

Results filled_with(const std::string& text) {
    Results out = sample_facts();
    Filler filler(text, 0);
    detail::fields(filler, out);
    judge(out);
    return out;
}

}  // namespace stormglass::reports
