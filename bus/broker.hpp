// The broker: one process of the bus. Frames come in, are admitted, become entries, and once
// committed are applied, answered and delivered. It decides nothing itself: admission judges what
// arrives, the machine what happens, the schedule who gets what when.
#pragma once

#include "bus/broker_delivery.hpp"
#include "bus/broker_members.hpp"
#include "bus/broker_options.hpp"
#include "bus/broker_quarantine.hpp"
#include "bus/broker_reads.hpp"
#include "bus/replica.hpp"
#include "runtime/node.hpp"

namespace stormglass::bus {

class Broker final : public Node, private ReplicaListener {
  public:
    enum class State : std::uint8_t {
        recovering,  // answers nothing: it does not know what it promised
        serving,
        halted,  // for good; `failure` says why
    };

    /// `signing` and `rules` must outlive it.
    Broker(BrokerOptions options, Signing& signing, const Rules& rules = sound_rules());

    void start(const Recovered& disk, Moment now, Effects& out) override;
    void on_message(NodeId from, Bytes frame, Moment now, Effects& out) override;
    void on_timer(TimerId timer, Moment now, Effects& out) override;
    void on_storage(StorageToken token,
                    const StorageResult& result,
                    Moment now,
                    Effects& out) override;
    void on_request(RequestId id, const Request& request, Moment now, Effects& out) override;
    void on_link(NodeId peer, LinkState state, Moment now, Effects& out) override;

    /// From now on this source may connect: for hosts that learn who is who as links open. Fails
    /// with `source.conflict`. Not part of the journal: a new life has to be told again.
    Result<void> declare(const SourceOptions& source);

    // White-box views, for checks and tests.
    State state() const { return state_; }

    /// Requires: halted.
    const Error& failure() const;

    const Machine& machine() const { return core_.machine; }

    /// The bytes of a stored event, if they are in memory; its place is in `machine().topics()`.
    std::optional<ByteBuffer> cached_event(std::string_view topic, Position position);

    const Quarantine& quarantine() const { return quarantine_; }

    const Deliveries& deliveries() const { return deliveries_; }

    /// Neither entries nor answers of its own are under way.
    bool quiet() const;

  private:
    struct GapWatch;

    struct PendingGrant {
        std::uint64_t nonce = 0;
        bool any = false;
    };

    // ReplicaListener (broker_apply.cpp)
    void on_committed(const Committed& entry, Moment now, Effects& out) override;
    void on_serving(const RecoveryStats& stats, Moment now, Effects& out) override;
    void on_halted(const Error& why, Moment now, Effects& out) override;
    void on_batch(const Applied& applied, bool noted, Moment now, Effects& out);
    void note_batch(const Applied& applied, Effects& out);
    void on_grant(const Applied& applied, bool noted, Effects& out);
    void on_release(const Applied& applied, bool noted, Effects& out);

    // Frames (broker_ingress.cpp)
    void on_frame(
        NodeId from, MemberId member, const wire::Attach& frame, Moment now, Effects& out);
    void on_frame(
        NodeId from, MemberId member, const wire::PublishBatch& frame, Moment now, Effects& out);
    void on_frame(NodeId from, MemberId member, const wire::Emit& frame, Moment now, Effects& out);
    void on_frame(
        NodeId from, MemberId member, const wire::Subscribe& frame, Moment now, Effects& out);
    void on_frame(
        NodeId from, MemberId member, const wire::Heartbeat& frame, Moment now, Effects& out);
    void on_frame(NodeId from, MemberId member, const wire::Read& frame, Moment now, Effects& out);
    void refuse_unbound(NodeId from, std::string_view source, Moment now, Effects& out);
    void welcome(MemberId member, const ReplayState::Granted& granted, Moment now, Effects& out);
    void on_settle_only(MemberId member, const wire::PublishBatch& frame, Moment now, Effects& out);
    void on_events(
        NodeId from, MemberId member, const wire::PublishBatch& frame, Moment now, Effects& out);
    void open_topic(std::string_view topic, Moment now);
    bool fits(std::size_t events) const;
    void refuse_size(NodeId from,
                     MemberId member,
                     const wire::PublishBatch* answer_to,
                     Effects& out);
    void conclude(const AdmissionRequest& request,
                  const AdmissionVerdict& verdict,
                  const wire::PublishBatch* answer_to,
                  Moment now,
                  Effects& out);
    void propose_batch(std::string_view source,
                       const wire::PublishBatch& frame,
                       entry::Answer answer,
                       Moment now);
    void answer_duplicate(MemberId member, std::uint64_t batch, Effects& out);
    void answer(MemberId member,
                std::uint64_t batch,
                wire::OutcomeStatus status,
                std::string_view code,
                Effects& out);

    void pump(Moment now, Effects& out);
    void release_due(Moment now);
    void note_released(Effects& out);
    void watch_gaps(Moment now, Effects& out);
    void tell_gaps(std::string_view source, const GapWatch& watch, Moment now, Effects& out);
    bool has_untold_gaps() const;
    void arm(Moment now, Effects& out);
    void halt(const Error& why, Effects& out);
    NodeId node_of(std::string_view source) const;

    BrokerCore core_;
    SoloReplica replica_;
    Admission admission_;
    Deliveries deliveries_;
    Members members_;
    Reads reads_;
    Quarantine quarantine_;
    State state_ = State::recovering;
    std::optional<Error> failure_;
    std::vector<PendingGrant> grants_;    // by MemberId
    std::vector<MemberId> just_granted_;  // to be told at the end of the step

    struct Released {
        Applied::Stored stored;
        Index index = 0;  // of the entry that released it
    };

    std::vector<Released> released_unnoted_;  // their bytes are on the way from the disk
    std::uint32_t releasing_ = 0;             // release entries on their way

    /// How far the missing sequences of one source were told.
    struct GapWatch {
        std::uint32_t epoch = 0;
        std::uint64_t told = 0;  // the highest sequence when gaps were told last ...
        std::uint64_t next = 0;  // ... and up to where they will be told next
        MonotonicTime since;     // `next` was the highest
    };

    std::vector<GapWatch> gap_watches_;  // by MemberId
    MonotonicTime armed_;
    bool is_armed_ = false;
    Bytes frame_bytes_;  // under way
    wire::Frame outcome_{wire::Outcome{}};
    entry::Batch batch_entry_;
    std::vector<std::string> opening_;  // topics whose entries are under way
    std::vector<wire::WireEvent> emitted_;
};

}  // namespace stormglass::bus
