// Steps: an input goes to a node, and what it asked for is executed, in order. A crash point may
// lie before or after any effect; what follows it is dropped with the life.
#include <algorithm>

#include "sim/detail/host.hpp"
#include "sim/digest.hpp"
#include "sim/glob.hpp"

namespace stormglass::sim::detail {

void Host::begin_step(Process& process) {
    CHECK(!in_step_ && process.node != nullptr);
    in_step_ = true;
    current_ = process.id;
    effects_.clear();
    chance_.enter(process.seed, process.life, process.visits);
    process.last_step = kernel_.now();
    for (const std::size_t fault : process.clock_faults) {
        injector.took_effect(fault);  // this step reads the stepped clock
    }
    process.clock_faults.clear();
}

void Host::end_step(Process& process) {
    execute(process);
}

void Host::execute(Process& process) {
    LiveFault* killer = nullptr;
    for (const Effect& effect : effects_.sealed()) {
        if (!crash_points_.empty()) {
            killer = crash_point(process, effect, true);
            if (killer != nullptr) {
                break;
            }
        }
        execute_effect(process, effect);
        if (!crash_points_.empty()) {
            killer = crash_point(process, effect, false);
            if (killer != nullptr) {
                break;
            }
        }
    }
    in_step_ = false;
    if (killer != nullptr) {
        crash_for(process, *killer);
        injector.took_effect(killer->index);
    }
    current_ = {};
}

void Host::execute_effect(Process& process, const Effect& effect) {
    switch (effect.kind) {
        case EffectKind::send:
            transmit(process, effect);
            return;
        case EffectKind::set_timer:
            set_timer(process, effect.timer, effect.at);
            return;
        case EffectKind::cancel_timer:
            if (const EventId* event = process.timers.find(effect.timer.value)) {
                kernel_.cancel(*event);
                process.timers.erase(effect.timer.value);
            }
            return;
        case EffectKind::create:
        case EffectKind::append:
        case EffectKind::write_at:
        case EffectKind::sync:
        case EffectKind::read:
        case EffectKind::truncate:
        case EffectKind::rename:
        case EffectKind::remove:
        case EffectKind::list:
            submit(process, effect);
            return;
        case EffectKind::reply:
            take_reply(process, effect);
            return;
        case EffectKind::note:
            note(process, effect);
            return;
        case EffectKind::cover:
            for (Observer* observer : observers) {
                observer->on_cover(process.id, process.life, now(), effect.site);
            }
            if (!waiting_for_place_.empty()) {
                reached(process, effect.site.name);
            }
            return;
    }
    CHECK(false);
}

void Host::note(Process& process, const Effect& effect) {
    const Note note = effects_.note_of(effect);
    trace.add_note(now(), process.id, note);
    for (Observer* observer : observers) {
        observer->on_note(process.id, process.life, now(), note);
    }
    if (!waiting_for_place_.empty()) {
        reached(process, effect.site.name);
    }
}

void Host::set_timer(Process& process, TimerId timer, MonotonicTime at) {
    // A time before this life began, or in the past, is now.
    const std::uint64_t world = at.ns > process.monotonic_base ? at.ns - process.monotonic_base : 0;
    const std::uint64_t due = std::max(world, kernel_.now());
    EventId& event = process.timers[timer.value];
    if (event.value != 0) {
        event = kernel_.move(event, due);
        return;
    }
    const NodeId id = process.id;
    event = kernel_.schedule(
        due, owner(process, HostEvent::timer), [this, id, timer] { fire_timer(id, timer); });
}

void Host::fire_timer(NodeId id, TimerId timer) {
    Process& process = this->process(id);
    CHECK(process.timers.erase(timer.value));
    process.last_timer = kernel_.now();
    trace.add({now(), id, TraceKind::timer, 0, timer.value, {}});
    begin_step(process);
    process.node->on_timer(timer, moment(process), effects_);
    end_step(process);
}

void Host::submit(Process& process, const Effect& effect) {
    const Disk::Ticket ticket = process.disk->submit(effect, effects_, now());
    const NodeId id = process.id;
    const std::uint32_t request = ticket.request;
    kernel_.schedule(ticket.done_at.ns, owner(process, HostEvent::storage), [this, id, request] {
        complete(id, request);
    });
}

void Host::complete(NodeId id, std::uint32_t request) {
    Process& process = this->process(id);
    const Disk::Answer answer = process.disk->complete(request);
    std::uint64_t digest = mix_pair(static_cast<std::uint64_t>(answer.result.status),
                                    digest64(answer.result.bytes),
                                    answer.result.files.size());
    for (const RecoveredFile& file : answer.result.files) {
        digest = mix_pair(digest, digest64(as_bytes(file.name)), file.size);
    }
    trace.add({now(), id, TraceKind::storage, digest, answer.token.value, {}});
    begin_step(process);
    process.node->on_storage(answer.token, answer.result, moment(process), effects_);
    end_step(process);
}

RequestId Host::request(NodeId to, Bytes body, ReplyCallback callback) {
    CHECK(process(to).factory != nullptr || !prepared_);
    const RequestId id{++next_request_};
    RequestState& state = requests_[id.value];
    state.to = to;
    state.callback = std::move(callback);
    state.body.assign(body.begin(), body.end());
    kernel_.schedule(
        kernel_.now(), lifeless(to, HostEvent::request), [this, id] { deliver_request(id); });
    return id;
}

void Host::deliver_request(RequestId id) {
    RequestState& state = requests_.at(id.value);
    Process& process = this->process(state.to);
    trace.add({now(), process.id, TraceKind::request, digest64(state.body), id.value, {}});
    if (process.node == nullptr) {
        finish_request(id, ReplyStatus::refused);
        return;
    }
    state.life = process.life;
    const Request request{state.body};
    begin_step(process);
    process.node->on_request(id, request, moment(process), effects_);
    end_step(process);
}

void Host::take_reply(Process& process, const Effect& effect) {
    const auto found = requests_.find(effect.request.value);
    const Bytes body = effects_.bytes_of(effect);
    trace.add({now(), process.id, TraceKind::reply, digest64(body), effect.request.value, {}});
    if (found == requests_.end() || found->second.done || found->second.to != process.id) {
        return;  // answered before, perhaps in another life: the application hears once
    }
    found->second.body.assign(body.begin(), body.end());
    finish_request(effect.request, ReplyStatus::answered);
}

/// The callback runs in an event of its own, so that no application code runs inside a step.
void Host::finish_request(RequestId id, ReplyStatus status) {
    RequestState& state = requests_.at(id.value);
    CHECK(!state.done);
    state.done = true;
    state.status = status;
    if (status != ReplyStatus::answered) {
        state.body.clear();
    }
    kernel_.schedule(
        kernel_.now(), lifeless(state.to, HostEvent::reply), [this, id] { call_back(id); });
}

void Host::call_back(RequestId id) {
    auto taken = requests_.extract(id.value);
    CHECK(!taken.empty() && taken.mapped().done);
    const RequestState& state = taken.mapped();
    if (state.callback) {
        state.callback({id, state.status, state.body});
    }
}

/// The armed crash-at fault that kills the process here, if any.
LiveFault* Host::crash_point(Process& process, const Effect& effect, bool before) {
    const bool named = effect.kind == EffectKind::note || effect.kind == EffectKind::cover;
    for (LiveFault* fault : crash_points_) {
        const std::string_view point = fault->strength.point;
        if (fault->strength.before == before && fault->nodes[process.id.value] != 0 &&
            (point == name_of(effect.kind) || (named && point == effect.site.name)) &&
            injector.visit(*fault, {process.id.value, fault->visits + 1ULL, 0})) {
            return fault;
        }
    }
    return nullptr;
}

/// Arms the faults that waited for this note or mark.
void Host::reached(const Process& process, std::string_view name) {
    std::erase_if(waiting_for_place_, [&](LiveFault* fault) {
        const Trigger& when = fault->fault->when;
        const bool here =
            when.reached == name &&
            (when.reached_at.empty() || fits_pattern(when.reached_at, process.options.name));
        if (!here || ++fault->reached_visits < when.reached_visit) {
            return false;
        }
        schedule_arming(*fault);
        return true;
    });
}

}  // namespace stormglass::sim::detail
