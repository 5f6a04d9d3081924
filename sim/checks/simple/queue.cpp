// Queues: what comes out was put in, once, in the order of its producer; nothing stays in.
#include <algorithm>
#include <map>

#include "sim/checks/describe.hpp"
#include "sim/checks/simple/simple_checks.hpp"
#include "sim/checks/table.hpp"

namespace stormglass::sim::checks {
namespace {

constexpr std::uint32_t kNobody = KeyTable::kAbsent;

/// What happened to one message.
struct Fate {
    std::uint32_t enqueue = kNobody;
    std::uint32_t first = kNobody;  // dequeue or drain that gave it out
    std::uint32_t last = kNobody;
    std::uint32_t deliveries = 0;
    std::uint32_t settled = kNobody;  // ack
    std::uint32_t refused = kNobody;  // nack, since the last delivery
};

class QueueCheck {
  public:
    QueueCheck(const SimpleInput& in, const QueueOptions& options) : in_(in), options_(options) {}

    Result<Checked> run() {
        if (Result<void> read = read_enqueues(); !read) {
            return read.error();
        }
        if (Result<void> read = read_rest(); !read) {
            return read.error();
        }
        judge();
        check_order();
        return std::move(out_);
    }

  private:
    std::string text(Value value) const { return brief(in_.recording, value, 40); }

    Result<void> read_enqueues() {
        for (std::uint32_t i = 0; i < in_.operations.size(); ++i) {
            if (in_.function(i) != OpFunction::enqueue) {
                continue;
            }
            const Value value = in_.asked(i);
            if (value.kind() >= ValueKind::list || value.is_nil()) {
                return in_.refusal(i, "what is enqueued is a number or text");
            }
            const auto fresh = static_cast<std::uint32_t>(fates_.size());
            const std::uint32_t place = table_.put(value.bits(), fresh);
            if (place != fresh) {
                out_.doubts.push_back("values are not unique: " + text(value) +
                                      " was enqueued twice");
                continue;
            }
            fates_.push_back({.enqueue = i});
            values_.push_back(value);
        }
        return {};
    }

    /// Deliveries in the order in which they completed.
    Result<void> read_rest() {
        std::vector<std::pair<std::uint32_t, std::uint32_t>> ends;
        for (std::uint32_t i = 0; i < in_.operations.size(); ++i) {
            const OpFunction f = in_.function(i);
            if (f == OpFunction::drain) {
                drains_ = true;
                crashed_drain_ = crashed_drain_ || in_.outcome(i) != OpType::ok;
            }
            if (in_.outcome(i) == OpType::ok && f != OpFunction::enqueue) {
                ends.emplace_back(in_.operations[i].complete, i);
            } else if (f == OpFunction::dequeue && in_.outcome(i) == OpType::info) {
                open_dequeue_ = true;
            }
        }
        std::sort(ends.begin(), ends.end());
        for (const auto& [end, i] : ends) {
            if (Result<void> taken = take(i); !taken) {
                return taken;
            }
        }
        return {};
    }

    Result<void> take(std::uint32_t i) {
        const Value value = in_.told(i);
        switch (in_.function(i)) {
            case OpFunction::dequeue:
                return value.is_nil() ? Result<void>() : deliver(i, value);
            case OpFunction::drain:
                for (const Value item : in_.recording.pool.items(value)) {
                    if (Result<void> taken = deliver(i, item); !taken) {
                        return taken;
                    }
                }
                return value.is_list() || value.is_nil() ? Result<void>()
                                                         : in_.refusal(i, "a drain gives a list");
            case OpFunction::ack:
            case OpFunction::nack: {
                const Value argument = in_.argument(i);
                if (Fate* fate = find(argument); fate != nullptr) {
                    (in_.function(i) == OpFunction::ack ? fate->settled : fate->refused) = i;
                }
                return {};
            }
            default:
                return in_.refusal(
                    i, "a queue has no operation '" + std::string(name_of(in_.function(i))) + "'");
        }
    }

    Fate* find(Value value) {
        const std::uint32_t place = table_.find(value.bits());
        return place == kNobody ? nullptr : &fates_[place];
    }

    Result<void> deliver(std::uint32_t i, Value value) {
        if (value.kind() >= ValueKind::list) {
            return in_.refusal(i, "a message is a number or text");
        }
        Fate* fate = find(value);
        if (fate == nullptr) {
            out_.findings.add(
                Rule::q2, in_.who(i) + " got " + text(value) + ", which nobody enqueued", {i});
            return {};
        }
        if (in_.operations[fate->enqueue].invoke > in_.operations[i].complete) {
            out_.findings.add(Rule::q1,
                              in_.who(i) + " got " + text(value) + " before " +
                                  in_.who(fate->enqueue) + " began to enqueue it",
                              {i, fate->enqueue});
        }
        if (fate->deliveries > 0) {
            check_visibility(i, value, *fate);
        }
        fate->first = fate->deliveries == 0 ? i : fate->first;
        fate->last = i;
        fate->refused = kNobody;
        ++fate->deliveries;
        return {};
    }

