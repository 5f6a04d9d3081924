// What projections note, and when faults were armed: the part of the ledger that staleness and
// rebuilds are judged by.
#include <algorithm>

#include "sagas/projection_notes.hpp"
#include "scenarios/ledger/ledger.hpp"

namespace stormglass::scenarios {

void Ledger::on_projection_note(const Context& context, const Note& note) {
    projection_notes_.push_back({note.kind,
                                 context.at,
                                 context.node,
                                 note.number("position"),
                                 note.number("digest"),
                                 note.number("count", note.number("from")),
                                 names_.intern(note.text("code"))});
}

void Ledger::on_fault(std::size_t index,
                      const sim::Fault&,
                      sim::FaultEvent event,
                      MonotonicTime at) {
    if (event == sim::FaultEvent::armed) {
        fault_windows_.push_back({index, at.ns});
    } else if (event == sim::FaultEvent::ended) {
        for (FaultWindow& window : fault_windows_) {
            window.to = window.fault == index ? std::min(window.to, at.ns) : window.to;
        }
    }
}

/// What would be there however the reader's batches fell: not the batches themselves.
std::uint64_t Ledger::projection_digest() const {
    namespace notes = sagas::notes;
    std::uint64_t state = 0;
    for (const ProjectionNote& record : projection_notes_) {
        const bool timing =
            record.kind == notes::kProjectionApplied || record.kind == notes::kProjectionStored ||
            record.kind == notes::kProjectionCommitted || record.kind == notes::kProjectionRead ||
            record.kind == notes::kProjectionSnapshot;
        if (!timing) {
            state = chain64(state, record.kind.hash);
            state = chain64(state, name_hash(names_[record.code]));
        }
        if (record.kind == notes::kProjectionLoaded) {
            state = chain64(state, record.position);
        }
    }
    return state;
}

}  // namespace stormglass::scenarios
