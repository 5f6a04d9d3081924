#include "bus/broker_members.hpp"

#include <algorithm>
#include <limits>

#include "bus/notes.hpp"
#include "runtime/check.hpp"
#include "runtime/random.hpp"

namespace stormglass::bus {

Members::Members(BrokerCore& core, Deliveries& deliveries)
    : core_(&core),
      deliveries_(&deliveries) {
    grow();
}

std::uint64_t Members::attached(MemberId member, std::uint32_t epoch, Moment now, Effects& out) {
    Peer& peer = peers_.at(member);
    std::uint64_t& attachment = core_->attachments.at(member);
    if (attachment != 0 && peer.epoch != epoch) {
        end_memberships(member, now, out);
    }
    if (attachment == 0) {
        // With the clock, as a session's nonce: a host's draws may repeat between lives.
        attachment =
            chain64(out.draw("bus.attachment"), static_cast<std::uint64_t>(now.wall.ns)) | 1;
    }
    peer.epoch = epoch;
    peer.seen = now.monotonic;
    return attachment;
}

bool Members::touch(MemberId member, std::uint64_t attachment, Moment now) {
    if (!is_here(member) || core_->attachments[member] != attachment) {
        return false;
    }
    peers_[member].seen = now.monotonic;
    return true;
}

void Members::seen(MemberId member, std::uint32_t epoch, Moment now) {
    if (is_here(member) && peers_[member].epoch == epoch) {
        peers_[member].seen = now.monotonic;
    }
}

void Members::subscribe(MemberId member,
                        const Subscription& subscription,
                        Moment now,
                        Effects& out) {
    const auto refuse = [&](std::string_view code) {
        out.note(notes::kRefused,
                 {{"code", code},
                  {"from", core_->sources.at(member).node.value},
                  {"epoch", peers_[member].epoch},
                  {"sequence", 0},
                  {"source", name_of(member)},
                  {"security", 0}});
    };
    const auto most = static_cast<std::uint32_t>(core_->options.limits.window_max);
    const std::uint32_t credit = std::clamp(subscription.in_flight_max, 1U, most);
    if (!core_->machine.topics().has(subscription.topic)) {
        refuse("EB_TOPIC_UNKNOWN");
        return;
    }
    if (const GroupState* group =
            core_->machine.find_group(subscription.group, subscription.topic)) {
        const GroupTraits& traits = group->traits();
        if (traits.mode != subscription.mode || traits.order != subscription.order ||
            traits.on_dead != subscription.on_dead || traits.sharing != subscription.sharing) {
            refuse("EB_GROUP_DIFFERS");
            return;
        }
        join(member, core_->machine.group_id(subscription.group, subscription.topic), credit, out);
        return;
    }
    for (const Wish& wish : peers_[member].wishes) {
        if (wish.topic == subscription.topic && wish.group == subscription.group) {
            return;
        }
    }
    Wish wish;
    wish.topic = subscription.topic;
    wish.group = subscription.group;
    wish.credit = credit;
    wish.as.at = core_->time(now);
    wish.as.mode = subscription.mode;
    wish.as.order = subscription.order;
    wish.as.on_dead = subscription.on_dead;
    wish.as.sharing = subscription.sharing;
    wish.as.attempts_max = core_->options.limits.attempts_max;
    peers_[member].wishes.push_back(std::move(wish));
}

void Members::propose_wishes(Moment now) {
    for (Peer& peer : peers_) {
        for (Wish& wish : peer.wishes) {
            if (!wish.proposed) {
                wish.proposed = true;  // another one for the same group is ignored when applied
                wish.as.at = core_->time(now);
                wish.as.topic = wish.topic;
                wish.as.group = wish.group;
                core_->propose(entry::Kind::group, wish.as, Urgency::urgent);
            }
        }
    }
}

void Members::group_created(GroupId group, Moment, Effects& out) {
    deliveries_->open_groups();
    const GroupTraits& traits = core_->machine.group(group).traits();
    for (MemberId member = 0; member < peers_.size(); ++member) {
        std::vector<Wish>& wishes = peers_[member].wishes;
        for (std::size_t i = 0; i < wishes.size(); ++i) {
            if (wishes[i].group == traits.group && wishes[i].topic == traits.topic) {
                join(member, group, wishes[i].credit, out);
                wishes.erase(wishes.begin() + static_cast<std::ptrdiff_t>(i));
                break;
            }
        }
    }
}

void Members::join(MemberId member, GroupId group, std::uint32_t credit, Effects& out) {
    Peer& peer = peers_.at(member);
    CHECK(is_here(member));
    const auto known = std::find_if(peer.memberships.begin(),
                                    peer.memberships.end(),
                                    [&](const Membership& m) { return m.group == group; });
    if (known == peer.memberships.end()) {
        peer.memberships.push_back({group, credit});
    } else {
        known->credit = credit;
    }
    const GroupTraits& traits = core_->machine.group(group).traits();
    if (traits.sharing == Sharing::shared) {
        deliveries_->join(group, member, credit);
        return;
    }
    Exclusive& exclusive = exclusives_[traits.group];
    if (std::find(exclusive.members.begin(), exclusive.members.end(), member) ==
        exclusive.members.end()) {
        exclusive.members.push_back(member);
    }
    if (exclusive.owner == member) {
        install(traits.group, exclusive, member, out);  // one more topic, or a lost message
    } else if (exclusive.owner == SourceTable::kNone) {
        exclusive.contested = true;
    }
}

// ---- coming and going ----

void Members::end_memberships(MemberId member, Moment now, Effects& out) {
    Peer& peer = peers_.at(member);
    for (const Membership& membership : peer.memberships) {
        deliveries_->leave(membership.group, member, now, out);
        const GroupTraits& traits = core_->machine.group(membership.group).traits();
        if (traits.sharing == Sharing::shared) {
            continue;
        }
        Exclusive& exclusive = exclusives_[traits.group];
        std::erase(exclusive.members, member);
        if (exclusive.owner == member) {
            const GroupOwner* owner = core_->machine.owner(traits.group);
            CHECK(owner != nullptr);
            exclusive.leaving = member;
            exclusive.leaving_generation = owner->generation;
            exclusive.owner = SourceTable::kNone;
            exclusive.contested = true;
        }
    }
    peer.memberships.clear();
    peer.wishes.clear();
    core_->attachments[member] = 0;  // what it says next is answered with: attach again
}

void Members::pump(Moment now, Effects& out) {
    for (MemberId member = 0; member < peers_.size(); ++member) {
        Peer& peer = peers_[member];
        const bool silent = peer.seen + core_->options.timeouts.member_silence <= now.monotonic;
        if (!peer.memberships.empty() && silent) {
            COVER(out, "bus.member-lapsed");
            out.note("bus.lapsed", {{"source", name_of(member)}, {"epoch", peer.epoch}});
            end_memberships(member, now, out);
        }
    }
    propose_wishes(now);
    for (auto& [group, exclusive] : exclusives_) {
        if (exclusive.contested && !exclusive.electing) {
            exclusive.contested = false;
            if (exclusive.owner == SourceTable::kNone) {
                elect(group, exclusive, now, out);
            }
        }
    }
}

MonotonicTime Members::next_due() const {
    MonotonicTime due{std::numeric_limits<std::uint64_t>::max()};
    for (const Peer& peer : peers_) {
        if (!peer.memberships.empty()) {  // so it is here
            due = std::min(due, peer.seen + core_->options.timeouts.member_silence);
        }
    }
    return due;
}

// ---- exclusive groups ----

// The member that has waited longest becomes the owner, unless the last owner of record is here
// and nobody has moved the fence since: then nothing has to change hands.
void Members::elect(const std::string& group, Exclusive& exclusive, Moment now, Effects& out) {
    if (exclusive.members.empty()) {
        return;
    }
    const std::uint64_t fence = core_->machine.fence(group);
    if (const GroupOwner* last = core_->machine.owner(group);
        last != nullptr && last->generation == fence) {
        for (const MemberId member : exclusive.members) {
            if (name_of(member) == last->source && peers_[member].epoch == last->epoch) {
                install(group, exclusive, member, out);
                return;
            }
        }
    }
    const MemberId next = exclusive.members.front();
    entry::Assignment assignment;
    assignment.at = core_->time(now);
    assignment.group = group;
    assignment.source = name_of(next);
    assignment.epoch = peers_[next].epoch;
    assignment.generation = fence + 1;
    exclusive.electing = true;
    core_->propose(entry::Kind::assignment, assignment, Urgency::urgent);
}

void Members::assigned(const entry::Assignment& what, bool applied, Moment, Effects& out) {
    const auto at = exclusives_.find(what.group);
    if (at == exclusives_.end()) {
        return;  // proposed by an earlier life
    }
    Exclusive& exclusive = at->second;
    exclusive.electing = false;
    if (applied && exclusive.leaving != SourceTable::kNone) {
        CHECK(exclusive.leaving_generation < what.generation);
        core_->send(
            exclusive.leaving, wire::Revoked{what.group, exclusive.leaving_generation}, out);
        exclusive.leaving = SourceTable::kNone;
    }
    const MemberId member = core_->sources.by_name(what.source);
    const bool here = std::find(exclusive.members.begin(), exclusive.members.end(), member) !=
                      exclusive.members.end();
    if (!applied || !here || peers_[member].epoch != what.epoch) {
        exclusive.contested = true;
        return;
    }
    if (what.generation > 1) {
        COVER(out, "bus.group-reassigned");
    }
    install(at->first, exclusive, member, out);
}

void Members::install(const std::string& group,
                      Exclusive& exclusive,
                      MemberId owner,
                      Effects& out) {
    const GroupOwner* of_record = core_->machine.owner(group);
    CHECK(of_record != nullptr && of_record->source == name_of(owner));
    CHECK(exclusive.owner == SourceTable::kNone || exclusive.owner == owner);
    exclusive.owner = owner;
    exclusive.leaving = SourceTable::kNone;
    for (const Membership& membership : peers_[owner].memberships) {
        if (core_->machine.group(membership.group).traits().group == group) {
            deliveries_->join(membership.group, owner, membership.credit);
        }
    }
    core_->send(
        owner, wire::Assigned{group, of_record->generation, core_->attachments[owner]}, out);
}

void Members::remind(MemberId member, Effects& out) {
    for (const auto& [group, exclusive] : exclusives_) {
        if (exclusive.owner == member) {
            const GroupOwner* owner = core_->machine.owner(group);
            CHECK(owner != nullptr);
            core_->send(
                member, wire::Assigned{group, owner->generation, core_->attachments[member]}, out);
        }
    }
}

}  // namespace stormglass::bus
