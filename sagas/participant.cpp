#include "sagas/participant.hpp"

#include <algorithm>
#include <utility>

#include "runtime/check.hpp"
#include "sagas/notes.hpp"

namespace stormglass::sagas {
namespace {

constexpr TimerId kPumpTimer{2};
constexpr Duration kPumpDelay = milliseconds(20);  // the client was full: try what waits again
constexpr std::size_t kDetailBytesMax = 512;       // of a settlement

}  // namespace

Participant::Participant(bus::Client& client,
                         Business& business,
                         ParticipantConfig config,
                         const Rules& rules)
    : Tenant(client, config.group, config.effects_topic),
      client_(client),
      business_(business),
      config_(std::move(config)),
      rules_(rules) {
    CHECK(is_name(config_.command_topic));
    CHECK(is_name(config_.replies_topic));
    CHECK(config_.in_flight_max > 0);
    CHECK(config_.poison_delay.ns > 0);
}

void Participant::on_ready(std::uint32_t, Moment now, Effects& out) {
    const auto scope = enter(out);
    bus::Subscription subscription;
    subscription.topic = config_.command_topic;
    subscription.group = config_.group;
    subscription.mode = bus::GroupMode::effectively_once;
    subscription.order = bus::KeyOrder::none;  // inbox and tombstones give safety in any order
    subscription.on_dead = bus::OnDead::skip;
    // Memory is a fold over what this owner alone writes: one owner at a time, fenced.
    subscription.sharing = bus::Sharing::exclusive;
    subscription.in_flight_max = config_.in_flight_max;
    client_.subscribe(subscription, now, out);
}

void Participant::on_timer(TimerId timer, Moment now, Effects& out) {
    if (timer == Tenure::kRetryTimer) {
        retry_claim(now, out);
        return;
    }
    CHECK(timer == kPumpTimer);
    pump(now, out);
}

void Participant::on_delivery(const bus::Delivery& delivery, Moment now, Effects& out) {
    const auto scope = enter(out);
    if (!is_mine(delivery, now, out)) {
        return;
    }
    const auto command = decode_command(delivery.event.payload);
    if (!command.ok()) {
        reject(delivery, command.error(), now, out);
    } else if (command->saga != delivery.event.partition_key) {
        reject(delivery,
               {"SP_KEY", "the command is about another saga than its partition key says"},
               now,
               out);
    } else {
        keep(delivery);
        pump(now, out);
    }
}

void Participant::keep(const bus::Delivery& delivery) {
    const auto same = std::find_if(waiting_.begin(), waiting_.end(), [&](const Work& work) {
        return work.position == delivery.position;
    });
    if (same != waiting_.end()) {
        if (same->receipt < delivery.receipt) {  // Delivered again meanwhile.
            same->receipt = delivery.receipt;
            same->trace_parent = delivery.trace_parent;
        }
        return;
    }
    if (waiting_.size() >= config_.in_flight_max) {
        return;  // Stays unanswered and comes again.
    }
    Work& work = waiting_.emplace_back();
    work.position = delivery.position;
    work.receipt = delivery.receipt;
    work.cause = delivery.event.id;
    work.trace_parent = delivery.trace_parent;
    work.bytes.assign(delivery.event.payload.begin(), delivery.event.payload.end());
    auto command = decode_command(work.bytes);
    CHECK(command.ok());  // the same bytes were decoded before
    work.command = command.value();
    CHECK(waiting_.size() <= config_.in_flight_max);
}

void Participant::pump(Moment now, Effects& out) {
    std::size_t index = 0;
    while (in_charge() && index < waiting_.size()) {
        switch (handle(waiting_[index], now, out)) {
            case Sent::yes:
                waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(index));
                break;
            case Sent::later:
                ++index;
                break;
            case Sent::no:
                out.set_timer(kPumpTimer, now.monotonic + kPumpDelay);
                return;
        }
    }
}

Participant::Sent Participant::handle(const Work& work, Moment now, Effects& out) {
    CHECK(in_charge());
    const Command& command = work.command;
    if (busy_sagas_.contains(command.saga)) {
        return Sent::later;
    }
    const Treatment treatment = inbox_.treat(command, rules_);
    EffectRecord effect = record_of(work);
    switch (treatment) {
        case Treatment::handle:
            return ask_business(work, now, out);
        case Treatment::answer_again: {
            const Inbox::Answer* first = inbox_.find(command.saga, command.step, command.direction);
            CHECK(first != nullptr);
            effect.effect = Impact::noop;
            effect.answer = first->outcome;
            effect.body = as_bytes(first->body);
            break;
        }
        case Treatment::null_undo:
            effect.effect = Impact::noop;
            effect.answer = Outcome::ok;
            effect.binding = true;
            effect.tombstone = rules_.tombstone_is_left();
            break;
        case Treatment::tell_applied:
            effect.effect = Impact::noop;
            effect.answer = Outcome::ok;
            break;
        case Treatment::prevent:
            effect.effect = Impact::noop;
            effect.answer = Outcome::refused;
            effect.tombstone = rules_.tombstone_is_left();
            break;
        case Treatment::refuse_late:
        case Treatment::refuse_stale:
            effect.effect = Impact::refused;
            effect.answer = Outcome::refused;
            break;
    }
    return conclude(work, effect, treatment, now, out);
}

EffectRecord Participant::record_of(const Work& work) const {
    EffectRecord effect;
    effect.saga = work.command.saga;
    effect.step = work.command.step;
    effect.direction = work.command.direction;
    effect.attempt = work.command.attempt;
    effect.epoch = work.command.epoch;
    CHECK(effect.attempt >= 1);
    return effect;
}

