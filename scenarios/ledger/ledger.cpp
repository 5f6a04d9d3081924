#include "scenarios/ledger/ledger.hpp"

#include <algorithm>

#include "bus/notes.hpp"
#include "runtime/check.hpp"
#include "runtime/random.hpp"

namespace stormglass::scenarios {
namespace {

namespace notes = bus::notes;

constexpr std::size_t kNamesMax = 0xfffe;

/// Chains the words of one record into a digest.
template <class... Words>
void mix(std::uint64_t& state, Words... words) {
    ((state = chain64(state, static_cast<std::uint64_t>(words))), ...);
}

template <class Record>
void drop_from_index(std::vector<Record>& records, std::uint64_t first) {
    std::erase_if(records, [first](const Record& record) { return record.index >= first; });
}

}  // namespace

NameId NameTable::intern(std::string_view name) {
    const NameId known = find(name);
    if (known != kNone) {
        return known;
    }
    CHECK(names_.size() < kNamesMax);
    names_.emplace_back(name);
    return static_cast<NameId>(names_.size() - 1);
}

NameId NameTable::find(std::string_view name) const {
    for (std::size_t i = 0; i < names_.size(); ++i) {
        if (names_[i] == name) {
            return static_cast<NameId>(i);
        }
    }
    return kNone;
}

void Ledger::on_start(NodeId node, std::uint32_t life, MonotonicTime) {
    // A broker's later life reads its journal again and takes the notes of each entry anew.
    recovering_ = recovering_ || (node == broker_ && life > 1);
}

void Ledger::on_crash(NodeId, std::uint32_t, MonotonicTime) {
    ++crashes_;
}

void Ledger::on_note(NodeId node, std::uint32_t, MonotonicTime at, const Note& note) {
    const Context context{node, at.ns};
    if (note.kind.name.starts_with("saga.")) {
        on_saga_note(context, note);
    } else if (note.kind.name.starts_with("projection.") ||
               note.kind.name.starts_with("dashboard.")) {
        on_projection_note(context, note);
    } else if (note.kind.name.starts_with("bus.") && !is_repeated(note)) {
        on_bus_note(context, note);
    }
}

/// A broker that recovers tells again what its last life may have died over. What it tells is told
/// once: the crash may also have come between two notes of one entry.
bool Ledger::is_repeated(const Note& note) {
    const std::uint64_t index = note.number("index");
    if (index == 0) {
        return false;
    }
    std::uint64_t identity = chain64(note.kind.hash, note.number("position"));
    identity = chain64(identity, name_hash(note.text("topic")));
    identity = chain64(identity, name_hash(note.text("group")));
    if (recovering_) {
        for (auto told = told_.rbegin(); told != told_.rend() && told->index >= index; ++told) {
            if (told->index == index && told->identity == identity) {
                return true;
            }
        }
    }
    told_.push_back({index, identity});
    return false;
}

void Ledger::on_bus_note(const Context& context, const Note& note) {
    using Kind = DeliveryRecord::Kind;
    if (note.kind == notes::kStored) {
        broker_ = context.node;
        stored_.push_back({context.at,
                           note.number("index"),
                           names_.intern(note.text("topic")),
                           names_.intern(note.text("source")),
                           static_cast<std::uint32_t>(note.number("epoch")),
                           note.number("sequence"),
                           note.number("position"),
                           note.number("digest"),
                           keep(note.text("key")),
                           keep(note.text("event"))});
    } else if (note.kind == notes::kDeliver) {
        on_delivery_note(context, note, Kind::delivered);
    } else if (note.kind == notes::kReceived) {
        on_delivery_note(context, note, Kind::received);
        on_attempt_trace(context, note);
    } else if (note.kind == notes::kSettle) {
        on_delivery_note(context, note, Kind::settled);
    } else if (note.kind == notes::kDead) {
        on_delivery_note(context, note, Kind::dead);
    } else if (note.kind == notes::kDeadTrace) {
        on_letter_trace(context, note);
    } else if (note.kind == notes::kParked) {
        on_delivery_note(context, note, Kind::parked);
    } else if (note.kind == notes::kAssigned) {
        assigned_.push_back({context.at,
                             note.number("index"),
                             names_.intern(note.text("group")),
                             names_.intern(note.text("source")),
                             note.number("generation")});
    } else if (note.kind == notes::kRecovered) {
        on_recovered(context, note);
    } else if (note.kind == notes::kRefused) {
        on_refusal_note(context, note, RefusalRecord::Kind::refused);
    } else if (note.kind == notes::kAlarm) {
        on_refusal_note(context, note, RefusalRecord::Kind::alarm);
    } else if (note.kind == notes::kDuplicate) {
        on_refusal_note(context, note, RefusalRecord::Kind::duplicate);
    } else if (note.kind == notes::kDropped) {
        on_refusal_note(context, note, RefusalRecord::Kind::dropped);
    } else if (note.kind == notes::kFenced) {
        on_refusal_note(context, note, RefusalRecord::Kind::fenced);
    } else {
        on_session_note(context, note);
    }
}

void Ledger::on_session_note(const Context& context, const Note& note) {
    const auto epoch = static_cast<std::uint32_t>(note.number("epoch"));
    if (note.kind == notes::kAcked) {
        acked_.push_back({context.at,
                          context.node,
                          names_.intern(note.text("topic")),
                          names_.intern(note.text("source")),
                          epoch,
                          note.number("sequence"),
                          note.number("position"),
                          note.number("duplicate") != 0});
    } else if (note.kind == notes::kPublished) {
        published_.push_back({context.at,
                              context.node,
                              names_.intern(note.text("topic")),
                              names_.intern(note.text("source")),
                              epoch,
                              note.number("sequence"),
                              note.number("digest")});
    }
}

void Ledger::on_delivery_note(const Context& context, const Note& note, DeliveryRecord::Kind kind) {
    DeliveryRecord record;
    record.kind = kind;
    record.at = context.at;
    record.index = note.number("index");
    record.node = context.node;
    record.group = names_.intern(note.text("group"));
    record.topic = names_.intern(note.text("topic"));
    record.position = note.number("position");
    record.attempt = static_cast<std::uint32_t>(
        note.number("attempt", note.number("receipt", note.number("attempts"))));
    if (kind == DeliveryRecord::Kind::settled) {
        record.what = names_.intern(note.text("verdict"));
    } else if (kind == DeliveryRecord::Kind::dead) {
        record.what = names_.intern(note.text("reason"));
    }
    record.key = keep(note.text("key"));
    deliveries_.push_back(record);
}

void Ledger::on_attempt_trace(const Context& context, const Note& note) {
    AttemptTrace trace;
    trace.at = context.at;
    trace.node = context.node;
    trace.member = names_.intern(note.text("member"));
    trace.group = names_.intern(note.text("group"));
    trace.topic = names_.intern(note.text("topic"));
    trace.position = note.number("position");
    trace.attempt = static_cast<std::uint32_t>(note.number("receipt"));
    trace.created = bus::parse_trace_parent(note.text("created")).value_or(bus::TraceContext{});
    trace.self = bus::parse_trace_parent(note.text("trace")).value_or(bus::TraceContext{});
    attempt_traces_.push_back(trace);
}

void Ledger::on_letter_trace(const Context& context, const Note& note) {
    LetterTrace trace;
    trace.at = context.at;
    trace.index = note.number("index");
    trace.group = names_.intern(note.text("group"));
    trace.topic = names_.intern(note.text("topic"));
    trace.position = note.number("position");
    trace.created = bus::parse_trace_parent(note.text("created")).value_or(bus::TraceContext{});
    trace.self = bus::parse_trace_parent(note.text("trace")).value_or(bus::TraceContext{});
    letter_traces_.push_back(trace);
}

void Ledger::on_refusal_note(const Context& context, const Note& note, RefusalRecord::Kind kind) {
    refusals_.push_back({kind,
                         context.at,
                         context.node,
                         {static_cast<std::uint32_t>(note.number("from"))},
                         names_.intern(note.text("code")),
                         names_.intern(note.text("cause"))});
}

void Ledger::on_saga_note(const Context& context, const Note& note) {
    saga_notes_.push_back({note.kind,
                           context.at,
                           context.node,
                           keep(note.text("saga")),
                           names_.intern(note.text("step")),
                           names_.intern(note.text("outcome")),
                           static_cast<std::uint32_t>(note.number("attempt")),
                           note.number("epoch")});
}

void Ledger::on_recovered(const Context& context, const Note& note) {
    broker_ = context.node;
    const std::uint64_t entries = note.number("entries");
    const std::size_t before = stored_.size();
    for (const Stored& stored : stored_) {
        if (stored.index > entries) {
            vanished_.push_back(stored);
        }
    }
    drop_from_index(stored_, entries + 1);
    drop_from_index(assigned_, entries + 1);
    drop_from_index(letter_traces_, entries + 1);
    std::erase_if(deliveries_,
                  [entries](const DeliveryRecord& record) { return record.index > entries; });
    recoveries_.push_back({context.at, entries, note.number("cut"), before - stored_.size()});
    std::erase_if(told_, [entries](const Told& told) { return told.index > entries; });
    std::stable_sort(
        told_.begin(), told_.end(), [](const Told& a, const Told& b) { return a.index < b.index; });
    recovering_ = false;
}

void Ledger::on_cover(NodeId, std::uint32_t, MonotonicTime, Site mark) {
    if (!reached(mark.name)) {
        marks_.push_back(mark);
    }
}

bool Ledger::reached(std::string_view mark) const {
    return std::any_of(
        marks_.begin(), marks_.end(), [mark](Site known) { return known.name == mark; });
}

Slice Ledger::keep(std::string_view text) {
    const Slice slice{static_cast<std::uint32_t>(arena_.size()),
                      static_cast<std::uint32_t>(text.size())};
    arena_.append(text);
    return slice;
}

std::uint64_t Ledger::digest() const {
    std::uint64_t state = 0;
    const auto mix_name = [&](NameId id) { mix(state, name_hash(names_[id])); };
    for (const Stored& record : stored_) {
        mix_name(record.topic);
        mix_name(record.source);
        mix(state, record.epoch, record.sequence, record.position);
    }
    for (const Stored& record : vanished_) {
        mix(state, record.epoch, record.sequence);
    }
    for (const Acked& record : acked_) {
        mix_name(record.source);
        mix(state, record.epoch, record.sequence, record.position, record.duplicate);
    }
    for (const DeliveryRecord& record : deliveries_) {
        mix_name(record.group);
        mix(state, record.kind, record.position, record.attempt);
    }
    for (const Assigned& record : assigned_) {
        mix_name(record.source);
        mix(state, record.generation);
    }
    for (const RefusalRecord& record : refusals_) {
        mix_name(record.code);
        mix(state, record.kind, record.node.value, record.from.value);
    }
    for (const SagaNote& record : saga_notes_) {
        mix_name(record.step);
        mix(state, record.kind.hash, name_hash(text(record.saga)), record.attempt, record.epoch);
    }
    for (const Site mark : marks_) {
        mix(state, mark.hash);
    }
    mix(state, crashes_, projection_digest());
    return state;
}

void Ledger::clear() {
    *this = Ledger();
}

}  // namespace stormglass::scenarios
