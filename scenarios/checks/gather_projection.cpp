#include "scenarios/checks/gather_projection.hpp"

#include <algorithm>
#include <array>

#include "runtime/check.hpp"
#include "sagas/projection_notes.hpp"
#include "scenarios/worlds/checkout_saga.hpp"

namespace stormglass::scenarios {
namespace {

using Kind = ProjectionFact::Kind;
namespace notes = sagas::notes;

struct KindOfNote {
    Site note;
    Kind kind;
};

constexpr std::array kKinds = {KindOfNote{notes::kProjectionLoaded, Kind::loaded},
                               KindOfNote{notes::kProjectionApplied, Kind::applied},
                               KindOfNote{notes::kProjectionStored, Kind::stored},
                               KindOfNote{notes::kProjectionCommitted, Kind::committed},
                               KindOfNote{notes::kProjectionRebuilding, Kind::rebuilding},
                               KindOfNote{notes::kProjectionRebuilt, Kind::rebuilt},
                               KindOfNote{notes::kProjectionSnapshot, Kind::snapshot},
                               KindOfNote{notes::kProjectionRead, Kind::shown},
                               KindOfNote{"dashboard.mail", Kind::mailed}};

void gather_steps(const Ledger& ledger, ProjectionFacts& facts) {
    for (const ProjectionNote& note : ledger.projection_notes()) {
        ProjectionFact fact{Kind::missing, note.at, note.position, note.digest, note.count};
        const auto known = std::find_if(kKinds.begin(), kKinds.end(), [&](const KindOfNote& row) {
            return row.note == note.kind;
        });
        if (known != kKinds.end()) {
            fact.kind = known->kind;
        } else if (note.kind != notes::kProjectionSkipped ||
                   ledger.names()[note.code] != "PR_MISSING") {
            continue;
        }
        facts.steps.push_back(fact);
    }
}

/// Folds the log as it stands at the end, event by event.
void gather_log(const CheckoutWorld& world, ProjectionFacts& facts) {
    const Ledger& ledger = world.ledger();
    sagas::Tables tables = sagas::empty_tables(world.fold());
    facts.prefix.push_back(tables.digest());
    for (const Stored& stored : ledger.stored()) {
        if (ledger.names()[stored.topic] != topics::kJournal ||
            stored.position != facts.stored_at.size()) {
            continue;
        }
        const auto event = bus::decode_event(as_bytes(ledger.text(stored.event)));
        CHECK(event.ok());  // the broker has admitted it
        sagas::fold_event(world.fold(), {stored.position, event.value()}, tables);
        facts.stored_at.push_back(stored.at);
        facts.prefix.push_back(tables.digest());
    }
}

void gather_end(const sagas::Projection& projection, ProjectionFacts& facts) {
    const sagas::Tables& tables = projection.tables();
    facts.alive = true;
    facts.position = projection.position();
    facts.digest = tables.digest();
    for (const auto& [id, row] : tables.rows(CheckoutFold::kOrders)) {
        facts.orders[id] = std::get<std::string>(row.front());
    }
    for (const auto& [id, row] : tables.rows(CheckoutFold::kOpenOrders)) {
        facts.open_orders.push_back(id);
    }
    for (const auto& [state, row] : tables.rows(CheckoutFold::kTotals)) {
        facts.totals[state] = static_cast<std::uint64_t>(std::get<std::int64_t>(row.front()));
    }
}

ReadFact::Answer answer_of(ClientRead::Answer answer) {
    switch (answer) {
        case ClientRead::Answer::none:
            return ReadFact::Answer::none;
        case ClientRead::Answer::shown:
            return ReadFact::Answer::shown;
        case ClientRead::Answer::absent:
            return ReadFact::Answer::absent;
        case ClientRead::Answer::refused:
            return ReadFact::Answer::refused;
    }
    CHECK(false);
}

}  // namespace

ProjectionFacts gather_projection(const CheckoutWorld& world) {
    ProjectionFacts facts;
    if (world.readers() == nullptr) {
        return facts;
    }
    facts.present = true;
    facts.name = world.fold().name();
    facts.topic = topics::kJournal;
    facts.staleness_max = static_cast<std::uint64_t>(kStalenessMax.ns);
    gather_steps(world.ledger(), facts);
    gather_log(world, facts);
    for (const ClientRead& read : world.readers()->reads()) {
        facts.reads.push_back(
            {read.order, read.written, read.answered_at, answer_of(read.answer), read.position});
    }
    for (const FaultWindow& window : world.ledger().fault_windows()) {
        facts.faults.push_back({window.from, window.to});
    }
    if (world.projection() != nullptr) {
        gather_end(*world.projection(), facts);
    }
    return facts;
}

}  // namespace stormglass::scenarios
