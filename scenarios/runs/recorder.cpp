#include "scenarios/runs/recorder.hpp"

#include <algorithm>

#include "scenarios/runs/frame_words.hpp"
#include "sim/glob.hpp"

namespace stormglass::scenarios {
namespace {

namespace wire = bus::wire;
using reports::StepKind;
using sim::FaultKind;

constexpr std::string_view kBroker = "broker";

bool holds(FaultKind kind) {
    return kind == FaultKind::partition_complete || kind == FaultKind::partition_simplex ||
           kind == FaultKind::isolate;
}

/// Kinds that show in what becomes of single messages.
bool is_of_frames(FaultKind kind) {
    return kind == FaultKind::loss || kind == FaultKind::delay || kind == FaultKind::duplicate ||
           kind == FaultKind::reorder || kind == FaultKind::replay_soon ||
           kind == FaultKind::replay_after_restart || kind == FaultKind::forge_source ||
           kind == FaultKind::alter_field;
}

/// Told when the process dies.
bool kills(FaultKind kind) {
    return kind == FaultKind::crash || kind == FaultKind::crash_at;
}

/// The process that a target means, where it means one.
NodeId node_of(const sim::World& world, const sim::Target& target) {
    for (const std::string& name : {target.node, target.role, std::string("orders")}) {
        const NodeId node = world.find(name);
        if (node.value != 0 && (name != "orders" || target.role == "coordinator")) {
            return node;
        }
    }
    return {};
}

bool fits_any(const std::vector<std::string>& patterns, std::string_view name) {
    return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
        return sim::fits_pattern(pattern, name);
    });
}

/// The heaviest thing that a batch of events says.
Weight weight_of(EventWords::Kind kind) {
    switch (kind) {
        case EventWords::Kind::command:
        case EventWords::Kind::reply:
        case EventWords::Kind::effect:
            return Weight::telling;
        case EventWords::Kind::journal:
            return Weight::minor;
        case EventWords::Kind::timer:
        case EventWords::Kind::other:
            return Weight::noise;
    }
    return Weight::noise;
}

}  // namespace

Recorder::FrameKey Recorder::key_of(const sim::FrameSeen& frame) {
    return {frame.from.value, frame.to.value, frame.identity, frame.attempt};
}

void Recorder::on_start(NodeId node, std::uint32_t life, MonotonicTime at) {
    if (life > 1) {
        happenings_.push_back({StepKind::restart,
                               Weight::essential,
                               node,
                               {},
                               at.ns,
                               0,
                               std::string(world_.name(node)) + " comes back",
                               {},
                               true});
    }
}

void Recorder::on_crash(NodeId node, std::uint32_t, MonotonicTime at) {
    happenings_.push_back({StepKind::crash,
                           Weight::essential,
                           node,
                           {},
                           at.ns,
                           0,
                           std::string(world_.name(node)) + " dies (injected)",
                           {},
                           true});
}

Recorder::Told Recorder::tell_outcome(const wire::Outcome& outcome, NodeId to) {
    const auto batch = batches_.find({to.value, outcome.batch});
    if (batch == batches_.end()) {
        return {};
    }
    Told told{"", Weight::minor, batch->second};
    if (outcome.status == wire::OutcomeStatus::accepted) {
        told.text = outcome.duplicate ? "acknowledge, as known before" : "acknowledge";
    } else if (outcome.status == wire::OutcomeStatus::early) {
        told.text = "refuse for now: an earlier batch is missing";
        told.weight = Weight::telling;
    } else if (outcome.status == wire::OutcomeStatus::overloaded) {
        told.text = "refuse for now: overloaded";
        told.weight = Weight::telling;
    } else {
        told.text = "refuse: " + std::string(outcome.code);
        told.weight = Weight::decisive;
    }
    return told;
}

Recorder::Told Recorder::tell(const sim::FrameSeen& frame) {
    const auto decoded = wire::decode(frame.bytes);
    if (!decoded) {
        return {"a frame that cannot be read", Weight::telling, {}};
    }
    if (const auto* outcome = std::get_if<wire::Outcome>(&*decoded)) {
        return tell_outcome(*outcome, frame.to);
    }
    Told told;
    const auto* delivery = std::get_if<wire::Deliver>(&*decoded);
    std::string decisions;  // behind what they lead to: commands and replies are the news
    for (const Bytes event : events_in(*decoded)) {
        const EventWords words = words_of_event(event);
        const bool decision = words.kind == EventWords::Kind::journal && delivery == nullptr;
        std::string& text = decision ? decisions : told.text;
        if (decision) {
            text += (text.empty() ? "decided " : ", ") + words.detail;
        } else if (words.kind != EventWords::Kind::timer || delivery != nullptr) {
            text += (text.empty() ? "" : ", ") + words.text;
        }
        told.weight = std::min(told.weight, weight_of(words.kind));
        if (!words.key.empty()) {
            told.keys.push_back(words.key);
        }
    }
    told.text += (told.text.empty() || decisions.empty() ? "" : "; ") + decisions;
    told.text.insert(0, delivery != nullptr ? "deliver " : "publish ");
    if (delivery != nullptr) {
        told.text +=
            delivery->attempt > 1 ? " (delivery " + std::to_string(delivery->attempt) + ")" : "";
    }
    if (const auto* batch = std::get_if<wire::PublishBatch>(&*decoded)) {
        batches_[{frame.from.value, batch->batch}] = told.keys;
    }
    return told;
}

