// A note with texts of its own: what tests of the bus read after the run.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "runtime/ids.hpp"
#include "runtime/note.hpp"

namespace stormglass::tests {

struct KeptNote {
    NodeId node;
    std::string kind;
    std::map<std::string, std::uint64_t> numbers;
    std::map<std::string, std::string> texts;

    friend auto operator<=>(const KeptNote&, const KeptNote&) = default;
};

inline KeptNote kept(NodeId node, const Note& note) {
    KeptNote made{node, std::string(note.kind.name), {}, {}};
    for (const NoteField& field : note.fields) {
        if (field.is_text) {
            made.texts[std::string(field.name)] = std::string(field.text);
        } else {
            made.numbers[std::string(field.name)] = field.number;
        }
    }
    return made;
}

}  // namespace stormglass::tests
