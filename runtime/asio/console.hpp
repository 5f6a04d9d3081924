// Console: notes as log lines on stderr, one a line: time, level, kind, fields. The kind of a
// note decides its level; a note that names a trace gives a line that does. spdlog stays in the
// .cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "runtime/asio/observer.hpp"

namespace stormglass::asio {

enum class Verbosity : std::uint8_t {
    quiet,     // what needs a person
    normal,    // and what changes seldom: links, lives, refusals
    detailed,  // and every note
};

/// The level of a note: 'E' needs a person, 'W' somebody misbehaves, 'I' changes seldom, 'D' the
/// rest.
char level_of(const Note& note);

/// "kind node=N field=value ..."; text is quoted where it would be ambiguous and cut when long,
/// bytes are shown by their number.
std::string line_of(NodeId node, const Note& note);

/// Writes to stderr from a thread of its own, so that a slow terminal delays no step; when its
/// queue is full, the oldest lines are lost.
std::unique_ptr<Observer> make_console(Verbosity verbosity);

}  // namespace stormglass::asio