void Recorder::on_frame_sent(const sim::FrameSeen& frame, MonotonicTime at) {
    Told told = tell(frame);
    if (told.keys.empty()) {
        return;  // heartbeats, subscriptions: about no saga
    }
    frames_[key_of(frame)] = happenings_.size();
    happenings_.push_back({StepKind::message,
                           told.weight,
                           frame.from,
                           frame.to,
                           at.ns,
                           0,
                           std::move(told.text),
                           std::move(told.keys),
                           false});
}

void Recorder::on_frame_delivered(const sim::FrameSeen& frame, MonotonicTime at) {
    const auto sent = frames_.find(key_of(frame));
    if (frame.from != world_.adversary() && sent == frames_.end()) {
        return;
    }
    if (sent != frames_.end() && happenings_[sent->second].until == 0) {
        happenings_[sent->second].until = at.ns;
        return;
    }
    Told told = tell(frame);
    const bool forged = sent == frames_.end();
    if (forged) {
        told.keys.emplace_back("attack");
    }
    happenings_.push_back({forged ? StepKind::forged : StepKind::copy,
                           forged ? Weight::decisive : Weight::telling,
                           frame.from,
                           frame.to,
                           at.ns,
                           at.ns,
                           std::move(told.text),
                           std::move(told.keys),
                           false});
}

std::string Recorder::why_dropped(const sim::FrameSeen& frame, MonotonicTime at) const {
    if (!last_loss_.empty() && last_loss_at_ == at.ns) {
        return last_loss_;
    }
    const auto cut = std::any_of(holdings_.begin(), holdings_.end(), [&](const Holding& holding) {
        return holding.until == 0 &&
               std::any_of(holding.nodes.begin(), holding.nodes.end(), [&](NodeId node) {
                   return node == frame.from || node == frame.to;
               });
    });
    return cut ? "cut off" : std::string(world_.name(frame.to)) + " is down";
}

void Recorder::on_frame_dropped(const sim::FrameSeen& frame, MonotonicTime at) {
    const auto sent = frames_.find(key_of(frame));
    if (sent == frames_.end() || happenings_[sent->second].until != 0) {
        return;
    }
    Happening& message = happenings_[sent->second];
    message.kind = StepKind::lost;
    message.until = at.ns;
    // A lost copy for the dashboard is no turn of the story.
    message.weight = message.weight <= Weight::telling ? Weight::decisive : Weight::telling;
    message.text += " (" + why_dropped(frame, at) + ")";
}

void Recorder::hold(std::size_t index, const sim::Fault& fault, MonotonicTime at) {
    Holding holding{index, at.ns, 0, {}};
    const auto names = world_.names();
    // Of two sides the one without the broker is cut off from everything.
    const bool broker_first = fits_any(fault.target.side_a, kBroker);
    const auto& side = broker_first ? fault.target.side_b : fault.target.side_a;
    for (std::uint32_t id = 1; id < names.size(); ++id) {
        const bool named =
            !fault.target.node.empty() && sim::fits_pattern(fault.target.node, names[id]);
        if (named || fits_any(side, names[id])) {
            holding.nodes.push_back({id});
        }
    }
    holdings_.push_back(std::move(holding));
}

void Recorder::on_fault(std::size_t index,
                        const sim::Fault& fault,
                        sim::FaultEvent event,
                        MonotonicTime at) {
    if (fault.kind == FaultKind::loss && event == sim::FaultEvent::fired) {
        last_loss_ = "loss";
        last_loss_at_ = at.ns;
    }
    const bool lasting = holds(fault.kind);
    const bool begins = event == (lasting ? sim::FaultEvent::armed : sim::FaultEvent::fired);
    const bool ends = lasting && event == sim::FaultEvent::ended;
    if (is_of_frames(fault.kind) || kills(fault.kind) || fault.kind == FaultKind::custom ||
        (!begins && !ends)) {
        return;
    }
    if (lasting && begins) {
        hold(index, fault, at);
    }
    NodeId node = node_of(world_, fault.target);
    std::string text(sim::kind_name(fault));
    for (Holding& holding : holdings_) {
        if (lasting && holding.fault == index && holding.until == 0) {
            holding.until = ends ? at.ns : 0;
            for (const NodeId cut : holding.nodes) {
                text += (cut == holding.nodes.front() ? ": " : ", ");
                text += world_.name(cut);
                node = node.value == 0 ? cut : node;
            }
            text += holding.nodes.empty() ? "" : " cut off";
            break;
        }
    }
    happenings_.push_back({ends ? StepKind::fault_end : StepKind::fault,
                           Weight::essential,
                           node,
                           {},
                           at.ns,
                           0,
                           std::move(text),
                           {},
                           true,
                           index});
}

void Recorder::on_note(NodeId node, std::uint32_t, MonotonicTime at, const Note& note) {
    if (note.kind.name.starts_with("saga.")) {
        add_saga_note(node, at, note);
    } else if (note.kind.name.starts_with("bus.")) {
        add_bus_note(node, at, note);
    }
}

}  // namespace stormglass::scenarios
