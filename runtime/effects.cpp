#include "runtime/effects.hpp"

#include <limits>

#include "runtime/check.hpp"

namespace stormglass {
namespace {

std::string_view text_in(const ByteBuffer& arena, std::uint32_t at, std::uint32_t size) {
    return as_text(Bytes(arena).subspan(at, size));
}

}  // namespace

std::string_view name_of(EffectKind kind) {
    switch (kind) {
        case EffectKind::send:
            return "send";
        case EffectKind::set_timer:
            return "set_timer";
        case EffectKind::cancel_timer:
            return "cancel_timer";
        case EffectKind::create:
            return "create";
        case EffectKind::append:
            return "append";
        case EffectKind::write_at:
            return "write_at";
        case EffectKind::sync:
            return "sync";
        case EffectKind::read:
            return "read";
        case EffectKind::truncate:
            return "truncate";
        case EffectKind::rename:
            return "rename";
        case EffectKind::remove:
            return "remove";
        case EffectKind::list:
            return "list";
        case EffectKind::reply:
            return "reply";
        case EffectKind::note:
            return "note";
        case EffectKind::cover:
            return "cover";
    }
    CHECK(false);
}

Effects::Slice Effects::keep(Bytes bytes) {
    CHECK(arena_.size() + bytes.size() <= std::numeric_limits<std::uint32_t>::max());
    const Slice slice{static_cast<std::uint32_t>(arena_.size()),
                      static_cast<std::uint32_t>(bytes.size())};
    arena_.insert(arena_.end(), bytes.begin(), bytes.end());
    return slice;
}

Effect& Effects::push(EffectKind kind) {
    Effect& effect = effects_.emplace_back();
    effect.kind = kind;
    return effect;
}

Effect& Effects::push_storage(EffectKind kind, StorageToken token, std::string_view file) {
    CHECK(!file.empty() || kind == EffectKind::list);
    const Slice name = keep(as_bytes(file));
    Effect& effect = push(kind);
    effect.token = {scoped(token.value)};
    effect.file_at = name.at;
    effect.file_size = name.size;
    return effect;
}

std::uint64_t Effects::scoped(std::uint64_t id) const {
    CHECK(id >> kPartShift == 0 || part_ == 0);
    return id | (static_cast<std::uint64_t>(part_) << kPartShift);
}

void Effects::send(NodeId to, Bytes frame, std::uint64_t about) {
    const Slice bytes = keep(frame);
    Effect& effect = push(EffectKind::send);
    effect.to = to;
    effect.about = about;
    effect.bytes_at = bytes.at;
    effect.bytes_size = bytes.size;
}

void Effects::set_timer(TimerId timer, MonotonicTime at) {
    Effect& effect = push(EffectKind::set_timer);
    effect.timer = {scoped(timer.value)};
    effect.at = at;
}

void Effects::cancel_timer(TimerId timer) {
    push(EffectKind::cancel_timer).timer = {scoped(timer.value)};
}

void Effects::create(StorageToken token, std::string_view file, std::uint64_t preallocate) {
    push_storage(EffectKind::create, token, file).length = preallocate;
}

void Effects::append(StorageToken token, std::string_view file, Bytes bytes) {
    const Slice data = keep(bytes);
    Effect& effect = push_storage(EffectKind::append, token, file);
    effect.bytes_at = data.at;
    effect.bytes_size = data.size;
}

void Effects::write_at(StorageToken token,
                       std::string_view file,
                       std::uint64_t offset,
                       Bytes bytes) {
    const Slice data = keep(bytes);
    Effect& effect = push_storage(EffectKind::write_at, token, file);
    effect.offset = offset;
    effect.bytes_at = data.at;
    effect.bytes_size = data.size;
}

void Effects::sync(StorageToken token, std::string_view file) {
    push_storage(EffectKind::sync, token, file);
}

void Effects::read(StorageToken token,
                   std::string_view file,
                   std::uint64_t offset,
                   std::uint64_t length) {
    Effect& effect = push_storage(EffectKind::read, token, file);
    effect.offset = offset;
    effect.length = length;
}

void Effects::truncate(StorageToken token, std::string_view file, std::uint64_t size) {
    push_storage(EffectKind::truncate, token, file).offset = size;
}

void Effects::rename(StorageToken token, std::string_view from, std::string_view to) {
    const Slice target = keep(as_bytes(to));
    Effect& effect = push_storage(EffectKind::rename, token, from);
    effect.file2_at = target.at;
    effect.file2_size = target.size;
}

void Effects::remove(StorageToken token, std::string_view file) {
    push_storage(EffectKind::remove, token, file);
}

void Effects::list(StorageToken token) {
    push_storage(EffectKind::list, token, {});
}

void Effects::reply(RequestId request, Bytes body) {
    const Slice bytes = keep(body);
    Effect& effect = push(EffectKind::reply);
    effect.request = request;
    effect.bytes_at = bytes.at;
    effect.bytes_size = bytes.size;
}

void Effects::note(Site kind, std::initializer_list<NoteField> fields) {
    note(kind, std::span<const NoteField>(fields.begin(), fields.size()));
}

void Effects::note(Site kind, std::span<const NoteField> fields) {
    const auto at = static_cast<std::uint32_t>(fields_.size());
    for (NoteField field : fields) {
        if (field.is_text) {
            // The arena may still move: until `sealed`, the text is known by its offset.
            const Slice slice = keep(as_bytes(field.text));
            field.number = slice.at;
        }
        fields_.push_back(field);
    }
    Effect& effect = push(EffectKind::note);
    effect.site = kind;
    effect.fields_at = at;
    effect.fields_size = static_cast<std::uint32_t>(fields.size());
}

void Effects::cover(Site mark) {
    push(EffectKind::cover).site = mark;
}

std::span<const Effect> Effects::sealed() {
    for (NoteField& field : fields_) {
        if (field.is_text) {
            field.text = text_in(arena_,
                                 static_cast<std::uint32_t>(field.number),
                                 static_cast<std::uint32_t>(field.text.size()));
        }
    }
    return effects_;
}

Bytes Effects::bytes_of(const Effect& effect) const {
    return Bytes(arena_).subspan(effect.bytes_at, effect.bytes_size);
}

std::string_view Effects::file_of(const Effect& effect) const {
    return text_in(arena_, effect.file_at, effect.file_size);
}

std::string_view Effects::new_file_of(const Effect& effect) const {
    return text_in(arena_, effect.file2_at, effect.file2_size);
}

Note Effects::note_of(const Effect& effect) const {
    CHECK(effect.kind == EffectKind::note);
    return {effect.site, std::span(fields_).subspan(effect.fields_at, effect.fields_size)};
}

void Effects::clear() {
    effects_.clear();
    fields_.clear();
    arena_.clear();
}

}  // namespace stormglass
