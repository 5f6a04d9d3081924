// The registry of rules, in the order of the enum. docs/checkers.md is made from it.
#include <iterator>

#include "sim/checks/rule.hpp"

namespace stormglass::sim::checks {
namespace {

constexpr Needs kH = Needs::history;
constexpr Needs kHW = Needs::history_and_ledger;
constexpr Needs kW = Needs::ledger;

constexpr RuleRow kRows[] = {
    // clang-format off
    {Rule::b1, "B1", "inconsistent-offsets", "log", kHW, "One offset of a key holds two different messages: replicas do not agree on the log.", "replicas differ at a committed offset"},
    {Rule::b2, "B2", "duplicate", "log", kHW, "One message stands at two offsets: a retry was stored again.", "one producer sequence stored twice"},
    {Rule::b3, "B3", "aborted-read", "log", kHW, "A consumer got a message whose sender was told that it had not been sent.", "an effect of an aborted batch reached a handler"},
    {Rule::b4, "B4", "lost-write", "log", kHW, "An acknowledged message was never read although readers went past its place.", "an acknowledged message is absent from every live replica"},
    {Rule::b5, "B5", "unseen", "log", kH, "After everything was read to its end, an acknowledged message at the tail had still been seen by nobody.", ""},
    {Rule::b6, "B6", "poll-skip", "log", kH, "Between two polls a consumer skipped a message of a key that it kept.", ""},
    {Rule::b7, "B7", "internal-poll-skip", "log", kH, "Within one poll a message is left out between two others.", ""},
    {Rule::b8, "B8", "nonmonotonic-poll", "log", kHW, "A consumer went back to what it had already read, without a crash or a new assignment.", "it went below the committed offset"},
    {Rule::b9, "B9", "internal-nonmonotonic-poll", "log", kH, "Within one poll messages come in the wrong order.", ""},
    {Rule::b10, "B10", "nonmonotonic-send", "log", kH, "A producer's later message stands before its earlier one.", ""},
    {Rule::b11, "B11", "internal-nonmonotonic-send", "log", kH, "The messages of one batch stand in the wrong order.", ""},
    {Rule::b12, "B12", "internal-send-skip", "log", kH, "Foreign messages stand between those of one batch. A report, unless contiguous batches are promised.", ""},
    {Rule::b13, "B13", "precommitted-read", "log", kHW, "A transaction read a message that it was itself still sending.", "a consumer saw a batch before its commit mark"},
    {Rule::b14, "B14", "write-cycle", "log", kH, "Two batches each stand before the other, on different keys (G0).", ""},
    {Rule::b15, "B15", "intermediate-read", "log", kH, "A consumer got one message of a batch, read past another one of it, and never got that (G1b).", ""},
    {Rule::b16, "B16", "circular-information", "log", kH, "Two transactions each read what the other sent (G1c). Found along reads alone, in a pass of its own.", ""},
    {Rule::b16w, "B16w", "circular-information-ww", "log", kH, "A cycle of reads that needs the order of sends as well (G1c); it counts where the order of batches is promised.", ""},
    {Rule::b17, "B17", "garbage-read", "log", kH, "A consumer got a message that nobody ever sent.", ""},
    {Rule::b18, "B18", "realtime-lag", "log", kH, "A consumer stayed behind what was known to exist for longer than the bound that the model declares (lag T).", ""},
    {Rule::b19, "B19", "consume-counts", "log", kH, "A group consumed a message more than once.", ""},
    {Rule::b20, "B20", "committed-regression", "log", kHW, "A group's committed offset went back without an explicit seek.", "the coordinator's journal"},
    {Rule::b21, "B21", "commit-ahead", "log", kHW, "A group committed an offset beyond all that had been delivered to it: after a restart messages are skipped.", "deliveries that no client recorded"},
    {Rule::b22, "B22", "resume-gap", "log", kHW, "After an assignment a group's first message is not the one after the committed offset.", "the offset that the broker resumed from"},
    {Rule::b23, "B23", "double-ownership", "log", kW, "Two members hold one key in overlapping time in the same generation.", "assignments and revocations as the broker made them"},
    {Rule::b24, "B24", "zombie-commit", "log", kW, "A commit from an older generation was accepted.", "generation of each accepted commit"},
    {Rule::b25, "B25", "early-expiry", "log", kHW, "A message is gone before the retention that the model declares (retention T) is over.", "time of storage"},
    {Rule::b26, "B26", "fan-out", "log", kHW, "A group that was drained never consumed a message that others got.", "deliveries of every live group"},
    {Rule::b27, "B27", "ack-without-durability", "log", kW, "A message was acknowledged and then lost through faults that the system declares to survive.", "what each disk held, and the faults"},
    {Rule::b28, "B28", "split-brain", "log", kW, "Two leaders of one key accepted writes in one epoch.", "who appended in which epoch"},
    {Rule::b29, "B29", "ack-after-fail", "log", kH, "A send was reported as failed, and later somebody got the message.", ""},
    {Rule::b30, "B30", "bus-liveness", "log", kH, "After the last fault was over a send was not acknowledged in the time that the model declares (settle T), or a drain did not come to an end.", ""},
    {Rule::q1, "Q1", "queue", "queue", kH, "A message came out before anybody had begun to put it in.", ""},
    {Rule::q2, "Q2", "total-queue", "queue", kH, "A message came out that nobody put in, or whose producer was told that it was not. (With Q3 this is what others call total-queue.)", ""},
    {Rule::q3, "Q3", "at-least-once", "queue", kH, "An acknowledged message never came out although the queue was emptied.", ""},
    {Rule::q4, "Q4", "at-most-once", "queue", kH, "A message came out more often than it was put in.", ""},
    {Rule::q5, "Q5", "exactly-once-effect", "queue", kW, "A message took effect more than once, or not at all, however often it was delivered.", "effects by idempotency key"},
    {Rule::q6, "Q6", "fifo-per-producer", "queue", kH, "A producer's later message came out before its earlier one was asked for.", ""},
    {Rule::q7, "Q7", "fifo-linearizable", "linearizable", kH, "No single order of all operations explains the queue's answers.", ""},
    {Rule::q8, "Q8", "visibility", "queue", kHW, "A message was given out again while its first taker still held it (visibility T), neither settled nor refused.", "true delivery counts"},
    {Rule::q9, "Q9", "unique-ids", "queue", kH, "One id was given to two callers.", ""},
    {Rule::z1, "Z1", "set", "set", kH, "The last read misses an element that was acknowledged before it, or some read has one that was never added.", ""},
    {Rule::z2, "Z2", "set-full", "set", kH, "An element that was known to be in the set is missing from a later read and never comes back, or stands twice in one read.", ""},
    {Rule::n1, "N1", "counter", "totals", kH, "A read lies outside of what the adds before and beside it can make.", ""},
    {Rule::k1, "K1", "conservation", "totals", kH, "The total of all balances changed, or a balance is negative where that is excluded.", ""},
    {Rule::k2, "K2", "long-fork", "totals", kH, "Two reads of the same keys each saw a write that the other missed.", ""},
    {Rule::k3, "K3", "causal-reverse", "totals", kH, "A read saw a later write but not one that had ended before that one began.", ""},
    {Rule::l1_register, "L1-register", "linearizable-register", "linearizable", kH, "No single order of reads and writes, each at one moment between its begin and its end, explains what was read.", ""},
    {Rule::l1_cas, "L1-cas", "linearizable-cas-register", "linearizable", kH, "The same for a register with compare-and-set.", ""},
    {Rule::l1_kv, "L1-kv", "linearizable-kv", "linearizable", kH, "The same for texts by key, with append.", ""},
    {Rule::l1_mutex, "L1-mutex", "linearizable-mutex", "linearizable", kH, "The same for a lock: two held it at once, or somebody released what nobody held.", ""},
    {Rule::l1_set, "L1-set", "linearizable-set", "linearizable", kH, "The same for a set that is read whole.", ""},
    {Rule::l2, "L2", "sequential-session", "linearizable", kH, "No single order that keeps each process's own order explains what was read.", ""},
    {Rule::g1a, "G1a", "aborted-read", "transactions", kH, "A transaction read what a failed one wrote.", ""},
    {Rule::g1b, "G1b", "intermediate-read", "transactions", kH, "A transaction read a state from the middle of another one.", ""},
    {Rule::internal, "internal", "internal", "transactions", kH, "A transaction's read contradicts what it had itself read or written just before.", ""},
    {Rule::future_read, "future-read", "future-read", "transactions", kH, "A transaction read what it wrote only afterwards.", ""},
    {Rule::duplicate_elements, "duplicate-elements", "duplicate-elements", "transactions", kH, "A list holds one element twice, though it was appended once.", ""},
    {Rule::garbage, "garbage", "garbage", "transactions", kH, "A transaction read a value that nobody wrote.", ""},
    {Rule::incompatible_order, "incompatible-order", "incompatible-order", "transactions", kH, "Two reads of one list show its elements in orders of which neither continues the other.", ""},
    {Rule::dirty_update, "dirty-update", "dirty-update", "transactions", kH, "A transaction built on what a failed one had left behind.", ""},
    {Rule::lost_update, "lost-update", "lost-update", "transactions", kH, "Two transactions read the same state of a thing and both wrote it: one did not know of the other.", ""},
    {Rule::cyclic_versions, "cyclic-versions", "cyclic-versions", "transactions", kH, "A register went from one value to another and back, though each was written once.", ""},
    {Rule::g0, "G0", "write-cycle", "transactions", kH, "Two transactions each overwrote the other.", ""},
    {Rule::g1c, "G1c", "circular-information", "transactions", kH, "Two transactions each depend on what the other wrote.", ""},
    {Rule::g_single, "G-single", "single-anti-dependency", "transactions", kH, "A transaction saw part of another one and missed the rest: a cycle with one read that was too old (read skew).", ""},
    {Rule::g_nonadjacent, "G-nonadjacent", "nonadjacent-anti-dependency", "transactions", kH, "A cycle with several reads that were too old, none right after another: snapshots that disagree.", ""},
    {Rule::g2, "G2-item", "anti-dependency-cycle", "transactions", kH, "Two transactions each missed what the other wrote (write skew).", ""},
    {Rule::g0_process, "G0-process", "write-cycle-process", "transactions", kH, "As G0, with the order of one process's own transactions.", ""},
    {Rule::g1c_process, "G1c-process", "circular-information-process", "transactions", kH, "As G1c, with the order of one process's own transactions.", ""},
    {Rule::g_single_process, "G-single-process", "single-anti-dependency-process", "transactions", kH, "As G-single, with the order of one process's own transactions: it does not see what it did before.", ""},
    {Rule::g_nonadjacent_process, "G-nonadjacent-process", "nonadjacent-anti-dependency-process", "transactions", kH, "As G-nonadjacent, with the order of one process's own transactions.", ""},
    {Rule::g2_process, "G2-item-process", "anti-dependency-cycle-process", "transactions", kH, "As G2-item, with the order of one process's own transactions.", ""},
    {Rule::g0_realtime, "G0-realtime", "write-cycle-realtime", "transactions", kH, "As G0, with the order of transactions that did not overlap in time.", ""},
    {Rule::g1c_realtime, "G1c-realtime", "circular-information-realtime", "transactions", kH, "As G1c, with the order of transactions that did not overlap in time: somebody read what was written only later.", ""},
    {Rule::g_single_realtime, "G-single-realtime", "single-anti-dependency-realtime", "transactions", kH, "As G-single, with the order of transactions that did not overlap in time: a stale read.", ""},
    {Rule::g_nonadjacent_realtime, "G-nonadjacent-realtime", "nonadjacent-anti-dependency-realtime", "transactions", kH, "As G-nonadjacent, with the order of transactions that did not overlap in time.", ""},
    {Rule::g2_realtime, "G2-item-realtime", "anti-dependency-cycle-realtime", "transactions", kH, "As G2-item, with the order of transactions that did not overlap in time.", ""},
    // clang-format on
};

static_assert(std::size(kRows) == kRules);

constexpr bool in_order() {
    for (std::size_t i = 0; i < kRules; ++i) {
        if (static_cast<std::size_t>(kRows[i].rule) != i) {
            return false;
        }
    }
    return true;
}

static_assert(in_order());

}  // namespace

std::span<const RuleRow> rules() {
    return kRows;
}

const RuleRow& row_of(Rule rule) {
    return kRows[static_cast<std::size_t>(rule)];
}

}  // namespace stormglass::sim::checks
