// Frames: sending, what faults do to them on the way, arrival, and the adversary's tap.
#include <algorithm>

#include "sim/detail/host.hpp"
#include "sim/glob.hpp"

namespace stormglass::sim::detail {
namespace {

constexpr Site kExtra = "sim.fault.extra-delay";
constexpr Site kLag = "sim.fault.lag";
constexpr Site kMutation = "sim.fault.mutation";

}  // namespace

FrameSeen Host::seen(const Frame& frame) const {
    return {frame.from, frame.to, frame.identity, frame.attempt, frame.bytes};
}

void Host::drop(const Frame& frame) {
    for (Observer* observer : observers) {
        observer->on_frame_dropped(seen(frame), now());
    }
}

void Host::transmit(Process& process, const Effect& effect) {
    if (!network_.knows(effect.to)) {
        return;  // an address that a peer or a disk made up: nobody is there
    }
    const std::uint32_t index = network_.launch(
        process.id, effect.to, effects_.bytes_of(effect), effect.about, kernel_.now());
    const Frame& frame = network_.frame(index);
    trace.add({now(), process.id, TraceKind::send, frame.digest, effect.to.value, {}});
    for (Observer* observer : observers) {
        observer->on_frame_sent(seen(frame), now());
    }
    described_ = ~index;
    for (LiveFault* fault : taps_) {
        tap(*fault, index);
    }
    if (effect.to == adversary) {
        drop(network_.frame(index));
        network_.release(index);
        return;
    }
    const Link& link = network_.link(process.id, effect.to);
    if (link.cuts != 0) {
        cut(index);
        network_.release(index);
        return;
    }
    for (LiveFault* fault : frame_faults_) {
        consider(*fault, index);
        if (network_.frame(index).ghost) {
            break;
        }
    }
    schedule_arrival(index);
    if (link.held != 0 && !network_.frame(index).ghost) {
        pass_held(index);
    }
}

void Host::schedule_arrival(std::uint32_t index) {
    Frame& frame = network_.frame(index);
    const EventOwner owner = lifeless(frame.to, HostEvent::deliver);
    frame.event = kernel_.schedule(frame.due, owner, [this, index] { arrive(index); });
}

void Host::arrive(std::uint32_t index) {
    Frame& frame = network_.frame(index);
    if (frame.held) {
        unhold(index);
    }
    Process& to = process(frame.to);
    const bool alive = to.node != nullptr;
    if (frame.ghost || frame.cut || !alive) {
        if (frame.ghost && alive) {
            settle_credits(frame, to);
        } else if (!frame.ghost && !frame.cut) {
            drop(frame);
        }
        network_.release(index);
        return;
    }
    if (!frame.credits.empty()) {
        settle_credits(frame, to);
    }
    Link& link = network_.link(frame.from, frame.to);
    link.latest_delivered = std::max(link.latest_delivered, frame.link_sequence);
    trace.add({now(), to.id, TraceKind::deliver, frame.digest, frame.from.value, {}});
    for (Observer* observer : observers) {
        observer->on_frame_delivered(seen(frame), now());
    }
    begin_step(to);
    to.node->on_message(frame.from, frame.bytes, moment(to), effects_);
    network_.release(index);
    end_step(to);
}

/// The cheap rules of "took effect"; the counterfactual (a masked twin) proves or refutes them.
void Host::settle_credits(const Frame& frame, const Process& to) {
    for (const FrameCredit& credit : frame.credits) {
        bool effect = true;  // lost: it would have reached a live process; copied: it did
        if (frame.ghost) {
            effect = credit.what == FrameCredit::What::lost;
        } else if (credit.what == FrameCredit::What::delayed) {
            // Something ran between the time it would have come and now.
            const Process& from = process(frame.from);
            effect = to.last_step >= credit.due || from.last_timer >= credit.due;
        } else if (credit.what == FrameCredit::What::overtaken) {
            const Link& link = network_.link(frame.from, frame.to);
            effect = link.latest_delivered > frame.link_sequence;
        }
        if (effect) {
            injector.took_effect(credit.fault);
        }
    }
}

/// Whether the fault's target is this frame: its link and, through the adapter, its content.
bool Host::eligible(const LiveFault& fault, std::uint32_t index) {
    const Frame& frame = network_.frame(index);
    if (fault.from[frame.from.value] == 0 || fault.to[frame.to.value] == 0) {
        return false;
    }
    const auto& match = fault.fault->target.match;
    if (match.empty()) {
        return true;
    }
    if (adapter == nullptr) {
        return false;
    }
    if (described_ != index) {
        fields_.clear();
        adapter->describe(frame.bytes, fields_);
        described_ = index;
    }
    return std::all_of(match.begin(), match.end(), [&](const FieldMatch& wanted) {
        return std::any_of(fields_.begin(), fields_.end(), [&](const FrameField& field) {
            return field.name == wanted.field && fits_pattern(wanted.pattern, field.text);
        });
    });
}

void Host::consider(LiveFault& fault, std::uint32_t index) {
    if (!eligible(fault, index)) {
        return;
    }
    const Strength& strength = fault.strength;
    const Subject subject = network_.frame(index).subject();
    switch (fault.kind()) {
        case FaultKind::loss:
            if (injector.visit(fault, subject)) {
                lose(fault, index);
            }
            return;
        case FaultKind::delay:
            if (injector.visit(fault, subject)) {
                const Duration extra = strength.extra.sample(injector.draw(fault, kExtra, subject));
                Frame& frame = network_.frame(index);
                if (extra.ns > 0) {
                    frame.credits.push_back({FrameCredit::What::delayed,
                                             static_cast<std::uint32_t>(fault.index),
                                             frame.due});
                    frame.due += static_cast<std::uint64_t>(extra.ns);
                }
            }
            return;
        case FaultKind::duplicate:
            if (strength.copies != 0 && injector.visit(fault, subject)) {
                duplicate(fault, index);
            }
            return;
        default:
            CHECK(fault.kind() == FaultKind::reorder);
            if (strength.displacement != 0 && !network_.frame(index).held &&
                injector.visit(fault, subject)) {
                hold(fault, index);
            }
    }
}

void Host::lose(LiveFault& fault, std::uint32_t index) {
    Frame& frame = network_.frame(index);
    drop(frame);
    network_.forget(frame);
    frame.ghost = true;
    frame.credits.push_back({FrameCredit::What::lost, static_cast<std::uint32_t>(fault.index), 0});
}

void Host::duplicate(LiveFault& fault, std::uint32_t index) {
    const Subject subject = network_.frame(index).subject();
    const auto lag_max = static_cast<std::uint64_t>(fault.strength.lag.ns);
    for (std::uint64_t i = 1; i <= fault.strength.copies; ++i) {
        // Keyed by the fault too: two faults that double one frame draw apart.
        const auto key = static_cast<std::uint32_t>(mix64(fault.site + i));
        const std::uint32_t copy = network_.launch_copy(index, key, kernel_.now());
        Frame& frame = network_.frame(copy);
        const Subject about{subject.a, subject.b, subject.c ^ (i << 32)};
        frame.due += bounded(injector.draw(fault, kLag, about), lag_max + 1);
        frame.credits.push_back(
            {FrameCredit::What::copied, static_cast<std::uint32_t>(fault.index), 0});
        schedule_arrival(copy);
    }
}

/// Keeps the frame back until enough later frames of its link were sent, or `hold` is over.
void Host::hold(LiveFault& fault, std::uint32_t index) {
    Frame& frame = network_.frame(index);
    frame.held = true;
    frame.credits.push_back(
        {FrameCredit::What::overtaken, static_cast<std::uint32_t>(fault.index), 0});
    held_.push_back({index, fault.strength.displacement, frame.due});
    frame.due += static_cast<std::uint64_t>(fault.strength.hold.ns);
    ++network_.link(frame.from, frame.to).held;
}

/// A later frame was sent: whoever has waited for enough of them follows right behind it.
void Host::pass_held(std::uint32_t later) {
    const Frame& passing = network_.frame(later);
    for (std::size_t i = 0; i < held_.size();) {
        Held& held = held_[i];
        Frame& frame = network_.frame(held.frame);
        const bool same_link = frame.from == passing.from && frame.to == passing.to;
        if (held.frame == later || !same_link || --held.remaining != 0) {
            ++i;
            continue;
        }
        frame.due = std::max({held.natural_due, passing.due + 1, kernel_.now()});
        if (!frame.ghost) {
            frame.event = kernel_.move(frame.event, frame.due);
        }
        unhold(held.frame);
    }
}

void Host::unhold(std::uint32_t index) {
    Frame& frame = network_.frame(index);
    const auto gone = std::erase_if(held_, [&](const Held& held) { return held.frame == index; });
    CHECK(gone == 1 && frame.held);
    frame.held = false;
    --network_.link(frame.from, frame.to).held;
}

/// Drops a frame in a partition and credits the faults that cut its link.
void Host::cut(std::uint32_t index) {
    Frame& frame = network_.frame(index);
    drop(frame);
    network_.forget(frame);
    frame.cut = true;
    const std::pair link{frame.from, frame.to};
    for (const LiveFault* fault : cutters_) {
        if (std::binary_search(fault->cuts.begin(), fault->cuts.end(), link)) {
            injector.took_effect(fault->index);
        }
    }
}

/// Frames that faults may still meet, in the order in which they were sent.
std::vector<std::uint32_t> Host::frames_in_flight() {
    std::vector<std::uint32_t> found;
    for (std::uint32_t i = 0; i < network_.capacity(); ++i) {
        const Frame& frame = network_.frame(i);
        if (frame.in_use && !frame.ghost && !frame.cut && !frame.injected) {
            found.push_back(i);
        }
    }
    std::sort(found.begin(), found.end(), [this](std::uint32_t a, std::uint32_t b) {
        return network_.frame(a).event < network_.frame(b).event;
    });
    return found;
}

void Host::tap(LiveFault& fault, std::uint32_t index) {
    if (!eligible(fault, index)) {
        return;
    }
    const Frame& frame = network_.frame(index);
    const Subject subject = frame.subject();
    const NodeId to = frame.to;
    if (fault.kind() == FaultKind::replay_soon) {
        if (fault.strength.copies != 0 && injector.visit(fault, subject)) {
            scratch_ = frame.bytes;
            for (std::uint64_t i = 1; i <= fault.strength.copies; ++i) {
                inject(fault, to, scratch_, {subject.a, subject.b, subject.c | (i << 32)});
            }
        }
    } else if (fault.kind() == FaultKind::replay_after_restart) {
        if (fault.memory.size() < fault.strength.memory && injector.visit(fault, subject)) {
            fault.memory.push_back({to, frame.identity, frame.attempt, frame.bytes});
        }
    } else if (adapter != nullptr) {
        mutate(fault, index);
    }
}

/// forge-source and alter-field: a changed frame on the adversary's link, or in the frame's place.
void Host::mutate(LiveFault& fault, std::uint32_t index) {
    const Subject subject = network_.frame(index).subject();
    const std::uint64_t draw = injector.draw(fault, kMutation, subject);
    const Bytes bytes = network_.frame(index).bytes;
    mutated_.clear();
    const bool possible = fault.kind() == FaultKind::forge_source
                              ? adapter->forge_source(fault.strength.text, draw, bytes, mutated_)
                              : adapter->alter(fault.strength.text, draw, bytes, mutated_);
    if (!possible || !injector.visit(fault, subject)) {
        return;
    }
    Frame& frame = network_.frame(index);
    if (fault.strength.in_place) {
        network_.set_bytes(frame, mutated_);
        frame.credits.push_back(
            {FrameCredit::What::copied, static_cast<std::uint32_t>(fault.index), 0});
        described_ = ~index;
        return;
    }
    inject(fault, frame.to, mutated_, subject);
}

/// Frames of the adversary meet no fault and no partition: it chose its place well.
void Host::inject(const LiveFault& fault, NodeId to, Bytes bytes, const Subject& origin) {
    if (to == adversary) {
        return;
    }
    const std::uint32_t index = network_.launch_injected(adversary, to, bytes, origin);
    Frame& frame = network_.frame(index);
    const auto lag_max = static_cast<std::uint64_t>(fault.strength.lag.ns);
    const Distribution& latency = network_.link(adversary, to).latency;
    const std::uint64_t draw = injector.draw(fault, kLag, origin);
    frame.due = kernel_.now() + static_cast<std::uint64_t>(latency.sample(mix64(draw)).ns) +
                bounded(draw, lag_max + 1);
    frame.credits.push_back(
        {FrameCredit::What::copied, static_cast<std::uint32_t>(fault.index), 0});
    schedule_arrival(index);
}

void Host::replay_memory(Process& process) {
    for (LiveFault* fault : taps_) {
        if (fault->kind() != FaultKind::replay_after_restart ||
            fault->nodes[process.id.value] == 0) {
            continue;
        }
        const std::size_t count = std::min(fault->memory.size(), fault->strength.copies);
        for (std::size_t i = 0; i < count; ++i) {
            const LiveFault::Captured& captured = fault->memory[i];
            inject(*fault,
                   captured.to,
                   captured.bytes,
                   {process.life, captured.identity, captured.attempt});
        }
    }
}

}  // namespace stormglass::sim::detail
