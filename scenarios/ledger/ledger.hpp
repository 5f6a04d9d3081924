// The ledger of one run: what really happened, read off the notes of brokers, sessions,
// coordinators and participants, exact and white-box. Checks read it after the run; nothing in the
// run does. A broker's records carry the journal index of the entry that made them, so that what a
// crash took back can be told from what lasted. Records: docs/checks.md (the ledger).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bus/client.hpp"
#include "bus/trace_context.hpp"
#include "sim/observer.hpp"

namespace stormglass::scenarios {

/// A name met in the run (topic, group, source, step ...); dense from 0, in order of appearance.
using NameId = std::uint16_t;

class NameTable {
  public:
    NameId intern(std::string_view name);
    /// kNone when it was never met.
    NameId find(std::string_view name) const;

    std::string_view operator[](NameId id) const { return names_[id]; }

    std::size_t size() const { return names_.size(); }

    static constexpr NameId kNone = 0xffff;

  private:
    std::vector<std::string> names_;
};

/// Text or bytes kept in the ledger's arena.
struct Slice {
    std::uint32_t at = 0;
    std::uint32_t size = 0;
};

/// An event in the journal, in journal order.
struct Stored {
    std::uint64_t at = 0;     // ns of world time
    std::uint64_t index = 0;  // of its journal entry
    NameId topic = 0;
    NameId source = 0;
    std::uint32_t epoch = 0;
    std::uint64_t sequence = 0;
    bus::Position position = 0;
    std::uint64_t digest = 0;
    Slice key;
    Slice event;
};

struct Acked {
    std::uint64_t at = 0;
    NodeId node;
    NameId topic = 0;
    NameId source = 0;
    std::uint32_t epoch = 0;
    std::uint64_t sequence = 0;
    bus::Position position = 0;
    bool duplicate = false;
};

/// What a session published, before it knew the outcome.
struct Published {
    std::uint64_t at = 0;
    NodeId node;
    NameId topic = 0;
    NameId source = 0;
    std::uint32_t epoch = 0;
    std::uint64_t sequence = 0;
    std::uint64_t digest = 0;
};

/// A delivery's way: handed out by the broker, received by a member, settled, given up.
struct DeliveryRecord {
    enum class Kind : std::uint8_t { delivered, received, settled, dead, parked };
    Kind kind = Kind::delivered;
    std::uint64_t at = 0;
    std::uint64_t index = 0;  // 0 for `received`
    NodeId node;
    NameId group = 0;
    NameId topic = 0;
    bus::Position position = 0;
    std::uint32_t attempt = 0;
    NameId what = 0;  // settled: the verdict; dead: the reason
    Slice key;
};

struct Assigned {
    std::uint64_t at = 0;
    std::uint64_t index = 0;
    NameId group = 0;
    NameId source = 0;
    bus::Generation generation = 0;
};

/// A refusal, with or without an alarm, or a duplicate that was answered as one.
struct RefusalRecord {
    enum class Kind : std::uint8_t { refused, alarm, duplicate, dropped, fenced };
    Kind kind = Kind::refused;
    std::uint64_t at = 0;
    NodeId node;
    NodeId from;
    NameId code = 0;
    NameId cause = 0;
};

/// The trace of one attempt to handle an event, as the member's session noted it.
struct AttemptTrace {
    std::uint64_t at = 0;
    NodeId node;
    NameId member = 0;
    NameId group = 0;
    NameId topic = 0;
    bus::Position position = 0;
    std::uint32_t attempt = 0;
    bus::TraceContext created;  // of the event
    bus::TraceContext self;
};

/// The trace of a dead letter, as the broker noted it.
struct LetterTrace {
    std::uint64_t at = 0;
    std::uint64_t index = 0;
    NameId group = 0;
    NameId topic = 0;
    bus::Position position = 0;
    bus::TraceContext created;
    bus::TraceContext self;
};

/// A note of a coordinator or a participant ("saga.*"), as it was taken.
struct SagaNote {
    Site kind = "";
    std::uint64_t at = 0;
    NodeId node;
    Slice saga;
    NameId step = 0;
    NameId outcome = 0;
    std::uint32_t attempt = 0;
    std::uint64_t epoch = 0;
};

/// A note of a projection ("projection.*") or of the dashboard around it, as it was taken.
struct ProjectionNote {
    Site kind = "";
    std::uint64_t at = 0;
    NodeId node;
    bus::Position position = 0;
    std::uint64_t digest = 0;
    std::uint64_t count = 0;  // of missing events; else what the note calls "from"
    NameId code = 0;
};

/// From when to when a fault was armed, in ns of world time.
struct FaultWindow {
    std::size_t fault = 0;  // position in the schedule
    std::uint64_t from = 0;
    std::uint64_t to = ~std::uint64_t{0};
};

/// Where the broker's journal stood after a restart.
struct Recovery {
    std::uint64_t at = 0;
    std::uint64_t entries = 0;
    std::uint64_t cut = 0;       // bytes of torn tail
    std::uint64_t vanished = 0;  // records that had been noted and did not last
};

class Ledger final : public sim::Observer {
  public:
    void on_start(NodeId node, std::uint32_t life, MonotonicTime at) override;
    void on_crash(NodeId node, std::uint32_t life, MonotonicTime at) override;
    void on_note(NodeId node, std::uint32_t life, MonotonicTime at, const Note& note) override;
    void on_cover(NodeId node, std::uint32_t life, MonotonicTime at, Site mark) override;
    void on_fault(std::size_t index,
                  const sim::Fault& fault,
                  sim::FaultEvent event,
                  MonotonicTime at) override;

