// JSON as text, written front to back. For files of many small objects; values are small.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stormglass::reports::detail {

class JsonText {
  public:
    explicit JsonText(std::string& to) : to_(to) {}

    JsonText& open(char bracket) {
        separate();
        to_.push_back(bracket);
        fresh_ = true;
        return *this;
    }

    JsonText& close(char bracket) {
        to_.push_back(bracket);
        fresh_ = false;
        return *this;
    }

    JsonText& key(std::string_view name) {
        text(name);
        to_.push_back(':');
        fresh_ = true;
        return *this;
    }

    /// Any bytes; made valid UTF-8.
    JsonText& text(std::string_view value);
    JsonText& hex(std::uint64_t value);
    JsonText& hex(std::uint64_t high, std::uint64_t low);

    JsonText& number(std::int64_t value) { return raw(std::to_string(value)); }

    /// 64 bits as a decimal string, which every reader keeps.
    JsonText& digits(std::uint64_t value) { return raw('"' + std::to_string(value) + '"'); }

    JsonText& boolean(bool value) { return raw(value ? "true" : "false"); }

    /// Nanoseconds as microseconds with three places.
    JsonText& micros(std::uint64_t ns);

  private:
    JsonText& raw(std::string_view value) {
        separate();
        to_.append(value);
        return *this;
    }

    void separate() {
        if (!fresh_) {
            to_.push_back(',');
        }
        fresh_ = false;
    }

    std::string& to_;
    bool fresh_ = true;
};

}  // namespace stormglass::reports::detail
