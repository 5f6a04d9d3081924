// A handler of the parser's events over an iterator that counts how far the parser has come.
#include "reports/detail/json_places.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <set>
#include <vector>

#include <nlohmann/json.hpp>

#include "reports/text.hpp"

namespace stormglass::reports::detail {

namespace {

constexpr std::size_t kDepthMost = 64;  // ours are a dozen deep
constexpr std::size_t kKeyShown = 60;

/// Tells through `seen` how many bytes were taken; the parser copies its iterators.
class Counting {
  public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    Counting(const char* at, std::size_t* seen) : at_(at), seen_(seen) {}

    reference operator*() const { return *at_; }

    Counting& operator++() {
        ++at_;
        ++*seen_;
        return *this;
    }

    Counting operator++(int) {
        const Counting before = *this;
        ++*this;
        return before;
    }

    friend bool operator==(const Counting& a, const Counting& b) { return a.at_ == b.at_; }

    friend bool operator!=(const Counting& a, const Counting& b) { return a.at_ != b.at_; }

  private:
    const char* at_;
    std::size_t* seen_;
};

std::string line_and_column(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, std::min(offset, text.size()));
    const auto line = std::ranges::count(before, '\n') + 1;
    const std::size_t start = before.rfind('\n') + 1;  // npos + 1 is the beginning
    return std::to_string(line) + ":" + std::to_string(before.size() - start + 1);
}

class Walker {
  public:
    using Json = nlohmann::json;

    Walker(std::string_view text, std::string_view wanted) : text_(text), wanted_(wanted) {
        const std::size_t name = std::min(wanted.find_first_of(".["), wanted.size());
        path_ = wanted.substr(0, name);
    }

    void walk() {
        const char* begin = text_.data();
        Json::sax_parse(Counting(begin, &seen_), Counting(begin + text_.size(), nullptr), this);
    }

    [[nodiscard]] const std::optional<std::string>& trouble() const { return trouble_; }

    [[nodiscard]] std::size_t found() const { return found_; }

    // The parser's events; false ends the walk.
    bool null() { return value(); }

    bool boolean(bool) { return value(); }

    bool number_integer(Json::number_integer_t) { return value(); }

    bool number_unsigned(Json::number_unsigned_t) { return value(); }

    bool number_float(Json::number_float_t, const Json::string_t&) { return value(); }

    bool string(Json::string_t&) { return value(); }

    bool binary(Json::binary_t&) { return value(); }

    bool start_object(std::size_t) { return open(Level::Kind::object); }

    bool start_array(std::size_t) { return open(Level::Kind::array); }

    bool end_object() { return close(); }

    bool end_array() { return close(); }

    bool key(Json::string_t& name) {
        Level& level = levels_.back();
        if (!level.keys.insert(name).second) {
            return refuse(start(),
                          "the key \"" + shortened(visible(name), kKeyShown) +
                              "\" stands twice in one object");
        }
        path_.resize(level.path);
        path_ += '.';
        path_ += name;
        last_ = seen_;
        return true;
    }

    bool parse_error(std::size_t position, const std::string&, const Json::exception&) {
        return refuse(position == 0 ? 0 : position - 1, "the text is not JSON from here on");
    }

  private:
    struct Level {
        enum class Kind : std::uint8_t { object, array } kind = Kind::object;
        std::size_t path = 0;  // length of the path of the whole
        std::size_t next = 0;  // of an array
        std::set<std::string, std::less<>> keys;
    };

    bool refuse(std::size_t offset, const std::string& why) {
        trouble_ = line_and_column(text_, offset) + ": " + why;
        return false;
    }

    /// Where the token begins whose event this is: behind the last one and what parts them.
    [[nodiscard]] std::size_t start() const {
        const std::size_t at = text_.find_first_not_of(" \t\r\n,:", last_);
        return at == std::string_view::npos ? text_.size() : at;
    }

    /// An array names its items by their number.
    void name_item() {
        if (!levels_.empty() && levels_.back().kind == Level::Kind::array) {
            Level& level = levels_.back();
            path_.resize(level.path);
            path_ += "[" + std::to_string(level.next++) + "]";
        }
    }

    bool value() {
        name_item();
        if (!wanted_.empty() && path_ == wanted_) {
            found_ = start();
            return false;
        }
        last_ = seen_;
        return true;
    }

    bool open(Level::Kind kind) {
        if (levels_.size() == kDepthMost) {
            return refuse(start(), "the text is nested too deeply");
        }
        if (!value()) {
            return false;
        }
        levels_.push_back({kind, path_.size(), 0, {}});
        return true;
    }

    bool close() {
        path_.resize(levels_.back().path);
        levels_.pop_back();
        last_ = seen_;
        return true;
    }

    std::string_view text_;
    std::string_view wanted_;
    std::string path_;
    std::vector<Level> levels_;
    std::optional<std::string> trouble_;
    std::size_t seen_ = 0;  // bytes that the parser has taken
    std::size_t last_ = 0;  // ... when the event before this one came
    std::size_t found_ = 0;
};

}  // namespace

std::optional<std::string> first_trouble(std::string_view text) {
    Walker walker(text, {});
    walker.walk();
    return walker.trouble();
}

std::string place_of(std::string_view text, std::string_view path) {
    Walker walker(text, path);
    walker.walk();
    return line_and_column(text, walker.found());
}

}  // namespace stormglass::reports::detail
