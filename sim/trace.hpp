// Trace: the fingerprint of a run. Every event that matters is mixed into one rolling hash by its
// time, process, kind and payload digest (never a slot or an address); the last lines are kept for
// people, checkpoints and an optional window for finding the first event in which two runs differ.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/ids.hpp"
#include "runtime/note.hpp"
#include "runtime/time.hpp"

namespace stormglass::sim {

enum class TraceKind : std::uint8_t {
    start,
    crash,
    send,
    deliver,
    timer,
    storage,
    request,
    reply,
    note,
    fault,
};

std::string_view name_of(TraceKind kind);

struct TraceOptions {
    /// How many lines are kept for people.
    std::uint32_t lines = 20;
    /// Whether kept notes carry their fields as text (costs formatting a note).
    enum class Notes : std::uint8_t { names, fields } notes = Notes::names;
    /// Hash kept every so many events; 0 = never.
    std::uint32_t checkpoint_every = 1024;
    /// Events [record_from, record_from + record_count) are kept whole.
    std::uint64_t record_from = 0;
    std::uint64_t record_count = 0;
};

/// One event. `detail` is a number whose meaning the kind gives (peer, timer, token, request; of a
/// fault 1 when it acts, 0 when it is armed).
struct TraceRecord {
    MonotonicTime time;
    NodeId process;
    TraceKind kind = TraceKind::start;
    std::uint64_t digest = 0;
    std::uint64_t detail = 0;
    std::string_view site;  // notes and faults: a literal or a name that outlives the trace

    friend bool operator==(const TraceRecord& a, const TraceRecord& b) {
        return a.time == b.time && a.process == b.process && a.kind == b.kind &&
               a.digest == b.digest && a.detail == b.detail;
    }
};

class Trace {
  public:
    explicit Trace(TraceOptions options = {});

    void add(const TraceRecord& record);
    /// A note; its kind and fields are the payload.
    void add_note(MonotonicTime time, NodeId process, const Note& note);

    std::uint64_t hash() const { return hash_; }

    std::uint64_t events() const { return events_; }

    const TraceOptions& options() const { return options_; }

    /// Hashes after each `checkpoint_every` events.
    std::span<const std::uint64_t> checkpoints() const { return checkpoints_; }

    std::span<const TraceRecord> recorded() const { return recorded_; }

    /// The last lines, oldest first, at most `count`: "12.034 s  payments  deliver  from 3 ...".
    /// `names[id]` is the name of process `id`; an id without a name is printed as a number.
    std::string last_lines(std::span<const std::string> names, std::size_t count) const;

  private:
    struct Line {
        TraceRecord record;
        std::string text;
    };

    void mix(const TraceRecord& record);
    Line* keep(const TraceRecord& record);

    TraceOptions options_;
    std::uint64_t hash_;
    std::uint64_t events_ = 0;
    std::uint64_t until_checkpoint_;
    std::vector<std::uint64_t> checkpoints_;
    std::vector<TraceRecord> recorded_;
    std::vector<Line> ring_;
    std::size_t next_line_ = 0;
};

/// "12.034567 s" with the fraction cut to microseconds.
std::string format_time(MonotonicTime time);
std::string format_record(const TraceRecord& record, std::span<const std::string> names);

/// The first difference of two traces of the same options. Without recorded windows it is known
/// up to a checkpoint: run both again with `record_from = first` and `record_count = last - first`
/// and ask again for the event itself.
struct TraceDifference {
    std::uint64_t first = 0;          // events [0, first) are equal
    std::uint64_t last = 0;           // the first differing event is in [first, last)
    std::optional<TraceRecord> left;  // set when exact (last == first + 1); empty = run ended
    std::optional<TraceRecord> right;
};

/// Nothing when both hashes and numbers of events are equal.
std::optional<TraceDifference> first_difference(const Trace& left, const Trace& right);

}  // namespace stormglass::sim
