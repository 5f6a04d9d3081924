// Sagas as their journal tells them: every fact with its time, folded by the very state machine
// that the coordinator uses where the definition is known here, told step by number where not.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runtime/time.hpp"
#include "sagas/instance.hpp"
#include "scenarios/operate/bus_view.hpp"

namespace stormglass::scenarios {

/// One fact, copied out of the journal.
struct SagaFact {
    sagas::JournalEvent::Kind kind = sagas::JournalEvent::Kind::started;
    sagas::StepId step;
    sagas::Direction direction = sagas::Direction::forward;
    std::uint32_t attempt = 0;
    sagas::Outcome outcome = sagas::Outcome::ok;
    WallTime at;
    bus::Position position = 0;
};

struct SagaStory {
    std::string id;
    std::string journal;  // topic
    std::string definition;
    std::uint64_t definition_hash = 0;
    std::string trace_id;  // 32 hex digits
    const sagas::Definition* known = nullptr;
    std::optional<sagas::Instance> instance;  // where the definition is known
    sagas::SagaState state = sagas::SagaState::running;
    std::vector<SagaFact> facts;
    std::vector<std::string> misfits;  // facts that cannot follow what came before

    WallTime started_at() const { return facts.front().at; }

    WallTime last_at() const { return facts.back().at; }
};

struct SagaBook {
    std::map<std::string, SagaStory> sagas;  // by id
    std::uint64_t damaged = 0;               // events of a journal that are no facts
};

/// Reads every topic that is a sagas' journal.
Result<SagaBook> read_sagas(BusView& view);

/// The saga drawn: its graph in one line, then each step with state, attempts and times.
std::string draw_saga(const SagaStory& story);

/// One sentence, with what the bus knows about the commands it waits for.
std::string why_saga(const SagaStory& story, BusView& view);

}  // namespace stormglass::scenarios