Participant::Sent Participant::ask_business(const Work& work, Moment now, Effects& out) {
    const Decision decision = business_.decide(work.command);
    CHECK(decision.resource.empty() || is_name(decision.resource));
    CHECK(decision.text.size() <= kBodyBytesMax);
    if (decision.kind == Decision::Kind::cannot) {
        return put_off(work, decision.text, now, out);
    }
    if (!decision.resource.empty() && busy_resources_.contains(decision.resource)) {
        return Sent::later;  // Decided again once the one before it is a fact.
    }
    EffectRecord effect = record_of(work);
    effect.resource = decision.resource;
    effect.body = as_bytes(decision.text);
    if (decision.kind == Decision::Kind::ok) {
        effect.effect = Impact::applied;
        effect.answer = Outcome::ok;
        effect.amount = decision.amount;
        effect.binding = true;
    } else {
        effect.effect = Impact::noop;
        effect.answer = Outcome::failed;
        // What must hold in the end is asked again: its failures do not stand.
        effect.binding = work.command.direction == Direction::forward &&
                         work.command.kind != StepKind::retriable;
    }
    return conclude(work, effect, Treatment::handle, now, out);
}

void Participant::open_batch() {
    CHECK(in_charge());
    builder_.clear();
    builder_.fence(config_.group, generation());
}

void Participant::settle(const Work& work,
                         bus::Verdict verdict,
                         Duration delay,
                         std::string_view detail) {
    builder_.settle({config_.group,
                     config_.command_topic,
                     work.position,
                     work.receipt,
                     verdict,
                     delay,
                     detail.substr(0, kDetailBytesMax)});
}

Participant::Sent Participant::put_off(const Work& work,
                                       std::string_view reason,
                                       Moment now,
                                       Effects& out) {
    COVER(out, "participant.poison-put-off");
    open_batch();
    settle(work, bus::Verdict::nack, config_.poison_delay, reason);
    const auto sent = client_.publish(builder_.batch(), config_.durability, now, out);
    if (!sent.ok()) {
        return Sent::no;
    }
    pending_.emplace(sent.value(), Pending{});
    out.note(notes::kPoison,
             {{"saga", work.command.saga},
              {"step", work.command.step},
              {"topic", config_.command_topic},
              {"position", work.position},
              {"attempt", work.receipt},
              {"reason", reason}});
    return Sent::yes;
}

Participant::Sent Participant::conclude(
    const Work& work, const EffectRecord& effect, Treatment treatment, Moment now, Effects& out) {
    CHECK(effect.saga == work.command.saga);
    CHECK(effect.step == work.command.step);
    CHECK(!busy_sagas_.contains(effect.saga));
    const Thread thread{work.command.saga, work.trace_parent, work.cause};
    open_batch();
    settle(work, bus::Verdict::ack, {}, {});
    // First, because its position is read off the outcome.
    builder_.publish(config_.effects_topic, kEffectType, thread, effect);
    if (treatment != Treatment::refuse_stale) {
        Reply reply;
        reply.saga = effect.saga;
        reply.step = effect.step;
        reply.direction = effect.direction;
        reply.attempt = effect.attempt;
        reply.outcome = effect.answer;
        reply.body = effect.body;
        builder_.publish(config_.replies_topic, kReplyType, thread, reply);
    }
    const auto sent = client_.publish(builder_.batch(), config_.durability, now, out);
    if (!sent.ok()) {
        return Sent::no;
    }
    Pending pending;
    pending.saga = effect.saga;
    pending.resource = effect.resource;
    encode(effect, pending.effect);
    const bool free = busy_sagas_.insert(pending.saga).second &&
                      (pending.resource.empty() || busy_resources_.insert(pending.resource).second);
    CHECK(free);
    pending_.emplace(sent.value(), std::move(pending));
    return Sent::yes;
}

void Participant::reject(const bus::Delivery& delivery,
                         const Error& error,
                         Moment now,
                         Effects& out) {
    if (!in_charge()) {
        return;  // Not ours to bury yet; it comes again.
    }
    COVER(out, "participant.command-rejected");
    out.note(
        notes::kRejected,
        {{"topic", config_.command_topic}, {"position", delivery.position}, {"code", error.code}});
    open_batch();
    Work work;
    work.position = delivery.position;
    work.receipt = delivery.receipt;
    settle(work, bus::Verdict::reject, {}, error.text);
    const auto sent = client_.publish(builder_.batch(), config_.durability, now, out);
    if (sent.ok()) {
        pending_.emplace(sent.value(), Pending{});
    }
}

void Participant::batch_done(const bus::BatchOutcome& outcome, Moment now, Effects& out) {
    const auto found = pending_.find(outcome.id);
    if (found == pending_.end()) {
        return;  // Of a tenure that is over.
    }
    CHECK(in_charge());
    const Pending done = std::move(found->second);
    pending_.erase(found);
    if (!outcome.accepted && outcome.code == "EB_FENCED") {
        lose(outcome.code, out);
        return;
    }
    if (!done.saga.empty()) {
        busy_sagas_.erase(done.saga);
        busy_resources_.erase(done.resource);
        if (outcome.accepted) {
            CHECK(!outcome.positions.empty());
            take_effect(done, outcome.positions.front(), out);
        }
        // Refused: the delivery was settled or given out again; nothing has happened.
    }
    pump(now, out);
}

}  // namespace stormglass::sagas
