// What the messages themselves show: two at one offset, one at two, failed ones read, acknowledged
// ones gone, unknown ones there.
#include <algorithm>

#include "sim/checks/log/log_checks.hpp"

namespace stormglass::sim::checks {
namespace {

/// Some operation that polled a message, ok ones first; kNoIndex when nobody did.
std::vector<std::uint32_t> readers_of(const LogHistory& history) {
    std::vector<std::uint32_t> readers(history.messages().size(), kNoIndex);
    for (std::uint32_t op = 0; op < history.ops().size(); ++op) {
        for (const LogItem& item : history.items(op)) {
            if (item.kind != ItemKind::poll) {
                continue;
            }
            std::uint32_t& reader = readers[item.message];
            const bool ok = history.ops()[op].outcome == OpType::ok;
            if (reader == kNoIndex || (ok && history.ops()[reader].outcome != OpType::ok)) {
                reader = op;
            }
        }
    }
    return readers;
}

void find_failed_reads(const LogContext& context) {
    const LogHistory& history = context.history;
    for (std::uint32_t op = 0; op < history.ops().size(); ++op) {
        for (const LogItem& item : history.items(op)) {
            const std::uint32_t sender =
                item.kind == ItemKind::poll ? history.messages()[item.message].sender : kNoIndex;
            if (sender == kNoIndex || history.ops()[sender].outcome != OpType::fail) {
                continue;
            }
            if (history.ops()[op].outcome == OpType::ok) {
                context.add(Rule::b3,
                            context.who(op) + " polled " + context.text(item.message) + ", which " +
                                context.who(sender) + " was told had not been sent",
                            {sender, op});
            }
            if (history.ops()[op].invoke > history.ops()[sender].complete) {
                context.add(Rule::b29,
                            "the send of " + context.text(item.message) + " by " +
                                context.who(sender) + " was reported as failed, and after that " +
                                context.who(op) + " polled it",
                            {sender, op});
            }
        }
    }
}

/// Of a key: how far readers have seen it for certain.
std::vector<std::uint32_t> bounds_of(const LogHistory& history) {
    std::vector<std::uint32_t> bounds(history.keys(), kNoIndex);
    for (const Message& message : history.messages()) {
        if (message.read && message.first != kNoIndex) {
            std::uint32_t& bound = bounds[message.key];
            bound = bound == kNoIndex ? message.first : std::max(bound, message.first);
        }
    }
    return bounds;
}

bool drained(const LogHistory& history) {
    std::uint32_t last_send = 0;
    std::uint32_t last_drain = kOpen;
    for (const LogOp& op : history.ops()) {
        if (op.deed == LogDeed::drain && op.outcome == OpType::ok) {
            last_drain = op.invoke;
        }
    }
    for (std::uint32_t op = 0; op < history.ops().size(); ++op) {
        const auto items = history.items(op);
        const bool sends = std::any_of(items.begin(), items.end(), [](const LogItem& item) {
            return item.kind == ItemKind::send;
        });
        if (sends && history.ops()[op].outcome == OpType::ok) {
            last_send = std::max(last_send, history.ops()[op].complete);
        }
    }
    return last_drain != kOpen && last_drain > last_send;
}

void find_lost(const LogContext& context, const std::vector<std::uint32_t>& readers) {
    const LogHistory& history = context.history;
    const std::vector<std::uint32_t> bounds = bounds_of(history);
    const bool complete = drained(history);
    bool unseen = false;
    for (std::uint32_t m = 0; m < history.messages().size(); ++m) {
        const Message& message = history.messages()[m];
        if (message.read || message.sender == kNoIndex || !history.committed(message.sender)) {
            continue;
        }
        const std::uint32_t bound = bounds[message.key];
        if (message.last != kNoIndex && bound != kNoIndex && message.last <= bound) {
            const std::uint32_t later = history.log(message.key)[bound];
            std::vector<std::uint32_t> ops = {message.sender};
            if (readers[later] != kNoIndex) {
                ops.push_back(readers[later]);
            }
            context.add(Rule::b4,
                        context.who(message.sender) + " sent " + context.text(m) +
                            " and was told that it is stored; readers went past it, up to " +
                            context.text(later) + ", and none ever saw it",
                        std::move(ops));
        } else if (history.ops()[message.sender].outcome == OpType::ok) {
            unseen = true;
            if (complete) {
                context.add(Rule::b5,
                            context.who(message.sender) + " sent " + context.text(m) +
                                " and was told that it is stored; everything was read to its end "
                                "afterwards, and nobody saw it",
                            {message.sender});
            }
        }
    }
    if (unseen && !complete) {
        context.out.notes.push_back(
            "some acknowledged messages were never polled; without a 'drain' after the last send "
            "that is no loss (B5 not judged)");
    }
}

}  // namespace

void find_version_anomalies(const LogContext& context) {
    const LogHistory& history = context.history;
    const std::vector<std::uint32_t> readers = readers_of(history);
    for (const LogHistory::Clash& clash : history.clashes()) {
        const std::uint32_t first = history.log(clash.key)[clash.index];
        std::vector<std::uint32_t> ops;
        for (const std::uint32_t m : {first, clash.message}) {
            const std::uint32_t op =
                readers[m] != kNoIndex ? readers[m] : history.messages()[m].sender;
            ops.push_back(op);
        }
        context.add(Rule::b1,
                    "offset " + std::to_string(history.offsets(clash.key)[clash.index]) +
                        " of key " + context.key(clash.key) + " holds both " + context.text(first) +
                        " and " + context.text(clash.message),
                    std::move(ops));
    }
    for (std::uint32_t m = 0; m < history.messages().size(); ++m) {
        const Message& message = history.messages()[m];
        if (message.first != message.last) {
            const auto offsets = history.offsets(message.key);
            context.add(Rule::b2,
                        context.text(m) + " stands at offset " +
                            std::to_string(offsets[message.first]) + " and again at " +
                            std::to_string(offsets[message.last]),
                        {message.sender != kNoIndex ? message.sender : readers[m], readers[m]});
        }
        if (message.sender == kNoIndex) {
            context.add(
                Rule::b17,
                context.who(readers[m]) + " polled " + context.text(m) + ", which nobody ever sent",
                {readers[m]});
        }
    }
    find_failed_reads(context);
    find_lost(context, readers);
}

}  // namespace stormglass::sim::checks
