// Writer and reader of the binary form of messages.hpp. The reader keeps its first error and
// yields empty values from then on, so that a decoder is a straight list of fields.
#pragma once

#include <cstdint>
#include <string_view>

#include "runtime/bytes.hpp"
#include "runtime/result.hpp"
#include "sagas/messages.hpp"

namespace stormglass::sagas::codec {

constexpr std::uint8_t kFormat = 1;

class Writer {
  public:
    Writer(ByteBuffer& out, MessageKind kind);

    void number(std::uint8_t value) { integer(value, 1); }

    void number(std::uint32_t value) { integer(value, 4); }

    void number(std::uint64_t value) { integer(value, 8); }

    void flag(bool value) { integer(value ? 1 : 0, 1); }

    template <class Enum>
    void choice(Enum value) {
        integer(static_cast<std::uint8_t>(value), 1);
    }

    void name(std::string_view text);           // requires is_name(text)
    void optional_name(std::string_view text);  // or empty
    void body(Bytes bytes);

  private:
    void integer(std::uint64_t value, std::size_t width);

    ByteBuffer& out_;
};

class Reader {
  public:
    Reader(Bytes bytes, MessageKind kind);

    std::uint8_t number8() { return static_cast<std::uint8_t>(integer(1)); }

    std::uint32_t number32() { return static_cast<std::uint32_t>(integer(4)); }

    std::uint64_t number64() { return integer(8); }

    /// A number of an attempt: from 1.
    std::uint32_t attempt();
    bool flag();

    /// One of the values 0 .. last.
    template <class Enum>
    Enum choice(Enum last) {
        const std::uint8_t value = number8();
        const bool legal = value <= static_cast<std::uint8_t>(last);
        require(legal, "SM_VALUE");
        return legal ? static_cast<Enum>(value) : Enum{};
    }

    std::string_view name();
    std::string_view optional_name();
    Bytes body();

    /// Keeps an error with this code and place unless one is kept already.
    void require(bool holds, std::string_view code);

    /// The first error, or one for bytes left over.
    Result<void> finish();

  private:
    std::uint64_t integer(std::size_t width);
    Bytes take(std::size_t size);

    Bytes bytes_;
    std::size_t at_ = 0;
    std::string_view code_;
    std::size_t code_at_ = 0;
};

}  // namespace stormglass::sagas::codec
