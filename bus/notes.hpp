// The notes that the bus takes: the white-box ledger is read off them. Fields are part of the
// contract with collectors; adding one is fine, renaming one is a change for users.
#pragma once

#include "runtime/random.hpp"

namespace stormglass::bus::notes {

// Broker. `event` is the encoded event; `digest` the first 8 bytes of the digest of those bytes.
// A life after a crash repeats the notes (stored, settle, dead, granted, assigned, refused, fenced)
// of entries that the last one may have died over: word for word the same, so that collectors count
// equal ones once. These carry `index`, the place of their entry in the journal.
constexpr Site kStored = "bus.stored";  // topic position source epoch sequence digest key event
constexpr Site kRecovered = "bus.recovered";   // entries, bytes, cut (bytes of torn tail)
constexpr Site kGranted = "bus.granted";       // source epoch from
constexpr Site kAssigned = "bus.assigned";     // group source generation
constexpr Site kDeliver = "bus.deliver";       // group topic position attempt member key
constexpr Site kSettle = "bus.settle";         // group topic position attempt verdict
constexpr Site kRetry = "bus.retry";           // group topic position attempt cause due
constexpr Site kDead = "bus.dead";             // group topic position attempts reason digest key
constexpr Site kDeadTrace = "bus.dead-trace";  // group topic position created trace: of a letter
constexpr Site kParked = "bus.parked";         // group topic position key
constexpr Site kDuplicate = "bus.duplicate";   // source epoch sequence from
constexpr Site kRefused = "bus.refused";       // code from source epoch sequence security
constexpr Site kFenced = "bus.fenced";         // name presented current source
constexpr Site kAlarm = "bus.alarm";           // cause (a Reason) code from source epoch sequence
constexpr Site kGap = "bus.gap";               // source epoch first last

// Session.
constexpr Site kPublish = "bus.publish";           // batch source epoch first count
constexpr Site kEmit = "bus.emit";                 // source epoch sequence topic
constexpr Site kEmitDropped = "bus.emit-dropped";  // source cause topic
// One per event, before its outcome is known: source epoch sequence topic digest.
constexpr Site kPublished = "bus.published";
constexpr Site kAcked =
    "bus.acked";  // batch source epoch sequence topic position duplicate; one per event
constexpr Site kBatchDone = "bus.batch-done";  // batch source accepted code duplicate
constexpr Site kReceived =
    "bus.received";  // group topic position receipt member created trace: handed to the application
constexpr Site kDoubted =
    "bus.refusal-doubted";  // batch source code: bytes that the session never sent; it tries again
constexpr Site kDropped = "bus.frame-dropped";  // code from: a frame that was no use

}  // namespace stormglass::bus::notes
