// Result: what a step returns when a peer, a disk, a file or a user may have caused a failure.
// A broken rule of our own is not a Result but a CHECK (check.hpp).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "runtime/check.hpp"

namespace stormglass {

/// `code` is a stable literal for programs ("EV_SIG_INVALID"); `text` is for people and names
/// place, cause and next step.
struct [[nodiscard]] Error {
    std::string_view code;
    std::string text;
};

/// Either a value or an Error. Reading the wrong side is a bug.
template <class T>
class [[nodiscard]] Result {
  public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: by design

    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: by design

    bool ok() const { return state_.index() == 0; }

    explicit operator bool() const { return ok(); }

    T& value() & {
        CHECK(ok());
        return *std::get_if<0>(&state_);
    }

    const T& value() const& {
        CHECK(ok());
        return *std::get_if<0>(&state_);
    }

    T&& value() && {
        CHECK(ok());
        return std::move(*std::get_if<0>(&state_));
    }

    const Error& error() const& {
        CHECK(!ok());
        return *std::get_if<1>(&state_);
    }

    Error&& error() && {
        CHECK(!ok());
        return std::move(*std::get_if<1>(&state_));
    }

    T* operator->() { return &value(); }

    const T* operator->() const { return &value(); }

    T& operator*() & { return value(); }

    const T& operator*() const& { return value(); }

  private:
    std::variant<T, Error> state_;
};

/// The Result of a step that yields nothing.
template <>
class [[nodiscard]] Result<void> {
  public:
    Result() = default;

    Result(Error error) : error_(std::move(error)) {}  // NOLINT: by design

    bool ok() const { return !error_.has_value(); }

    explicit operator bool() const { return ok(); }

    const Error& error() const& {
        CHECK(!ok());
        return *error_;
    }

    Error&& error() && {
        CHECK(!ok());
        return std::move(*error_);
    }

  private:
    std::optional<Error> error_;
};

}  // namespace stormglass
