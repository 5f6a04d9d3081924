// The notes that sagas take: the ledger of sagas is read off them. Fields are part of the contract
// with collectors; adding one is fine, renaming one is a change for users.
// Texts: direction "do"/"undo"/"cancel"; outcome, course, state and effect as vocabulary.hpp prints
// them.
#pragma once

#include "runtime/random.hpp"

namespace stormglass::sagas::notes {

// Coordinator. The first seven are taken when the bus has acknowledged the batch that holds the
// fact; one that dies before it hears so leaves only what the journal topic holds, and its
// successor tells with kRebuilt how far each saga had come.
constexpr Site kDecisionAcknowledged =
    "saga.decision-acknowledged";  // saga epoch events commands: before the facts of the batch
constexpr Site kStarted = "saga.started";    // saga epoch definition hash
constexpr Site kCommand = "saga.command";    // saga step direction attempt epoch key
constexpr Site kReply = "saga.reply";        // saga step direction attempt epoch outcome
constexpr Site kTimeout = "saga.timeout";    // saga step direction attempt epoch ("" = the saga's)
constexpr Site kDecided = "saga.decided";    // saga epoch outcome (commit, abort)
constexpr Site kFinished = "saga.finished";  // saga epoch outcome (a final state)
constexpr Site kIgnored = "saga.input-ignored";    // saga step direction attempt epoch cause
constexpr Site kRejected = "saga.input-rejected";  // topic position code: a dead letter
constexpr Site kFenced = "saga.fenced";            // group generation code
constexpr Site kTookOver = "saga.took-over";       // group generation instances live
constexpr Site kRebuilt = "saga.rebuilt";          // saga epoch outcome (a state) events
constexpr Site kDamaged = "saga.journal-damaged";  // topic position code text: skipped
constexpr Site kOperator = "saga.needs-operator";  // saga step epoch why: an alarm

// Participant; taken when the batch that holds the effect was acknowledged. `position` is that of
// the record in the effects topic: one that dies before it hears so leaves the record alone, and
// its successor tells of each with kEffectRebuilt (same fields; count a position once).
// saga step direction key outcome amount resource answer attempt epoch group position
constexpr Site kEffect = "saga.effect";
constexpr Site kEffectRebuilt = "saga.effect-rebuilt";
constexpr Site kLateRefused = "saga.late-refused";  // saga step direction key cause epoch
constexpr Site kPoison = "saga.poison";             // saga step topic position attempt reason

}  // namespace stormglass::sagas::notes
