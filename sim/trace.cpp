// Mixing, keeping and printing of trace records, and the search for the first difference.
#include "sim/trace.hpp"

#include <algorithm>

#include "runtime/check.hpp"
#include "sim/digest.hpp"

namespace stormglass::sim {
namespace {

constexpr std::uint64_t kStart = 0x53746f726d676c73ULL;  // any fixed word

void append_padded(std::string& out, std::string_view text, std::size_t width) {
    out += text;
    out.append(text.size() < width ? width - text.size() : 1, ' ');
}

void append_readable(std::string& out, std::string_view text) {
    constexpr std::size_t kTextMax = 40;  // a field of a line, not a document
    for (const char c : text.substr(0, kTextMax)) {
        out += c >= ' ' && c <= '~' ? c : '.';
    }
    if (text.size() > kTextMax) {
        out += "...";
    }
}

std::string_view name_in(std::span<const std::string> names, std::uint64_t id) {
    return id < names.size() ? std::string_view(names[id]) : std::string_view{};
}

std::string name_or_number(std::span<const std::string> names, std::uint64_t id) {
    const std::string_view name = name_in(names, id);
    return name.empty() ? "#" + std::to_string(id) : std::string(name);
}

}  // namespace

std::string_view name_of(TraceKind kind) {
    switch (kind) {
        case TraceKind::start:
            return "start";
        case TraceKind::crash:
            return "crash";
        case TraceKind::send:
            return "send";
        case TraceKind::deliver:
            return "deliver";
        case TraceKind::timer:
            return "timer";
        case TraceKind::storage:
            return "storage";
        case TraceKind::request:
            return "request";
        case TraceKind::reply:
            return "reply";
        case TraceKind::note:
            return "note";
        case TraceKind::fault:
            return "fault";
    }
    CHECK(false);
}

Trace::Trace(TraceOptions options)
    : options_(options),
      hash_(kStart),
      until_checkpoint_(options.checkpoint_every) {
    ring_.resize(options_.lines);
}

void Trace::mix(const TraceRecord& record) {
    // Faults are told to people only: one that changed nothing must not change the hash.
    CHECK(record.kind != TraceKind::fault);
    const std::uint64_t who = (static_cast<std::uint64_t>(record.process.value) << 8) |
                              static_cast<std::uint8_t>(record.kind);
    hash_ = mix_pair(mix_pair(hash_, record.time.ns, who), record.digest, record.detail);
    if (events_ - options_.record_from < options_.record_count) {  // wraps below record_from
        recorded_.push_back(record);
    }
    ++events_;
    if (--until_checkpoint_ == 0) {
        checkpoints_.push_back(hash_);
        until_checkpoint_ = options_.checkpoint_every;
    }
}

Trace::Line* Trace::keep(const TraceRecord& record) {
    if (ring_.empty()) {
        return nullptr;
    }
    Line& line = ring_[next_line_];
    next_line_ = next_line_ + 1 == ring_.size() ? 0 : next_line_ + 1;
    line.record = record;
    line.text.clear();
    return &line;
}

void Trace::add(const TraceRecord& record) {
    if (record.kind != TraceKind::fault) {
        mix(record);
    }
    keep(record);
}

void Trace::add_note(MonotonicTime time, NodeId process, const Note& note) {
    std::uint64_t digest = note.kind.hash;
    for (const NoteField& field : note.fields) {
        const std::uint64_t value = field.is_text ? digest64(as_bytes(field.text)) : field.number;
        digest = mix_pair(digest, name_hash(field.name), value);
    }
    const TraceRecord record{time, process, TraceKind::note, digest, 0, note.kind.name};
    mix(record);
    Line* const line = keep(record);
    if (line == nullptr || options_.notes == TraceOptions::Notes::names) {
        return;
    }
    for (const NoteField& field : note.fields) {
        line->text += ' ';
        line->text += field.name;
        line->text += '=';
        if (field.is_text) {
            append_readable(line->text, field.text);
        } else {
            line->text += std::to_string(field.number);
        }
    }
}

std::string format_time(MonotonicTime time) {
    const std::string micros = std::to_string(time.ns / 1000 % 1'000'000);
    return std::to_string(time.ns / 1'000'000'000) + "." + std::string(6 - micros.size(), '0') +
           micros + " s";
}

std::string format_record(const TraceRecord& record, std::span<const std::string> names) {
    std::string out;
    append_padded(out, format_time(record.time), 14);
    append_padded(out, name_or_number(names, record.process.value), 16);
    append_padded(out, name_of(record.kind), 8);
    switch (record.kind) {
        case TraceKind::send:
            out += "to " + name_or_number(names, record.detail);
            break;
        case TraceKind::deliver:
            out += "from " + name_or_number(names, record.detail);
            break;
        case TraceKind::start:
        case TraceKind::crash:
            out += "life " + std::to_string(record.detail);
            break;
        case TraceKind::timer:
        case TraceKind::storage:
        case TraceKind::request:
        case TraceKind::reply:
            out += std::to_string(record.detail);
            break;
        case TraceKind::note:
            out += record.site;
            break;
        case TraceKind::fault:
            out += std::string(record.site) + (record.detail == 1 ? " acts" : " armed");
            break;
    }
    return out;
}

std::string Trace::last_lines(std::span<const std::string> names, std::size_t count) const {
    std::string out;
    count = std::min(count, ring_.size());
    for (std::size_t i = ring_.size() - count; i < ring_.size(); ++i) {
        const Line& line = ring_[(next_line_ + i) % ring_.size()];
        if (line.record.process.value == 0 && line.record.site.empty()) {
            continue;  // not written yet
        }
        out += format_record(line.record, names) + line.text + "\n";
    }
    return out;
}

std::optional<TraceDifference> first_difference(const Trace& left, const Trace& right) {
    if (left.hash() == right.hash() && left.events() == right.events()) {
        return std::nullopt;
    }
    CHECK(left.options().checkpoint_every == right.options().checkpoint_every);
    CHECK(left.options().record_from == right.options().record_from);
    const auto a = left.checkpoints();
    const auto b = right.checkpoints();
    const std::uint64_t every = left.options().checkpoint_every;
    const auto equal = static_cast<std::uint64_t>(
        std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
    TraceDifference found;
    found.first = equal * every;
    found.last = std::max(left.events(), right.events());
    if (every != 0 && equal < std::min(a.size(), b.size())) {
        found.last = found.first + every;
    }
    const auto x = left.recorded();
    const auto y = right.recorded();
    const auto same = static_cast<std::size_t>(
        std::mismatch(x.begin(), x.end(), y.begin(), y.end()).first - x.begin());
    const std::uint64_t at = left.options().record_from + same;
    if (at >= found.first && at < found.last && (same < x.size() || same < y.size())) {
        found.first = at;
        found.last = at + 1;
        found.left = same < x.size() ? std::optional(x[same]) : std::nullopt;
        found.right = same < y.size() ? std::optional(y[same]) : std::nullopt;
    }
    return found;
}

}  // namespace stormglass::sim