    std::span<const Stored> stored() const { return stored_; }

    /// Noted as stored, then lost in a crash of the broker.
    std::span<const Stored> vanished() const { return vanished_; }

    std::span<const Acked> acked() const { return acked_; }

    std::span<const Published> published() const { return published_; }

    std::span<const DeliveryRecord> deliveries() const { return deliveries_; }

    std::span<const Assigned> assigned() const { return assigned_; }

    std::span<const RefusalRecord> refusals() const { return refusals_; }

    std::span<const SagaNote> saga_notes() const { return saga_notes_; }

    std::span<const ProjectionNote> projection_notes() const { return projection_notes_; }

    std::span<const FaultWindow> fault_windows() const { return fault_windows_; }

    std::span<const AttemptTrace> attempt_traces() const { return attempt_traces_; }

    std::span<const LetterTrace> letter_traces() const { return letter_traces_; }

    std::span<const Recovery> recoveries() const { return recoveries_; }

    const NameTable& names() const { return names_; }

    std::string_view text(Slice slice) const {
        return std::string_view(arena_).substr(slice.at, slice.size);
    }

    /// COVER marks reached in this run, by name, each once, in order of appearance.
    std::span<const Site> marks() const { return marks_; }

    bool reached(std::string_view mark) const;

    std::uint32_t crashes() const { return crashes_; }

    /// A digest of what checks read, times left out: two runs that differ only in when things
    /// happened are equal. The counterfactual of a fault compares this.
    std::uint64_t digest() const;

    void clear();

  private:
    struct Told {
        std::uint64_t index = 0;
        std::uint64_t identity = 0;  // of the note within its entry
    };

    struct Context {
        NodeId node;
        std::uint64_t at = 0;
    };

    Slice keep(std::string_view text);
    bool is_repeated(const Note& note);
    void on_bus_note(const Context& context, const Note& note);
    void on_session_note(const Context& context, const Note& note);
    void on_delivery_note(const Context& context, const Note& note, DeliveryRecord::Kind kind);
    void on_refusal_note(const Context& context, const Note& note, RefusalRecord::Kind kind);
    void on_saga_note(const Context& context, const Note& note);
    void on_projection_note(const Context& context, const Note& note);
    std::uint64_t projection_digest() const;
    void on_attempt_trace(const Context& context, const Note& note);
    void on_letter_trace(const Context& context, const Note& note);
    void on_recovered(const Context& context, const Note& note);

    NameTable names_;
    std::string arena_;
    std::vector<Stored> stored_;
    std::vector<Stored> vanished_;
    std::vector<Acked> acked_;
    std::vector<Published> published_;
    std::vector<DeliveryRecord> deliveries_;
    std::vector<Assigned> assigned_;
    std::vector<RefusalRecord> refusals_;
    std::vector<SagaNote> saga_notes_;
    std::vector<ProjectionNote> projection_notes_;
    std::vector<FaultWindow> fault_windows_;
    std::vector<AttemptTrace> attempt_traces_;
    std::vector<LetterTrace> letter_traces_;
    std::vector<Recovery> recoveries_;
    std::vector<Site> marks_;
    NodeId broker_;
    std::vector<Told> told_;   // notes of entries that are kept, by index
    bool recovering_ = false;  // the broker replays its journal: notes may repeat
    std::uint32_t crashes_ = 0;
};

}  // namespace stormglass::scenarios
