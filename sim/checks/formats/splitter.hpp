// Splitter: cuts a stream of bytes, in pieces of any size, into the elements of a history: lines,
// or the elements of one outer list. It holds one element at a time, bounded, and never recurses.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/result.hpp"
#include "sim/checks/formats/syntax.hpp"

namespace stormglass::sim::checks {

class ElementSink {
  public:
    virtual ~ElementSink() = default;
    /// An element and the line in which it begins.
    virtual Result<void> on_element(std::string_view text, std::uint32_t line) = 0;
};

enum class Cut : std::uint8_t { lines, outer_list };

class Splitter {
  public:
    Splitter(Cut cut, Syntax syntax, std::size_t element_max, ElementSink& sink)
        : cut_(cut),
          syntax_(syntax),
          element_max_(element_max),
          sink_(sink) {}

    Result<void> feed(std::string_view bytes);
    /// Refuses what ends in the middle.
    Result<void> finish();

  private:
    enum class Place : std::uint8_t { before, between, inside, after };

    Result<void> feed_lines(std::string_view bytes);
    Result<void> give_line(std::string_view line);
    Result<void> feed_list(std::string_view bytes);
    Result<void> outside(char c);
    Result<void> comma();
    Result<void> inside(char c);
    Result<void> too_long() const;
    Error refusal(std::string_view code, const std::string& text) const;

    Cut cut_;
    Syntax syntax_;
    std::size_t element_max_;
    ElementSink& sink_;

    std::string buffer_;
    std::uint32_t line_ = 1;
    std::uint32_t element_line_ = 1;
    Place place_ = Place::before;
    char close_ = ']';
    int depth_ = 0;
    bool in_string_ = false;
    bool escaped_ = false;
    bool in_comment_ = false;
    bool comma_due_ = false;
    bool element_due_ = false;
};

}  // namespace stormglass::sim::checks