    void check_visibility(std::uint32_t i, Value value, const Fate& fate) {
        const Operation& before = in_.operations[fate.last];
        const std::uint64_t since =
            in_.recording.time(in_.operations[i].complete) - in_.recording.time(before.complete);
        const bool hidden = options_.visibility_ns.has_value() && since < *options_.visibility_ns &&
                            fate.refused == kNobody && in_.operations[i].invoke > before.complete;
        if (hidden) {
            out_.findings.add(Rule::q8,
                              in_.who(i) + " got " + text(value) + " while " + in_.who(fate.last) +
                                  " still held it, " + std::to_string(since / 1'000'000) +
                                  " ms after its delivery and neither settled nor refused",
                              {fate.last, i});
        }
    }

    void judge() {
        for (std::size_t place = 0; place < fates_.size(); ++place) {
            const Fate& fate = fates_[place];
            const OpType outcome = in_.outcome(fate.enqueue);
            if (fate.deliveries > 1) {
                out_.findings.add(Rule::q4,
                                  text(values_[place]) + " was enqueued once and given out " +
                                      std::to_string(fate.deliveries) + " times",
                                  {fate.enqueue, fate.first, fate.last});
            }
            if (fate.deliveries > 0 && outcome == OpType::fail) {
                out_.findings.add(Rule::q2,
                                  in_.who(fate.first) + " got " + text(values_[place]) +
                                      ", which " + in_.who(fate.enqueue) +
                                      " was told had not been enqueued",
                                  {fate.enqueue, fate.first});
            }
            const bool kept = drains_ && !crashed_drain_ && !open_dequeue_;
            if (fate.deliveries == 0 && outcome == OpType::ok && kept) {
                out_.findings.add(Rule::q3,
                                  in_.who(fate.enqueue) + " enqueued " + text(values_[place]) +
                                      " and was told that it is stored; the queue was emptied, and "
                                      "nobody ever got it",
                                  {fate.enqueue});
            }
        }
        if (crashed_drain_) {
            out_.doubts.push_back(
                "the drain did not end well, so what is missing may still be there");
        } else if (!drains_) {
            out_.notes.push_back("the queue was not drained: losses were not judged (Q2, Q3)");
        } else if (open_dequeue_) {
            out_.notes.push_back(
                "a dequeue ended in doubt and may have taken what is missing (Q3 not judged)");
        }
    }

    /// Q6: of one producer's messages no later one is out before an earlier one is asked for.
    void check_order() {
        std::map<std::uint32_t, std::vector<const Fate*>> producers;
        for (const Fate& fate : fates_) {
            if (fate.first != kNobody && in_.function(fate.first) == OpFunction::dequeue) {
                producers[in_.recording.process(in_.operations[fate.enqueue].invoke)].push_back(
                    &fate);
            }
        }
        for (const auto& [process, fates] : producers) {
            const Fate* earliest = nullptr;  // of the later ones, the one that came out first
            for (auto fate = fates.rbegin(); fate != fates.rend(); ++fate) {
                const Operation& out = in_.operations[(*fate)->first];
                if (earliest != nullptr && in_.operations[earliest->first].complete < out.invoke) {
                    const Value a = in_.asked((*fate)->enqueue);
                    const Value b = in_.asked(earliest->enqueue);
                    out_.findings.add(
                        Rule::q6,
                        in_.who((*fate)->enqueue) + " enqueued " + text(a) + " before " + text(b) +
                            ", but " + text(b) + " came out first",
                        {(*fate)->enqueue, earliest->enqueue, earliest->first, (*fate)->first});
                }
                if (earliest == nullptr ||
                    out.complete < in_.operations[earliest->first].complete) {
                    earliest = *fate;
                }
            }
        }
    }

    const SimpleInput& in_;
    const QueueOptions& options_;
    Checked out_;
    KeyTable table_;
    std::vector<Fate> fates_;
    std::vector<Value> values_;
    bool drains_ = false;
    bool crashed_drain_ = false;
    bool open_dequeue_ = false;
};

}  // namespace

Error SimpleInput::refusal(std::uint32_t i, const std::string& text) const {
    const std::size_t entry =
        operations[i].complete == kOpen ? operations[i].invoke : operations[i].complete;
    return {"HI_VALUE",
            place_of(recording, entry) + ": " + text + ", got " +
                brief(recording, recording.value(entry))};
}

std::string SimpleInput::who(std::uint32_t i) const {
    return process_of(recording, operations[i]) + " (" + place_of(recording, operations[i].invoke) +
           ")";
}

Result<Checked> check_queue(const SimpleInput& in, const QueueOptions& options) {
    return QueueCheck(in, options).run();
}

Result<Checked> check_unique_ids(const SimpleInput& in) {
    Checked out;
    KeyTable seen;
    for (std::uint32_t i = 0; i < in.operations.size(); ++i) {
        if (in.outcome(i) != OpType::ok) {
            continue;
        }
        const Value id = in.told(i);
        if (id.kind() >= ValueKind::list || id.is_nil()) {
            return in.refusal(i, "an id is a number or text");
        }
        const std::uint32_t first = seen.put(id.bits(), i);
        if (first != i) {
            out.findings.add(Rule::q9,
                             in.who(first) + " and " + in.who(i) + " were both given the id " +
                                 brief(in.recording, id, 40),
                             {first, i});
        }
    }
    return out;
}

}  // namespace stormglass::sim::checks
