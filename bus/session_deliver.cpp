// The consuming half of a session: memberships, deliveries checked end to end, and who owns an
// exclusive group. The broker is trusted for none of what the event's signature can tell.
#include <algorithm>

#include "bus/attributes.hpp"
#include "bus/notes.hpp"
#include "bus/reason.hpp"
#include "bus/session.hpp"
#include "runtime/check.hpp"

namespace stormglass::bus {

void Session::subscribe(const Subscription& subscription, Moment now, Effects& out) {
    const auto scope = enter(out);
    CHECK(!subscription.topic.empty() && subscription.topic.size() <= wire::kNameBytesMax);
    CHECK(!subscription.group.empty() && subscription.group.size() <= wire::kNameBytesMax);
    Member* member = member_of(subscription.group, subscription.topic);
    if (member == nullptr) {
        member = &members_.emplace_back();
    }
    member->subscription = subscription;
    member->confirmed = false;
    member->tries = 0;
    if (state_ == State::attached) {
        send_subscribe(*member, now, out);
    }
}

/// Nothing answers a Subscribe but what it asks for: it is sent again until something came from
/// that group, in the end as often as a heartbeat.
void Session::send_subscribe(Member& member, Moment now, Effects& out) {
    CHECK(state_ == State::attached);
    send(wire::Subscribe{attachment_, member.subscription}, out);
    ++member.tries;
    const std::uint64_t id = name_hash(member.subscription.group);
    member.retry_at = now.monotonic + backoff(Retry::subscribe, id, member.tries, out);
    wake_at(member.retry_at, out);
}

/// With an empty topic: the only subscription of that group, if it is the only one.
Session::Member* Session::member_of(std::string_view group, std::string_view topic) {
    Member* found = nullptr;
    for (Member& member : members_) {
        if (member.subscription.group != group) {
            continue;
        }
        if (member.subscription.topic == topic) {
            return &member;
        }
        if (topic.empty()) {
            if (found != nullptr) {
                return nullptr;
            }
            found = &member;
        }
    }
    return found;
}

Session::Ownership& Session::ownership_of(std::string_view group) {
    for (Ownership& ownership : ownerships_) {
        if (ownership.group == group) {
            return ownership;
        }
    }
    // The frame's text ends with this step; the subscription's lives as long as the session.
    Member* const member = std::find_if(
        members_.data(), members_.data() + members_.size(), [&](const Member& candidate) {
            return candidate.subscription.group == group;
        });
    CHECK(member != members_.data() + members_.size());
    return ownerships_.emplace_back(Ownership{member->subscription.group, 0, 0});
}

/// The checks of admission that need no state, made again: attributes, audience, key, signature.
Result<EventView> Session::check_event(Bytes bytes, std::string_view topic) {
    auto event = decode_event(bytes);
    if (!event) {
        return event;
    }
    const std::string_view audience = event->audience;
    const std::string_view bus = audience.substr(0, audience.find('/'));
    if (bus != options_.bus_id || event->topic() != topic) {
        return Error{"EV_AUDIENCE", "meant for another bus or topic"};
    }
    if (!options_.key_bindings.empty()) {
        const auto binding = std::find_if(
            options_.key_bindings.begin(),
            options_.key_bindings.end(),
            [&](const KeyBinding& candidate) { return candidate.key_id == event->key_id; });
        if (binding == options_.key_bindings.end()) {
            return Error{"EV_KEY_UNKNOWN", "a key that nobody introduced"};
        }
        if (binding->source != event->source) {
            return Error{"EV_KEY_SOURCE", "the key belongs to another source"};
        }
    }
    if (auto verified = verify_event(event.value(), signing_); !verified) {
        return std::move(verified).error();
    }
    return event;
}

/// Whether a broker that knows us said so. What a former acquaintance said must not confirm a
/// subscription that this one may never have got.
bool Session::is_ours(std::uint64_t attachment, Effects& out) {
    const bool ours = state_ == State::attached && attachment == attachment_;
    if (!ours) {
        drop("EB_UNATTACHED", out);
    }
    return ours;
}

/// Whose delivery it is; null when it is nobody's, and told.
Session::Member* Session::addressee(const wire::Deliver& frame, Effects& out) {
    if (!is_ours(frame.attachment, out)) {
        return nullptr;
    }
    Member* member = member_of(frame.group, outline_of(frame.event).topic());
    if (member == nullptr) {
        member = member_of(frame.group, {});  // the event lies or is broken: judged later
    }
    if (member == nullptr) {
        drop("EB_NO_SUBSCRIPTION", out);
    }
    return member;
}

void Session::on_deliver(const wire::Deliver& frame, Moment now, Effects& out) {
    Member* const member = addressee(frame, out);
    if (member == nullptr) {
        return;
    }
    const Subscription subscription = member->subscription;
    member->confirmed = true;
    if (subscription.sharing == Sharing::exclusive) {
        // A delivery may overtake the assignment that it rests on, and outlive it.
        on_assigned(frame.group, frame.generation, now, out);
        const Ownership& ownership = ownership_of(frame.group);
        if (frame.generation < ownership.assigned || frame.generation <= ownership.revoked) {
            drop("EB_GENERATION", out);
            return;
        }
    }
    const DeliveryKey key{
        name_hash(frame.group), name_hash(subscription.topic), frame.position, frame.attempt};
    if (!memory_.first_time(key)) {
        COVER(out, "bus.session-duplicate-delivery");
        drop("EB_DUPLICATE", out);
        return;
    }
    const auto event = check_event(frame.event, subscription.topic);
    if (!event) {
        alarm(event.error().code, frame.event, out);
        reject(frame, event.error(), now, out);
        return;
    }
    if (!event->expiry_time.empty()) {
        const WallTime expiry = parse_time(event->expiry_time).value();
        if (expiry < now.wall && now.wall - expiry > options_.expiry_tolerance) {
            COVER(out, "bus.session-expired-delivery");
            drop("EV_EXPIRED", out);
            reject(frame, {"EXPIRED", {}}, now, out);
            return;
        }
    }
    const auto created = parse_trace_parent(event->trace_parent);
    CHECK(created.has_value());  // the decoder has read it
    const TraceParentText trace_parent =
        write_trace_parent(rules_.attempt_context(*created, frame.group, frame.attempt));
    out.note(notes::kReceived,
             {{"group", frame.group},
              {"topic", subscription.topic},
              {"position", frame.position},
              {"receipt", frame.attempt},
              {"member", options_.source},
              {"created", event->trace_parent},
              {"trace", view_of(trace_parent)}});
    Delivery delivery;
    delivery.group = frame.group;
    delivery.position = frame.position;
    delivery.receipt = frame.attempt;
    delivery.generation = frame.generation;
    delivery.event = event.value();
    delivery.trace_parent = view_of(trace_parent);
    listener_->on_delivery(delivery, now, out);
}

void Session::reject(const wire::Deliver& frame, const Error& why, Moment now, Effects& out) {
    const std::string_view topic = outline_of(frame.event).topic();
    Member* member = member_of(frame.group, topic);
    if (member == nullptr) {
        member = member_of(frame.group, {});
    }
    CHECK(member != nullptr);
    Settlement settlement;
    settlement.group = frame.group;
    settlement.topic = member->subscription.topic;
    settlement.position = frame.position;
    settlement.receipt = frame.attempt;
    settlement.verdict = Verdict::reject;
    settlement.detail = why.code;
    settle_by_itself(settlement, now, out);
}

void Session::alarm(std::string_view code, Bytes event, Effects& out) {
    const EventOutline outline = outline_of(event);
    out.note(notes::kAlarm,
             {{"cause", name_of(reason_for_code(code))},
              {"code", code},
              {"from", options_.broker.value},
              {"source", outline.source},
              {"epoch", outline.epoch},
              {"sequence", outline.sequence}});
}

/// Only ever forward: a generation that was seen, passed over or taken away stays so.
void Session::on_assigned(std::string_view group, Generation generation, Moment now, Effects& out) {
    Member* const member = std::find_if(
        members_.data(), members_.data() + members_.size(), [&](const Member& candidate) {
            return candidate.subscription.group == group;
        });
    if (member == members_.data() + members_.size()) {
        drop("EB_NO_SUBSCRIPTION", out);
        return;
    }
    member->confirmed = true;
    Ownership& ownership = ownership_of(group);
    if (generation <= ownership.assigned || generation <= ownership.revoked) {
        return;
    }
    ownership.assigned = generation;
    listener_->on_assigned(group, generation, now, out);
}

void Session::on_revoked(std::string_view group, Generation generation, Moment now, Effects& out) {
    const bool known = std::any_of(members_.begin(), members_.end(), [&](const Member& candidate) {
        return candidate.subscription.group == group;
    });
    if (!known) {
        drop("EB_NO_SUBSCRIPTION", out);
        return;
    }
    Ownership& ownership = ownership_of(group);
    if (generation <= ownership.revoked) {
        return;
    }
    ownership.revoked = generation;
    if (generation == ownership.assigned) {
        listener_->on_revoked(group, generation, now, out);
    }
}

}  // namespace stormglass::bus
