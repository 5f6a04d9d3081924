// Replay tokens: one line of text that names one history. "sg1:" and base64url of
//   format (1 byte), length of the whole line (varint), scenario, engine, seed, trace (8 bytes
//   each, little endian), events (varint), kept decisions and choices as varints of differences,
//   checksum (2 bytes, CRC-16/CCITT of all before it).
// A cut or altered paste is told from a good one and from each other; each value has one spelling.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/result.hpp"
#include "sim/reduction.hpp"

namespace stormglass::sim {

/// Longer tokens are no longer copied by hand: a file takes their place.
inline constexpr std::size_t kTokenHandyMax = 1'000;
inline constexpr std::size_t kTokenCharactersMax = 16'384;

struct Token {
    std::uint64_t scenario = 0;  // hash of what was tried
    std::uint64_t engine = 0;    // hash of the code that ran it
    std::uint64_t seed = 0;
    std::uint64_t trace = 0;   // hash of the run that is named ...
    std::uint64_t events = 0;  // ... and how many events it had
    Reduction kept;

    friend bool operator==(const Token&, const Token&) = default;
};

/// Whether a text means to be a token, whole or not.
bool looks_like_token(std::string_view text);

std::string encode_token(const Token& token);

/// Errors: token.foreign (no token of this format), token.incomplete, token.altered. White space
/// around the text is ignored; its text is for people ("incomplete token: 41 of 62 characters").
Result<Token> decode_token(std::string_view text);

}  // namespace stormglass::sim
