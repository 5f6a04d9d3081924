// Notes: structured trace events. A step notes what it decided; hosts trace it, collectors read it.
// A note is not a log line: it has a kind and named fields, and formatting is somebody else's work.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string_view>

#include "runtime/bytes.hpp"
#include "runtime/random.hpp"

namespace stormglass {

/// One named field: a number or a text (text may hold raw bytes). `name` is a literal.
struct NoteField {
    std::string_view name;
    std::uint64_t number = 0;
    std::string_view text;
    bool is_text = false;

    NoteField() = default;

    template <std::integral T>
    NoteField(std::string_view field, T value)
        : name(field),
          number(static_cast<std::uint64_t>(value)) {}

    NoteField(std::string_view field, std::string_view value)
        : name(field),
          text(value),
          is_text(true) {}

    NoteField(std::string_view field, Bytes value) : NoteField(field, as_text(value)) {}
};

/// A note as collectors see it; views live until the host clears the Effects of that step.
struct Note {
    Site kind;
    std::span<const NoteField> fields;

    /// The number (or text) of a field, or the fallback when the note has no such field.
    std::uint64_t number(std::string_view name, std::uint64_t fallback = 0) const {
        const NoteField* field = find(name);
        return field == nullptr ? fallback : field->number;
    }

    std::string_view text(std::string_view name) const {
        const NoteField* field = find(name);
        return field == nullptr ? std::string_view{} : field->text;
    }

  private:
    const NoteField* find(std::string_view name) const {
        for (const NoteField& field : fields) {
            if (field.name == name) {
                return &field;
            }
        }
        return nullptr;
    }
};

}  // namespace stormglass
