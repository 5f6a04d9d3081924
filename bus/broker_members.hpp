// Members: which sources are here in this life of the broker, which groups they consume, and who
// owns an exclusive group. All of it is volatile: a session that is not known is told so and comes
// back.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "bus/broker_delivery.hpp"

namespace stormglass::bus {

class Members {
  public:
    Members(BrokerCore& core, Deliveries& deliveries);

    /// Call when a source was declared.
    void grow() {
        peers_.resize(core_->sources.size());
        core_->attachments.resize(core_->sources.size());
    }

    /// The source holds this epoch and said so; memberships of an earlier epoch end. Returns the
    /// attachment: the one that stands, or a new one.
    std::uint64_t attached(MemberId member, std::uint32_t epoch, Moment now, Effects& out);

    /// Whether this attachment stands; a sign of life if so.
    bool touch(MemberId member, std::uint64_t attachment, Moment now);

    /// A sign of life under this epoch.
    void seen(MemberId member, std::uint32_t epoch, Moment now);

    void subscribe(MemberId member, const Subscription& subscription, Moment now, Effects& out);

    /// Tells the owner of exclusive groups again, in case the first message was lost.
    void remind(MemberId member, Effects& out);

    // What the machine decided.
    void group_created(GroupId group, Moment now, Effects& out);
    void assigned(const entry::Assignment& what, bool applied, Moment now, Effects& out);

    /// Lapses and elections: call at the end of a step.
    void pump(Moment now, Effects& out);
    MonotonicTime next_due() const;

  private:
    /// A subscription whose group does not exist yet.
    struct Wish {
        std::string topic;
        std::string group;
        std::uint32_t credit = 0;
        bool proposed = false;
        entry::Group as;
    };

    struct Membership {
        GroupId group = 0;
        std::uint32_t credit = 0;
    };

    struct Peer {
        std::uint32_t epoch = 0;  // that it attached under
        MonotonicTime seen;
        std::vector<Membership> memberships;
        std::vector<Wish> wishes;
    };

    /// An exclusive group's members in order of arrival, and who owns it in this life.
    struct Exclusive {
        std::vector<MemberId> members;
        MemberId owner = SourceTable::kNone;
        bool electing = false;   // an assignment is on its way
        bool contested = false;  // an election is due
        /// Owner of record whose membership ended in this life: told to give up once its successor
        /// is in the journal. Told earlier, a broker that dies in between would not know of it and
        /// could install the same generation again, which the session rightly ignores.
        MemberId leaving = SourceTable::kNone;
        Generation leaving_generation = 0;
    };

    void join(MemberId member, GroupId group, std::uint32_t credit, Effects& out);
    void end_memberships(MemberId member, Moment now, Effects& out);
    void elect(const std::string& group, Exclusive& exclusive, Moment now, Effects& out);
    void install(const std::string& group, Exclusive& exclusive, MemberId owner, Effects& out);
    void propose_wishes(Moment now);

    bool is_here(MemberId member) const { return core_->attachments.at(member) != 0; }

    const std::string& name_of(MemberId member) const { return core_->sources.at(member).source; }

    BrokerCore* core_;
    Deliveries* deliveries_;
    std::vector<Peer> peers_;  // by MemberId
    std::map<std::string, Exclusive, std::less<>> exclusives_;
};

}  // namespace stormglass::bus
